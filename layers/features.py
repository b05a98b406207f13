"""Features of a layer as GeoJSON, page by page, and one by id."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import shapely

from data.database import Pool
from data.filters import Condition, NotAFilter, condition
from data.first_rows import first_rows
from data.reading import OVERVIEW, Row, admitted, features
from data.vault import Vault
from geo.arrays import Floats, Integers
from geo.cells import Corners, cell_polygons
from geo.national_grid import to_grid
from geo.tile_cells import cells_in_box
from geo.tile_keys import Bounds
from layers.catalogue import COUNTS, Layer, Part
from layers.paging import opened_reference, reference, window
from layers.tiles import looks_at

_MOST_CELLS = 40
Geometry = dict[str, Any] | orjson.Fragment


class NoSuchFeature(LookupError):
    """No feature of that id in what the session may see of the layer."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A page of features: the box in degrees (None: everywhere), how many, after what, filtered, in which CRS."""

    box: Bounds | None = None
    limit: int = 100
    after: str | None = None
    filter: str | None = None
    is_on_grid: bool = False


@dataclass(frozen=True)
class Page:
    """GeoJSON features and, when there are more, the reference of the next page."""

    features: list[dict[str, Any]]
    next: str | None


def page(reader: tuple[Pool, Vault], layer: Layer, asked: Asked, token: str | None) -> Page:
    """Return a page of a layer's features in a fixed order; no total is counted.

    Raises NotAFilter, NotAPage, NotOffered, NotSignedIn.
    """
    pool, vault = reader
    start, last = opened_reference(vault, layer, asked.after)
    clauses = _clauses(layer, asked.filter)
    made = _Making(vault=vault, layer=layer, asked=asked, found=[])
    looks = looks_at(vault, layer, look_cells(asked.box))
    if token and layer.purposes and layer.parts[start].shape != "cell" and (clauses[start] or not asked.filter):
        query = layer.parts[start].query, made.values(start, last)
        rows = first_rows((pool, token, layer.purposes), looks, query, clauses[start])
        if rows is not None:
            if made.is_full_with(start, rows) or start + 1 == len(layer.parts):
                return made.page()
            start, last = start + 1, b""
    with admitted(pool, token, looks, purposes=layer.purposes) as reading:
        for index, part in enumerate(layer.parts[start:], start):
            is_told_by_points = part.shape == "cell" and layer.kind not in {None, COUNTS} and reading.knows_all_exactly
            if clauses[index] is None and (asked.filter or is_told_by_points):
                continue
            if made.is_full_with(index, features(reading, part.query, made.values(index, last), clauses[index])):
                break
            last = b""
    return made.page()


@dataclass(kw_only=True)
class _Making:
    """A page in the making: its features so far, and the reference of the next one once it is full."""

    vault: Vault
    layer: Layer
    asked: Asked
    found: list[dict[str, Any]]
    next: str | None = None

    def values(self, index: int, last: bytes) -> dict[str, Any]:
        """Return the values of a part's query for what there is room for, and one row more."""
        most = self.asked.limit - len(self.found) + 1
        return window(self.layer.parts[index], self.asked.box, last) | {"most": most, "layer": self.layer.name}

    def is_full_with(self, index: int, rows: Sequence[Row]) -> bool:
        """Take a part's rows; whether there are more than there was room for."""
        room = self.asked.limit - len(self.found)
        self.found += as_features(self.vault, self.layer.parts[index], rows[:room], is_on_grid=self.asked.is_on_grid)
        if len(rows) > room:
            self.next = reference(self.vault, self.layer, index, rows[room - 1] if room else None)
        return len(rows) > room

    def page(self) -> Page:
        return Page(self.found, self.next)


def _clauses(layer: Layer, text: str | None) -> Sequence[Condition | None]:
    """Return the filter's condition for each part; None for a part that lacks a property it names."""
    if text is None:
        return [None] * len(layer.parts)
    condition(text, sorted({column for part in layer.parts for column in part.columns}))
    clauses: list[Condition | None] = []
    for part in layer.parts:
        try:
            clauses.append(condition(text, part.columns))
        except NotAFilter:
            clauses.append(None)
    return clauses


def one(reader: tuple[Pool, Vault], layer: Layer, feature_id: str, token: str | None) -> dict[str, Any]:
    """Return one feature by its id. Raises NoSuchFeature for a hidden and a missing one alike."""
    pool, vault = reader
    with admitted(pool, token, looks_at(vault, layer, (OVERVIEW,))) as reading:
        for part in layer.parts:
            asked = _asked_by_id(vault, layer, part, feature_id)
            rows = features(reading, *asked) if asked else []
            rows = [row for row in rows if part.shape != "cell" or _cell_id(vault, part, row) == feature_id]
            if rows:
                return as_features(vault, part, rows[:1])[0]
    raise NoSuchFeature("There is no such feature.")


def _asked_by_id(vault: Vault, layer: Layer, part: Part, feature_id: str) -> tuple[str, dict[str, Any]] | None:
    """Return the query and values that find a part's feature, or None where the id cannot be one of it."""
    if part.shape == "outline":
        return None if "\0" in feature_id else (str(part.one_query), {"layer": layer.name, "code": feature_id})
    try:
        if part.shape == "point":
            return str(part.one_query), {"id": UUID(feature_id)}
        value = vault.open_reference(feature_id, use=f"feature of {part.query}")
    except ValueError:
        return None
    step, easting, northing = struct.unpack(">iii", value[:12])
    first = struct.pack(">iiii", step, easting, northing - 1, -1)
    near = [easting // 5000 * 10000 + northing // 5000]
    return part.query, window(part, None, first) | {"near": near, "most": 20, "layer": layer.name}


def as_features(vault: Vault, part: Part, rows: Sequence[Row], *, is_on_grid: bool = False) -> list[dict[str, Any]]:
    """Return rows as GeoJSON features; a cell is its square, named by an opaque reference."""
    shapes = _SHAPES[part.shape](rows, is_on_grid)
    return [
        {
            "type": "Feature",
            "id": _cell_id(vault, part, row) if part.shape == "cell" else str(row["id"]),
            "geometry": geometry,
            "properties": {name: row[name] for name in part.columns},
        }
        for row, geometry in zip(rows, shapes, strict=True)
    ]


def _points(rows: Sequence[Row], is_on_grid: bool) -> list[Geometry]:  # noqa: FBT001 - one of three alike
    longitude = np.array([row["longitude"] for row in rows])
    latitude = np.array([row["latitude"] for row in rows])
    x, y = to_grid(longitude, latitude) if is_on_grid else (longitude, latitude)
    places = np.column_stack([x, y]).round(3 if is_on_grid else 7).tolist()
    return [{"type": "Point", "coordinates": place} for place in places]


def _squares(rows: Sequence[Row], is_on_grid: bool) -> list[Geometry]:  # noqa: FBT001 - as above
    """Return each row's square, all of one size in one conversion."""
    rings: list[Any] = [None] * len(rows)
    for size in {row["size"] for row in rows}:
        chosen = [index for index, row in enumerate(rows) if row["size"] == size]
        corners = Corners(
            np.array([rows[index]["easting"] for index in chosen]),
            np.array([rows[index]["northing"] for index in chosen]),
        )
        drawn = _grid_rings(corners, size) if is_on_grid else cell_polygons(corners, size).round(7)
        for index, ring in zip(chosen, drawn.tolist(), strict=True):
            rings[index] = ring
    return [{"type": "Polygon", "coordinates": [ring]} for ring in rings]


def _grid_rings(corners: Corners, size: int) -> Integers:
    steps = np.array([(0, 0), (size, 0), (size, size), (0, size), (0, 0)])
    rings: Integers = np.column_stack(corners)[:, None, :] + steps
    return rings


def _outlines(rows: Sequence[Row], is_on_grid: bool) -> list[Geometry]:  # noqa: FBT001 - as above
    return [orjson.Fragment(_outline_on_grid(row["geometry"]) if is_on_grid else row["geometry"]) for row in rows]


def _outline_on_grid(outline: str) -> str:
    def on_grid(places: Floats) -> Floats:
        placed: Floats = np.column_stack(to_grid(places[:, 0], places[:, 1])).round(1)
        return placed

    return str(shapely.to_geojson(shapely.transform(shapely.from_geojson(outline), on_grid)))


_SHAPES: dict[str, Callable[[Sequence[Row], bool], list[Geometry]]] = {
    "point": _points,
    "cell": _squares,
    "outline": _outlines,
}


def look_cells(box: Bounds | None) -> tuple[int, ...]:
    """Return the 5 km cells whose looks a box needs, or the overview when they are many."""
    cells = cells_in_box(*box) if box else None
    return (OVERVIEW,) if cells is None or len(cells) > _MOST_CELLS else tuple(cells)


def _cell_id(vault: Vault, part: Part, row: Row) -> str:
    code = str(row.get("category", "")).encode()
    place = struct.pack(">iii", row["step"], row["easting"], row["northing"])
    return vault.seal_reference(place + code, use=f"feature of {part.query}")
