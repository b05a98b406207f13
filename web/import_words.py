"""Imports as people read them: states, verdicts, refusals, and what a step will do, in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.imports.limits import Limits, size_in_words
from data.imports.records import Import, Row
from data.imports.refusals import FileRefused

FORMATS = "CSV, XLSX, XLS, GeoJSON, GeoPackage, zipped Shapefile, KML or GeoParquet"
LIMITS = (
    f"At most {size_in_words(Limits().file_bytes)}, {Limits().rows:,} rows and {Limits().columns} columns. "
    "A CSV may be gzip-compressed."
)
COLLECTED_FOR = (
    ("welfare", "Welfare", "Never shown nor counted in a session for enforcement."),
    ("safeguarding", "Safeguarding", "Follow-up of concerns for somebody's safety."),
    ("enforcement", "Enforcement", "Recorded for policing."),
)
SENSITIVITY = (
    ("0", "0 · public-facing", "A site that asked for outreach."),
    ("1", "1 · routine", ""),
    ("2", "2 · specific concern", "What is taken when nobody says otherwise."),
    ("3", "3 · child, immediate danger or covert", "Never shown to partners."),
)
STATES = {
    "received": "Not checked yet",
    "staged": "Checked, not imported",
    "committed": "Imported",
    "undone": "Undone",
}
VERDICTS = {
    "good": ("Good", "Becomes a place."),
    "warning": ("Look again", "Becomes a place, but something in it is odd."),
    "duplicate": ("There already", "Is left out: it repeats another row or an earlier import."),
    "rejected": ("Rejected", "Is left out: it cannot be a place as it is."),
}
_TONES = {"good": "green", "warning": "yellow", "duplicate": "blue", "rejected": "red"}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a file is not taken: a sentence, then its parts where they are known."""

    sentence: str
    parts: tuple[tuple[str, str], ...]
    import_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many rows have a verdict."""

    verdict: str
    words: str
    meaning: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class RowLine:
    """A row as the table of the check shows it."""

    line: int
    verdict: str
    words: str
    tone: str
    name: str
    address: str
    why: tuple[tuple[str, str], ...]
    at: tuple[float, float] | None


def refusal(parts: Mapping[str, Any]) -> Refusal:
    """Return a refusal to be shown: line, column, what was said, what was expected."""
    named = (("Line", "line"), ("Column", "column"), ("Said", "said"), ("Expected", "expected"))
    told = tuple((words, str(parts[name])) for words, name in named if parts.get(name) not in (None, ""))
    return Refusal(sentence=str(parts["sentence"]), parts=told, import_id=parts.get("import_id"))


def refusal_of(refused: FileRefused) -> Refusal:
    """Return the same of an error."""
    return refusal(refused.parts())


def counts(found: Import) -> tuple[Count, ...]:
    """Return how many rows of an import have which verdict; rows to look at again are not among the good ones."""
    rows = {
        "good": found.good - found.warned,
        "warning": found.warned,
        "duplicate": found.duplicates,
        "rejected": found.rejected,
    }
    return tuple(
        Count(verdict=verdict, words=words, meaning=meaning, rows=rows[verdict])
        for verdict, (words, meaning) in VERDICTS.items()
    )


def row_line(row: Row) -> RowLine:
    """Return a row as the check shows it; what a cell said stays as it was."""
    words, _ = VERDICTS.get(row.verdict, (row.verdict, ""))
    why = (("Column", row.column), ("Said", row.said), ("Expected", (row.expected or "").removeprefix("expected ")))
    has_position = row.longitude is not None and row.latitude is not None
    return RowLine(
        line=row.line,
        verdict=row.verdict,
        words=words,
        tone=_TONES.get(row.verdict, "grey"),
        name=row.name or "",
        address=", ".join(part for part in (row.address, row.postcode) if part),
        why=tuple((name, text) for name, text in why if text),
        at=(row.longitude, row.latitude) if has_position else None,  # type: ignore[arg-type]  # neither is None here
    )


def what_will_happen(found: Import, organisation: str) -> str:
    """Return what committing an import will do, in a sentence."""
    left_out = [
        counted(number, noun)
        for number, noun in ((found.duplicates, "duplicate"), (found.rejected, "rejected row"))
        if number
    ]
    return (
        f"{counted(found.good, 'place')} will be added for {organisation}, collected for {found.collected_for}, "
        f"sensitivity {found.sensitivity} unless a row says another."
    ) + (f" {' and '.join(left_out)} will be left out." if left_out else "")


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: "1 place", "1,200 places"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
