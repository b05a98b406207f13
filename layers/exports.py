"""Exports: a layer as the session may see it, marked, with its agreements, an expiry and an audit receipt."""

import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import orjson
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from data.database import Pool
from data.reading import OVERVIEW, admitted, features, receipt
from data.vault import Vault
from geo.shifts.clock import last_day
from layers.catalogue import Layer, Part
from layers.features import as_features
from layers.paging import window
from layers.tiles import looks_at

if TYPE_CHECKING:
    import geopandas

Format = Literal["gpkg", "parquet", "csv", "geojson"]
MEDIA_TYPES: dict[Format, str] = {
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
}
_KEPT_DAYS = 30
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class NotAnExport(ValueError):
    """A format that is not one of the four."""


@dataclass(frozen=True)
class Export:
    """A file to be handed over: its name (which says nothing), its type and its bytes."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Marked:
    """Features with what must stand on every page that leaves: marking, receipt, agreements, expiry."""

    features: Sequence[dict[str, Any]]
    marking: dict[str, Any]

    @property
    def line(self) -> str:
        """The marking as one line of text."""
        return " · ".join(
            f"{name}: {value}" if name != "marking" else str(value) for name, value in self.marking.items()
        )


def export(reader: tuple[Pool, Vault], layer: Layer, format: str, token: str | None) -> Export:
    """Return everything of a layer that the session may see, receipted in the audit before it is returned.

    Raises NotAnExport, NotSignedIn, NotAllowed (a layer token may not export).
    """
    check_format(format)
    pool, vault = reader
    with admitted(pool, token, looks_at(vault, layer, (OVERVIEW,))) as reading:
        found, hashes = list[dict[str, Any]](), list[str]()
        for part in layer.parts:
            rows = features(reading, part.query, window(part, None, b"") | {"most": None, "layer": layer.name})
            shown = as_features(vault, part, rows)
            found += shown
            hashes += [vault.hashed_id(_recorded_as(layer, part), one["id"]) for one in shown]
        id = uuid4()
        kind = -1 if layer.kind is None else layer.kind
        rests_on = receipt(reading.conn, (layer.name, kind), {"receipt": str(id), "format": format}, hashes)
    words = "OFFICIAL" if layer.kind is None and not layer.origin else "OFFICIAL-SENSITIVE"
    marked = Marked(found, marking(words, str(id), rests_on, origin=layer.origin or "own records"))
    return file_of(marked, format)


def check_format(format: str) -> None:
    """Raise NotAnExport for a format that is none."""
    if format not in _WRITERS:
        raise NotAnExport(f"There is no export format of that name; expected one of {', '.join(_WRITERS)}.")


def file_of(marked: Marked, format: str) -> Export:
    """Return marked features as a file, named by its receipt. Raises NotAnExport."""
    check_format(format)
    name = f"waymark-{marked.marking['receipt']}.{format}"
    return Export(name, MEDIA_TYPES[format], _WRITERS[format](marked))  # type: ignore[index]


def _recorded_as(layer: Layer, part: Part) -> str:
    """Return the kind under which a part's features are hashed in the audit: a record's own, so that it is found."""
    return ("place", "visit", "note")[layer.kind] if layer.kind is not None and part.shape == "point" else layer.name


def marking(
    words: str, receipt_id: str, rests_on: Sequence[tuple[Any, Any]], *, origin: str = "own records"
) -> dict[str, Any]:
    """Return what must stand on a file: how secret it is, the agreements it rests on, its end and its receipt."""
    now = datetime.now(UTC)
    ends = min([now + timedelta(days=_KEPT_DAYS), *(until for _, until in rests_on)])
    return {
        "marking": f"{words}: recipients only. Do not forward.",
        "agreements": ", ".join(sorted({str(id) for id, _ in rests_on})) or origin,
        "delete by": last_day(ends).isoformat(),
        "receipt": receipt_id,
    }


def plain_text(value: object) -> object:
    """Return a cell's value so that no spreadsheet takes it for a formula."""
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return "'" + value
    return value


def _csv(marked: Marked) -> bytes:
    columns = list(dict.fromkeys(name for one in marked.features for name in one["properties"]))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"# {marked.line}"])
    writer.writerow(["id", "geometry", *columns])
    for one in marked.features:
        values = [plain_text(one["properties"].get(name)) for name in columns]
        writer.writerow([one["id"], _shape(one).wkt, *values])
    return out.getvalue().encode()


def _geojson(marked: Marked) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", **marked.marking, "features": marked.features}, default=str)


def _frame(marked: Marked) -> "geopandas.GeoDataFrame":
    import geopandas  # noqa: PLC0415 - a second of every start, for the few requests that export

    columns = list(dict.fromkeys(name for one in marked.features for name in one["properties"]))
    records = {"id": [one["id"] for one in marked.features]}
    for name in columns:
        values = [one["properties"].get(name) for one in marked.features]
        records[name] = [v if v is None or isinstance(v, str | int | float) else str(v) for v in values]
    return geopandas.GeoDataFrame(records, geometry=[_shape(one) for one in marked.features], crs="EPSG:4326")


def _gpkg(marked: Marked) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.gpkg"
        _frame(marked).to_file(path, layer="export", driver="GPKG", layer_metadata={**marked.marking})
        return path.read_bytes()


def _parquet(marked: Marked) -> bytes:
    import pyarrow.parquet as pq  # noqa: PLC0415 - as in _frame

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.parquet"
        _frame(marked).to_parquet(path)
        table = pq.read_table(path)
        known = dict(table.schema.metadata or {})
        marking = {f"waymark {name}".encode(): str(value).encode() for name, value in marked.marking.items()}
        sink = io.BytesIO()
        pq.write_table(table.replace_schema_metadata(known | marking), sink)
        return sink.getvalue()


def _shape(one: dict[str, Any]) -> BaseGeometry:
    geometry = one["geometry"]
    return shape(orjson.loads(orjson.dumps(geometry)))


_WRITERS = {"gpkg": _gpkg, "parquet": _parquet, "csv": _csv, "geojson": _geojson}
