"""Workbooks, XLSX and XLS, row by row; runs in the process that parses."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path

import openpyxl
import pyarrow as pa
import xlrd

from data.imports.batches import Parsed, record_batch, schema_of
from data.imports.layout import Asked, Layout, header_of
from data.imports.limits import Limits
from data.imports.refusals import FileRefused

_ROWS_AT_ONCE = 8192
_SAMPLE = 40

Rows = Iterator[list[str]]
OpenSheet = Callable[[str], Rows]


def parse_sheets(path: Path, format: str, asked: Asked, limits: Limits) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of one sheet: the one asked for, or the first that is a table."""
    names, open_sheet = (_xlsx if format == "xlsx" else _xls)(path)
    if asked.sheet is not None and asked.sheet not in names:
        raise FileRefused(
            f"There is no sheet {asked.sheet!r}; expected one of {', '.join(names[:20])}.",
            said=asked.sheet,
            expected=", ".join(names),
        )
    sheet = asked.sheet or next((name for name in names if _is_table(open_sheet(name))), names[0])
    rows = open_sheet(sheet)
    sample = list(islice(rows, _SAMPLE))
    header = header_of(sample, asked, most_columns=limits.columns)
    layout = Layout(
        format=format,
        columns=header.columns,
        row_word="row",
        header_line=None if header.index is None else header.index + 1,
        sheet=sheet,
        sheets=tuple(names),
    )
    schema = schema_of(layout)
    first = 0 if header.index is None else header.index + 1
    return schema, _batches(schema, chain(sample[first:], rows), first + 1, len(header.columns))


def _is_table(rows: Rows) -> bool:
    return sum(sum(map(bool, row)) >= 2 for row in islice(rows, _SAMPLE)) >= 2


def _batches(schema: pa.Schema, rows: Rows | chain[list[str]], line: int, width: int) -> Iterator[pa.RecordBatch]:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        table = [(row + [""] * width)[:width] for row in some]
        lines = range(line, line + len(some))
        yield record_batch(schema, Parsed(lines=lines, texts=list(zip(*table, strict=True))))
        line += len(some)


def _xlsx(path: Path) -> tuple[list[str], OpenSheet]:
    try:
        book = openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        raise FileRefused("The XLSX workbook is damaged or encrypted; expected a whole one.") from error

    def rows(name: str) -> Rows:
        book[name].reset_dimensions()
        return ([cell_text(value) for value in row] for row in book[name].iter_rows(values_only=True))

    return [sheet.title for sheet in book.worksheets], rows


def _xls(path: Path) -> tuple[list[str], OpenSheet]:
    try:
        book = xlrd.open_workbook(path, on_demand=True, ragged_rows=True, logfile=_Silence())
    except Exception as error:
        raise FileRefused("The XLS workbook is damaged or encrypted; expected a whole one.") from error

    def rows(name: str) -> Rows:
        sheet = book.sheet_by_name(name)
        return ([_xls_text(cell, book.datemode) for cell in sheet.row(row)] for row in range(sheet.nrows))

    return book.sheet_names(), rows


class _Silence:
    """Where a library's remarks about a file go."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return


def _xls_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        with suppress(ValueError, xlrd.xldate.XLDateError):
            return cell_text(xlrd.xldate.xldate_as_datetime(cell.value, datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(cell.value))
    return "" if cell.ctype == xlrd.XL_CELL_ERROR else cell_text(cell.value)


def cell_text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO 8601, nothing for empty ones."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def texts_of(column: Sequence[object]) -> list[str]:
    """Return a column of any values as texts."""
    return [cell_text(value) for value in column]
