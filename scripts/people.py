"""`waymark organisation` and `waymark user`: partners, people and their memberships, by the server's operator."""

from datetime import datetime

import click

from data.people import (
    KINDS,
    ROLES,
    Member,
    NewMember,
    NewSignIn,
    add_organisation,
    add_user,
    disable,
    list_users,
    set_areas,
    set_clearance,
    set_password,
    set_until,
    suspend,
)
from geo.shifts.clock import first_day
from scripts.operators import at_work, day, table, words

prompted = click.option("--prompt", is_flag=True, help="Ask for the password instead of making one up.")
lifted = click.option("--lift", is_flag=True, help="Undo it.")
in_organisation = click.option("--organisation", help="Which organisation, where it does not go without saying.")
in_role = click.option("--role", type=click.Choice(ROLES), help="Which role, where it does not go without saying.")


@click.group()
def organisation() -> None:
    """Add the partners of this installation."""


@organisation.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True)
def organisation_add(name: str, kind: str) -> None:
    """Add the organisation NAME."""
    with at_work() as (conn, here):
        uid = add_organisation(conn, here.vault(), name=name, kind=kind)
    click.echo(f"Added {name} ({uid}).")


@click.group()
def user() -> None:
    """Add people, list them, and change what they may do."""


@user.command("add")
@click.argument("email")
@click.option("--organisation", required=True)
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--clearance", type=click.IntRange(0, 3), required=True, help="The highest sensitivity.")
@click.option("--areas", callback=words, required=True, help="Names between commas, or all.")
@day("--until", required=True, help="When the membership ends.")
@prompted
def user_add(email: str, *, until: datetime, prompt: bool, **described: str) -> None:
    """Add EMAIL to an organisation; a new person's password and authenticator address are shown once."""
    new = NewMember(email=email, until=until, **described)  # type: ignore[arg-type]
    password = _asked() if prompt else None
    with at_work() as (conn, here):
        sign_in = add_user(conn, here.vault(), new, password=password)
    click.echo(f"Added {new.email} to {new.organisation} as {new.role}.")
    if sign_in is None:
        click.echo("They sign in as before.")
    else:
        _tell(sign_in, is_known=prompt)


@user.command("list")
@click.option("--organisation", help="Only this one.")
def user_list(organisation: str | None) -> None:
    """List memberships."""
    with at_work() as (conn, _):
        users = list_users(conn, organisation)
    rows = [
        (
            each.email,
            each.organisation,
            each.role,
            each.clearance,
            ", ".join(each.areas),
            first_day(each.until).isoformat(),
            each.state,
        )
        for each in users
    ]
    table(("E-MAIL", "ORGANISATION", "ROLE", "CLEARANCE", "AREAS", "UNTIL", "STATE"), rows)


@user.command("suspend")
@click.argument("email")
@in_organisation
@in_role
@lifted
def user_suspend(email: str, organisation: str | None, role: str | None, *, lift: bool) -> None:
    """Close a membership of EMAIL at once."""
    with at_work() as (conn, _):
        suspend(conn, Member(email=email, organisation=organisation, role=role), lift=lift)
    click.echo("The membership is open again." if lift else "The membership is suspended.")


@user.command("areas")
@click.argument("email")
@click.argument("areas", callback=words)
@in_organisation
@in_role
def user_areas(email: str, areas: list[str], organisation: str | None, role: str | None) -> None:
    """Set the AREAS, between commas, of a membership of EMAIL."""
    with at_work() as (conn, _):
        set_areas(conn, Member(email=email, organisation=organisation, role=role), areas)
    click.echo("The areas are set.")


@user.command("clearance")
@click.argument("email")
@click.argument("clearance", type=click.IntRange(0, 3))
@in_organisation
@in_role
def user_clearance(email: str, clearance: int, organisation: str | None, role: str | None) -> None:
    """Set the highest sensitivity, 0 to 3, that a membership of EMAIL may know."""
    with at_work() as (conn, _):
        set_clearance(conn, Member(email=email, organisation=organisation, role=role), clearance)
    click.echo("The clearance is set.")


@user.command("extend")
@click.argument("email")
@day("--until", required=True, help="When the membership ends.")
@in_organisation
@in_role
def user_extend(email: str, until: datetime, organisation: str | None, role: str | None) -> None:
    """Set when a membership of EMAIL ends."""
    with at_work() as (conn, _):
        set_until(conn, Member(email=email, organisation=organisation, role=role), until)
    click.echo("The end is set.")


@user.command("password")
@click.argument("email")
@click.option("--new-codes", is_flag=True, help="A new authenticator as well, and no passkey of before.")
@prompted
def user_password(email: str, *, new_codes: bool, prompt: bool) -> None:
    """Give EMAIL another password and end their sessions."""
    password = _asked() if prompt else None
    with at_work() as (conn, here):
        sign_in = set_password(conn, here.vault(), email, password=password, new_codes=new_codes)
    _tell(sign_in, is_known=prompt)


@user.command("disable")
@click.argument("email")
@lifted
def user_disable(email: str, *, lift: bool) -> None:
    """Shut EMAIL out of every organisation at once."""
    with at_work() as (conn, _):
        disable(conn, email, lift=lift)
    click.echo("They may sign in again." if lift else "They are shut out.")


def _asked() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _tell(sign_in: NewSignIn, *, is_known: bool) -> None:
    if not is_known:
        click.echo(f"Password, shown once: {sign_in.password}")
    if sign_in.totp_address:
        click.echo(f"Authenticator address, shown once: {sign_in.totp_address}")
