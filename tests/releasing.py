"""Makers of what is released: places visited and noted in a quarter, and a release of them prepared and approved."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from data.releases import Wanted, written
from tests import worlds
from tests.api.scene import Scene, bearer

QUARTER, BEFORE = date(2025, 10, 1), date(2025, 7, 1)
IN_QUARTER = date(2025, 11, 3)
AMBER_SQUARE, BIRCH_SQUARE, CEDAR_SQUARE = 810057, 820058, 790058
Point = tuple[float, float]


def visited_places(conn: Connection, label: int, number: int, *, at: Point, on: date = IN_QUARTER) -> list[UUID]:
    """Make places around a point, each visited on a day; their ids."""
    made = [worlds.a_place(conn, label, at=(at[0] + 10 * n, at[1])) for n in range(number)]
    for place in made:
        visit = worlds.a_visit(conn, label, place, at=at)
        conn.execute("UPDATE store.visit SET visited_on = %s WHERE id = %s", [on, visit])
    return made


def noted(conn: Connection, label: int, place: UUID, *, at: Point, **what: object) -> UUID:
    """Make a note of a place in the quarter: category, severity and grade as given; its id."""
    note = worlds.a_note(conn, label, place, at=at)
    values = {"category": 2, "severity": 3, "recorded_on": IN_QUARTER} | what
    grade = values.pop("intelligence", "B"), values.pop("handling", "P")
    for column, value in values.items():
        conn.execute(f"UPDATE store.note SET {column} = %s WHERE id = %s".encode(), [value, note])
    conn.execute("UPDATE store.note_grade SET intelligence = %s, handling = %s WHERE note_id = %s", [*grade, note])
    return note


def second_analyst(scene: Scene) -> dict[str, str]:
    """Return the header of another analyst of the charity's."""
    areas = range(1, 8)
    if "second analyst" not in scene.members:
        scene.members["second analyst"] = worlds.a_membership(
            scene.conn, scene.organisations["charity"], role="analyst", areas=areas
        )
    return session_of(scene, "second analyst", "analysis")


def session_of(scene: Scene, member: str, purpose: str) -> dict[str, str]:
    """Return the header of a member's new session."""
    now = scene.one("SELECT access.clock()")
    return bearer(worlds.a_session(scene.conn, scene.members[member], purpose=purpose, at=now))


def a_release(scene: Scene, **more: object) -> dict[str, Any]:
    """Return the places visited in the quarter, to be released under the agreement with the police, as JSON."""
    asked: dict[str, Any] = {"audience": "agreement", "agreement": str(scene.agreement), "heading": "visited"}
    return asked | {"quarter": QUARTER.isoformat()} | more


def a_hotspot_map(scene: Scene, **more: object) -> dict[str, Any]:
    """Return the hotspot map of all concerns in the quarter, to be released likewise, as JSON."""
    return a_release(scene, **({"heading": "concern", "kind": "hotspots"} | more))


def published(conn: Connection, member: UUID, wanted: Wanted, squares: Mapping[int, int | None]) -> None:
    """Publish counts as if they had been prepared by this member and approved, whatever was recorded."""
    conn.execute(
        """
        INSERT INTO access.release (
            id, organisation_id, audience, agreement_id, kind, heading, epoch, version, document, drawn,
            prepared_after, state, prepared_by, prepared_at, approved_by, approved_at, number, hash
        )
        SELECT
            gen_random_uuid(), m.organisation_id, %(audience)s, %(agreement)s, 'counts', %(heading)s, %(quarter)s, 1,
            %(document)s, '{}', 0, 'approved', m.id, access.clock(), m.id, access.clock(),
            (SELECT coalesce(max(number), 0) + 1 FROM access.release WHERE organisation_id = m.organisation_id), ''
        FROM access.membership AS m WHERE m.id = %(member)s
        """,
        vars(wanted) | {"member": member, "document": written(wanted, squares)},
    )


def prepared(scene: Scene, **more: object) -> str:
    """Prepare a release as the charity's analyst; its path."""
    answer = scene.send("POST", "/api/releases", a_release(scene, **more), kind="ana")
    assert answer.status_code == 201, answer.text
    return f"/api/releases/{answer.json()['id']}"


def approved(scene: Scene, **more: object) -> str:
    """Prepare one and have the second analyst approve it; its path."""
    path = prepared(scene, **more)
    answer = scene.send("POST", f"{path}/approve", {}, kind=second_analyst(scene))
    assert answer.status_code == 204, answer.text
    return path


def release_squares(scene: Scene, squares: Mapping[int, int | None]) -> None:
    """Write an approved release of the charity's notes in the quarter straight to the table."""
    document = json.dumps({"squares": list(squares.items())})
    scene.conn.execute(
        "INSERT INTO access.release (id, organisation_id, audience, kind, heading, epoch, version, document, drawn,"
        " prepared_after, state, prepared_by, prepared_at, approved_by, approved_at, number, hash) VALUES"
        " (gen_random_uuid(), %s, 'public', 'counts', 'concern', %s, 1, %s, '{}', 0, 'approved', %s, now(), %s,"
        " now(), 1, '')",
        [scene.organisations["charity"], QUARTER, document, scene.members["analyst"], scene.members["admin"]],
    )


def forget_releases(conn: Connection) -> None:
    """Take back every release there is, as nobody can but a test."""
    for table in ("release_source", "release"):
        conn.execute(f"ALTER TABLE access.{table} DISABLE TRIGGER never_gone".encode())
        conn.execute(f"DELETE FROM access.{table}".encode())
        conn.execute(f"ALTER TABLE access.{table} ENABLE TRIGGER never_gone".encode())


def forget_places(conn: Connection, *, but: Iterable[UUID]) -> None:
    """Take back every place but these, with what hangs on it."""
    kept = list(but)
    for table in ("visit_point", "visit", "risk_point", "note", "place_flag", "place_history", "place_point"):
        conn.execute(f"DELETE FROM store.{table} WHERE place_id <> ALL (%s)".encode(), [kept])
    conn.execute("DELETE FROM store.place WHERE id <> ALL (%s)", [kept])
