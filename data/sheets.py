"""Sheets to be printed: places that a person chose, with a copy number and an expiry, each opening in the audit."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from data.database import Pass, queries
from data.places import NoSuchPlace, audit, place, refuse_layer_token
from data.vault import Vault

MOST = 60
"""Places on a sheet."""
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_QUERIES = queries("sheets")


class NotASheet(ValueError):
    """Places that make no sheet: none, or too many."""


class NoSuchSheet(LookupError):
    """A sheet of somebody else's, an expired one, or none."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What was chosen for a sheet, in order; `copy` is printed on it and stands in the audit."""

    copy: str
    places: list[UUID]
    made_at: datetime
    until: datetime


def add_sheet(conn: Connection, who: Pass, vault: Vault, places: Sequence[UUID]) -> UUID:
    """Make a sheet of places that the session may open, receipted in the audit; its id.

    Raises NotASheet, NoSuchPlace for one that is hidden or missing, NotAllowed for a layer token.
    """
    refuse_layer_token(who)
    values = _receipted(conn, vault, places, what="made a sheet")
    conn.execute(_QUERIES["add_sheet"], values)
    return cast(UUID, values["id"])


def add_pack(conn: Connection, vault: Vault, plan: UUID, places: Sequence[UUID]) -> UUID:
    """Make a pack of a plan that the session may open: a sheet of its stops in order, receipted in the audit; its id.

    Raises NotASheet, NoSuchPlace, and NoSuchSheet for a plan that is not the session's to open.
    """
    values = _receipted(conn, vault, places, what="made a pack") | {"plan": plan}
    row = conn.execute(_QUERIES["add_pack"], values).fetchone()
    if row is None or not row[0]:
        raise NoSuchSheet("There is no such plan.")
    return cast(UUID, values["id"])


def pack(conn: Connection, plan: UUID) -> tuple[UUID, Sheet] | None:
    """Return the latest pack of a plan that the session's membership made, with its id; None for none, or expired."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_QUERIES["my_pack"], {"plan": plan}).fetchone()
    return None if found is None else (found.pop("id"), Sheet(**found))


def _receipted(conn: Connection, vault: Vault, places: Sequence[UUID], *, what: str) -> dict[str, object]:
    """Return what is kept of a new sheet, once its receipt stands in the audit. Raises NotASheet, NoSuchPlace."""
    chosen = list(dict.fromkeys(places))
    if not 1 <= len(chosen) <= MOST:
        raise NotASheet(f"A sheet holds 1 to {MOST} places; {len(chosen)} were chosen.")
    if len(_positions(conn, chosen)) != len(chosen):
        raise NoSuchPlace("There is no such place.")
    copy = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    records = [vault.hashed_id("place", id) for id in chosen]
    audit(conn, "disclosure", what=what, copy=copy, records=records, precision="exact")
    return {"id": uuid4(), "copy": copy, "places": chosen}


def sheet(conn: Connection, who: Pass, id: UUID) -> Sheet:
    """Return a sheet of one's own that has not expired. Raises NoSuchSheet, NotAllowed for a layer token."""
    refuse_layer_token(who)
    with conn.cursor(row_factory=class_row(Sheet)) as cursor:
        found = cursor.execute(_QUERIES["my_sheet"], {"id": id}).fetchone()
    if found is None:
        raise NoSuchSheet("There is no such sheet, or it has expired.")
    return found


def cards(conn: Connection, vault: Vault, of: Sheet) -> list[dict[str, Any] | None]:
    """Return the cards of a sheet's places in order, each consultation in the audit; None for one closed since."""
    found: list[dict[str, Any] | None] = []
    for id in of.places:
        try:
            found.append(place(conn, vault, id))
        except NoSuchPlace:
            found.append(None)
    return found


def positions(conn: Connection, vault: Vault, of: Sheet) -> dict[int, tuple[float, float]]:
    """Return longitude and latitude by number on the sheet, once the audit says so, of what may be opened now."""
    records = [vault.hashed_id("place", id) for id in of.places]
    audit(conn, "consultation", what="map of a sheet", copy=of.copy, records=records, precision="exact")
    found = _positions(conn, of.places)
    return {number: found[id] for number, id in enumerate(of.places, 1) if id in found}


def _positions(conn: Connection, places: Sequence[UUID]) -> dict[UUID, tuple[float, float]]:
    rows = conn.execute(_QUERIES["positions"], {"places": list(places)}).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}
