"""The forms in which answers leave: JSON, GeoJSON, tiles; nothing is ever stored by caches on the way."""

from collections.abc import Mapping

import orjson
from fastapi import Request, Response
from isal import igzip

from layers.tile_cache import MadeTile

GEOJSON = "application/geo+json"
TILE = "application/vnd.mapbox-vector-tile"
_WORTH_PACKING = 1024


def json_answer(body: object, *, status: int = 200, media_type: str = "application/json") -> Response:
    """Return a JSON answer; dates and ids as text."""
    return Response(orjson.dumps(body, default=str), status_code=status, media_type=media_type)


def tile_answer(request: Request, tile: MadeTile) -> Response:
    """Return a tile, packed when the client can unpack it; 304 without a body when the client has it."""
    headers: dict[str, str] = {"ETag": tile.etag, "Vary": "Accept-Encoding, Authorization, Cookie"}
    if _has(request.headers, tile.etag):
        return Response(status_code=304, headers=headers)
    body = tile.body
    if len(body) >= _WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        body = igzip.compress(body, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=TILE, headers=headers)


def _has(headers: Mapping[str, str], etag: str) -> bool:
    known = headers.get("if-none-match", "")
    return known == "*" or etag in (entry.strip().removeprefix("W/") for entry in known.split(","))
