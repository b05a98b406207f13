"""`waymark deconfliction`: whether an organisation takes part, whom its visits for operations tell, and the look."""

import time

import click
import psycopg
from psycopg import Connection

from data.deconfliction import (
    TELLS,
    Telling,
    look_for_clashes,
    my_deconfliction,
    operations_tell,
    set_deconfliction,
    set_operation_tells,
)
from data.operations import NoSuchOperation
from geo.shifts.clock import first_day
from scripts.installation import installation
from scripts.operators import acting_admin, as_admin, sentences


@click.group()
def deconfliction() -> None:
    """Tell two organisations to call one another when they plan visits near one another."""


@deconfliction.command()
@click.option("--every", type=click.IntRange(10), help="Look again after so many seconds, until this process is ended.")
def look(every: int | None) -> None:
    """Look for clashes once, and say how many notices were written."""
    with sentences():
        while True:
            with psycopg.connect(installation().operator) as conn:
                written = look_for_clashes(conn)
            click.echo(f"{written} notices written.")
            if every is None:
                return
            time.sleep(every)


@deconfliction.command()
@as_admin
def show(email: str, organisation: str | None) -> None:
    """Say whether the admin's organisation takes part."""
    with acting_admin(email, organisation) as conn:
        part = my_deconfliction(conn)
    click.echo(f"Takes part since {first_day(part.since)}." if part.since else "Does not take part.")


@deconfliction.command()
@as_admin
def join(email: str, organisation: str | None) -> None:
    """Take part: others who do are told to call when both plan near one another."""
    with acting_admin(email, organisation) as conn:
        set_deconfliction(conn, takes_part=True)
    click.echo("Takes part from now on.")


@deconfliction.command()
@as_admin
def leave(email: str, organisation: str | None) -> None:
    """Take part no longer."""
    with acting_admin(email, organisation) as conn:
        set_deconfliction(conn, takes_part=False)
    click.echo("Takes part no longer.")


@deconfliction.command("operation")
@as_admin
@click.argument("name")
@click.argument("tells", type=click.Choice(TELLS), required=False)
def operation_command(email: str, organisation: str | None, *, name: str, tells: str | None) -> None:
    """Say, or with TELLS decide, whose desks one's own visits for the operation NAME set off."""
    with acting_admin(email, organisation) as conn:
        if tells:
            set_operation_tells(conn, _named(conn, name).uid, tells)
        said = _named(conn, name).tells
    click.echo(f"Your organisation's visits for {name} tell: {said}.")


def _named(conn: Connection, name: str) -> Telling:
    found = [one for one in operations_tell(conn) if name in (one.name, str(one.uid))]
    if len(found) != 1:
        raise NoSuchOperation(f"You are in {len(found) or 'no'} operations called {name!r}; name one by its uid.")
    return found[0]
