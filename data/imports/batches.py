"""What a parser hands over: batches of text columns with their lines, as one Arrow stream."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from data.imports.layout import Layout
from geo.arrays import Floats

_LINE = pa.field("line", pa.int32())
_FAULT = pa.field("fault", pa.string())
_POINT = (pa.field("x", pa.float64()), pa.field("y", pa.float64()))


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of a file. `fault` says why a row could not be read as a row: `expected<TAB>said`, else NULL.

    `x` and `y` are the middle of each row's shape in the file's own reference system, NaN without one.
    """

    lines: "np.ndarray[Any, np.dtype[np.int32]]"
    faults: pa.StringArray
    columns: dict[str, pa.StringArray]
    x: Floats | None = None
    y: Floats | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)


def schema_of(layout: Layout) -> pa.Schema:
    """Return the schema of the stream for a layout, which it carries along."""
    point = _POINT if layout.has_geometry else ()
    texts = [pa.field(f"c{number}", pa.string()) for number in range(len(layout.columns))]
    return pa.schema([_LINE, _FAULT, *point, *texts], metadata={"layout": json.dumps(layout.to_json())})


def layout_of(schema: pa.Schema) -> Layout:
    """Return the layout that a stream carries."""
    return Layout.from_json(json.loads(schema.metadata[b"layout"]))


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """Rows as a parser makes them, column by column in the layout's order."""

    lines: Sequence[int] | pa.Array
    texts: Sequence[Sequence[str | None] | pa.Array]
    faults: Sequence[str | None] | pa.Array | None = None
    x: Floats | None = None
    y: Floats | None = None


def record_batch(schema: pa.Schema, parsed: Parsed) -> pa.RecordBatch:
    """Return parsed rows in the form of the stream."""
    count = len(parsed.lines)
    faults = pa.nulls(count, pa.string()) if parsed.faults is None else pa.array(parsed.faults, pa.string())
    point = [] if parsed.x is None else [pa.array(parsed.x, pa.float64()), pa.array(parsed.y, pa.float64())]
    texts = [pa.array(text, pa.string()) for text in parsed.texts]
    return pa.RecordBatch.from_arrays([pa.array(parsed.lines, pa.int32()), faults, *point, *texts], schema=schema)


def batches_of(reader: pa.RecordBatchReader) -> Iterator[Batch]:
    """Give the batches of a stream, as the columns of the file by name."""
    layout = layout_of(reader.schema)
    skip = 4 if layout.has_geometry else 2
    for found in reader:
        if found.num_rows:
            yield Batch(
                lines=found.column(0).to_numpy(zero_copy_only=False),
                faults=found.column(1),
                columns=dict(zip(layout.columns, found.columns[skip:], strict=True)),
                x=found.column(2).to_numpy(zero_copy_only=False) if layout.has_geometry else None,
                y=found.column(3).to_numpy(zero_copy_only=False) if layout.has_geometry else None,
            )
