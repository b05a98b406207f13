"""Items by box over HTTP, the first 100 of each: the service beside MapServer's WFS."""

from collections.abc import Sequence
from typing import Final

import click
import orjson

from data.bench import EVERYTHING
from scripts.bench.effort import Effort
from scripts.bench.http_tiles import interleaved
from scripts.bench.lines import Target, beside, heading, result
from scripts.bench.load import Walk
from scripts.bench.mapserver import mapserver
from scripts.bench.tiles import CLIENTS, open_all_looks
from scripts.bench.waymark import Box, waymark
from scripts.bench.world import World

LIMIT: Final = 100
HALF_BOX: Final = (0.01, 0.005)
"""Half of a box in degrees: about 1.4 by 1.1 km."""

TARGET: Final = Target(value=4)


def bench_items(world: World, effort: Effort) -> bool:
    """Compare GeoJSON of boxes around places, for the session that sees everything, without totals on both sides."""
    heading(f"Items by box, limit {LIMIT}, {world.count:,} places: GeoJSON, beside MapServer's WFS without security")
    boxes = [box_around(*place) for place in world.drawn(effort.tiles, seed="items")]
    open_all_looks(world, [world.tiles(14, effort.tiles)])
    with waymark(world, tile_cache=0) as ours, mapserver(world) as rival:
        sides = {"ours": ours.items(world.readers[EVERYTHING], boxes, LIMIT), "MapServer": rival.items(boxes, LIMIT)}
        check_same_features(sides["ours"], sides["MapServer"])
        beside(f"MapServer: {rival.shown}; {sides['MapServer'].shown(1)}")
        beside(f"           {sides['MapServer'].paths[0]}")
        good = []
        for clients in CLIENTS:
            rates = interleaved({name: walk.rate for name, walk in sides.items()}, len(boxes), clients, effort)
            said = f"{clients} clients: {rates['ours']:,.0f} beside {rates['MapServer']:,.0f} answers a second"
            good.append(result(said, rates["ours"] / rates["MapServer"], TARGET))
    return all(good)


def box_around(longitude: float, latitude: float) -> Box:
    """Return the box around a position, in degrees."""
    east, north = HALF_BOX
    edges = (longitude - east, latitude - north, longitude + east, latitude + north)
    west, south, east, north = (round(edge, 6) for edge in edges)
    return west, south, east, north


def check_same_features(ours: Walk, rival: Walk) -> None:
    """Raise a sentence unless both sides give the same number of features for each box."""
    counts = [numbers(ours), numbers(rival)]
    if counts[0] != counts[1] or not any(counts[0]):
        raise click.ClickException(f"Ours gives {counts[0]} features, MapServer {counts[1]}.")


def numbers(walk: Walk) -> Sequence[int]:
    """Return the number of features of each answer."""
    return [len(orjson.loads(body)["features"]) for body in walk.bodies()]
