"""Briefings for the commissioner's office as they were made, and what they are made from.

A document holds published values and never a true count; what is counted here goes to disclosure control and no
further (see layers.briefings).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from data.database import NotAllowed, Pass, queries
from data.places import refuse_layer_token
from data.refusals import refusals

_QUERIES = queries("briefings")


class NoSuchBriefing(LookupError):
    """A briefing that the session may not know of, or none: all the same."""


class BriefingRefused(ValueError):
    """What was asked of a briefing cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class BriefingHead:
    """A briefing in a list: prepared, approved or withdrawn; `is_mine` when this person prepared it."""

    id: UUID
    is_own: bool
    organisation: str
    quarter: date
    edition: int
    state: str
    checksum: str
    is_mine: bool
    prepared_at: datetime
    approved_at: datetime | None
    agreement: UUID | None


@dataclass(frozen=True, kw_only=True)
class PlacesWithNotes:
    """A true count: distinct places with a risk note in an area and quarter, and the digest of which they are."""

    area_id: int
    quarter: date
    places: int
    records: bytes


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A published estimate: what was said, of whom, by whom, in which year."""

    slug: str
    version: int
    said: str
    scope: str
    source: str
    year: int


@dataclass(frozen=True, kw_only=True)
class BoroughShape:
    """A borough's outline as GeoJSON and a point inside it, in metres of the National Grid (EPSG:27700)."""

    id: int
    code: str
    name: str
    shape: Mapping[str, Any]
    easting: int
    northing: int


def places_with_notes(conn: Connection, from_day: date, to_day: date) -> list[PlacesWithNotes]:
    """Count, under the analyst's own session, places with a risk note from a day until before another."""
    with conn.cursor(row_factory=class_row(PlacesWithNotes)) as cursor:
        values = {"from_day": from_day, "to_day": to_day}
        return cursor.execute(_QUERIES["places_with_notes"], values).fetchall()


def briefing_areas(conn: Connection) -> list[int]:
    """Return the boroughs that the analyst counts, by number. Raises BriefingRefused where the clearance is too low."""
    with refusals(NoSuchBriefing, BriefingRefused, denied=NotAllowed("Briefings are for analysts.")):
        return [row[0] for row in conn.execute(_QUERIES["briefing_areas"])]


def published_before(conn: Connection) -> dict[tuple[int, date], int | None]:
    """Return what approved briefings of the own organisation published, by area and quarter; None is the band."""
    return {(area, quarter): value for area, quarter, value in conn.execute(_QUERIES["published_before"])}


def borough_squares(conn: Connection) -> dict[int, int]:
    """Return the borough of each 5 km square that is counted as one's (see geo.cells.cell_key)."""
    return dict(conn.execute(_QUERIES["borough_squares"]).fetchall())


def estimates(conn: Connection) -> list[Estimate]:
    """Return the latest version of each published estimate."""
    with conn.cursor(row_factory=class_row(Estimate)) as cursor:
        return cursor.execute(_QUERIES["estimates"]).fetchall()


def borough_shapes(conn: Connection) -> list[BoroughShape]:
    """Return the outlines of the boroughs, simplified to 150 m, in the order of their numbers."""
    with conn.cursor(row_factory=class_row(BoroughShape)) as cursor:
        return cursor.execute(_QUERIES["borough_shapes"]).fetchall()


def moment(conn: Connection) -> datetime:
    """Return the gate's clock: the time of the data that this transaction reads."""
    return cast(tuple[datetime], conn.execute(_QUERIES["moment"]).fetchone())[0]


def organisation_name(conn: Connection) -> str:
    """Return the name of the session's own organisation."""
    return cast(tuple[str], conn.execute(_QUERIES["organisation_name"]).fetchone())[0]


def briefings(conn: Connection, who: Pass) -> list[BriefingHead]:
    """Return the briefings that the analyst may know of, latest quarter first. Raises NotAllowed for others."""
    refuse_layer_token(who)
    with conn.cursor(row_factory=class_row(BriefingHead)) as cursor:
        return cursor.execute(_QUERIES["briefings"]).fetchall()


def opened(conn: Connection, who: Pass, id: UUID, *, form: str) -> tuple[BriefingHead, dict[str, Any]]:
    """Return a briefing and its document, once its opening stands in the audit. Raises NoSuchBriefing, NotAllowed.

    `form` says as what: "page", "html", "pdf", "map" or "json". The caller commits before anything is shown.
    """
    head = next((one for one in briefings(conn, who) if one.id == id), None)
    row = conn.execute(_QUERIES["open_briefing"], {"id": id, "form": form}).fetchone()
    if head is None or row is None or row[0] is None:
        raise NoSuchBriefing("There is no such briefing.")
    return head, row[0]


def add_briefing(conn: Connection, who: Pass, made: tuple[date, Mapping[str, Any], str]) -> UUID:
    """Keep a briefing: its quarter, its document and the document's checksum; its id. Raises NotAllowed."""
    refuse_layer_token(who)
    id = uuid4()
    quarter, document, checksum = made
    values = {"id": id, "quarter": quarter, "document": Jsonb(document), "checksum": checksum}
    conn.execute(_QUERIES["add_briefing"], values)
    return id


def waiting_briefing(conn: Connection, who: Pass, asked: tuple[UUID, str]) -> dict[str, Any]:
    """Return the document of a briefing that waits, given its id and the checksum that was read.

    Nothing of the organisation is approved beside it until the transaction ends. Raises BriefingRefused for what does
    not wait or is another than was read, NoSuchBriefing, NotAllowed.
    """
    _own(conn, who, asked[0])
    row = conn.execute(_QUERIES["waiting_briefing"], {"id": asked[0], "checksum": asked[1]}).fetchone()
    if row is None or row[0] is None:
        raise BriefingRefused("This briefing does not wait for approval, or is not the one that you read.")
    return cast(dict[str, Any], row[0])


def approve_briefing(conn: Connection, asked: tuple[UUID, str]) -> None:
    """Approve a briefing that waits (see waiting_briefing), given its id and checksum.

    Raises BriefingRefused for one's own, and where others of its counts were published meanwhile.
    """
    with refusals(NoSuchBriefing, BriefingRefused, denied=NotAllowed("Briefings are for analysts.")):
        conn.execute(_QUERIES["approve_briefing"], {"id": asked[0], "checksum": asked[1]})


def withdraw_briefing(conn: Connection, who: Pass, id: UUID) -> None:
    """Withdraw a briefing: from now on nobody else opens it. Raises BriefingRefused, NoSuchBriefing, NotAllowed."""
    _own(conn, who, id)
    row = conn.execute(_QUERIES["withdraw_briefing"], {"id": id}).fetchone()
    if row is None or not row[0]:
        raise BriefingRefused("This briefing is withdrawn already.")


def is_kept(conn: Connection, checksum: str) -> bool:
    """Return whether a briefing with this checksum is kept here; for the operator, who reads no session's."""
    row = conn.execute(_QUERIES["kept_checksum"], {"checksum": checksum}).fetchone()
    return bool(row and row[0])


def _own(conn: Connection, who: Pass, id: UUID) -> None:
    if not any(one.id == id and one.is_own for one in briefings(conn, who)):
        raise NoSuchBriefing("There is no such briefing.")
