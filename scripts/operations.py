"""`waymark operation`: need-to-know groups, on behalf of an admin who looks after them."""

from itertools import groupby
from uuid import UUID

import click
from psycopg import Connection

from data.agreements import list_organisations
from data.operations import (
    ROLES,
    NamedMember,
    NoSuchOperation,
    add_member,
    add_operation,
    list_operations,
    remove_member,
)
from scripts.operators import acting_admin, as_admin

whose = click.option("--of", "of_organisation", help="The member's organisation; by default the admin's own.")
as_what = click.option("--role", type=click.Choice(ROLES), default="outreach", show_default=True)


@click.group()
def operation() -> None:
    """Add operations and their members; only members learn that there is one."""


@operation.command()
@as_admin
@click.argument("name")
def add(email: str, organisation: str | None, name: str) -> None:
    """Add the operation NAME, with the admin as its first member."""
    with acting_admin(email, organisation) as conn:
        uid = add_operation(conn, name)
    click.echo(f"Added {name} ({uid}).")


@operation.command("list")
@as_admin
def list_command(email: str, organisation: str | None) -> None:
    """List the operations that the admin looks after, with their members."""
    with acting_admin(email, organisation) as conn:
        members = list_operations(conn)
    for (name, uid), those in groupby(members, key=lambda row: (row.name, row.uid)):
        click.echo(f"{name} ({uid})")
        for each in those:
            click.echo(f"  {each.email}, {each.role} at {each.organisation}")


@operation.group()
def member() -> None:
    """Add and remove members, by e-mail address and role."""


@member.command("add")
@as_admin
@click.argument("name")
@click.argument("who")
@whose
@as_what
def member_add(email: str, organisation: str | None, *, name: str, who: str, **described: str) -> None:
    """Add WHO, an e-mail address, to the operation NAME.

    For a partner the answer is the same whoever works there: whoever the name fits becomes a member.
    """
    with acting_admin(email, organisation) as conn:
        add_member(conn, operation_named(conn, name), member=_member(conn, who, **described))
    click.echo(f"{who} is named to {name}.")


@member.command("remove")
@as_admin
@click.argument("name")
@click.argument("who")
@whose
@as_what
def member_remove(email: str, organisation: str | None, *, name: str, who: str, **described: str) -> None:
    """Remove WHO, an e-mail address, from the operation NAME."""
    with acting_admin(email, organisation) as conn:
        remove_member(conn, operation_named(conn, name), member=_member(conn, who, **described))
    click.echo(f"{who} is not in {name}.")


def operation_named(conn: Connection, name: str) -> UUID:
    """Return the operation of this name or uid, among those that the admin looks after. Raises NoSuchOperation."""
    found = {row.uid for row in list_operations(conn) if name in (row.name, str(row.uid))}
    if len(found) != 1:
        raise NoSuchOperation(f"You look after {len(found) or 'no'} operations called {name!r}; name one by its uid.")
    return found.pop()


def _member(conn: Connection, who: str, *, of_organisation: str | None, role: str) -> NamedMember:
    for organisation in list_organisations(conn):
        if organisation.name == of_organisation or (of_organisation is None and organisation.is_own):
            return NamedMember(organisation=organisation.uid, email=who, role=role)
    raise click.ClickException(f"There is no organisation called {of_organisation!r}.")
