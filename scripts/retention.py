"""`waymark retention`: how long shifts, plans and notices are kept, and deleting what was kept long enough."""

import click
import psycopg

from data.retention import chosen, forget, my_retention, set_retention
from scripts.installation import installation
from scripts.operators import acting_admin, as_admin, sentences, table

RULES = ("alarms", "details", "notices", "plans", "shifts")


@click.group()
def retention() -> None:
    """Keep shifts, plans and notices no longer than they are needed."""


@retention.command()
def apply() -> None:
    """Delete what every organisation kept long enough; what `serve` and `escalate` do daily."""
    with sentences(), psycopg.connect(installation().operator) as conn:
        gone = forget(conn)
    click.echo(f"{gone} records deleted.")


@retention.command()
@as_admin
def show(email: str, organisation: str | None) -> None:
    """Show for how many days the admin's organisation keeps what."""
    with acting_admin(email, organisation) as conn:
        periods = my_retention(conn)
    table(("what", "days", "from", "to"), [(one.rule, one.days, one.shortest, one.longest) for one in periods])


@retention.command("set")
@as_admin
@click.argument("rule", type=click.Choice(RULES))
@click.argument("days", type=int)
def set_command(email: str, organisation: str | None, *, rule: str, days: int) -> None:
    """Keep what RULE is about for DAYS days from now on."""
    with acting_admin(email, organisation) as conn:
        periods = my_retention(conn)
        set_retention(conn, chosen(periods, {rule: days}), [one.days for one in periods])
    click.echo(f"Kept for {days} days from now on: {rule}.")
