"""The short way to a tile (`api/short_way.py`): the answers of api/tiles.py.

A map asks for dozens of tiles at once, and one costs the database about a millisecond; going through the framework
and a thread of it cost twice that.
"""

import re
from typing import NamedTuple

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api.answers import tile_answer
from api.identity import backing_of, required_token, token_of
from layers.catalogue import layer_named
from layers.tiles import address, tile_of, tile_without_thread

_PATH = re.compile(r"/api/collections/([a-z]+)/tiles/WebMercatorQuad/([0-9]{1,2})/([0-9]{1,6})/([0-9]{1,6})")


class Asked(NamedTuple):
    """The words of a tile's address, in the order of its path."""

    layer: str
    z: int
    row: int
    column: int


def asked_tile(scope: Scope) -> Asked | None:
    """Return which tile a plain request asks for, or None for anything else."""
    words = _PATH.fullmatch(scope["path"])
    if words is None:
        return None
    layer, z, row, column = words.groups()
    return Asked(layer, int(z), int(row), int(column))


async def answer(request: Request, asked: Asked) -> Response:
    """Return a tile, or 304. Raises what the route does."""
    token, backing = required_token(token_of(request)), backing_of(request)
    wanted = (layer_named(asked.layer), address(asked.z, asked.column, asked.row))
    found = await tile_without_thread(backing.line, backing.tiles, wanted, token)
    if found is None:
        found = await run_in_threadpool(tile_of, backing.tiles, *wanted, token)
    return tile_answer(request, found)
