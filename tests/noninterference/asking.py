"""What a session asks of a world: every GET of the OpenAPI document, every tile of the town, and writes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from geo.tile_keys import tile_of
from layers.catalogue import LAYERS
from tests import worlds
from tests.noninterference.town import CORNER, WIDTH

PROTECTED = ("places", "risks", "visits")
MISSING = UUID("3f2c7a52-9d0e-4c8b-8a6f-1d2e3c4b5a69")
_MATRIX = "/api/collections/{}/tiles/WebMercatorQuad/{}/{}/{}"
_GRID = "http://www.opengis.net/def/crs/EPSG/0/27700"


@dataclass(frozen=True)
class Request:
    """One request of the list."""

    method: str
    path: str
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def content(self) -> str | None:
        """The body as it is sent."""
        return None if self.body is None else json.dumps(self.body)


@dataclass(frozen=True)
class Subjects:
    """What requests name: ids by layer in either world, seen and hidden alike, and positions in degrees."""

    ids: dict[str, tuple[UUID, ...]]
    positions: tuple[tuple[float, float], ...]
    operations: tuple[UUID, ...] = ()

    def of(self, layer: str) -> tuple[object, ...]:
        """Return the ids to ask a layer for: places all, of others every fourth, and one that never was."""
        ids = self.ids.get(layer, ())
        return (*(ids if layer == "places" else ids[::4]), 1, MISSING)


def reads(operations: Sequence[str], subjects: Subjects) -> Iterator[Request]:
    """Give every GET of these paths of the OpenAPI document, with values for what they take."""
    for path in operations:
        for filled in _filled(path, subjects):
            yield Request("GET", filled)
    for page in ("/map", "/places/new", "/reviews", *(f"/places/{id}" for id in subjects.of("places"))):
        yield Request("GET", page)
    for id, name in product(subjects.of("places")[::3], ("edit", "history", "note", "visit")):
        yield Request("GET", f"/places/{id}/{name}")


def _filled(path: str, subjects: Subjects) -> Iterator[str]:
    if "{z}" in path:
        return _tiles(subjects)
    if "{layer}" in path:
        return _of_layers(path, subjects)
    ids = subjects.of("places") if "{id}" in path else (None,)
    assert "{" not in path.replace("{id}", ""), f"{path} takes a value that this harness does not know"
    return (path.replace("{id}", str(id)) for id in ids)


def _of_layers(path: str, subjects: Subjects) -> Iterator[str]:
    for layer in (*(layer.name for layer in LAYERS), "nosuch"):
        here = path.replace("{layer}", layer)
        if path.endswith("/items"):
            yield from (here + asked for asked in _pages(layer, subjects))
        elif path.endswith("/export"):
            formats = ("geojson", "csv", "gpkg", "parquet", "pdf") if layer in PROTECTED else ("geojson",)
            yield from (f"{here}?format={form}" for form in formats)
        else:
            ids = subjects.of(layer) if "{id}" in path else (None,)
            yield from (here.replace("{id}", str(id)) for id in ids)


def _pages(layer: str, subjects: Subjects) -> Iterator[str]:
    yield from ("", "?limit=3", "?limit=0", "?next=nonsense", f"?crs={quote(_GRID)}", "?crs=nonsense")
    if layer not in PROTECTED:
        return
    rule = {"places": "attend_rule = 'two_people'", "risks": "severity > 4", "visits": "visited_month > '2026-01'"}
    for text in (rule[layer], "size = 500", "name LIKE 'Other%'", "nonsense ="):
        yield "?" + urlencode({"filter": text})
    for longitude, latitude in subjects.positions[::5]:
        box = (longitude - 0.0015, latitude - 0.001, longitude + 0.0015, latitude + 0.001)
        yield "?bbox=" + ",".join(f"{side:.5f}" for side in box)


def _tiles(subjects: Subjects) -> Iterator[str]:
    """Give all tiles that touch the town from zoom 6 to 14, and at 15 and 16 those with a place in them."""
    west, east = CORNER[0], CORNER[0] + WIDTH
    corners = [worlds.a_point(*at) for at in ((west, CORNER[1]), (east, CORNER[1] + WIDTH))]
    for layer in PROTECTED:
        for z in range(6, 15):
            (left, bottom), (right, top) = (tile_of(c["longitude"], c["latitude"], z) for c in corners)
            for x, y in product(range(left, right + 1), range(top, bottom + 1)):
                yield _MATRIX.format(layer, z, y, x)
        for z in (15, 16):
            for x, y in sorted({tile_of(*at, z) for at in subjects.positions[z % 3 :: 3]}):
                yield _MATRIX.format(layer, z, y, x)
    for layer in ("sites", "boroughs", "wards"):
        x, y = tile_of(corners[0]["longitude"], corners[0]["latitude"], 12)
        yield _MATRIX.format(layer, 12, y, x)


def writes(subjects: Subjects) -> Iterator[Request]:
    """Give writes that name places, visits and operations, seen, hidden and missing."""
    visit = {
        "status": "done", "visited_on": "2026-02-20", "outcome": "spoke_with_someone", "people_met": 2,
        "collected_for": "safeguarding",
    }  # fmt: skip
    note = {
        "text": "People seem to sleep above the bay doors.", "category": "forced_labour", "severity": 3,
        "provenance": "saw myself", "recorded_on": "2026-02-20", "review_on": "2026-08-20",
        "collected_for": "safeguarding",
    }  # fmt: skip
    for id in subjects.of("places"):
        yield Request("POST", f"/api/places/{id}/visits", visit)
        yield Request("POST", f"/api/places/{id}/notes", note)
        yield Request("PATCH", f"/api/places/{id}", {"version": 1, "address": "Unit 2"})
        yield Request("PATCH", f"/api/places/{id}/flags", {"add": ["weapons"], "end": ["dogs"]})
    seen = subjects.ids["places"][0]
    for other in subjects.ids["visits"][::6]:
        yield Request("POST", f"/api/places/{seen}/notes", note | {"visit": str(other)})
    for id in subjects.ids.get("risks", ())[::8]:
        yield Request("DELETE", f"/api/notes/{id}")
    for longitude, latitude in subjects.positions[:6]:
        yield Request("POST", "/api/places", _place(longitude, latitude))
    for operation in (*subjects.operations, MISSING):
        yield Request("POST", "/api/places", _place(-1.93, 52.46) | {"operation": str(operation)})


def _place(longitude: float, latitude: float) -> dict[str, Any]:
    return {
        "name": "Elder Yard", "kind": "car_wash", "collected_for": "safeguarding",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
    }  # fmt: skip
