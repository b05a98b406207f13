"""`waymark demo`: fill an empty database with the synthetic world, or with places for benchmarks."""

import click
import psycopg

from data.demo_tables import NotEmpty, settle
from data.private_files import write_private
from scripts.demo.releases import add_releases
from scripts.demo.world import demo_json, load_benchmark, load_demo
from scripts.installation import bring_up, installation
from web.days import today

SEED = 2026
MOST_PLACES = 1_000_000


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same world on the same day.")
@click.option("--scale", type=click.IntRange(1_000, MOST_PLACES), help="Only places, this many, for benchmarks.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The address to note for sign-in.")
def demo(seed: int, scale: int | None, url: str) -> None:
    """Fill an empty database with the demo, and write the sign-ins to demo.json in the run-time folder."""
    here = installation()
    bring_up(here)
    vault, day = here.vault(), today()
    with psycopg.connect(here.operator) as conn:
        try:
            if scale is None:
                people = load_demo(conn, seed=seed, today=day, vault=vault)
                add_releases(conn, vault, today=day)
            else:
                people = load_benchmark(conn, count=scale, seed=seed, today=day, vault=vault)
        except NotEmpty as error:
            raise click.ClickException(str(error)) from error
        conn.commit()
        conn.autocommit = True
        settle(conn)
    write_private(here.var / "demo.json", demo_json(url, people))
    for person in people:
        click.echo(f"{person.email:<32} {person.password:<24} {person.role:<9} {', '.join(person.purposes)}")
