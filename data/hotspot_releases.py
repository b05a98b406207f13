"""Hotspot maps for others: kept with the counts that they were made of, and standing or falling with them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import rfc8785
from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries
from data.releases import Wanted, mark_of, release_refusals

_QUERIES = queries("hotspot_releases")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Counts that are published to the audience of a map: of which heading and quarter, and their document."""

    id: UUID
    heading: str
    quarter: date
    document: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A map as it is kept, and the documents of the counts that it was made of; `is_current`: all are published."""

    document: str
    sources: Sequence[str]
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Square:
    """What a map says of a square: its state 0 to 2 as geo.hotspots.excess has it, in so many quarters, and numbers.

    `visited` and `noted` are published numbers added up, None where all were in the band.
    """

    square: int
    state: int
    quarters: int
    visited: int | None
    noted: int | None
    expected: int


def hotspot_sources(conn: Connection, wanted: Wanted) -> list[Source]:
    """Return the counts that a map is to be made of: for each quarter the places visited, then those noted.

    Raises NotAllowed, ReleaseRefused.
    """
    with release_refusals(), conn.cursor(row_factory=class_row(Source)) as cursor:
        return cursor.execute(_QUERIES["hotspot_sources"], vars(wanted)).fetchall()


def prepare_hotspots(conn: Connection, wanted: Wanted, document: str, sources: Sequence[Source]) -> UUID:
    """Keep a map that waits for a second person; its id. Raises NotAllowed, ReleaseRefused."""
    id = uuid4()
    values = vars(wanted) | {"id": id, "document": document, "sources": [one.id for one in sources]}
    with release_refusals():
        conn.execute(_QUERIES["prepare_hotspots"], values)
    return id


def hotspots_with_sources(conn: Connection, id: UUID) -> Waiting | None:
    """Return a map of the own organisation with its counts, all standing still until the transaction ends.

    None where the release is of counts. Raises NoSuchRelease, NotAllowed.
    """
    with release_refusals():
        rows = conn.execute(_QUERIES["hotspots_with_sources"], {"id": id}).fetchall()
    if not rows:
        return None
    return Waiting(document=rows[0][0], sources=[row[1] for row in rows], is_current=all(row[2] for row in rows))


def written_hotspots(wanted: Wanted, sources: Sequence[str], squares: Sequence[Square]) -> str:
    """Return the document of a map: canonical JSON (RFC 8785), with the marks of the counts that it was made of."""
    document: Any = {
        "agreement": wanted.agreement and str(wanted.agreement),
        "audience": wanted.audience,
        "heading": wanted.heading,
        "kind": "hotspots",
        "made_of": [mark_of(source) for source in sources],
        "method": 1,
        "metres": 5000,
        "quarter": wanted.quarter.isoformat(),
        "quarters": wanted.quarters,
        "squares": [[one.square, one.state, one.quarters, one.visited, one.noted, one.expected] for one in squares],
    }
    return rfc8785.dumps(document).decode()


def hotspots_of(document: str) -> list[Square]:
    """Return what a document of hotspots says, square by square in order."""
    names = ("square", "state", "quarters", "visited", "noted", "expected")
    return [Square(**dict(zip(names, row, strict=True))) for row in json.loads(document)["squares"]]
