"""Tiles in the database: the secured tile beside the canonical one, by pgbench and by processor time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Final

import click
import psycopg

from data.bench import Reader, open_looks
from data.database import queries
from data.reading import OVERVIEW
from layers.tiles import TileAddress
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, geometric_mean, heading, middle, result
from scripts.bench.pgbench import Script, canonical_script, our_script
from scripts.bench.processes import processor_turns
from scripts.bench.vector_tiles import features
from scripts.bench.world import SHARES, World

ZOOMS: Final = (13, 14, 15, 16)
CLIENTS: Final = (1, 16)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The same tiles of one zoom for one session, on both sides."""

    reader: Reader
    zoom: int
    tiles: Sequence[TileAddress]
    ours: Script
    canonical: Script

    @property
    def name(self) -> str:
        """Return what is printed for this pair."""
        return f"sees {SHARES[self.reader.name]}, zoom {self.zoom}"


def bench_database_tiles(world: World, effort: Effort) -> bool:
    """Compare the twelve pairs at each number of clients; whether all targets are met."""
    heading(f"Tiles in the database, {world.count:,} places: secured, beside canonical without security")
    pairs = make_pairs(world, effort)
    beside(f"rival: {pairs[0].canonical.shown(1)}")
    beside(f"       {queries('bench')['canonical_tile']!r:.2000}".replace("\\n", " "))
    good = [compare_by_processor(world, pairs, effort)]
    good += [compare_by_pgbench(pairs, clients, effort) for clients in CLIENTS]
    return all(good)


def make_pairs(world: World, effort: Effort) -> list[Pair]:
    """Return the pairs of all sessions and zooms, after both sides showed the same number of features."""
    drawn = {zoom: world.tiles(zoom, effort.tiles) for zoom in ZOOMS}
    open_all_looks(world, drawn.values())
    pairs = []
    for reader in world.readers.values():
        for zoom, tiles in drawn.items():
            ours, canonical = our_script(world, reader, tiles), canonical_script(world, reader, tiles)
            pairs.append(Pair(reader=reader, zoom=zoom, tiles=tiles, ours=ours, canonical=canonical))
    for pair in pairs:
        check_same_features(world, pair)
    return pairs


def open_all_looks(world: World, drawn: Iterable[Sequence[TileAddress]]) -> None:
    """Open the windows of consultation of these tiles for all sessions, as a map that was open a moment ago has."""
    cells = sorted({cell for tiles in drawn for tile in tiles for cell in tile.cells or ()} | {OVERVIEW})
    with psycopg.connect(world.operator, autocommit=True) as conn:
        for reader in world.readers.values():
            open_looks(conn, reader, cells)


def check_same_features(world: World, pair: Pair) -> None:
    """Raise a sentence unless each tile has the same number of features on both sides."""
    total = 0
    with psycopg.connect(world.application) as ours, psycopg.connect(world.rival(pair.reader)) as canonical:
        for tile in {tile.first: tile for tile in pair.tiles}.values():
            counts = [features(tile_body(ours, pair, tile)), features(tile_body(canonical, pair, tile, ours=False))]
            if counts[0] != counts[1]:
                raise click.ClickException(f"{pair.name}: {counts[0]} features beside {counts[1]} in one tile.")
            total += counts[0]
    if total == 0:
        raise click.ClickException(f"{pair.name}: no tile has a feature, so there is nothing to compare.")


def tile_body(conn: psycopg.Connection, pair: Pair, tile: TileAddress, *, ours: bool = True) -> bytes:
    """Return a tile from one of the two queries."""
    cells = list(tile.cells or ())
    values = {**vars(tile), "token": pair.reader.token, "cells": cells, "looks": cells}
    row = conn.execute(queries("bench")["our_tile" if ours else "canonical_tile"], values, prepare=True).fetchone()
    conn.commit()
    if row is None or (ours and row[0] != "made"):
        raise click.ClickException(f"{pair.name}: the tile was not made but {row and row[0]}.")
    return bytes(row[-1])


def compare_by_pgbench(pairs: Sequence[Pair], clients: int, effort: Effort) -> bool:
    """Compare rates at one number of clients, rounds interleaved."""
    click.echo(f"\n   {clients} clients: our rate as a share of the canonical rate, medians of {effort.rounds} rounds")
    ratios, good = [], True
    for pair in pairs:
        passes = max(1, round(effort.seconds * pair.ours.rate(clients, 1) / len(pair.tiles)))
        ours: list[float] = []
        canonical: list[float] = []
        for turn in range(effort.rounds):
            for is_ours in (True, False) if turn % 2 else (False, True):
                (ours if is_ours else canonical).append(
                    (pair.ours if is_ours else pair.canonical).rate(clients, passes)
                )
        ratios.append(middle(ours) / middle(canonical))
        what = f"{pair.name}: {middle(ours):,.0f} beside {middle(canonical):,.0f} tiles a second"
        good &= result(what, ratios[-1], Target(value=0.6))
    return result(f"geometric mean of {len(ratios)} pairs", geometric_mean(ratios), Target(value=0.9)) and good


def compare_by_processor(world: World, pairs: Sequence[Pair], effort: Effort) -> bool:
    """Compare the processor time of one backend a tile, which a busy machine disturbs least."""
    click.echo("\n   processor time of the backend, canonical as a share of ours, each tile in turns")
    ratios = []
    for pair in pairs:
        ours, canonical = processor_times(world, pair, effort.rounds)
        ratios.append(canonical / ours)
        result(f"{pair.name}: {ours * 1e3:.3f} beside {canonical * 1e3:.3f} ms", ratios[-1])
    return result(f"geometric mean of {len(ratios)} pairs", geometric_mean(ratios))


def processor_times(world: World, pair: Pair, rounds: int) -> tuple[float, float]:
    """Return seconds of processor a tile of both sides: the mean over tiles of the median over rounds."""
    with psycopg.connect(world.application) as ours, psycopg.connect(world.rival(pair.reader)) as canonical:
        spent = [
            processor_turns(
                (ours, partial(tile_body, ours, pair, tile)),
                (canonical, partial(tile_body, canonical, pair, tile, ours=False)),
                rounds=rounds,
            )
            for tile in pair.tiles
        ]
    return fmean(ours for ours, _ in spent), fmean(canonical for _, canonical in spent)
