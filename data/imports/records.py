"""Imports as an admin reads them: the list, one of them, its rows with their verdicts, and its rejects as a file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from data.imports.desk import Desk, one_value, query
from data.imports.refusals import NoSuchImport

_ROWS_AT_ONCE = 5_000
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Import:
    """One import: what was offered, how it was read, and how many rows were good, doubtful, repeated, rejected.

    `good` counts `warned` rows too. `kept` are places that undoing left, because somebody has used or changed them.
    `refusal` says why the last reading was refused: `sentence`, `line`, `column`, `said`, `expected`.
    """

    id: UUID
    file_name: str
    source: str
    collected_for: str
    sensitivity: int
    status: str
    rows_read: int
    good: int
    warned: int
    duplicates: int
    rejected: int
    kept: int
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None
    layout: dict[str, Any]
    mapping: dict[str, Any]
    refusal: dict[str, Any] | None
    digest: bytes


@dataclass(frozen=True)
class Row:
    """One row of an import: its verdict (`good`, `warning`, `duplicate`, `rejected`) with why, and where it is."""

    line: int
    verdict: str
    column: str | None
    said: str | None
    expected: str | None
    name: str | None
    address: str | None
    postcode: str | None
    longitude: float | None
    latitude: float | None


def record_of(conn: Connection, import_id: UUID) -> Import:
    """Return an import of the session's organisation. Raises NoSuchImport."""
    with conn.cursor(row_factory=class_row(Import)) as cursor:
        found = cursor.execute(query("one"), {"id": import_id}).fetchone()
    if found is None:
        raise NoSuchImport("There is no such import.")
    return found


def one_import(desk: Desk, import_id: UUID) -> Import:
    """Return an import of the session's organisation. Raises NoSuchImport, NotSignedIn."""
    with desk.entered() as conn:
        return record_of(conn, import_id)


def newest_imports(desk: Desk, *, before: Import | None = None, at_most: int = 50) -> list[Import]:
    """Return imports of the session's organisation, newest first, those older than `before`."""
    values = {
        "before": before.created_at if before else _LAST,
        "before_id": before.id if before else UUID(int=0),
        "at_most": at_most,
    }
    with desk.entered() as conn, conn.cursor(row_factory=class_row(Import)) as cursor:
        return cursor.execute(query("newest"), values).fetchall()


def rows_of(desk: Desk, import_id: UUID, *, after_line: int = 0, at_most: int = 100) -> list[Row]:
    """Return rows of an import not yet committed, in the order of the file, those after a line."""
    return _rows(desk, import_id, after_line, at_most, spread=False)


def rows_found(desk: Desk, import_id: UUID, verdict: str, *, after_line: int = 0, at_most: int = 100) -> list[Row]:
    """Return rows of an import not yet committed that have this verdict, those after a line."""
    values = {"id": import_id, "verdict": verdict, "after": after_line, "at_most": at_most}
    with desk.entered() as conn:
        record_of(conn, import_id)
        return [Row(*row) for row in conn.execute(query("look_for"), values).fetchall()]


def kept_lines(desk: Desk, import_id: UUID, *, at_most: int = 100) -> list[int]:
    """Return lines of the file whose places undoing left, because somebody has used or changed them."""
    with desk.entered() as conn:
        record_of(conn, import_id)
        return [row[0] for row in conn.execute(query("kept_lines"), {"id": import_id, "at_most": at_most}).fetchall()]


def sample_of(desk: Desk, import_id: UUID, *, at_most: int = 1_000) -> list[Row]:
    """Return rows of an import not yet committed, spread over the whole file, for a preview on a map."""
    return _rows(desk, import_id, 0, at_most, spread=True)


def _rows(desk: Desk, import_id: UUID, after: int, at_most: int, *, spread: bool) -> list[Row]:
    with desk.entered() as conn:
        record_of(conn, import_id)
        found = conn.execute(
            query("look"), {"id": import_id, "after": after, "at_most": at_most, "spread": spread}
        ).fetchall()
    return [Row(*row) for row in found]


def rejects_of(desk: Desk, import_id: UUID) -> Iterator[str]:
    """Yield the rows that are not imported as CSV: line, verdict, column, what was said, what was expected.

    A value that a spreadsheet would run as a formula gets an apostrophe before it. Raises NoSuchImport on first use.
    """
    with desk.entered() as conn:
        record_of(conn, import_id)
        one_value(conn, "note_rejects", id=import_id)
    yield _csv_line(("line", "verdict", "column", "said", "expected"))
    after = {"after_line": 0, "after_verdict": ""}
    while True:
        with desk.entered() as conn:
            some = conn.execute(query("rejects"), {"id": import_id, "at_most": _ROWS_AT_ONCE, **after}).fetchall()
        yield "".join(map(_csv_line, some))
        if len(some) < _ROWS_AT_ONCE:
            return
        after = {"after_line": some[-1][0], "after_verdict": some[-1][1]}


def _csv_line(values: tuple[Any, ...]) -> str:
    out = io.StringIO()
    texts = [f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value for value in values]
    csv.writer(out, lineterminator="\r\n").writerow(texts)
    return out.getvalue()
