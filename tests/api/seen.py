"""What an answer shows of Amber Yard: its exact point, a square with it inside, or nothing."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import mapbox_vector_tile
from shapely.geometry import Point, shape

from geo.grid_references import parse
from geo.tile_keys import tile_of
from tests.api.scene import AMBER_AT, NOTE_TEXT, Scene
from tests.worlds import a_point

_LISTED = re.compile(r'data-box="([^"]+)"(?:(?!</li>).)*?(\d+) (k?m) square', re.DOTALL)
_NAMED = re.compile(r"the (\d+) (k?m) square north-east of ([A-Z]{2} \d{3} \d{3})")
EXACT, NOTHING = "exact", "nothing"
_POINT = a_point(*AMBER_AT)
AMBER_LONGITUDE, AMBER_LATITUDE = _POINT["longitude"], _POINT["latitude"]


def tile_path(layer: str, z: int) -> str:
    """Return the path of the tile that holds Amber Yard at a zoom."""
    x, y = tile_of(AMBER_LONGITUDE, AMBER_LATITUDE, z)
    return f"/api/collections/{layer}/tiles/WebMercatorQuad/{z}/{y}/{x}"


def layers_of(body: bytes) -> dict[str, Any]:
    """Return the layers of a vector tile, with y counted downwards."""
    return dict(mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}))


def shown(scene: Scene, answer: httpx2.Response) -> str:
    """Return the finest that an answer shows of Amber Yard: exact, the metres of a square, or nothing.

    A square with a count of places has a # behind it.
    """
    secrets = {str(scene.places["amber"]), scene.visit, scene.note, "Amber Yard", NOTE_TEXT}
    found = set(_squares(answer))
    if any(secret.encode() in answer.content for secret in secrets):
        return EXACT
    return min(found, key=lambda size: int(size.rstrip("#"))) if found else NOTHING


def _squares(answer: httpx2.Response) -> Iterator[str]:
    kind = answer.headers.get("content-type", "")
    if answer.status_code != 200:
        return
    if "vector-tile" in kind:
        yield from _tile_squares(answer)
    elif "html" in kind:
        yield from _listed_squares(answer.text)
        yield from _named_squares(answer.text)
    elif kind == "application/json":
        yield from _told_squares(answer.json())
    elif "geo+json" in kind:
        body = answer.json()
        for one in body.get("features", [body]):
            amber = Point(AMBER_LONGITUDE, AMBER_LATITUDE)
            if one["geometry"]["type"] == "Polygon" and shape(one["geometry"]).contains(amber):
                yield str(one["properties"]["size"])


def _listed_squares(page: str) -> Iterator[str]:
    """Give the sizes of the squares that a page's list names, by the words beside their boxes."""
    for box, number, unit in _LISTED.findall(page):
        west, south, east, north = map(float, box.split())
        if west < AMBER_LONGITUDE < east and south < AMBER_LATITUDE < north:
            yield number if unit == "m" else f"{number}000"


def _named_squares(page: str) -> Iterator[str]:
    """Give the sizes of the squares that a page names by the grid reference of their corner."""
    for number, unit, reference in _NAMED.findall(page):
        corner, size = parse(reference), int(number) * (1 if unit == "m" else 1000)
        if _is_in(corner.easting, corner.northing, size):
            yield str(size)


def _told_squares(body: Any) -> Iterator[str]:
    """Give the sizes of the squares that JSON tells by their corner, wherever they stand in it."""
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    for one in inner:
        yield from _told_squares(one)
    is_square = isinstance(body, dict) and {"easting", "northing", "size"} <= set(body)
    if is_square and _is_in(body["easting"], body["northing"], body["size"]):
        yield str(body["size"])


def _is_in(easting: int, northing: int, size: int) -> bool:
    return 0 <= AMBER_AT[0] - easting < size and 0 <= AMBER_AT[1] - northing < size


def _tile_squares(answer: httpx2.Response) -> Iterator[str]:
    z = int(str(answer.request.url).split("/")[-3])
    pixel = Point((_POINT["x"] >> (19 - z)) & 4095, (_POINT["y"] >> (19 - z)) & 4095)
    for name, layer in layers_of(answer.content).items():
        for one in layer["features"]:
            properties = one["properties"]
            is_cell = name.endswith("_cells") or name.startswith("release-")
            if is_cell and shape(one["geometry"]).buffer(1).contains(pixel):
                yield f"{properties['size']}{'#' if isinstance(properties.get('places'), int) else ''}"
