"""The hours and languages of places: kept as stretches of a week, told and taken as people write them."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection

from data.database import queries
from geo.shifts.hours import KINDS, Stretch, read_hours, written_hours


class NotALanguage(ValueError):
    """A word that is in no list of languages."""


def hours_of(*texts: str | None) -> dict[str, list[Stretch]]:
    """Return hours as they are kept, from texts of open, safe and no-knock hours; None leaves a kind away.

    Raises NotHours.
    """
    return {kind: list(read_hours(text)) for kind, text in zip(KINDS, texts, strict=True) if text is not None}


def told_hours(kept: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, str]:
    """Return kept hours as texts, by the names of a place's fields."""
    return {f"{kind}_hours": written_hours(stretches(kept).get(kind, ())) for kind in KINDS}


def stretches(kept: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, list[Stretch]]:
    """Return kept hours as values."""
    return {kind: [Stretch(*one) for one in of_kind] for kind, of_kind in kept.items()}


def languages(conn: Connection) -> dict[str, str]:
    """Return the languages that there are: titles by slug."""
    rows: list[Any] = conn.execute(queries("records")["languages"]).fetchall()
    return dict(rows)


def languages_of(conn: Connection, chosen: Sequence[str] | None) -> list[str] | None:
    """Return chosen languages as they are kept; None for none chosen. Raises NotALanguage."""
    if chosen is None:
        return None
    unknown = set(chosen) - set(languages(conn))
    if unknown:
        raise NotALanguage("There is no such language: choose from the list.")
    return sorted(set(chosen))
