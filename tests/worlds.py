"""Makers of small policy worlds, written straight to the database as the operator."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from psycopg import Connection
from psycopg.types.json import Jsonb

from geo.national_grid import to_wgs84
from geo.tile_keys import halves_of, keys_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO, FAR_AHEAD = NOON - timedelta(days=90), NOON + timedelta(days=90)
PLACE, VISIT, NOTE = 0, 1, 2
EXACT, CONTENT = 4, 5
WORKER = UUID(int=1)
Position = tuple[float, float]
THERE: Position = (406_123.0, 286_456.0)
_FLAG = {"list": "danger_flag", "code": 3, "since": date(2026, 2, 3), "review_on": date(2026, 9, 1)}

_HELD_CLOCK = """
CREATE TABLE public.held_clock (moment timestamptz NOT NULL);
GRANT SELECT ON public.held_clock TO waymark_owner;
CREATE OR REPLACE FUNCTION access.clock() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT moment FROM public.held_clock';
"""


def hold_clock(conn: Connection, at: datetime = NOON) -> None:
    """Replace the gate's clock by one that stands still until it is set."""
    conn.execute(_HELD_CLOCK)
    conn.execute("INSERT INTO public.held_clock VALUES (%s)", [at])


def set_clock(conn: Connection, at: datetime) -> None:
    conn.execute("UPDATE public.held_clock SET moment = %s", [at])


def _made(conn: Connection, query: str, values: Sequence[object] | Mapping[str, object]) -> Any:
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def some_areas(conn: Connection, *, numbers: Collection[int] = (1, 2)) -> None:
    """Make areas of these numbers where there are none."""
    for number in numbers:
        conn.execute(
            "INSERT INTO reference.area VALUES (%s, %s, %s, 'borough') ON CONFLICT DO NOTHING",
            [number, f"T{number:08}", f"Borough {number}"],
        )


def an_organisation(conn: Connection, *, kind: str = "charity") -> int:
    """Make an organisation of an invented name; its id."""
    values = [f"{kind} {uuid4().hex[:8]}", kind]
    return int(_made(conn, "INSERT INTO access.organisation (name, kind) VALUES (%s, %s) RETURNING id", values))


def a_person(conn: Connection) -> UUID:
    """Make a person; their id."""
    query = "INSERT INTO access.person (email) VALUES (%s) RETURNING id"
    return UUID(str(_made(conn, query, [f"{uuid4().hex}@example.org"])))


def a_membership(
    conn: Connection,
    organisation: int,
    *,
    role: str = "outreach",
    clearance: int = 3,
    areas: Collection[int] = (1,),
    person: UUID | None = None,
    valid_from: datetime = LONG_AGO,
    valid_until: datetime = FAR_AHEAD,
) -> UUID:
    """Make a membership of a person, a new one by default; its id."""
    id = UUID(
        str(
            _made(
                conn,
                "INSERT INTO access.membership (person_id, organisation_id, role, clearance, valid_from, valid_until)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                [person or a_person(conn), organisation, role, clearance, valid_from, valid_until],
            )
        )
    )
    for area in areas:
        conn.execute("INSERT INTO access.membership_area VALUES (%s, %s)", [id, area])
    return id


def an_operation(conn: Connection, organisation: int, *, members: Collection[UUID] = ()) -> int:
    """Make an operation with these memberships in it; its id."""
    id = int(
        _made(
            conn,
            "INSERT INTO access.operation (organisation_id, name) VALUES (%s, %s) RETURNING id",
            [organisation, uuid4().hex],
        )
    )
    for member in members:
        conn.execute("INSERT INTO access.operation_member VALUES (%s, %s)", [id, member])
    return id


def an_agreement(
    conn: Connection,
    provider: int,
    recipient: int,
    *,
    purposes: Sequence[str] = ("visit", "safeguarding", "analysis", "enforcement"),
    kinds: Sequence[int] = (PLACE, VISIT, NOTE),
    areas: Collection[int] = (1, 2),
    max_sensitivity: int = 3,
    finest_step: int = 3,
    valid_from: datetime = LONG_AGO,
    valid_until: datetime = FAR_AHEAD,
    signed: tuple[bool, bool] = (True, True),
    suspended_at: datetime | None = None,
) -> UUID:
    """Make an agreement, drafted and then signed by new admins of each side that is to sign; its id."""
    admins = [a_membership(conn, side, role="admin", areas=()) for side in (provider, recipient)]
    signers = [admin if signs else None for admin, signs in zip(admins, signed, strict=True)]
    signed_at = [LONG_AGO if signs else None for signs in signed]
    id = UUID(
        str(
            _made(
                conn,
                "INSERT INTO access.agreement (provider_id, recipient_id, title, purposes, kinds, max_sensitivity,"
                " finest_step, valid_from, valid_until, drafted_by, suspended_at)"
                " VALUES (%s, %s, 'Sharing', %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                [
                    *(provider, recipient, list(purposes), list(kinds), max_sensitivity, finest_step),
                    *(valid_from, valid_until, admins[0], suspended_at),
                ],
            )
        )
    )
    for area in areas:
        conn.execute("INSERT INTO access.agreement_area VALUES (%s, %s)", [id, area])
    conn.execute(
        "UPDATE access.agreement SET provider_signed_by = %s, provider_signed_at = %s,"
        " recipient_signed_by = %s, recipient_signed_at = %s WHERE id = %s",
        [signers[0], signed_at[0], signers[1], signed_at[1], id],
    )
    return id


def a_handling(
    conn: Connection,
    *,
    owner_only: bool = False,
    excluded: Sequence[UUID] = (),
    conditions: Mapping[str, object] | None = None,
) -> int:
    """Make a handling; its id."""
    return int(
        _made(
            conn,
            "INSERT INTO access.handling (owner_only, excluded, conditions) VALUES (%s, %s, %s) RETURNING id",
            [owner_only, list(excluded), Jsonb(conditions or {})],
        )
    )


def a_label(
    conn: Connection,
    owner: int,
    *,
    sensitivity: int = 1,
    area: int = 1,
    operation: int | None = None,
    collected_for: str = "safeguarding",
    handling: int = 0,
) -> int:
    """Return the label of these values, made when it is new; its id."""
    return int(
        _made(
            conn,
            "SELECT access.intern_label(%s, %s, %s, %s, %s, %s)",
            [owner, sensitivity, area, operation, collected_for, handling],
        )
    )


def lock_of(label: int, kind: int, step: int) -> int:
    """Return the lock of a label and facet."""
    return label * 32 + kind * 8 + step


def a_point(easting: float, northing: float) -> dict[str, Any]:
    """Return the columns of a position, from metres on the National Grid."""
    longitude, latitude = (value[0] for value in to_wgs84(np.array([easting]), np.array([northing])))
    key = int(keys_of(longitude, latitude))
    x, y = (int(half) for half in halves_of(key))
    return {
        "key": key, "x": x, "y": y, "longitude": float(longitude), "latitude": float(latitude),
        "easting": easting, "northing": northing,
    }  # fmt: skip


def _insert(conn: Connection, table: str, values: Mapping[str, object]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f"%({name})s" for name in values)
    conn.execute(f"INSERT INTO store.{table} ({names}) VALUES ({marks})".encode(), values)


def _shelf(conn: Connection, label: int) -> int:
    return int(_made(conn, "SELECT access.shelf_of(owner_id, sensitivity) FROM access.label WHERE id = %s", [label]))


def a_place(conn: Connection, label: int, *, at: Position = THERE, attend_rule: int = 0) -> UUID:
    """Make a place behind a label with its point, a flag and one past version; its id."""
    id = uuid4()
    content = {"lock_id": lock_of(label, PLACE, CONTENT), "changed_by": WORKER, "changed_at": NOON}
    _insert(conn, "place", content | {"id": id, "name": "A place", "kind": 6, "attend_rule": attend_rule})
    _insert(conn, "place_flag", content | _FLAG | {"id": uuid4(), "place_id": id})
    _insert(conn, "place_history", content | {"place_id": id, "version": 1, "was": Jsonb({"name": "Was"})})
    point = {"lock_id": lock_of(label, PLACE, EXACT), "shelf": _shelf(conn, label)} | a_point(*at)
    _insert(conn, "place_point", point | {"place_id": id, "kind": 6, "attend_rule": attend_rule})
    return id


def a_visit(conn: Connection, label: int, place: UUID, *, at: Position = THERE, team: int = 0) -> UUID:
    """Make a visit to a place behind a label of its own, with its point; its id."""
    id = uuid4()
    when = {"visited_on": date(2026, 2, 3), "outcome": 1}
    _insert(
        conn,
        "visit",
        when | {"id": id, "place_id": place, "lock_id": lock_of(label, VISIT, CONTENT), "status": "done"}
        | {"changed_by": WORKER, "changed_at": NOON, "team": team or None},
    )  # fmt: skip
    point = {"lock_id": lock_of(label, VISIT, EXACT), "shelf": _shelf(conn, label)} | a_point(*at)
    _insert(conn, "visit_point", when | point | {"visit_id": id, "place_id": place, "team": team})
    return id


def a_note(conn: Connection, label: int, place: UUID, *, at: Position = THERE, team: int = 0) -> UUID:
    """Make a risk note on a place behind a label of its own, with key, grade and flag; its id."""
    id = uuid4()
    content = {"lock_id": lock_of(label, NOTE, CONTENT)}
    what = {"category": 2, "severity": 3, "recorded_on": date(2026, 2, 3)}
    _insert(
        conn,
        "note",
        what | content
        | {"id": id, "place_id": place, "provenance": "saw myself", "ciphertext": b"sealed"}
        | {"review_on": date(2026, 9, 1), "changed_by": WORKER, "changed_at": NOON, "team": team or None},
    )  # fmt: skip
    _insert(conn, "note_key", content | {"note_id": id, "wrapped": b"wrapped"})
    grade = {"source": 1, "intelligence": "B", "handling": "P", "graded_by": WORKER, "graded_at": NOON}
    _insert(conn, "note_grade", content | grade | {"note_id": id})
    point = {"lock_id": lock_of(label, NOTE, EXACT), "shelf": _shelf(conn, label)} | a_point(*at)
    _insert(conn, "risk_point", what | point | {"note_id": id, "place_id": place, "provenance": 1, "team": team})
    return id


def a_joint_visit(
    conn: Connection,
    place: UUID,
    owner: int,
    partner: int,
    *,
    members: Collection[UUID],
    starts_at: datetime = NOON,
    ends_at: datetime = NOON + timedelta(hours=2),
    proposed_by: UUID | None = None,
    is_accepted: bool = True,
) -> UUID:
    """Make a joint visit, accepted long ago unless told otherwise, proposed by a new worker of the owner; its id."""
    id, proposer = uuid4(), proposed_by or a_membership(conn, owner)
    _insert(
        conn,
        "joint_visit",
        {"id": id, "place_id": place, "owner_id": owner, "partner_id": partner, "proposed_by": proposer}
        | {"starts_at": starts_at, "ends_at": ends_at, "accepted_at": LONG_AGO if is_accepted else None},
    )
    for member in members:
        _insert(conn, "joint_visit_member", {"joint_visit_id": id, "membership_id": member})
    return id


def a_session(
    conn: Connection, membership: UUID, *, purpose: str = "visit", scope: str = "full", at: datetime = NOON
) -> str:
    """Write a session straight to the table, whether or not policy would open it; its token."""
    token = secrets.token_urlsafe(32)
    conn.execute(
        "INSERT INTO access.session (token_hash, membership_id, purpose, scope, created_at, last_seen_at,"
        " idle_limit, expires_at) VALUES (%s, %s, %s, %s, %s, %s, interval '15 minutes', %s)",
        [hashlib.sha256(token.encode()).digest(), membership, purpose, scope, at, at, at + timedelta(hours=10)],
    )
    return token
