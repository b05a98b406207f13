"""KML, placemark by placemark, without a document type or any entity; runs in the process that parses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pyarrow as pa
import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from data.imports.batches import Parsed, record_batch, schema_of
from data.imports.layout import Asked, Layout, distinct
from data.imports.limits import Limits
from data.imports.refusals import FileRefused
from data.imports.shapes import EXPECTED, middles

_ROWS_AT_ONCE = 8192
_KEPT = ("name", "address", "description")


@dataclass(kw_only=True)
class _Placemark:
    """One placemark: what it says by name, and its points."""

    said: dict[str, str] = field(default_factory=dict)
    points: list[tuple[float, float]] = field(default_factory=list)
    is_broken: bool = False


def parse_kml(path: Path, format: str, asked: Asked, limits: Limits) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of a KML file; its columns are those of the first placemarks."""
    placemarks = _placemarks(path)
    first = list(islice(placemarks, _ROWS_AT_ONCE))
    if asked.sheet:
        raise FileRefused("A KML file has no sheets to choose from.", said=asked.sheet)
    if not first:
        raise FileRefused("The KML file holds no Placemark; expected one for each place.")
    names = [*_KEPT, *sorted({name for each in first for name in each.said} - set(_KEPT))]
    if len(names) > limits.columns:
        raise FileRefused(f"The placemarks have {len(names):,} kinds of data; expected at most {limits.columns}.")
    layout = Layout(
        format=format, columns=distinct(names), row_word="feature", encoding="utf-8", crs="OGC:CRS84", has_geometry=True
    )
    schema = schema_of(layout)
    return schema, _batches(schema, names, first, placemarks)


def _batches(
    schema: pa.Schema, names: list[str], some: list[_Placemark], rest: Iterator[_Placemark]
) -> Iterator[pa.RecordBatch]:
    line = 1
    while some:
        xy = np.array([_middle(each) for each in some])
        faults = [f"geometry: {EXPECTED}\tcoordinates that are no numbers" if each.is_broken else None for each in some]
        texts = [[each.said.get(name, "") for each in some] for name in names]
        lines = range(line, line + len(some))
        yield record_batch(schema, Parsed(lines=lines, texts=texts, faults=faults, x=xy[:, 0], y=xy[:, 1]))
        line += len(some)
        some = list(islice(rest, _ROWS_AT_ONCE))


def _middle(placemark: _Placemark) -> tuple[float, float]:
    points = placemark.points
    if len(points) < 3:
        return tuple(np.mean(points, axis=0)) if points else (np.nan, np.nan)
    is_ring = points[0] == points[-1] and len(points) > 3
    shape = np.array([shapely.Polygon(points) if is_ring else shapely.LineString(points)], dtype=object)
    x, y = middles(shape)
    return float(x[0]), float(y[0])


def _placemarks(path: Path) -> Iterator[_Placemark]:
    depth: list[Element] = []
    try:
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth.append(element)
                continue
            depth.pop()
            if _tag(element) == "Placemark":
                yield _placemark(element)
                element.clear()
            if depth and not any(_tag(outer) == "Placemark" for outer in depth):
                depth[-1].remove(element)
    except DefusedXmlException as error:
        raise FileRefused(
            "The KML file declares a document type or entities, which could reach outside it; expected neither.",
            said="DOCTYPE",
            expected="no DOCTYPE",
        ) from error
    except ParseError as error:
        line = error.position[0]
        raise FileRefused(f"The KML file is not well-formed XML at line {line}.", line=line) from error


def _placemark(element: Element) -> _Placemark:
    found = _Placemark()
    for part in element.iter():
        tag, text = _tag(part), (part.text or "").strip()
        if tag in _KEPT and part in list(element):
            found.said[tag] = text
        elif tag == "SimpleData" and part.get("name"):
            found.said[str(part.get("name"))] = text
        elif tag == "Data" and part.get("name"):
            found.said[str(part.get("name"))] = _value(part)
        elif tag == "coordinates" and not found.points:
            _read_points(found, text)
    return found


def _value(data: Element) -> str:
    return next(((child.text or "").strip() for child in data if _tag(child) == "value"), "")


def _read_points(placemark: _Placemark, text: str) -> None:
    for word in text.split():
        parts: list[Any] = word.split(",")
        try:
            placemark.points.append((float(parts[0]), float(parts[1])))
        except (ValueError, IndexError):
            placemark.is_broken = True


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
