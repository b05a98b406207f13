"""A tile of a layer for a session: found under its ring key, or made in one call to the database."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from data.database import NotSignedIn, Pool
from data.reading import OVERVIEW, Looks, TileAnswer, freshened, open_looks, tile
from data.tile_line import TileLine
from data.vault import Vault
from geo.tile_cells import WIDEST_ZOOM, cells_touched
from geo.tile_keys import NoSuchTile, tile_range
from layers.catalogue import Layer
from layers.tile_cache import MadeTile, TileCache, made

EXACT_FROM_ZOOM = 13
FINEST_ZOOM = 19


@dataclass(frozen=True)
class TileAddress:
    """A tile's place in WebMercatorQuad, its range of keys, and the 5 km cells it touches (None: too many)."""

    z: int
    x: int
    y: int
    first: int
    last: int
    cells: tuple[int, ...] | None


@dataclass(frozen=True)
class TileMaker:
    """What making tiles needs: the database, the vault for the audit's hashes, and the cache."""

    pool: Pool
    vault: Vault
    cache: TileCache


@lru_cache(maxsize=20_000)
def address(z: int, x: int, y: int) -> TileAddress:
    """Return the address of a tile. Raises NoSuchTile for one outside the matrix or finer than zoom 19."""
    first, last = tile_range(z, x, y)
    if z > FINEST_ZOOM:
        raise NoSuchTile(f"There is no zoom {z}; expected 0 to {FINEST_ZOOM}.")
    cells = tuple(cells_touched(z, x, y)) if z >= WIDEST_ZOOM else None
    return TileAddress(z, x, y, first, last, cells)


def tile_of(maker: TileMaker, layer: Layer, at: TileAddress, token: str | None) -> MadeTile:
    """Return the tile. The database says in the same call whether a kept one still holds for this session."""
    question = _question(maker, layer, at, token)
    answer = tile(maker.pool, layer.tile_query, question.values)
    if answer.outcome == "not logged" and question.cells:
        open_looks(maker.pool, token, looks_at(maker.vault, layer, question.cells))
        answer = tile(maker.pool, layer.tile_query, question.values)
    if answer.outcome == "not logged":
        raise NotSignedIn("The session ended meanwhile: sign in again.")
    return _settled(maker, question, answer)


async def tile_without_thread(
    line: TileLine, maker: TileMaker, asked: tuple[Layer, TileAddress], token: str
) -> MadeTile | None:
    """Return the tile if it can be had in one call without a thread; None: ask tile_of."""
    layer, at = asked
    question = _question(maker, layer, at, token)
    answer = await line.tile(layer.tile_query, question.values)
    if answer is None or answer.outcome not in {"made", "known"}:
        return None
    if answer.outcome == "made" and answer.ring_key is None:
        await asyncio.to_thread(freshened, maker.pool, token)
    return _settled(maker, question, answer)


@dataclass(frozen=True)
class _Question:
    """What the database is asked for a tile, where the answer is kept, and what is kept there already."""

    values: Mapping[str, object]
    cells: tuple[int, ...]
    digest: bytes
    place: tuple[str, int, int, int]
    kept: MadeTile | None


def _question(maker: TileMaker, layer: Layer, at: TileAddress, token: str | None) -> _Question:
    digest = hashlib.sha256((token or "").encode()).digest()
    place = (layer.name, at.z, at.x, at.y)
    ring = maker.cache.last_ring(digest, layer.name)
    kept = maker.cache.find((ring, *place)) if ring else None
    looks = _looked_at(layer, at)
    values = {
        "token": token or "", "known": ring if kept else None, "layer": layer.name, "z": at.z, "x": at.x, "y": at.y,
        "first": at.first, "last": at.last, "cells": list(at.cells) if at.cells is not None else None,
        "looks": list(looks),
    }  # fmt: skip
    return _Question(values, looks, digest, place, kept)


def _settled(maker: TileMaker, question: _Question, answer: TileAnswer) -> MadeTile:
    """Return the kept tile if it is still known, or else the new one, which is kept."""
    if answer.outcome == "known" and question.kept is not None:
        return question.kept
    new = made(answer.body or b"")
    if answer.ring_key is not None:
        maker.cache.keep((answer.ring_key, *question.place), question.digest, new)
    return new


def _looked_at(layer: Layer, at: TileAddress) -> tuple[int, ...]:
    """Return what this tile must have in the audit: its 5 km cells from zoom 13, an overview below, or nothing."""
    if layer.kind is None:
        return ()
    return at.cells or () if at.z >= EXACT_FROM_ZOOM else (OVERVIEW,)


def looks_at(vault: Vault, layer: Layer, cells: tuple[int, ...]) -> Looks:
    """Return the looks of a layer at these cells, with the cells' keyed hashes."""
    if layer.kind is None:
        return Looks(layer=layer.name, kind=0, cells=(), hashes=())
    return Looks(
        layer=layer.name,
        kind=layer.kind,
        cells=cells,
        hashes=tuple("overview" if cell == OVERVIEW else vault.hashed_id("cell", cell) for cell in cells),
    )
