"""The short way to items by box (`api/short_way.py`): the answers of the route in api/features.py."""

import re
from functools import partial
from typing import NamedTuple

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api.features import USUAL_LIMIT, items
from api.identity import backing_of, required_token, token_of

_PATH = re.compile(r"/api/collections/([a-z]+)/items")
_QUERY = re.compile(rb"(?:limit=([1-9][0-9]{0,3})&)?bbox=([0-9.,-]{1,200})(?:&limit=([1-9][0-9]{0,3}))?")


class Asked(NamedTuple):
    """The layer and the two words of an address that asks for items in a box."""

    layer: str
    bbox: str
    limit: int


def asked_items(scope: Scope) -> Asked | None:
    """Return what a plain request asks of a box, or None for one that asks for anything else or for more."""
    path = _PATH.fullmatch(scope["path"])
    words = _QUERY.fullmatch(scope["query_string"]) if path else None
    if path is None or words is None or (words[1] and words[3]):
        return None
    return Asked(path[1], words[2].decode(), int(words[1] or words[3] or USUAL_LIMIT))


async def answer(request: Request, asked: Asked) -> Response:
    """Return a page of features. Raises what the route does."""
    token = required_token(token_of(request))
    of_box = partial(items, layer=asked.layer, bbox=asked.bbox, limit=asked.limit)
    return await run_in_threadpool(of_box, request=request, backing=backing_of(request), token=token)
