"""GeoJSON, GeoPackage, Shapefile and GeoParquet; runs in the process that parses.

GDAL opens whatever it recognises, by content: a "GeoJSON" may be a list of commands, or name a file of this
machine or an address. So every driver but those wanted is switched off before GDAL starts.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.imports.batches import Parsed, record_batch, schema_of
from data.imports.layout import Asked, Layout, distinct
from data.imports.limits import Limits
from data.imports.parse_sheets import texts_of
from data.imports.refusals import FileRefused
from data.imports.shapes import EXPECTED, from_wkb, middles

_ROWS_AT_ONCE = 16_384
_DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "shapefile": "ESRI Shapefile"}
_SKIP = "GDAL_SKIP"
_SPREAD = "; expected one of the layers "


def parse_shapes(path: Path, format: str, asked: Asked, limits: Limits) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of one layer: the one asked for, or the largest of points."""
    pyogrio = _only_driver(_DRIVERS[format])
    source = f"/vsizip/{{{path}}}" if format == "shapefile" else str(path)
    try:
        found = [str(name) for name, _ in pyogrio.list_layers(source)]
        layer = _choose(pyogrio, source, found, asked.sheet)
        info = pyogrio.read_info(source, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise FileRefused(_unreadable(path, format)) from error
    if len(info["fields"]) > limits.columns:
        raise FileRefused(f"The layer has {len(info['fields']):,} columns; expected at most {limits.columns}.")
    layout = Layout(
        format=format,
        columns=distinct([str(name) for name in info["fields"]]),
        row_word="feature",
        encoding=info["encoding"] or "",
        sheet=layer,
        sheets=tuple(found),
        crs=info["crs"] or "",
        has_geometry=info["geometry_type"] is not None,
    )
    schema = schema_of(layout)
    return schema, _layer_batches(pyogrio, source, layer, (schema, layout))


def _only_driver(name: str) -> Any:  # noqa: ANN401 - a module
    """Return pyogrio with one driver; starts this program again when others are switched on."""
    import pyogrio  # noqa: PLC0415 - importing it starts GDAL
    import pyogrio.errors  # noqa: PLC0415
    import pyogrio.raw  # noqa: PLC0415

    others = set(pyogrio.list_drivers()) - {name}
    if others and _SKIP not in os.environ:
        os.environ[_SKIP] = os.environ["OGR_SKIP"] = ",".join(sorted(others))
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very program, with one more setting
    if others:
        raise FileRefused(f"The file cannot be read safely: {len(others)} other readers are switched on.")
    return pyogrio


def _choose(pyogrio: Any, source: str, found: list[str], asked: str | None) -> str:  # noqa: ANN401
    if asked is not None and asked not in found:
        raise FileRefused(
            f"There is no layer {asked!r}{_SPREAD}{', '.join(found[:30])}.", said=asked, expected=", ".join(found)
        )
    if asked is not None or len(found) == 1:
        return asked or found[0]
    if not found:
        raise FileRefused("The file is damaged or has no layer; expected one of points or other shapes.")
    infos = {name: pyogrio.read_info(source, layer=name, force_feature_count=True) for name in found}
    return max(
        found, key=lambda name: ("Point" in str(infos[name]["geometry_type"]), int(infos[name]["features"] or 0))
    )


def _layer_batches(
    pyogrio: Any,  # noqa: ANN401
    source: str,
    layer: str,
    to: tuple[pa.Schema, Layout],
) -> Iterator[pa.RecordBatch]:
    schema, layout = to
    first = 1
    try:
        with pyogrio.raw.open_arrow(source, layer=layer, batch_size=_ROWS_AT_ONCE, use_pyarrow=True) as (meta, reader):
            shape = meta["geometry_name"] or "wkb_geometry"
            for found in reader:
                columns = [found.column(str(name)) for name in meta["fields"]]
                shapes = found.column(shape) if layout.has_geometry else None
                yield record_batch(schema, _parsed(columns, shapes, range(first, first + found.num_rows)))
                first += found.num_rows
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException, OSError) as error:
        raise FileRefused(
            f"The file cannot be read after feature {first - 1}: it is damaged or cut short; expected a whole one.",
            line=first - 1,
        ) from error


def _parsed(columns: list[pa.Array], shapes: pa.Array | None, lines: range) -> Parsed:
    texts = [_texts(column) for column in columns]
    if shapes is None:
        return Parsed(lines=lines, texts=texts)
    read, is_broken = from_wkb(shapes.to_numpy(zero_copy_only=False))
    x, y = middles(read)
    faults = pc.if_else(pa.array(is_broken), f"geometry: {EXPECTED}\ta shape that is not closed", None)
    return Parsed(lines=lines, texts=texts, faults=faults.cast(pa.string()), x=x, y=y)


def _texts(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type) or pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.array(texts_of(column.to_pylist()), pa.string())
    try:
        return pc.cast(column, pa.string())
    except pa.ArrowException:
        return pa.array(texts_of(column.to_pylist()), pa.string())


def _unreadable(path: Path, format: str) -> str:
    if format == "geojson":
        with path.open("rb") as file:
            head = file.read(65_536)
        if b'"Topology"' in head:
            return "The file is TopoJSON; expected GeoJSON."
        return "The file is JSON, but no whole GeoJSON: it is damaged, cut short or something else."
    return "The file is damaged or cut short, or holds no layer; expected a whole one."


def parse_parquet(path: Path, format: str, asked: Asked, limits: Limits) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of a GeoParquet file, or of a plain Parquet one."""
    if asked.sheet:
        raise FileRefused("A Parquet file has no sheets to choose from.", said=asked.sheet)
    try:
        file = pq.ParquetFile(path)
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        shape = geo.get("primary_column")
        column = geo["columns"][shape] if shape else {}
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise FileRefused("The Parquet file is damaged or cut short; expected a whole one.") from error
    if shape and column.get("encoding") != "WKB":
        raise FileRefused(
            f"The shapes are encoded as {str(column.get('encoding'))[:40]}; expected WKB.", column=shape, expected="WKB"
        )
    names = [name for name in file.schema_arrow.names if name not in geo.get("columns", {})]
    if len(names) > limits.columns:
        raise FileRefused(f"The file has {len(names):,} columns; expected at most {limits.columns}.")
    layout = Layout(
        format=format,
        columns=distinct(names),
        row_word="row",
        crs=json.dumps(column["crs"]) if column.get("crs") else "OGC:CRS84" if shape else "",
        has_geometry=bool(shape),
    )
    return schema_of(layout), _parquet_batches(file, names, shape, layout)


def _parquet_batches(
    file: pq.ParquetFile, names: list[str], shape: str | None, layout: Layout
) -> Iterator[pa.RecordBatch]:
    first = 1
    try:
        for found in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=[*names, *([shape] if shape else [])]):
            lines = range(first, first + found.num_rows)
            shapes = found.column(shape) if shape else None
            yield record_batch(schema_of(layout), _parsed([found.column(name) for name in names], shapes, lines))
            first += found.num_rows
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"The Parquet file cannot be read after row {first - 1}: it is damaged.") from error
