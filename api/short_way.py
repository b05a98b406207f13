"""The short way to what maps ask most, tiles and items by box, without what a framework does for every other request.

Going through validation, dependencies and header objects costs more than a small answer itself. Only what is plainly
an address of `api/tile_path.py` or `api/items_path.py`, with a token, comes this way. Everything else, all nonsense
included, goes on to the routes, which stay the declaration of the operations.
"""

from collections.abc import Awaitable

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import items_path, tile_path
from api.errors import STATUS, problem_of, unexpected

_TOLD = tuple(STATUS)
_BRINGS_A_BODY = {b"content-length", b"transfer-encoding"}


class ShortWay:
    """An ASGI application that answers for tiles and items, and hands every other request on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain request for a tile or for items; pass any other one on."""
        request = Request(scope) if scope["type"] == "http" and _is_plain(scope) else None
        asked = _asked(request) if request is not None else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        try:
            answer = await asked
        except _TOLD as error:
            answer = problem_of(error)
        except Exception:
            await unexpected()(scope, receive, send)
            raise
        await answer(scope, receive, send)


def _asked(request: Request) -> Awaitable[Response] | None:
    """Return the answer to come, None for a request that does not come this way."""
    if (tile := tile_path.asked_tile(request.scope)) is not None:
        return tile_path.answer(request, tile)
    items = items_path.asked_items(request.scope)
    return items_path.answer(request, items) if items is not None else None


def _is_plain(scope: Scope) -> bool:
    """Say whether a request is a GET without a body, at the root that the addresses are written for."""
    return (
        scope["method"] == "GET"
        and not scope.get("root_path")
        and not any(name in _BRINGS_A_BODY for name, _ in scope["headers"])
    )
