"""Tiles whose time must not grow: squares that are counted at low zoom, and few features among many places."""

import time
from collections.abc import Sequence
from functools import partial
from statistics import fmean
from typing import Final

import click
import psycopg

from data.bench import EVERYTHING, tile_counts
from geo.tile_keys import KEY_ZOOM, halves_of
from layers.tiles import TileAddress, address
from scripts.bench.effort import Effort
from scripts.bench.gate import body
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.load import fetched
from scripts.bench.processes import processor_turns
from scripts.bench.tiles import ZOOMS, open_all_looks
from scripts.bench.vector_tiles import features
from scripts.bench.waymark import waymark
from scripts.bench.world import SHARES, World, prepared

COUNTED_ZOOMS: Final = range(6, 13)
FEW_PLACES: Final = 10_000
FEWEST: Final = 5
QUICK: Final = Target(value=50, at_most=True)
GROWS: Final = Target(value=1.5, at_most=True)


def bench_counted(world: World, effort: Effort) -> bool:
    """Time tiles of counted squares over HTTP, uncached, one after the other."""
    heading(f"Tiles of counted squares over HTTP, {world.count:,} places; our cache is off (WAYMARK_TILE_CACHE=0)")
    drawn = {zoom: list(dict.fromkeys(world.tiles(zoom, effort.tiles))) for zoom in COUNTED_ZOOMS}
    open_all_looks(world, drawn.values())
    good = []
    with waymark(world, tile_cache=0) as ours:
        for name, reader in world.readers.items():
            times = []
            for tiles in drawn.values():
                walk = ours.tiles(reader, tiles)
                times += [_seconds(at, walk.headers) for _ in range(effort.rounds) for at in walk.addresses()]
            said = (
                f"sees {SHARES[name]}: median of {len(times)} answers, zoom {COUNTED_ZOOMS[0]} to {COUNTED_ZOOMS[-1]}"
            )
            good.append(result(said, middle(times) * 1e3, QUICK, unit=" ms"))
    return all(good)


def _seconds(at: str, headers: Sequence[str]) -> float:
    begun = time.perf_counter()
    fetched(at, headers)
    return time.perf_counter() - begun


def bench_growth(world: World, effort: Effort) -> bool:
    """Compare tiles with the same number of features in this world and in one of 10,000 places."""
    heading(f"Tiles with the same number of features, {world.count:,} places beside {FEW_PLACES:,}")
    small = prepared(FEW_PLACES, world.cluster)
    pairs = same_counts(by_count(small), by_count(world), effort.tiles)
    open_all_looks(small, [[tile for tile, _ in pairs]])
    open_all_looks(world, [[tile for _, tile in pairs]])
    beside(f"rival: our own tile among {FEW_PLACES:,} places; the same query, {len(pairs)} pairs")
    with psycopg.connect(small.application) as few, psycopg.connect(world.application) as many:
        spent = []
        for few_tile, many_tile in pairs:
            asks = (
                partial(body, few, small.readers[EVERYTHING], few_tile),
                partial(body, many, world.readers[EVERYTHING], many_tile),
            )
            if (counts := [features(ask()) for ask in asks])[0] != counts[1]:
                raise click.ClickException(f"{counts[0]} features beside {counts[1]}.")
            spent.append(processor_turns((few, asks[0]), (many, asks[1]), rounds=effort.rounds))
    means = fmean(side[0] for side in spent) * 1e3, fmean(side[1] for side in spent) * 1e3
    said = f"processor time of the backend: {means[1]:.3f} beside {means[0]:.3f} ms, how much longer"
    return result(said, means[1] / means[0], GROWS)


def by_count(world: World) -> dict[int, list[TileAddress]]:
    """Return the tiles that show exact places, by how many they hold."""
    found: dict[int, list[TileAddress]] = {}
    with psycopg.connect(world.operator) as conn:
        for zoom in ZOOMS:
            for tile, count in tile_counts(conn, zoom):
                x, y = (int(half) for half in halves_of(tile << 2 * (KEY_ZOOM - zoom)))
                shift = KEY_ZOOM - zoom
                found.setdefault(count, []).append(address(zoom, x >> shift, y >> shift))
    return found


def same_counts(
    few: dict[int, list[TileAddress]], many: dict[int, list[TileAddress]], most: int
) -> list[tuple[TileAddress, TileAddress]]:
    """Return pairs of tiles that hold the same number of places, the fullest first."""
    both = sorted((count for count in few.keys() & many.keys() if count >= FEWEST), reverse=True)
    return [(few[count][0], many[count][0]) for count in both[:most]]
