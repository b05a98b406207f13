"""Tiles over HTTP: the service beside pgbench, MapServer and tipg, and what it adds to the database's time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import click

from data.bench import EVERYTHING
from layers.tiles import TileAddress
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, geometric_mean, heading, middle, result
from scripts.bench.load import Walk
from scripts.bench.mapserver import MapServer, mapserver
from scripts.bench.pgbench import canonical_script
from scripts.bench.tiles import CLIENTS, ZOOMS, open_all_looks
from scripts.bench.tipg import Tipg, tipg
from scripts.bench.vector_tiles import features
from scripts.bench.waymark import Waymark, waymark
from scripts.bench.world import SHARES, World

TARGETS: Final = {"pgbench canonical": Target(value=0.85), "MapServer": Target(value=1.5), "tipg": Target(value=2)}
ADDED: Final = Target(value=0.6, at_most=True)
Rate = Callable[[int, int], float]


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Our service and the rivals, all running; one that could not be had is None."""

    ours: Waymark
    mapserver: MapServer | None
    tipg: Tipg | None


def bench_http_tiles(world: World, effort: Effort) -> bool:
    """Compare the session that sees everything with the rivals, then say what the service adds for all three."""
    heading(f"Tiles over HTTP, {world.count:,} places; our cache is off (WAYMARK_TILE_CACHE=0), nothing is packed")
    drawn = {zoom: world.tiles(zoom, effort.tiles) for zoom in ZOOMS}
    open_all_looks(world, drawn.values())
    with waymark(world, tile_cache=0) as ours, mapserver(world) as second, tipg(world) as third:
        servers = Servers(ours=ours, mapserver=second, tipg=third)
        for tiles in drawn.values():
            check_same_features(world, servers, tiles)
        good = [compare(world, servers, drawn, clients=clients, effort=effort) for clients in CLIENTS]
        return added(world, ours, drawn, effort) and all(good)


def walks(world: World, servers: Servers, tiles: Sequence[TileAddress]) -> dict[str, Walk]:
    """Return the walk of each server through the same tiles, for the session that sees everything."""
    found = {"ours": servers.ours.tiles(world.readers[EVERYTHING], tiles)}
    if servers.mapserver is not None:
        found["MapServer"] = servers.mapserver.tiles(tiles)
    if servers.tipg is not None:
        found["tipg"] = servers.tipg.tiles(tiles)
    return found


def check_same_features(world: World, servers: Servers, tiles: Sequence[TileAddress]) -> None:
    """Raise a sentence unless every server shows the same number of features in each tile."""
    counts = {name: [features(b) for b in walk.bodies()] for name, walk in walks(world, servers, tiles).items()}
    for name, found in counts.items():
        if found != counts["ours"] or not any(found):
            raise click.ClickException(f"Zoom {tiles[0].z}: {name} shows {found}, ours {counts['ours']} features.")


def compare(
    world: World, servers: Servers, drawn: Mapping[int, Sequence[TileAddress]], *, clients: int, effort: Effort
) -> bool:
    """Compare rates at one number of clients, rounds interleaved, zoom by zoom."""
    click.echo(f"\n   {clients} clients, the session that sees everything, medians of {effort.rounds} rounds")
    ratios: dict[str, list[float]] = {}
    for zoom, tiles in drawn.items():
        sides: dict[str, Rate] = {name: walk.rate for name, walk in walks(world, servers, tiles).items()}
        script = canonical_script(world, world.readers[EVERYTHING], tiles)
        sides["pgbench canonical"] = script.rate
        rates = interleaved(sides, len(tiles), clients, effort)
        for name in sides.keys() - {"ours"}:
            ratios.setdefault(name, []).append(rates["ours"] / rates[name])
            said = f"zoom {zoom}: {rates['ours']:,.0f} beside {rates[name]:,.0f} tiles a second of {name}"
            result(said, ratios[name][-1])
    say_commands(world, servers, drawn[ZOOMS[0]], clients)
    met = [
        result(f"{name}: geometric mean of {len(ratios[name])} zooms, {clients} clients", geometric_mean(found), target)
        for name, target in TARGETS.items()
        if (found := ratios.get(name))
    ]
    return all(met)


def interleaved(sides: Mapping[str, Rate], tiles: int, clients: int, effort: Effort) -> dict[str, float]:
    """Return the median rate of each side; the rounds of all sides take turns, each round about as long."""
    passes = {name: max(1, round(effort.seconds * rate(clients, 1) / tiles)) for name, rate in sides.items()}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(effort.rounds):
        names = sorted(sides, reverse=bool(turn % 2))
        for name in names:
            rates[name].append(sides[name](clients, passes[name]))
    return {name: middle(found) for name, found in rates.items()}


def say_commands(world: World, servers: Servers, tiles: Sequence[TileAddress], clients: int) -> None:
    """Print how each rival is started and asked."""
    beside(f"pgbench: {canonical_script(world, world.readers[EVERYTHING], tiles).shown(clients)}")
    for server, walk in ((servers.mapserver, "MapServer"), (servers.tipg, "tipg")):
        if server is not None:
            beside(f"{walk}: {server.shown}; {server.tiles(tiles).shown(clients)}")


def added(world: World, ours: Waymark, drawn: Mapping[int, Sequence[TileAddress]], effort: Effort) -> bool:
    """Print the processor time that the service itself, beside the database, uses for a tile."""
    click.echo("\n   milliseconds of processor of the service's process for a tile, 1 client (schedstat)")
    good = []
    for name, reader in world.readers.items():
        for zoom, tiles in drawn.items():
            walk = ours.tiles(reader, tiles)
            passes = max(1, round(effort.seconds * walk.rate(1, 1) / len(tiles)))
            spent = [_spent(ours, walk, passes) for _ in range(effort.rounds)]
            target = None if name == EVERYTHING else ADDED
            good.append(result(f"sees {SHARES[name]}, zoom {zoom}", middle(spent), target, unit=" ms"))
    return all(good)


def _spent(ours: Waymark, walk: Walk, passes: int) -> float:
    before = ours.cpu_seconds()
    walk.rate(1, passes)
    return (ours.cpu_seconds() - before) / (passes * len(walk.paths)) * 1e3
