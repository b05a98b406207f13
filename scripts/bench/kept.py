"""Kept tiles and 304s: what they cost the database, read from its own counters."""

import time
from collections.abc import Sequence
from typing import Final

import click
import psycopg

from data.bench import EVERYTHING, Served, served
from layers.tiles import TileAddress
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, heading, result
from scripts.bench.load import Answer, fetched
from scripts.bench.tiles import open_all_looks
from scripts.bench.waymark import waymark
from scripts.bench.world import World

ZOOM: Final = 14
MEBIBYTES: Final = 512
SECONDS_TO_COUNT: Final = 1
"""After this the connections of a stopped service have ended, and what they did is counted."""

ONE: Final = Target(value=1, at_most=True)
NONE: Final = Target(value=0, at_most=True)


def bench_kept(world: World, effort: Effort) -> bool:
    """Ask the same tiles again, then with their ETags, and count checks of the session and tiles made."""
    heading(f"Kept tiles and 304s, {world.count:,} places, the session that sees everything, zoom {ZOOM}")
    tiles = list({tile.first: tile for tile in world.tiles(ZOOM, effort.tiles)}.values())
    open_all_looks(world, [tiles])
    with psycopg.connect(world.operator, autocommit=True) as conn:
        made = _counted(world, conn, tiles, again=0)
        both = _counted(world, conn, tiles, again=effort.rounds)
    more = both.since(made)
    asked = 2 * effort.rounds * len(tiles)
    beside(f"counters of two services that made {len(tiles)} tiles; one was then asked {asked} times for what it kept")
    checks = result("checks of the session for each kept tile or 304", more.admitted / asked, ONE)
    scans = result("looks at exact places for kept tiles and 304s", more.exact_scans + more.full_scans, NONE)
    return checks and scans


def _counted(world: World, conn: psycopg.Connection, tiles: Sequence[TileAddress], *, again: int) -> Served:
    """Return what the database served while a service made these tiles, then gave each `again` times, twice over."""
    before = served(conn)
    with waymark(world, tile_cache=MEBIBYTES) as ours:
        walk = ours.tiles(world.readers[EVERYTHING], tiles)
        first = [fetched(address, walk.headers) for address in walk.addresses()]
        for _ in range(again):
            for address, had in zip(walk.addresses(), first, strict=True):
                check_kept(fetched(address, walk.headers), had)
                check_not_modified(fetched(address, (*walk.headers, f"if-none-match: {had.etag}")))
    time.sleep(SECONDS_TO_COUNT)
    return served(conn).since(before)


def check_kept(answer: Answer, had: Answer) -> None:
    """Raise a sentence unless the kept tile is the tile that was made."""
    if answer != had:
        raise click.ClickException("A kept tile is not the tile that was made.")


def check_not_modified(answer: Answer) -> None:
    """Raise a sentence unless the answer is a 304 without a body."""
    if answer.status != 304 or answer.body:
        raise click.ClickException(f"Asked with its ETag, a tile was answered with {answer.status}.")
