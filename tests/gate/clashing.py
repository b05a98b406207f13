"""Sides that plan near one another: an organisation with a desk, its planner, its places and plans; what desks read."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests import worlds
from tests.gate.town import asked
from tests.worlds import NOON

HERE = (406_123.0, 286_456.0)
HOUR = timedelta(hours=1)


@dataclass(kw_only=True)
class Side:
    """An organisation that takes part: its planner, who sits at its desk, and the desk's session."""

    organisation: int
    planner: UUID
    on_desk: UUID
    desk: str
    telephone: str


def a_side(conn: psycopg.Connection, kind: str = "charity", *, purpose: str = "visit", joins: bool = True) -> Side:
    organisation = worlds.an_organisation(conn, kind=kind)
    planner, on_desk = (worlds.a_membership(conn, organisation) for _ in range(2))
    telephone = f"0121 496 {organisation:04}"
    conn.execute("INSERT INTO access.duty_desk VALUES (%s, %s, NULL, %s)", [organisation, telephone, NOON])
    conn.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [organisation, on_desk])
    if joins:
        conn.execute("INSERT INTO access.deconfliction VALUES (%s, %s, %s)", [organisation, NOON, planner])
    desk = worlds.a_session(conn, on_desk, purpose=purpose)
    return Side(organisation=organisation, planner=planner, on_desk=on_desk, desk=desk, telephone=telephone)


def a_place_of(conn: psycopg.Connection, side: Side, *, metres: float = 0, **label: Any) -> UUID:
    """Make a place of a side, so many metres east of here."""
    return worlds.a_place(conn, worlds.a_label(conn, side.organisation, **label), at=(HERE[0] + metres, HERE[1]))


def a_plan(
    conn: psycopg.Connection,
    maker: UUID,
    places: Collection[UUID],
    *,
    starts: datetime = NOON + 6 * HOUR,
    changed: datetime = NOON - 2 * HOUR,
    state: str = "ready",
    enforcement: bool = False,
) -> UUID:
    """Write a plan that visits places, as it was kept at a time."""
    id, calls = uuid4(), [{"stop": str(place)} for place in places]
    document = {"plan": {"routes": [{"team": "1", "calls": calls}], "left_out": []}}
    conn.execute(
        "INSERT INTO access.plan VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s)",
        [id, maker, enforcement, starts, starts + 4 * HOUR, state, json.dumps(document), changed],
    )
    return id


def looked(conn: psycopg.Connection) -> int:
    row = conn.execute("SELECT access.deconflict()").fetchone()
    return row[0] if row else -1


def told(service: psycopg.Connection, *sides: Side) -> list[list[tuple[str, str]]]:
    """Return what each side's desk reads: kinds of notices, and whom to call."""
    query = "SELECT kind, telephone FROM access.my_notices() ORDER BY due_at, telephone"
    return [[(str(kind), str(call)) for kind, call in asked(service, side.desk, query)] for side in sides]


def told_of(writer: psycopg.Connection, *sides: Side) -> list[int]:
    """Return the organisations to whose desks notices were written."""
    query = "SELECT organisation_id FROM access.notice WHERE organisation_id = ANY (%s) ORDER BY 1"
    return [row[0] for row in writer.execute(query, [[side.organisation for side in sides]])]


def near(side: Side) -> list[tuple[str, str]]:
    return [("plans_near", side.telephone)]


def two(conn: psycopg.Connection, **label: Any) -> tuple[Side, Side]:
    """Make two sides of which each plans a visit on the other's doorstep; `label` is that of the first one's place."""
    one, other = a_side(conn), a_side(conn, "council")
    a_plan(conn, one.planner, [a_place_of(conn, one, **label)])
    a_plan(conn, other.planner, [a_place_of(conn, other, metres=300)], starts=NOON + 8 * HOUR)
    return one, other


def alone_at_noon(conn: psycopg.Connection) -> None:
    """Let nobody of another test take part, and stand at noon."""
    conn.execute("DELETE FROM access.deconfliction")
    worlds.set_clock(conn, NOON)
