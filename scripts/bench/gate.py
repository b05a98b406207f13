"""What the gate costs: a ring of 10,000 keys beside one of 10, over the same rows; admission and ring alone."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import fmean
from typing import Final

import click
import psycopg

from data.bench import (
    EVERYTHING,
    Reader,
    copy_database,
    drop_database,
    few_and_many_keys,
    hold_keys,
    open_looks,
    open_reader,
)
from data.database import queries
from layers.tiles import TileAddress
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.pgbench import our_script
from scripts.bench.processes import processor_turns
from scripts.bench.tiles import CLIENTS, ZOOMS
from scripts.bench.vector_tiles import features
from scripts.bench.world import READERS, World

MANY: Final = 10_000
PURPOSE: Final = "safeguarding"
REPEATS: Final = 100
NO_SLOWER: Final = Target(value=0.95)
"""A ratio of 1 is reached by every second run of two equal sides: within 5 % they are as fast."""

Readers = tuple[Reader, Reader]
Drawn = dict[int, list[TileAddress]]


def bench_gate(world: World, effort: Effort) -> bool:
    """Compare the two rings in a copy of the world, because the keys of labels without records stay in it."""
    heading(f"The gate, {world.count:,} places: a session with {MANY:,} keys beside one with 10, the same rows")
    beside("rival: our own tile for the session with 10 keys")
    copy = f"{world.database}_gate"
    copy_database(world.cluster.url(), world.database, copy)
    try:
        return _compare(replace(world, database=copy), effort)
    finally:
        drop_database(world.cluster.url(), copy)


def _compare(world: World, effort: Effort) -> bool:
    drawn = {zoom: world.tiles(zoom, effort.tiles) for zoom in ZOOMS}
    readers = few_and_many(world, drawn)
    check_same_features(world, readers, [tile for tiles in drawn.values() for tile in tiles])
    good = [by_processor(world, readers, drawn, effort.rounds)]
    good += [by_pgbench(world, readers, drawn, clients=clients, effort=effort) for clients in CLIENTS]
    cost_alone(world, readers, drawn[ZOOMS[0]][0], effort.rounds)
    return all(good)


def few_and_many(world: World, drawn: Drawn) -> Readers:
    """Return a session with 10 keys and one with 10,000, which open the same places."""
    cells = sorted({cell for tiles in drawn.values() for tile in tiles for cell in tile.cells or ()})
    with psycopg.connect(world.operator, autocommit=True) as conn:
        keys = few_and_many_keys(conn, MANY)
        emails = (READERS[EVERYTHING], READERS["twenty"])
        few, many = (
            open_reader(conn, name, email, PURPOSE) for name, email in zip(("few", "many"), emails, strict=True)
        )
        for reader, locks in zip((few, many), keys, strict=True):
            hold_keys(conn, reader, locks)
            open_looks(conn, reader, cells)
    return few, many


def check_same_features(world: World, readers: Readers, tiles: Sequence[TileAddress]) -> None:
    """Raise a sentence unless both sessions see the same features, and some."""
    with psycopg.connect(world.application) as conn:
        few, many = ([features(body(conn, reader, tile)) for tile in tiles] for reader in readers)
    if few != many or not any(few):
        raise click.ClickException(f"{few} features with 10 keys, {many} with {MANY:,}.")


def body(conn: psycopg.Connection, reader: Reader, tile: TileAddress) -> bytes:
    """Return the secured tile."""
    cells = list(tile.cells or ())
    values = {**vars(tile), "token": reader.token, "cells": cells, "looks": cells}
    row = conn.execute(queries("bench")["our_tile"], values, prepare=True).fetchone()
    conn.commit()
    if row is None or row[0] != "made":
        raise click.ClickException(f"A tile was not made but {row and row[0]}.")
    return bytes(row[-1])


def by_processor(world: World, readers: Readers, drawn: Drawn, rounds: int) -> bool:
    """Compare the processor time of the backend; whether many keys are no slower."""
    click.echo("\n   processor time of the backend, few as a share of many, each tile in turns")
    few_reader, many_reader = readers
    totals = [0.0, 0.0]
    with psycopg.connect(world.application) as few, psycopg.connect(world.application) as many:
        for zoom, tiles in drawn.items():
            spent = [
                processor_turns(
                    (few, partial(body, few, few_reader, tile)), (many, partial(body, many, many_reader, tile)),
                    rounds=rounds,
                )
                for tile in tiles
            ]  # fmt: skip
            means = fmean(side[0] for side in spent), fmean(side[1] for side in spent)
            said = f"zoom {zoom}: {means[1] * 1e3:.3f} ms beside {means[0] * 1e3:.3f} ms with 10 keys"
            result(said, means[0] / means[1])
            totals = [total + mean for total, mean in zip(totals, means, strict=True)]
    return result(f"tiles of all zooms, {MANY:,} keys", totals[0] / totals[1], NO_SLOWER)


def by_pgbench(world: World, readers: Readers, drawn: Drawn, *, clients: int, effort: Effort) -> bool:
    """Compare rates at one number of clients, rounds in turns, over the tiles of the last zoom."""
    tiles = drawn[ZOOMS[-1]]
    few, many = (our_script(world, reader, tiles) for reader in readers)
    passes = max(1, round(effort.seconds * few.rate(clients, 1) / len(tiles)))
    rates: tuple[list[float], list[float]] = ([], [])
    for turn in range(effort.rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            rates[side].append((few, many)[side].rate(clients, passes))
    beside(few.shown(clients))
    said = f"zoom {ZOOMS[-1]}, {clients} clients: {middle(rates[1]):,.0f} beside {middle(rates[0]):,.0f} tiles a second"
    return result(said, middle(rates[1]) / middle(rates[0]), NO_SLOWER)


def cost_alone(world: World, readers: Readers, tile: TileAddress, rounds: int) -> None:
    """Print what admission and the ring cost by themselves, in microseconds of processor."""
    click.echo("\n   processor time of the parts, with 10 and with many keys")
    with psycopg.connect(world.application, autocommit=True) as few, psycopg.connect(world.application) as many:
        many.autocommit = True
        for name in ("admission", "keyring"):
            asks = [
                partial(_repeat, conn, name, reader, tile)
                for conn, reader in zip((few, many), readers, strict=True)
            ]  # fmt: skip
            spent = processor_turns((few, asks[0]), (many, asks[1]), rounds=rounds)
            result(f"{name}, 10 keys", spent[0] * 1e6 / REPEATS, unit=" us")
            result(f"{name}, {MANY:,} keys", spent[1] * 1e6 / REPEATS, unit=" us")


def _repeat(conn: psycopg.Connection, name: str, reader: Reader, tile: TileAddress) -> None:
    values = {"token": reader.token, "looks": list(tile.cells or ())}
    with conn.transaction():
        conn.execute(queries("bench")["admission"], values, prepare=True)
        for _ in range(REPEATS):
            conn.execute(queries("bench")[name], values if name == "admission" else None, prepare=True)
