"""`waymark serve` and `waymark migrate`: bring the installation up and answer on loopback."""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg
import uvicorn

from scripts.installation import Installation, bring_up, installation, is_new
from web.app import create_app

HOST = "127.0.0.1"
DEMO_SEED = 20_260_101


class WithoutValues(logging.Formatter):
    """Log lines that say where an error happened and of which kind, never with which values."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """Return the kind of error and the lines of code it went through."""
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return f"{kind.__name__ if kind else 'error'} at {' < '.join(reversed(places[-12:]))}"


@click.command()
@click.option("--port", default=8000, show_default=True, help="The port on 127.0.0.1 to listen on.")
@click.option("--no-demo", is_flag=True, help="Start empty: do not load the demonstration on the first run.")
def serve(port: int, *, no_demo: bool) -> None:
    """Bring the database up, load the demonstration on the first run, and serve on 127.0.0.1."""
    here = installation()
    bring_up(here)
    address = f"http://{HOST}:{port}"
    if not no_demo and is_new(here):
        click.echo("Loading the demonstration: invented places, visits and notes. This is done once.")
        _load_demo(here, address)
    _announce(here, address)
    _keep_quiet()
    uvicorn.run(
        create_app(here.settings()), host=HOST, port=port, access_log=False, log_config=None, server_header=False,
        timeout_graceful_shutdown=5,
    )  # fmt: skip


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the current schema, and say which migrations ran."""
    ran = bring_up(installation())
    click.echo("\n".join(ran) if ran else "The schema is current.")


def _load_demo(here: Installation, address: str) -> None:
    from scripts.demo.world import demo_json, load_demo  # noqa: PLC0415 - needed on the first start only

    with psycopg.connect(here.operator) as conn:
        people = load_demo(conn, seed=DEMO_SEED, today=datetime.now(UTC).date(), vault=here.vault())
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


def _keep_quiet() -> None:
    """Log warnings and errors only, without the values that caused them."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutValues("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
