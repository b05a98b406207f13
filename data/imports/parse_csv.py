"""CSV in batches, however long the file is; runs in the process that parses."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from data.imports.batches import Parsed, record_batch, schema_of
from data.imports.csv_text import Guarded, encoding_of, sample_of
from data.imports.layout import Asked, Layout, header_of
from data.imports.limits import Limits
from data.imports.refusals import FileRefused

_BLOCK = 2 << 20
_BLOCKS_AHEAD = 3
_PATIENCE = 20
_EVERY_BLOCK = 1 << 20
_SAID = 200
_MANY_LINES = 20
_BLANK = " \r\n"


def parse_csv(path: Path, format: str, asked: Asked, limits: Limits) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of a CSV, plain or gzip-compressed."""
    if asked.sheet:
        raise FileRefused("A CSV has no sheets to choose from.", said=asked.sheet)
    packed = format == "csv.gz"
    encoding = encoding_of(path, limits, packed=packed)
    with Guarded(path, encoding, limits, packed=packed) as stream:
        sample = sample_of(stream)
    if sample.rows[0][:1] and sample.rows[0][0].lstrip().startswith(("{", "<")):
        raise FileRefused("The gzip file holds no CSV; expected CSV, or other formats not compressed.")
    header = header_of(sample.rows, asked, most_columns=limits.columns)
    layout = Layout(
        format=format,
        columns=header.columns,
        encoding=encoding,
        delimiter=sample.delimiter,
        header_line=None if header.index is None else sample.lines[header.index],
    )
    schema = schema_of(layout)
    after = -1 if header.index is None else header.index
    offset = sample.ends[after] if after >= 0 else 0
    line = sample.lines[after + 1] if after + 1 < len(sample.lines) else sample.lines[-1] + 1
    stream = Guarded(path, encoding, limits, packed=packed)
    while offset:
        offset -= len(stream.read(offset) or b"")
    return schema, _Rows(layout, line).batches(stream, schema)


class _Paced(io.RawIOBase):
    """A stream that is read a few blocks ahead of the rows that were taken; left alone, Arrow reads 32 ahead.

    Should blocks and rows ever not come in turns, reading goes on after a while: nothing waits for ever.
    """

    def __init__(self, stream: Guarded) -> None:
        self._stream = stream
        self._ahead = threading.Semaphore(_BLOCKS_AHEAD)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` once the rows of earlier blocks were taken."""
        self._ahead.acquire(timeout=_PATIENCE)
        return self._stream.readinto(buffer)

    def taken(self, blocks: int = 1) -> None:
        """Allow so many blocks more."""
        self._ahead.release(blocks)


class _Rows:
    """Counts records and lines while batches go by: rows that do not fit the table stand between the others."""

    def __init__(self, layout: Layout, line: int) -> None:
        self._layout = layout
        self._line = line
        self._record = 0
        self._ragged: list[csv.InvalidRow] = []
        self._paced: _Paced | None = None

    def batches(self, stream: Guarded, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        names = [f"c{number}" for number in range(len(self._layout.columns))]
        self._paced = paced = _Paced(stream)
        try:
            with (
                stream,
                csv.open_csv(
                    paced,
                    read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=False),
                    parse_options=csv.ParseOptions(
                        delimiter=self._layout.delimiter,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=self._keep,
                    ),
                    convert_options=csv.ConvertOptions(
                        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                    ),
                ) as reader,
            ):
                for found in reader:
                    yield record_batch(schema, self._numbered(found))
                    paced.taken()
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise FileRefused(
                    f"The CSV cannot be read after line {self._line:,}: perhaps a quotation mark there is never "
                    "closed; expected rows of less than 2 MB.",
                    line=self._line,
                ) from error
        finally:
            paced.taken(_EVERY_BLOCK)
        if self._ragged:
            yield record_batch(schema, self._numbered(None))

    def _keep(self, row: csv.InvalidRow) -> str:
        self._ragged.append(row)
        if self._paced is not None:
            self._paced.taken()
        return "skip"

    def _numbered(self, found: pa.RecordBatch | None) -> Parsed:
        """Give each row the line it begins on, and put rows that do not fit after the others."""
        good = 0 if found is None else found.num_rows
        ragged: list[csv.InvalidRow] = []
        for row in self._ragged:
            if found is not None and row.number > self._record + good + len(ragged):
                break
            ragged.append(row)
        del self._ragged[: len(ragged)]
        total = good + len(ragged)
        is_good = np.ones(total, dtype=np.bool_)
        is_good[[row.number - self._record - 1 for row in ragged]] = False
        within = np.zeros(total, dtype=np.int64)
        within[~is_good] = [row.text.count("\n") for row in ragged]
        if found is not None:
            within[is_good] = _newlines(found)
        ends = self._line + np.cumsum(within + 1)
        begins = ends - within - 1
        self._record += total
        self._line = int(ends[-1]) if total else self._line
        return self._parsed(found, ragged, np.concatenate((begins[is_good], begins[~is_good])))

    def _parsed(self, found: pa.RecordBatch | None, ragged: list[csv.InvalidRow], lines: np.ndarray) -> Parsed:
        good = 0 if found is None else found.num_rows
        width = len(self._layout.columns)
        none = pa.nulls(len(ragged), pa.string())
        texts = [none] * width if found is None else found.columns
        if found is not None and ragged:
            texts = [pa.concat_arrays([text, none]) for text in texts]
        faults = None
        if ragged:
            said = [
                f"{_expected(row, width)}\t{row.actual_columns} columns: {row.text[:_SAID]}"
                if row.text.strip(_BLANK + self._layout.delimiter)
                else None
                for row in ragged
            ]
            faults = pa.concat_arrays([pa.nulls(good, pa.string()), pa.array(said, pa.string())])
        return Parsed(lines=pa.array(lines.astype(np.int32)), texts=texts, faults=faults)


def _expected(row: csv.InvalidRow, width: int) -> str:
    expected = f"a row of {width} columns"
    return f"{expected}, with every quotation mark closed" if row.text.count("\n") > _MANY_LINES else expected


def _newlines(found: pa.RecordBatch) -> np.ndarray:
    """Count the line ends inside the values of each row."""
    count = np.zeros(found.num_rows, dtype=np.int64)
    for column in found.columns:
        text = np.frombuffer(column.buffers()[2] or b"", dtype=np.uint8)
        if (text == ord("\n")).any():
            count += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
    return count
