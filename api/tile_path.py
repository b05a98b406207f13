"""The short way to a tile: the answers of api/tiles.py, without what a framework does for every other request.

A map asks for dozens of tiles at once, and one costs the database about a millisecond; going through validation,
dependencies and a thread of the framework cost twice that. Only what is plainly a tile's address with a token comes
this way. Everything else, all nonsense included, goes on to the route, which stays the declaration of the operation.
"""

import re
from typing import NamedTuple

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import tile_answer
from api.errors import STATUS, problem_of
from api.identity import backing_of, required_token, token_of
from layers.catalogue import layer_named
from layers.tiles import address, tile_of, tile_without_thread

_PATH = re.compile(r"/api/collections/([a-z]+)/tiles/WebMercatorQuad/([0-9]{1,2})/([0-9]{1,6})/([0-9]{1,6})")
_TOLD = tuple(STATUS)
_BRINGS_A_BODY = {b"content-length", b"transfer-encoding"}


class Asked(NamedTuple):
    """The words of a tile's address, in the order of its path."""

    layer: str
    z: int
    row: int
    column: int


class TilesFirst:
    """An ASGI application that answers for tiles, and hands every other request on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a tile; pass any other one on."""
        if (asked := asked_tile(scope)) is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            answer = await self._answer(request, asked)
        except _TOLD as error:
            answer = problem_of(error)
        await answer(scope, receive, send)

    @staticmethod
    async def _answer(request: Request, asked: Asked) -> Response:
        token, backing = required_token(token_of(request)), backing_of(request)
        wanted = (layer_named(asked.layer), address(asked.z, asked.column, asked.row))
        found = await tile_without_thread(backing.line, backing.tiles, wanted, token)
        if found is None:
            found = await run_in_threadpool(tile_of, backing.tiles, *wanted, token)
        return tile_answer(request, found)


def asked_tile(scope: Scope) -> Asked | None:
    """Return which tile a request asks for, or None for anything but a plain GET of one."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
        return None
    words = _PATH.fullmatch(scope["path"])
    if words is None or any(name in _BRINGS_A_BODY for name, _ in scope["headers"]):
        return None
    layer, z, row, column = words.groups()
    return Asked(layer, int(z), int(row), int(column))
