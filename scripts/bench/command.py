"""`waymark bench`: each thing beside its rival, in one run."""

from collections.abc import Callable
from typing import Final

import click

from scripts.bench.effort import Effort
from scripts.bench.gate import bench_gate
from scripts.bench.growth import bench_counted, bench_growth
from scripts.bench.hotspot_counting import bench_counting
from scripts.bench.hotspots import bench_hotspots
from scripts.bench.http_tiles import bench_http_tiles
from scripts.bench.imports import bench_imports
from scripts.bench.items import bench_items
from scripts.bench.kept import bench_kept
from scripts.bench.map_page import bench_map
from scripts.bench.plan import bench_plan
from scripts.bench.processes import require
from scripts.bench.slider import bench_slider
from scripts.bench.tiles import bench_database_tiles
from scripts.bench.world import World, own_cluster, prepared

BENCHMARKS: Final[dict[str, Callable[[World, Effort], bool]]] = {
    "tiles-database": bench_database_tiles,
    "tiles-http": bench_http_tiles,
    "tiles-kept": bench_kept,
    "tiles-counted": bench_counted,
    "tiles-growth": bench_growth,
    "items": bench_items,
    "gate": bench_gate,
    "import": bench_imports,
    "map": bench_map,
}
"""Each returns whether its targets are met."""

WITHOUT_WORLD: Final[dict[str, Callable[[Effort], bool]]] = {
    "plan": bench_plan,
    "hotspots": bench_hotspots,
    "hotspots-database": bench_counting,
    "slider": bench_slider,
}
"""The same of what needs no database, or makes one of its own."""

GROUPS: Final = ("tiles", "all")


@click.command()
@click.argument("what", type=click.Choice([*GROUPS, *BENCHMARKS, *WITHOUT_WORLD]))
@click.option("--scale", type=click.IntRange(1_000, 1_000_000), default=1_000_000, show_default=True)
@click.option("--rounds", default=5, show_default=True, help="Rounds of each side; medians are printed.")
@click.option("--seconds", default=2.0, show_default=True, help="About how long a round of one side lasts.")
@click.option("--tiles", default=48, show_default=True, help="How many tiles of each zoom are drawn.")
def bench(what: str, *, scale: int, rounds: int, seconds: float, tiles: int) -> None:
    """Measure WHAT beside its rivals, on a database of its own; exits with 1 when a target is missed."""
    effort = Effort(rounds=rounds, seconds=seconds, tiles=tiles)
    names = chosen(what)
    good = _in_a_world([name for name in names if name in BENCHMARKS], scale, effort)
    good += [WITHOUT_WORLD[name](effort) for name in names if name in WITHOUT_WORLD]
    if not all(good):
        raise SystemExit(1)


def _in_a_world(names: list[str], scale: int, effort: Effort) -> list[bool]:
    """Return whether the targets are met of each benchmark that reads a database; none starts no cluster."""
    if not names:
        return []
    require("pgbench", packages="postgresql-15")
    world = prepared(scale, own_cluster())
    try:
        return [BENCHMARKS[name](world, effort) for name in names]
    finally:
        world.cluster.stop()


def chosen(what: str) -> list[str]:
    """Return the benchmarks that a word names: one, all of tiles, or all."""
    return [name for name in (*BENCHMARKS, *WITHOUT_WORLD) if what in {"all", name} or name.startswith(f"{what}-")]
