"""Releases: tables of counts for others, prepared by an analyst, approved by a second person, withdrawn at will.

The functions of the gate decide who prepares, approves and reads. Every function takes a connection that the session's
token was entered on in the same transaction, which the caller commits before anything is shown.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import rfc8785
from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from data.database import NotAllowed, queries
from data.refusals import refusals

_QUERIES = queries("releases")


class NoSuchRelease(LookupError):
    """No release of that id that the session may read: hidden, withdrawn and missing are the same."""


class ReleaseRefused(ValueError):
    """What was asked of a release cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A partner for whom counts may be prepared, and the agreement; kinds: 1 visits, 2 notes."""

    agreement_id: UUID
    recipient: str
    title: str
    valid_until: datetime
    kinds: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be released: for whom, under which agreement (None but for a partner), what, of which quarter.

    Hotspots look at so many quarters, of which this is the last; counts are of one.
    """

    audience: str
    agreement: UUID | None
    heading: str
    quarter: date
    kind: str = "counts"
    quarters: int = 1


@dataclass(frozen=True, kw_only=True)
class QuarterCount:
    """A true count of distinct places in a 5 km square and quarter, and the digest of which they are."""

    quarter: date
    square: int
    places: int
    records: bytes


@dataclass(frozen=True, kw_only=True)
class Table:
    """A published table, or one that waits to be: by square what is published (None is the band).

    `drawn` says by square from which quarter's count its value was drawn; nobody is shown it. `number` is its place
    among what the organisation approved, or the last place that was taken when it was prepared.
    """

    id: UUID
    heading: str
    quarter: date
    squares: Mapping[int, int | None]
    drawn: Mapping[int, date]
    number: int


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release as the session may know it. `is_ours`: it prepares and approves there; `is_mine`: it prepared this."""

    id: UUID
    organisation: str
    is_ours: bool
    is_mine: bool
    audience: str
    recipient: str | None
    kind: str
    heading: str
    quarter: date
    quarters: int
    version: int | None
    state: str
    prepared_at: datetime
    approved_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Approved:
    """An approved release as it stands in the database, for verifying; `hash` follows the one before and `document`."""

    organisation_id: int
    organisation: str
    number: int
    id: UUID
    kind: str
    heading: str
    quarter: date
    quarters: int
    document: str
    hash: bytes


def release_recipients(conn: Connection) -> list[Recipient]:
    """Return the partners for whom counts may be prepared. Raises NotAllowed for all but analysts."""
    with release_refusals(), conn.cursor(row_factory=class_row(Recipient)) as cursor:
        return cursor.execute(_QUERIES["release_recipients"]).fetchall()


def release_ground(conn: Connection, wanted: Wanted) -> list[int]:
    """Return the squares that a release would have, in order. Raises NotAllowed, ReleaseRefused."""
    with release_refusals():
        return [row[0] for row in conn.execute(_QUERIES["release_ground"], vars(wanted))]


def release_counts(conn: Connection, heading: str, quarters: Sequence[date]) -> list[QuarterCount]:
    """Return the true counts of these quarters where anything was counted. They must not leave the caller."""
    with release_refusals(), conn.cursor(row_factory=class_row(QuarterCount)) as cursor:
        values = {"heading": heading, "quarters": list(quarters)}
        return cursor.execute(_QUERIES["release_counts"], values).fetchall()


def published_releases(conn: Connection) -> list[Table]:
    """Return what the session's organisation approved so far, withdrawn or not, in order."""
    return _tables(conn, "published_releases")


def waiting_release(conn: Connection, id: UUID) -> Table:
    """Return a release of the own organisation, whose releases stand still until the transaction ends.

    Raises NoSuchRelease, NotAllowed.
    """
    return _tables(conn, "waiting_release", id)[0]


def prepare_release(
    conn: Connection, wanted: Wanted, table: Mapping[int, tuple[int | None, date]], *, after: int
) -> UUID:
    """Keep a release that waits for a second person: by square what is published, and the quarter it was drawn from.

    `after` is the number of the last approved one that was looked at. Answers the id of the new one.
    Raises NotAllowed, ReleaseRefused.
    """
    drawn = {str(square): quarter.isoformat() for square, (_, quarter) in table.items()}
    document = written(wanted, {square: value for square, (value, _) in table.items()})
    id = uuid4()
    values = vars(wanted) | {"id": id, "document": document, "drawn": Jsonb(drawn), "after": after}
    with release_refusals():
        conn.execute(_QUERIES["prepare_release"], values)
    return id


def approve_release(conn: Connection, id: UUID) -> None:
    """Approve as another person than who prepared it. Raises NoSuchRelease, NotAllowed, ReleaseRefused."""
    with release_refusals():
        conn.execute(_QUERIES["approve_release"], {"id": id})


def withdraw_release(conn: Connection, id: UUID) -> None:
    """Withdraw: nobody reads it any more. Raises NoSuchRelease, NotAllowed, ReleaseRefused."""
    with release_refusals():
        conn.execute(_QUERIES["withdraw_release"], {"id": id})


def my_releases(conn: Connection) -> list[Release]:
    """Return the releases that the session may read, the latest quarter first."""
    with conn.cursor(row_factory=class_row(Release)) as cursor:
        return cursor.execute(_QUERIES["my_releases"]).fetchall()


def release_document(conn: Connection, id: UUID) -> str:
    """Return what a release publishes, as canonical JSON; that it was read is in the audit. Raises NoSuchRelease."""
    row = conn.execute(_QUERIES["release_document"], {"id": id}).fetchone()
    if row is None or row[0] is None:
        raise NoSuchRelease("There is no such release.")
    return str(row[0])


def square_areas(conn: Connection, squares: Collection[int]) -> dict[int, str]:
    """Return the name of the area in which each 5 km square lies; it is open to all."""
    return dict(conn.execute(_QUERIES["square_areas"], {"squares": list(squares)}).fetchall())


def approved_releases(conn: Connection) -> list[Approved]:
    """Return all that was ever approved, by organisation in order: for an operator's connection."""
    with conn.cursor(row_factory=class_row(Approved)) as cursor:
        return cursor.execute(_QUERIES["approved_releases"]).fetchall()


def audited_approvals(conn: Connection) -> list[tuple[int, str]]:
    """Return each approval that stands in the audit: an organisation's number, and the mark of the release."""
    return [(row[0], row[1]) for row in conn.execute(_QUERIES["audited_approvals"])]


def mark_of(document: str) -> str:
    """Return how the audit names a release: the SHA-256 of its document, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def written(wanted: Wanted, squares: Mapping[int, int | None]) -> str:
    """Return the document of a release: canonical JSON (RFC 8785), what is published and nothing else."""
    document: Any = {
        "agreement": wanted.agreement and str(wanted.agreement),
        "audience": wanted.audience,
        "heading": wanted.heading,
        "kind": "counts",
        "metres": 5000,
        "quarter": wanted.quarter.isoformat(),
        "squares": [[square, squares[square]] for square in sorted(squares)],
    }
    return rfc8785.dumps(document).decode()


def squares_of(document: str) -> dict[int, int | None]:
    """Return what a document of counts publishes, by square (None is the band)."""
    return dict(json.loads(document)["squares"])


def _tables(conn: Connection, query: str, id: UUID | None = None) -> list[Table]:
    with release_refusals(), conn.cursor(row_factory=dict_row) as cursor:
        return [
            Table(
                id=row["id"],
                heading=row["heading"],
                quarter=row["quarter"],
                squares=squares_of(row["document"]),
                drawn={int(square): date.fromisoformat(day) for square, day in row["drawn"].items()},
                number=row["number"],
            )
            for row in cursor.execute(_QUERIES[query], {"id": id})
        ]


@contextmanager
def release_refusals() -> Iterator[None]:
    """Turn what the functions of releases refuse into NoSuchRelease, ReleaseRefused and NotAllowed."""
    denied = NotAllowed("Releases are prepared by analysts, and approved and withdrawn by analysts or admins.")
    with refusals(NoSuchRelease, ReleaseRefused, denied=denied):
        yield
