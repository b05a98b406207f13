"""`waymark bench`: each thing beside its rival, in one run."""

import click

from scripts.bench.imports import bench_imports
from scripts.bench.map_page import bench_map
from scripts.bench.processes import require
from scripts.bench.tiles import Effort, bench_tiles
from scripts.bench.world import World, prepared

NAMES = ("tiles", "import", "map")


@click.command()
@click.argument("what", type=click.Choice([*NAMES, "all"]))
@click.option("--scale", type=click.IntRange(1_000, 1_000_000), default=1_000_000, show_default=True)
@click.option("--rounds", default=5, show_default=True, help="Rounds of each side; medians are printed.")
@click.option("--seconds", default=2.0, show_default=True, help="About how long a round of one side lasts.")
@click.option("--tiles", default=40, show_default=True, help="How many tiles of each zoom are drawn.")
def bench(what: str, *, scale: int, rounds: int, seconds: float, tiles: int) -> None:
    """Measure WHAT beside its rivals, on a database of its own; exits with 1 when a target is missed."""
    require("pgbench", packages="postgresql-15")
    effort = Effort(rounds=rounds, seconds=seconds, tiles=tiles)
    world = prepared(scale)
    try:
        good = [run(name, world, effort) for name in NAMES if what in {name, "all"}]
    finally:
        world.cluster.stop()
    if not all(good):
        raise SystemExit(1)


def run(name: str, world: World, effort: Effort) -> bool:
    """Run one benchmark; whether its targets are met."""
    return {"tiles": bench_tiles, "import": bench_imports, "map": bench_map}[name](world, effort)
