"""`waymark serve` and `waymark migrate`: bring the installation up and answer on loopback."""

import json
from contextlib import nullcontext

import click
import psycopg
import uvicorn

from scripts.installation import Installation, bring_up, installation, is_new
from scripts.joined_writes import JoinedWrites
from scripts.log_lines import keep_quiet
from scripts.watching import watched
from web.app import create_app
from web.days import today

HOST = "127.0.0.1"
DEMO_SEED = 20_260_101


@click.command()
@click.option("--port", default=8000, show_default=True, help="The port on 127.0.0.1 to listen on.")
@click.option("--no-demo", is_flag=True, help="Start empty: do not load the demonstration on the first run.")
@click.option("--no-watch", is_flag=True, help="Do not start the escalator and the watchdog: they run elsewhere.")
def serve(port: int, *, no_demo: bool, no_watch: bool) -> None:
    """Bring the database up, load the demonstration on the first run, watch check-ins, and serve on 127.0.0.1."""
    here = installation()
    bring_up(here)
    address = f"http://{HOST}:{port}"
    if not no_demo and is_new(here):
        click.echo("Loading the demonstration: invented places, visits and notes. This is done once.")
        _load_demo(here, address)
    _announce(here, address)
    keep_quiet()
    app = create_app(here.settings())
    with nullcontext() if no_watch else watched():
        uvicorn.run(
            app, host=HOST, port=port, access_log=False, log_config=None, server_header=False,
            timeout_graceful_shutdown=5, http=JoinedWrites,
        )  # fmt: skip


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the current schema, and say which migrations ran."""
    ran = bring_up(installation())
    click.echo("\n".join(ran) if ran else "The schema is current.")


def _load_demo(here: Installation, address: str) -> None:
    from scripts.demo.releases import add_releases  # noqa: PLC0415 - needed on the first start only
    from scripts.demo.world import demo_json, load_demo  # noqa: PLC0415 - as above

    vault, day = here.vault(), today()
    with psycopg.connect(here.operator) as conn:
        people = load_demo(conn, seed=DEMO_SEED, today=day, vault=vault)
        add_releases(conn, vault, today=day)
    file = here.var / "demo.json"
    file.touch(mode=0o600)
    file.write_text(demo_json(address, people))


def _announce(here: Installation, address: str) -> None:
    """Print the address, and in a demonstration who may sign in; the address in demo.json is kept right."""
    file = here.var / "demo.json"
    click.echo(f"Waymark is at {address}")
    if file.exists():
        demo = json.loads(file.read_text())
        demo["url"] = address
        file.write_text(json.dumps(demo, indent=2) + "\n")
        click.echo(f"Demonstration sign-ins (also in {file}):")
        for person in demo["people"]:
            purposes = ", ".join(person["purposes"])
            click.echo(f"  {person['email']:<44} {person['password']:<28} {person['role']:<9} {purposes}")
