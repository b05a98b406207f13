"""The base map's tiles, for whoever is signed in: they hold no records, but tell what somebody looks at."""

import logging
from pathlib import Path

from fastapi import APIRouter, Response

from api.answers import TILE
from data.base_map import BaseMap, NotABaseMap, open_base_map
from geo.tile_keys import NoSuchTile
from web.visitors import VisitorNow

router = APIRouter(include_in_schema=False)


def usable_base_map(folder: Path | None) -> BaseMap | None:
    """Return the base map of a folder; where it cannot be used, say why in the log and return None."""
    try:
        return open_base_map(folder) if folder else None
    except NotABaseMap as error:
        logging.getLogger(__name__).warning("%s The built-in outlines are drawn instead.", error)
        return None


@router.get("/basemap/{z}/{x}/{y}")
def base_tile(z: int, x: int, y: int, visitor: VisitorNow) -> Response:
    """Return a tile of the base map as it is stored."""
    visitor.me()
    base_map: BaseMap | None = visitor.request.app.state.base_map
    if base_map is None:
        raise NoSuchTile("There is no base map.")
    body = base_map.tile(z, x, y)
    headers = {"Content-Encoding": "gzip"} if body and base_map.is_packed else {}
    return Response(body, media_type=TILE, headers=headers)


def as_source(base_map: BaseMap | None) -> dict[str, object] | None:
    """Return what the browser needs to draw the base map, None without one."""
    if base_map is None:
        return None
    return {
        "schema": base_map.schema,
        "tiles": "/basemap/{z}/{x}/{y}",
        "minzoom": base_map.min_zoom,
        "maxzoom": base_map.max_zoom,
        "bounds": list(base_map.bounds),
    }
