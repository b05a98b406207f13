"""What briefings need beside the scene: a second analyst, the commissioner's office, an agreement, older notes."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from tests import worlds
from tests.api.scene import BOROUGHS, Scene, bearer


@dataclass(frozen=True)
class Office:
    """The commissioner's office of a scene: its number, the agreement under which the charity reports to it."""

    organisation: int
    agreement: UUID
    analyst: UUID
    second: UUID
    """Another analyst of the charity."""


def an_office(scene: Scene) -> Office:
    """Make the office in a scene."""
    conn, charity = scene.conn, scene.organisations["charity"]
    office = worlds.an_organisation(conn, kind="commissioner")
    with conn.transaction():
        agreement = worlds.an_agreement(conn, charity, office, areas=BOROUGHS, purposes=["analysis"])
    analyst = worlds.a_membership(conn, office, role="analyst", areas=BOROUGHS)
    second = worlds.a_membership(conn, charity, role="analyst", areas=BOROUGHS)
    return Office(office, agreement, analyst, second)


def analysing(scene: Scene, member: UUID) -> dict[str, str]:
    """Open a session for analysis; its bearer header."""
    now = scene.one("SELECT access.clock()")
    return bearer(worlds.a_session(scene.conn, member, purpose="analysis", at=now))


def an_initiative(**more: object) -> dict[str, Any]:
    """Return an initiative to keep, as JSON."""
    return {
        "kind": "campaign", "title": "Spot the signs", "sector": "banking", "audience": "counter staff",
        "starts_on": "2025-11-03", "ends_on": "2025-11-28", "areas": [1, 2], "reach": 1200, "is_published": True,
    } | more  # fmt: skip


def some_notes(conn: Connection, label: int, number: int, *, on: date = date(2025, 11, 4)) -> list[UUID]:
    """Make places behind a label, each with a risk note of a day; their ids."""
    places = []
    with conn.transaction():
        for _ in range(number):
            place = worlds.a_place(conn, label)
            note = worlds.a_note(conn, label, place)
            conn.execute("UPDATE store.risk_point SET recorded_on = %s WHERE note_id = %s", [on, note])
            places.append(place)
    return places
