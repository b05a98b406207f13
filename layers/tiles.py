"""A tile of a layer for a session: found under its ring key, or made in one call to the database."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from data.database import NotSignedIn, Pool
from data.reading import OVERVIEW, Looks, TileAnswer, open_looks, tile
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
    digest = hashlib.sha256((token or "").encode()).digest()
    looks = _looks(maker.vault, layer, at)
    ring = maker.cache.last_ring(digest, layer.name)
    kept = maker.cache.find((ring, layer.name, at.z, at.x, at.y)) if ring else None
    answer = _ask(maker, layer, at, (token, ring if kept else None, looks))
    if answer.outcome == "known" and kept is not None:
        return kept
    new = made(answer.body or b"")
    if answer.ring_key is not None:
        maker.cache.keep((answer.ring_key, layer.name, at.z, at.x, at.y), digest, new)
    return new


def _ask(
    maker: TileMaker, layer: Layer, at: TileAddress, asked: tuple[str | None, str | None, Looks | None]
) -> TileAnswer:
    token, known, looks = asked
    cells = list(at.cells) if at.cells is not None else None
    values = {
        "token": token or "", "known": known, "layer": layer.name, "z": at.z, "x": at.x, "y": at.y,
        "first": at.first, "last": at.last, "cells": cells, "looks": list(looks.cells) if looks else [],
    }  # fmt: skip
    answer = tile(maker.pool, layer.tile_query, values)
    if answer.outcome == "not logged" and looks is not None:
        open_looks(maker.pool, token, looks)
        answer = tile(maker.pool, layer.tile_query, values)
    if answer.outcome == "not logged":
        raise NotSignedIn("The session ended meanwhile: sign in again.")
    return answer


def _looks(vault: Vault, layer: Layer, at: TileAddress) -> Looks | None:
    """Return what this tile must have in the audit: its 5 km cells from zoom 13, an overview below."""
    if layer.kind is None:
        return None
    cells = at.cells or () if at.z >= EXACT_FROM_ZOOM else (OVERVIEW,)
    return looks_at(vault, layer, cells)


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
