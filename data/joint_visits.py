"""Joint visits: a place proposed to a partner for a window, accepted or declined, open for its time, cancelled.

The functions of the gate decide who may know of which, and who may do what. Every function takes a connection that
the session's token was entered on in the same transaction, which the caller commits before anything is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from data import flags, places
from data.database import NotAllowed, queries
from data.refusals import refusals
from data.vault import Vault

HELP = ("visit_together", "keep_safe", "support", "health", "interpreter", "children")
"""The kinds of help that a proposal may ask for."""
_QUERIES = queries("joint_visits")


class NoSuchJointVisit(LookupError):
    """No joint visit of that id that the session may know of: hidden and missing are the same."""


class JointVisitRefused(ValueError):
    """What was asked of a joint visit cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What the owner proposes: a place, to which organisation (its uid), from when until when, for what help."""

    place: UUID
    partner: UUID
    starts_at: datetime
    ends_at: datetime
    help: str


@dataclass(frozen=True, kw_only=True)
class Square:
    """The square in which a partner knows the place to be: south-west corner and side in metres (EPSG:27700)."""

    easting: int
    northing: int
    size: int


@dataclass(frozen=True, kw_only=True)
class JointVisit:
    """A joint visit as one session may know it.

    `is_ours`: its organisation owns the place. `place` and `name` are there only where the session sees the place,
    `square` where it knows that alone. `named` is how many members go, `is_named` whether the session's is one.
    """

    id: UUID
    is_ours: bool
    owner: str
    partner: str
    help: str
    state: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    is_open: bool
    is_named: bool
    named: int
    extension_until: datetime | None
    is_asked_by_me: bool
    place: UUID | None
    name: str | None
    attend_rule: str | None
    square: Square | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """An outreach worker of the own organisation: named, or one who may be."""

    id: UUID
    email: str


@dataclass(frozen=True, kw_only=True)
class Partner:
    """An organisation to which a place may be proposed."""

    uid: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What somebody reads before they go: the visit, whom of their own it names or may, and the place once open.

    `card` is the place's card and `flags` its danger and contact flags; None and empty while it is closed.
    """

    visit: JointVisit
    members: Sequence[Member]
    card: dict[str, Any] | None
    flags: Sequence[dict[str, Any]]


def joint_visits(conn: Connection, vault: Vault) -> list[JointVisit]:
    """Return the joint visits that the session may know of, of the last 30 days and to come, by their start.

    Own places are named, and that stands in the audit; a partner's place is not, even while it is open.
    Raises NotAllowed.
    """
    found = _read(conn, None)
    records = [vault.hashed_id("place", visit.place) for visit in found if visit.place]
    if records:
        places.audit(conn, "consultation", kind="joint visits", records=records)
    return found


def briefing(conn: Connection, vault: Vault, id: UUID) -> Briefing:
    """Return one joint visit and, to who sees its place now, the place's card and flags.

    The consultation stands in the audit, and for a place that is another's a disclosure in its owner's.
    Raises NoSuchJointVisit, NotAllowed.
    """
    visit = _one(conn, id)
    card = places.place(conn, vault, visit.place) if visit.place else None
    told = flags.flags(conn, visit.place) if visit.place else []
    places.audit(conn, "consultation", kind="joint visit", record=_record(vault, id))
    return Briefing(visit=visit, members=_members(conn, id), card=card, flags=told)


def partners_for(conn: Connection, place: UUID) -> list[Partner]:
    """Return the organisations to which a place of one's own may be proposed. Raises NoSuchPlace, NotAllowed."""
    places.see_place(conn, place)
    with _refusals(), conn.cursor(row_factory=class_row(Partner)) as cursor:
        return cursor.execute(_QUERIES["partners"], {"place": place}).fetchall()


def propose(conn: Connection, vault: Vault, new: Proposal) -> UUID:
    """Propose a place of one's own to a partner; the proposal's id.

    Raises NoSuchPlace, NotAllowed, JointVisitRefused.
    """
    places.see_place(conn, new.place)
    id = uuid4()
    values = {
        "place": new.place, "partner": new.partner, "starts_at": new.starts_at, "ends_at": new.ends_at,
        "help": new.help, "place_record": vault.hashed_id("place", new.place),
    }  # fmt: skip
    _act(conn, vault, id, ("propose", values))
    return id


def accept(conn: Connection, vault: Vault, id: UUID, *, members: Sequence[UUID]) -> None:
    """Accept for the partner and name the members who go. Raises NoSuchJointVisit, NotAllowed, JointVisitRefused."""
    _act(conn, vault, id, ("accept", {"members": list(members)}))


def decline(conn: Connection, vault: Vault, id: UUID) -> None:
    """Decline for the partner. Raises NoSuchJointVisit, NotAllowed, JointVisitRefused."""
    _act(conn, vault, id, ("decline", {}))


def cancel(conn: Connection, vault: Vault, id: UUID) -> None:
    """Cancel for either side; what is open closes at once. Raises NoSuchJointVisit, JointVisitRefused."""
    _act(conn, vault, id, ("cancel", {}))


def ask_more_time(conn: Connection, vault: Vault, id: UUID, *, until: datetime) -> None:
    """Ask for more time, for another person of the owner's to agree to.

    Raises NoSuchJointVisit, NotAllowed, JointVisitRefused.
    """
    _act(conn, vault, id, ("ask_more_time", {"until": until}))


def agree_more_time(conn: Connection, vault: Vault, id: UUID, *, until: datetime) -> None:
    """Agree to the time that was read, as another person of the owner's than who asked.

    Raises NoSuchJointVisit, NotAllowed, JointVisitRefused.
    """
    _act(conn, vault, id, ("agree_more_time", {"until": until}))


def _read(conn: Connection, id: UUID | None) -> list[JointVisit]:
    with _refusals(), conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["joint_visits"], {"id": id}).fetchall()
    found = []
    for row in rows:
        corner = {name: row.pop(name) for name in ("easting", "northing", "size")}
        found.append(JointVisit(**row, square=None if corner["size"] is None else Square(**corner)))
    return found


def _one(conn: Connection, id: UUID) -> JointVisit:
    found = _read(conn, id)
    if not found:
        raise NoSuchJointVisit("There is no such joint visit.")
    return found[0]


def _members(conn: Connection, id: UUID) -> list[Member]:
    with conn.cursor(row_factory=class_row(Member)) as cursor:
        return cursor.execute(_QUERIES["members"], {"id": id}).fetchall()


def _act(conn: Connection, vault: Vault, id: UUID, act: tuple[str, dict[str, Any]]) -> None:
    query, values = act
    with _refusals():
        conn.execute(_QUERIES[query], {"id": id, "record": _record(vault, id)} | values)


def _record(vault: Vault, id: UUID) -> str:
    return vault.hashed_id("joint visit", id)


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    denied = NotAllowed("Joint visits are for outreach workers, each side of one for the organisation that it is.")
    return refusals(NoSuchJointVisit, JointVisitRefused, denied=denied)
