"""The base map's tiles, for whoever is signed in: they hold no records, but tell what somebody looks at."""

import logging
from pathlib import Path

from fastapi import APIRouter, Response

from api.answers import TILE
from data.backdrop import Backdrop, NotABackdrop, open_backdrop
from geo.tile_keys import NoSuchTile
from web.visitors import VisitorNow

router = APIRouter(include_in_schema=False)


def usable_backdrop(folder: Path | None) -> Backdrop | None:
    """Return the base map of a folder; where it cannot be used, say why in the log and return None."""
    try:
        return open_backdrop(folder) if folder else None
    except NotABackdrop as error:
        logging.getLogger(__name__).warning("%s The built-in outlines are drawn instead.", error)
        return None


@router.get("/basemap/{z}/{x}/{y}")
def base_tile(z: int, x: int, y: int, visitor: VisitorNow) -> Response:
    """Return a tile of the base map as it is stored."""
    visitor.me()
    backdrop: Backdrop | None = visitor.request.app.state.backdrop
    if backdrop is None:
        raise NoSuchTile("There is no base map.")
    body = backdrop.tile(z, x, y)
    headers = {"Content-Encoding": "gzip"} if body and backdrop.is_packed else {}
    return Response(body, media_type=TILE, headers=headers)


def as_source(backdrop: Backdrop | None) -> dict[str, object] | None:
    """Return what the browser needs to draw the base map, None without one."""
    if backdrop is None:
        return None
    return {
        "schema": backdrop.schema,
        "tiles": "/basemap/{z}/{x}/{y}",
        "minzoom": backdrop.min_zoom,
        "maxzoom": backdrop.max_zoom,
        "bounds": list(backdrop.bounds),
    }
