"""Makers of planned visits, which have no point of their own."""

from datetime import date
from uuid import UUID, uuid4

from psycopg import Connection

from tests.worlds import CONTENT, NOON, VISIT, WORKER, lock_of


def a_planned_visit(conn: Connection, label: int, place: UUID, *, on: date = date(2026, 3, 9)) -> UUID:
    """Plan a visit to a place behind a label of its own; its id."""
    id = uuid4()
    conn.execute(
        "INSERT INTO store.visit (id, place_id, lock_id, status, visited_on, changed_by, changed_at)"
        " VALUES (%s, %s, %s, 'planned', %s, %s, %s)",
        [id, place, lock_of(label, VISIT, CONTENT), on, WORKER, NOON],
    )
    return id
