"""Duplicates beside what they repeat, as far as an admin may know it."""

from dataclasses import dataclass
from uuid import UUID

from data.imports.desk import Desk, query
from data.imports.records import record_of


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a pair: a row of the file as it would be stored."""

    line: int
    name: str
    address: str
    postcode: str
    source_id: str


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """A row that is not imported because it repeats another; `by` says in what, `name` or `source id`.

    It repeats `first`, an earlier row of the same file, or line `known_line` of the import `known_import`. Of that
    place an admin is told nothing more.
    """

    row: Side
    by: str
    first: Side | None
    known_import: UUID | None
    known_line: int | None


def duplicates_of(desk: Desk, import_id: UUID, *, after_line: int = 0, at_most: int = 50) -> list[Duplicate]:
    """Return duplicates of an import not yet committed, in the order of the file, those after a line."""
    values = {"id": import_id, "after": after_line, "at_most": at_most}
    with desk.entered() as conn:
        record_of(conn, import_id)
        found = conn.execute(query("duplicates"), values).fetchall()
    return [_duplicate(row) for row in found]


def _duplicate(row: tuple[object, ...]) -> Duplicate:
    line, by, *texts = row[:6]
    first_line, *first_texts = row[6:11]
    return Duplicate(
        row=_side(line, texts),
        by=str(by),
        first=_side(first_line, first_texts) if first_texts[0] is not None else None,
        known_import=row[11],  # type: ignore[arg-type]  # a uuid or NULL
        known_line=row[12],  # type: ignore[arg-type]  # an int or NULL
    )


def _side(line: object, texts: list[object]) -> Side:
    name, address, postcode, source_id = (str(text) for text in texts)
    return Side(line=int(str(line)), name=name, address=address, postcode=postcode, source_id=source_id)
