"""A small town: a charity that owns records, a police force it shares with, and what a session there sees."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from tests import worlds


@dataclass(frozen=True, kw_only=True)
class Town:
    """Ids of one town. `label` is behind `place`, `visit` and `note`, which are the charity's."""

    charity: int
    police: int
    agreement: UUID
    worker: UUID
    officer: UUID
    label: int
    place: UUID
    visit: UUID
    note: UUID


def a_town(
    conn: Connection,
    *,
    sensitivity: int = 1,
    operation: int | None = None,
    handling: int = 0,
    **agreed: Any,
) -> Town:
    """Make a town whose agreement, by default, shares everything it can for a year."""
    charity, police = worlds.an_organisation(conn), worlds.an_organisation(conn, kind="police")
    label = worlds.a_label(conn, charity, sensitivity=sensitivity, operation=operation, handling=handling)
    place = worlds.a_place(conn, label)
    return Town(
        charity=charity,
        police=police,
        agreement=worlds.an_agreement(conn, charity, police, **agreed),
        worker=worlds.a_membership(conn, charity),
        officer=worlds.a_membership(conn, police),
        label=label,
        place=place,
        visit=worlds.a_visit(conn, label, place),
        note=worlds.a_note(conn, label, place),
    )


def asked(conn: Connection, token: str, query: str, *values: object) -> Sequence[tuple[Any, ...]]:
    """Return the rows of a query in a transaction of the service that carries the token."""
    with conn.transaction():
        conn.execute("SELECT set_config('waymark.token', %s, true)", [token])
        return conn.execute(query.encode(), values).fetchall()


def seen(conn: Connection, token: str, table: str) -> int:
    """Return how many rows of a protected table a session sees."""
    return int(asked(conn, token, f"SELECT count(*) FROM store.{table}")[0][0])


def finest_seen(conn: Connection, token: str) -> int:
    """Return the finest step at which a session sees any place; -1 for none at all."""
    query = (
        "SELECT coalesce(max(lock_id & 7), -1) FROM (SELECT lock_id FROM store.place_cell "
        "UNION ALL SELECT lock_id FROM store.place_point) AS position"
    )
    return int(asked(conn, token, query)[0][0])


def a_layer_token(conn: Connection, token: str, *, minutes: int = 60) -> tuple[str, datetime | None]:
    """Open a layer token from a session; the token, and until when it lives."""
    new = secrets.token_urlsafe(32)
    query = "SELECT access.open_layer_token(sha256(convert_to(%s, 'UTF8')), %s)"
    return new, asked(conn, token, query, new, minutes)[0][0]
