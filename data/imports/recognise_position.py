"""Which columns say where a place is, and in which reference system."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.imports import vocabulary
from data.imports.batches import Batch
from data.imports.layout import Layout
from data.imports.mapping import Position
from data.imports.numbers import numbers_of
from data.imports.refusals import FileRefused, PositionsUnclear
from data.imports.shapes import from_wkt, middles
from data.imports.vocabulary import Words
from geo.arrays import Floats
from geo.coordinates import Judgement, judge_columns
from geo.grid_references import parse_column
from geo.tile_keys import Bounds

WGS84: Final = "EPSG:4326"
BNG: Final = "EPSG:27700"
WEB_MERCATOR: Final = "EPSG:3857"
EXPECTED: Final = "longitude and latitude (EPSG:4326) or British National Grid (EPSG:27700)"

_IRISH = ("EPSG:29900", "EPSG:29901", "EPSG:29902", "EPSG:29903", "EPSG:2157", "EPSG:2158")
_DEGREES = (WGS84, "OGC:CRS84", "EPSG:4258", "EPSG:4979")
_SYSTEMS: Final = {"wgs84": WGS84, "bng": BNG, "web_mercator": WEB_MERCATOR}
_PAIRS: Final[tuple[tuple[Words, Words], ...]] = (
    (vocabulary.LONGITUDE, vocabulary.LATITUDE),
    (vocabulary.EASTING, vocabulary.NORTHING),
    (vocabulary.X, vocabulary.Y),
)
_WKT = re.compile(r"\s*(?:SRID=\d+;)?(?:MULTI)?(?:POINT|POLYGON|LINESTRING)\s*Z?M?\s*\(", re.IGNORECASE)
_LOOKED_AT = 2_000
_MOSTLY = 0.7
_SELDOM = 0.2


@dataclass(frozen=True, kw_only=True)
class Found:
    """How a file says positions, and why we think so."""

    position: Position = "none"
    columns: tuple[str, ...] = ()
    crs: str = ""
    reason: str = "No column says where the places are."


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    layout: Layout
    batch: Batch
    said: tuple[str, ...]
    areas: Bounds | None


def position_of(layout: Layout, batch: Batch, said: tuple[str, str | None], areas: Bounds | None) -> Found:
    """Return how a file says where its places are. `said` is its name, and its column of postcodes if any.

    Raises FileRefused for the Irish Grid, exchanged columns, and systems that nothing tells.
    """
    evidence = _Evidence(layout=layout, batch=batch, said=(said[0],), areas=areas)
    ways: tuple[Callable[[_Evidence], Found | None], ...] = (
        _shape,
        _named_pair,
        _grid_reference,
        _wkt,
        _unnamed_pair,
    )
    for way in ways:
        found = way(evidence)
        if found is not None:
            return found
    if said[1] is not None:
        reason = f"No column has coordinates, so the postcodes of {said[1]} are looked up."
        return Found(position="postcode", columns=(said[1],), reason=reason)
    return Found()


@cache
def authority_of(crs: str) -> str:
    """Return a reference system as `EPSG:27700` where it has such a name, else as it is; '' for none."""
    if not crs:
        return ""
    try:
        system = CRS.from_json(crs) if crs.startswith("{") else CRS.from_user_input(crs)
    except (CRSError, json.JSONDecodeError) as error:
        raise FileRefused(f"The file states a reference system that nobody knows; expected {EXPECTED}.") from error
    found = system.to_authority(min_confidence=60)
    return ":".join(found) if found else crs


def _shape(evidence: _Evidence) -> Found | None:
    x, y = evidence.batch.x, evidence.batch.y
    if x is None or y is None or not (np.isfinite(x) & np.isfinite(y)).any():
        return None
    stated = authority_of(evidence.layout.crs)
    if stated in _IRISH:
        raise _refusal("The shapes are", "in the Irish Grid", f"The file states {stated}.", (evidence, x, y))
    if stated and stated not in _DEGREES:
        return Found(position="shape", crs=stated, reason=f"The file states {stated[:40]} for its shapes.")
    judgement = judge_columns(x, y, said=("", "", *evidence.said), areas=evidence.areas)
    _check(judgement, "The shapes are", (evidence, x, y))
    crs = _SYSTEMS[judgement.system]
    return Found(position="shape", crs=crs, reason=judgement.reason)


def _named_pair(evidence: _Evidence) -> Found | None:
    for east, north in _PAIRS:
        first, second = (_best(evidence.layout.columns, words) for words in (east, north))
        if first and second:
            found = _pair(evidence, first, second)
            if found is not None:
                return found
    return None


def _best(columns: tuple[str, ...], words: Words) -> str | None:
    fits = {name: fit for name in columns if (fit := words.fit(name)) is not None}
    return min(fits, key=lambda name: fits[name], default=None)


def _pair(evidence: _Evidence, first: str, second: str) -> Found | None:
    """Judge two columns by name; None when no row has numbers in both."""
    x, y = (numbers_of(evidence.batch.columns[name]).values for name in (first, second))
    if not (np.isfinite(x) & np.isfinite(y)).any():
        return None
    judgement = judge_columns(x, y, said=(first, second, *evidence.said), areas=evidence.areas)
    _check(judgement, f"The columns {first} and {second} are", (evidence, x, y))
    crs = _SYSTEMS[judgement.system]
    position: Position = "longitude and latitude" if crs == WGS84 else "grid"
    return Found(position=position, columns=(first, second), crs=crs, reason=judgement.reason)


def _unnamed_pair(evidence: _Evidence) -> Found | None:
    """Look for coordinates in a file without a header: two columns side by side, in either order."""
    if evidence.layout.header_line is not None or evidence.layout.row_word == "feature":
        return None
    columns = evidence.layout.columns
    numbers = {name: numbers_of(evidence.batch.columns[name].slice(0, _LOOKED_AT)).values for name in columns}
    for first, second in pairwise(columns):
        x, y = numbers[first], numbers[second]
        if not (_varies(x) and _varies(y)):
            continue
        judgement = judge_columns(x, y, said=("", "", *evidence.said), areas=evidence.areas)
        if judgement.system in ("wgs84", "bng"):
            crs = _SYSTEMS[judgement.system]
            position: Position = "longitude and latitude" if crs == WGS84 else "grid"
            order = (second, first) if judgement.swapped else (first, second)
            return Found(position=position, columns=order, crs=crs, reason=judgement.reason)
    return None


def _varies(numbers: Floats) -> bool:
    """Say whether most rows have a number, and hardly two the same, as coordinates are."""
    found = numbers[np.isfinite(numbers)]
    return len(found) >= _MOSTLY * len(numbers) and len(np.unique(found)) >= _SELDOM * len(found)


def _grid_reference(evidence: _Evidence) -> Found | None:
    name = _best(evidence.layout.columns, vocabulary.GRID_REFERENCE)
    if name is None:
        return None
    texts = evidence.batch.columns[name].slice(0, _LOOKED_AT).to_pylist()
    filled = np.array([text for text in texts if text and text.strip()], dtype=object)
    if not len(filled) or parse_column(filled).is_bad.all():
        return None
    return Found(position="grid reference", columns=(name,), crs=BNG, reason=f"The column is called {name}.")


def _wkt(evidence: _Evidence) -> Found | None:
    for name in sorted(evidence.layout.columns, key=lambda each: vocabulary.WKT.fit(each) is None):
        texts = evidence.batch.columns[name].slice(0, _LOOKED_AT)
        filled = [text for text in texts.to_pylist() if text]
        if filled and sum(map(bool, map(_WKT.match, filled))) >= _MOSTLY * len(filled):
            x, y = middles(from_wkt(np.array(filled, dtype=object))[0])
            judgement = judge_columns(x, y, said=("", "", *evidence.said), areas=evidence.areas)
            _check(judgement, f"The shapes of the column {name} are", (evidence, x, y))
            return Found(position="wkt", columns=(name,), crs=_SYSTEMS[judgement.system], reason=judgement.reason)
    return None


def _check(judgement: Judgement, subject: str, where: tuple[_Evidence, Floats, Floats]) -> None:
    """Raise FileRefused unless positions can be used as they are."""
    if judgement.system == "irish_grid":
        raise _refusal(subject, "in the Irish Grid", judgement.reason, where)
    if judgement.system == "unknown":
        raise _refusal(
            subject, "in no reference system that can be told", judgement.reason, where, kind=PositionsUnclear
        )
    if judgement.swapped:
        raise _refusal(
            subject, "exchanged: the first says how far north", judgement.reason, where, kind=PositionsUnclear
        )


def _refusal(
    subject: str,
    fault: str,
    reason: str,
    where: tuple[_Evidence, Floats, Floats],
    *,
    kind: type[FileRefused] = FileRefused,
) -> FileRefused:
    evidence, x, y = where
    row = int(np.flatnonzero(np.isfinite(x) & np.isfinite(y))[0])
    line = int(evidence.batch.lines[row]) if len(x) == len(evidence.batch) else None
    said = f"{x[row]:.10g}, {y[row]:.10g}"
    place = f"{evidence.layout.row_word.capitalize()} {line} says {said}." if line else f"One says {said}."
    return kind(
        f"{subject} {fault}; expected {EXPECTED}. {place} {reason}",
        line=line,
        column=subject.removeprefix("The columns ").removeprefix("The ").removesuffix(" are"),
        said=said,
        expected=EXPECTED,
    )
