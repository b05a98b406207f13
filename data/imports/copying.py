"""Rows in PostgreSQL's binary COPY form, made without a Python loop over rows.

Every column of fixed size goes into one block a row; Arrow then joins block, lengths and texts of each row, so that
the joined column's buffer is what COPY wants.

Source: PostgreSQL 15 documentation, COPY, "Binary Format".
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"

_EMPTY: Final = pa.scalar(b"", pa.binary())


def copy_rows(fixed: Sequence[NDArray[Any]], texts: Sequence[pa.StringArray]) -> pa.Buffer:
    """Return rows for COPY: the columns of fixed size first, then the texts; none may be NULL.

    A column of shape ``(rows, n)`` of bytes is a value of n bytes; others are written as the numbers they are.
    """
    pieces: list[pa.Array | pa.Scalar] = [_blocks(fixed, len(fixed) + len(texts))]
    for text in texts:
        values = text.cast(pa.binary())
        lengths = pc.binary_length(values).to_numpy().astype(">i4")
        pieces += [_binary(lengths.view(np.uint8), 4), values]
    joined = pc.binary_join_element_wise(*pieces, _EMPTY)
    bounds = np.frombuffer(joined.buffers()[1], dtype=np.int32)
    return joined.buffers()[2].slice(int(bounds[joined.offset]), int(bounds[joined.offset + len(joined)]))


def _blocks(fixed: Sequence[NDArray[Any]], fields: int) -> pa.BinaryArray:
    """Return, for each row, the number of fields and the columns of fixed size with their lengths."""
    sizes = [column.shape[1] if column.ndim == 2 else column.dtype.itemsize for column in fixed]
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for number, (column, size) in enumerate(zip(fixed, sizes, strict=True)):
        value = f"V{size}" if column.ndim == 2 else column.dtype.newbyteorder(">").str
        layout += [(f"size{number}", ">i4"), (f"value{number}", value)]
    rows = np.empty(len(fixed[0]), dtype=np.dtype(layout))
    rows["fields"] = fields
    for number, (column, size) in enumerate(zip(fixed, sizes, strict=True)):
        rows[f"size{number}"] = size
        rows[f"value{number}"] = column.view(f"V{size}").reshape(-1) if column.ndim == 2 else column
    return _binary(rows.view(np.uint8).reshape(-1), rows.dtype.itemsize)


def _binary(data: NDArray[np.uint8], size: int) -> pa.BinaryArray:
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(size), len(data) // size, [None, pa.py_buffer(data)])
    return fixed.cast(pa.binary())
