"""How a file lays its table out: what was asked, what was found, and where the header is."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from data.imports.refusals import FileRefused

_SAMPLE_ROWS = 40
_DATA = re.compile(
    r"""
    [-+]?[£$]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?%?      # a number
    | [A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}            # a postcode
    | [A-Z]\d{8}                                   # a statistical code
    | \d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?.*         # a date
    | (?:MULTI)?(?:POINT|POLYGON|LINESTRING).*     # a shape
    | https?:.* | \S+@\S+ | TRUE | FALSE
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_MOSTLY = 0.8


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the person importing says about a file; None and () leave it to the file."""

    sheet: str | None = None
    has_header: bool | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What was found: `columns` in order, `header_line` from 1 or None, `sheets` there are to choose from."""

    format: str
    columns: tuple[str, ...]
    row_word: str = "line"
    encoding: str = ""
    delimiter: str = ""
    header_line: int | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    crs: str = ""
    has_geometry: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the layout as JSON values."""
        return asdict(self) | {"columns": list(self.columns), "sheets": list(self.sheets)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Layout":
        """Return the layout that to_json wrote."""
        return cls(**(values | {"columns": tuple(values["columns"]), "sheets": tuple(values["sheets"])}))


@dataclass(frozen=True, kw_only=True)
class Header:
    """The header of a table: its place among the sample rows, None when there is none, and the columns' names."""

    index: int | None
    columns: tuple[str, ...]


def header_of(rows: Sequence[Sequence[str]], asked: Asked, *, most_columns: int) -> Header:
    """Return the header of a table from its first rows: titles above it and blank rows are passed over.

    Raises FileRefused when there is no table.
    """
    sample = [[cell.strip() for cell in row] for row in rows[:_SAMPLE_ROWS]]
    filled = [sum(map(bool, row)) for row in sample]
    if not any(filled):
        raise FileRefused("The file has no rows; expected a header and at least one row.")
    enough = max(min(2, max(filled)), median(count for count in filled if count) / 2)
    first = next(index for index, count in enumerate(filled) if count >= enough)
    has_header = asked.has_header
    if has_header is None:
        has_header = not asked.columns and _is_header(sample[first])
    usual = Counter(len(row) for row in sample[first:] if any(row)).most_common(1)[0][0]
    width = max(usual, len(sample[first]) if has_header else 0)
    if width > most_columns:
        raise FileRefused(f"The table has {width:,} columns; expected at most {most_columns}.")
    names = list(asked.columns) or (sample[first] if has_header else [])
    if len(names) > width:
        raise FileRefused(f"{len(names)} columns were named; the file has {width}.")
    return Header(index=first if has_header else None, columns=distinct(names + [""] * (width - len(names))))


def _is_header(row: Sequence[str]) -> bool:
    """Say whether most of a row's cells are names and not data."""
    cells = [cell for cell in row if cell]
    names = [cell for cell in cells if not _DATA.fullmatch(cell)]
    return len(names) >= _MOSTLY * len(cells)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns with gaps filled and repeats numbered."""
    found: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        wanted = " ".join(name.split())[:100] or f"column {number}"
        again = 2
        unique = wanted
        while unique in found:
            unique, again = f"{wanted} ({again})", again + 1
        found[unique] = None
    return tuple(found)
