"""`waymark demo`: fill an empty database with the synthetic world, or with places for benchmarks."""

from datetime import UTC, datetime

import click
import psycopg

from data.demo_tables import NotEmpty, settle
from data.private_files import write_private
from data.vault import Vault, load_master_key
from scripts.cluster import CHECKOUT
from scripts.demo.world import demo_json, load_benchmark, load_demo
from scripts.reference import operator

SEED = 2026
MOST_PLACES = 1_000_000


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same world on the same day.")
@click.option("--scale", type=click.IntRange(1_000, MOST_PLACES), help="Only places, this many, for benchmarks.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The address to note for sign-in.")
def demo(seed: int, scale: int | None, url: str) -> None:
    """Fill an empty, migrated database with the demo and write the sign-ins to var/demo.json."""
    vault = Vault(load_master_key(CHECKOUT / "var" / "master.key"))
    today = datetime.now(UTC).date()
    with operator() as conn:
        try:
            if scale is None:
                people = load_demo(conn, seed=seed, today=today, vault=vault)
            else:
                people = load_benchmark(conn, count=scale, seed=seed, today=today, vault=vault)
        except (NotEmpty, psycopg.errors.UndefinedTable) as error:
            raise click.ClickException(str(error)) from error
        conn.commit()
        conn.autocommit = True
        settle(conn)
    write_private(CHECKOUT / "var" / "demo.json", demo_json(url, people))
    for person in people:
        click.echo(f"{person.email:40} {person.password:26} {person.role:10} {person.organisation}")
