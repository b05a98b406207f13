"""`waymark duty-desk`: how an organisation is reached at any hour, and who reads what is sent there."""

import click

from data.notices import Desk, my_duty_desk, set_duty_desk
from scripts.operators import acting_admin, as_admin


@click.group("duty-desk")
def duty_desk() -> None:
    """Say how the admin's organisation is reached at any hour."""


@duty_desk.command("set")
@as_admin
@click.argument("telephone")
@click.option("--email", "address", help="Where notices are sent; without it they are on the desk's page alone.")
@click.option("--member", "members", multiple=True, help="An outreach worker who reads what is sent to the desk.")
def set_command(
    email: str, organisation: str | None, *, telephone: str, address: str | None, members: tuple[str, ...]
) -> None:
    """Set the desk's TELEPHONE, its e-mail address and its members, in place of what was set."""
    with acting_admin(email, organisation) as conn:
        set_duty_desk(conn, Desk(telephone=telephone, email=address, members=members))
    click.echo(f"The duty desk is reached at {telephone}.")


@duty_desk.command()
@as_admin
def show(email: str, organisation: str | None) -> None:
    """Show how the organisation is reached."""
    with acting_admin(email, organisation) as conn:
        desk = my_duty_desk(conn)
    if desk is None:
        click.echo("Nobody has set a duty desk yet.")
        return
    click.echo(f"{desk.telephone}, {desk.email or 'no e-mail address'}")
    for member in desk.members:
        click.echo(f"  {member}")
