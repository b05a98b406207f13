"""Features of a layer as GeoJSON, page by page, and one by id."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import shapely

from data.database import Pool
from data.filters import Condition, NotAFilter, condition
from data.reading import OVERVIEW, Row, admitted, features
from data.vault import Vault
from geo.arrays import Floats
from geo.cells import Corners, cell_polygons
from geo.national_grid import to_grid
from geo.tile_cells import cells_in_box
from geo.tile_keys import Bounds
from layers.catalogue import Layer, Part
from layers.paging import opened_reference, reference, window
from layers.tiles import looks_at

_MOST_CELLS = 40


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

    Raises NotAFilter, NotAPage, NotSignedIn.
    """
    pool, vault = reader
    start, last = opened_reference(vault, layer, asked.after)
    clauses = _clauses(layer, asked.filter)
    found: list[dict[str, Any]] = []
    with admitted(pool, token, looks_at(vault, layer, look_cells(asked.box))) as conn:
        for index, part in enumerate(layer.parts[start:], start):
            if asked.filter and clauses[index] is None:
                continue
            room = asked.limit - len(found)
            values = window(part, asked.box, last) | {"most": room + 1, "layer": layer.name}
            rows = features(conn, part.query, values, clauses[index])
            found += [feature(vault, part, row, is_on_grid=asked.is_on_grid) for row in rows[:room]]
            if len(rows) > room:
                return Page(found, reference(vault, layer, index, rows[room - 1] if room else None))
            last = b""
    return Page(found, None)


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
    with admitted(pool, token, looks_at(vault, layer, (OVERVIEW,))) as conn:
        for part in layer.parts:
            asked = _asked_by_id(vault, layer, part, feature_id)
            rows = features(conn, *asked) if asked else []
            rows = [row for row in rows if part.shape != "cell" or _cell_id(vault, part, row) == feature_id]
            if rows:
                return feature(vault, part, rows[0])
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
    return part.query, window(part, None, first) | {"near": near, "most": 20}


def feature(vault: Vault, part: Part, row: Row, *, is_on_grid: bool = False) -> dict[str, Any]:
    """Return a row as a GeoJSON feature; a cell is its square, named by an opaque reference."""
    return {
        "type": "Feature",
        "id": _cell_id(vault, part, row) if part.shape == "cell" else str(row["id"]),
        "geometry": _geometry(part, row, is_on_grid=is_on_grid),
        "properties": {name: row[name] for name in part.columns},
    }


def _geometry(part: Part, row: Row, *, is_on_grid: bool) -> dict[str, Any] | orjson.Fragment:
    if part.shape == "outline":
        return orjson.Fragment(_outline_on_grid(row["geometry"]) if is_on_grid else row["geometry"])
    if part.shape == "cell":
        return {"type": "Polygon", "coordinates": [_ring(row, is_on_grid=is_on_grid)]}
    if is_on_grid:
        easting, northing = to_grid(row["longitude"], row["latitude"])
        return {"type": "Point", "coordinates": [round(float(easting), 3), round(float(northing), 3)]}
    return {"type": "Point", "coordinates": [round(row["longitude"], 7), round(row["latitude"], 7)]}


def _outline_on_grid(outline: str) -> str:
    def on_grid(places: Floats) -> Floats:
        placed: Floats = np.column_stack(to_grid(places[:, 0], places[:, 1])).round(1)
        return placed

    return str(shapely.to_geojson(shapely.transform(shapely.from_geojson(outline), on_grid)))


def _ring(row: Row, *, is_on_grid: bool) -> list[list[float]]:
    east, north, size = row["easting"], row["northing"], row["size"]
    if is_on_grid:
        ring = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
        return [[east + x, north + y] for x, y in ring]
    corners = Corners(np.array([east]), np.array([north]))
    return [[round(x, 7), round(y, 7)] for x, y in cell_polygons(corners, size)[0].tolist()]


def look_cells(box: Bounds | None) -> tuple[int, ...]:
    """Return the 5 km cells whose looks a box needs, or the overview when they are many."""
    cells = cells_in_box(*box) if box else None
    return (OVERVIEW,) if cells is None or len(cells) > _MOST_CELLS else tuple(cells)


def _cell_id(vault: Vault, part: Part, row: Row) -> str:
    code = str(row.get("category", "")).encode()
    place = struct.pack(">iii", row["step"], row["easting"], row["northing"])
    return vault.seal_reference(place + code, use=f"feature of {part.query}")
