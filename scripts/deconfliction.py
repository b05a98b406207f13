"""`waymark deconfliction`: whether an organisation takes part, whom its operations tell, and the look for clashes."""

import time

import click
import psycopg

from data.deconfliction import (
    TELLS,
    look_for_clashes,
    my_deconfliction,
    operation_tells,
    set_deconfliction,
    set_operation_tells,
)
from scripts.installation import installation
from scripts.operations import operation_named
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
    click.echo(f"Takes part since {part.since:%Y-%m-%d}." if part.since else "Does not take part.")


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
    """Say, or with TELLS decide, whose desks the visits for the operation NAME set off."""
    with acting_admin(email, organisation) as conn:
        which = operation_named(conn, name)
        if tells:
            set_operation_tells(conn, which, tells)
        said = operation_tells(conn, which)
    click.echo(f"Visits for {name} tell: {said}.")
