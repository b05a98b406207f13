"""Where the rows of a batch are: every way of saying it becomes degrees and National Grid metres."""

from collections.abc import Callable
from collections.abc import Mapping as Readable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import Transformer

from data.imports.batches import Batch
from data.imports.mapping import Mapping
from data.imports.numbers import numbers_of
from data.imports.recognise_position import BNG, EXPECTED, WGS84
from data.imports.shapes import from_wkt, middles
from data.imports.texts import clean, column, joined
from geo.arrays import Claims, Floats
from geo.coordinate_rows import FAULT_SENTENCES, RowFault, judge_rows
from geo.grid_references import parse_column
from geo.national_grid import to_grid, to_wgs84
from geo.postcodes import normalise_column

Lookup = Callable[[list[str]], Readable[str, tuple[int, int]]]
"""Eastings and northings of the postcodes that are known, of those given."""

_DEGREES = {WGS84, "OGC:CRS84", "EPSG:4258", "EPSG:4979"}


@dataclass(frozen=True, kw_only=True)
class Positions:
    """Degrees (EPSG:4326) and metres (EPSG:27700) of each row, NaN without a position.

    `faults` are, in order of importance, the rows that something is wrong with and what was expected of them.
    """

    longitude: Floats
    latitude: Floats
    easting: Floats
    northing: Floats
    faults: list[tuple[Claims, str]]


def positions(batch: Batch, mapping: Mapping, lookup: Lookup) -> Positions:
    """Return the positions of a batch as its mapping reads them."""
    faults: list[tuple[Claims, str]] = []
    match mapping.position:
        case "longitude and latitude" | "grid":
            numbers = [numbers_of(batch.columns[name]) for name in mapping.position_columns]
            (x, y), bad = [each.values for each in numbers], numbers[0].is_bad | numbers[1].is_bad
            faults.append((bad, "numbers"))
        case "shape" if batch.x is not None and batch.y is not None:
            x, y = batch.x, batch.y
        case "grid reference":
            x, y = _by_grid_reference(batch, mapping, faults)
        case "wkt":
            shapes, bad = from_wkt(clean(batch.columns[mapping.position_columns[0]]).to_numpy(zero_copy_only=False))
            faults.append((bad, "well-known text of a closed shape"))
            x, y = middles(shapes)
        case "postcode":
            x, y = _by_postcode(batch, mapping, lookup, faults)
        case _:
            x = y = np.full(len(batch), np.nan)
    return _on_both_systems(x, y, mapping.crs or BNG, faults)


def said(batch: Batch, mapping: Mapping) -> pa.StringArray:
    """Return what each row says of its position, in its own words."""
    if mapping.position == "shape" and batch.x is not None and batch.y is not None:
        return pa.array([f"{x:.10g}, {y:.10g}" for x, y in zip(batch.x, batch.y, strict=True)], pa.string())
    return joined([column(batch, name) for name in mapping.position_columns], ", ", len(batch))


def _on_both_systems(x: Floats, y: Floats, crs: str, faults: list[tuple[Claims, str]]) -> Positions:
    if crs in _DEGREES:
        longitude, latitude = x, y
        easting, northing = to_grid(longitude, latitude)
    elif crs == BNG:
        easting, northing = x, y
        longitude, latitude = to_wgs84(easting, northing)
        outside = np.isfinite(x) & np.isfinite(y) & ~np.isfinite(longitude)
        faults.append((outside, f"{EXPECTED}: eastings from 0 to 700,000, northings from 0 to 1,250,000"))
    else:
        longitude, latitude = _transformer(crs).transform(x, y)
        easting, northing = to_grid(longitude, latitude)
    judged = judge_rows(longitude, latitude)
    faults += [(judged.fault == fault, FAULT_SENTENCES[fault]) for fault in RowFault if (judged.fault == fault).any()]
    faults.append((judged.is_good & ~np.isfinite(easting), FAULT_SENTENCES[RowFault.OUTSIDE_BRITAIN]))
    return Positions(
        longitude=longitude,
        latitude=latitude,
        easting=easting,
        northing=northing,
        faults=[(rows, why) for rows, why in faults if why and rows.any()],
    )


@cache
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, WGS84, always_xy=True)


def _by_grid_reference(batch: Batch, mapping: Mapping, faults: list[tuple[Claims, str]]) -> tuple[Floats, Floats]:
    texts = clean(batch.columns[mapping.position_columns[0]]).to_numpy(zero_copy_only=False)
    read = parse_column(texts)
    faults.append((read.is_bad & (texts != ""), "a National Grid reference such as SP 0686"))
    half = read.metres / 2
    return (
        np.where(read.is_bad, np.nan, read.easting + half),
        np.where(read.is_bad, np.nan, read.northing + half),
    )


def _by_postcode(
    batch: Batch, mapping: Mapping, lookup: Lookup, faults: list[tuple[Claims, str]]
) -> tuple[Floats, Floats]:
    texts = clean(batch.columns[mapping.position_columns[0]])
    found = pc.dictionary_encode(texts)
    read = normalise_column(found.dictionary.to_numpy(zero_copy_only=False))
    known = lookup([text for text in read.postcodes if text is not None])
    nowhere = (np.nan, np.nan)
    each = np.array([known.get(text, nowhere) for text in read.postcodes], dtype=np.float64).reshape(-1, 2)
    codes = found.indices.to_numpy()
    x, y = each[codes, 0], each[codes, 1]
    is_bad, is_filled = read.is_bad[codes], pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    faults.append((is_bad & is_filled, "a postcode such as B1 1AY"))
    faults.append((~is_bad & np.isnan(x), "a postcode that is in the list of postcodes"))
    faults.append((~is_filled, "a postcode, for the row has no other position"))
    return x, y
