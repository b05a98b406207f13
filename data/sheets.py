"""Sheets to be printed: places that a person chose, with a copy number and an expiry, each opening in the audit."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row

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
    chosen = list(dict.fromkeys(places))
    if not 1 <= len(chosen) <= MOST:
        raise NotASheet(f"A sheet holds 1 to {MOST} places; {len(chosen)} were chosen.")
    if len(_positions(conn, chosen)) != len(chosen):
        raise NoSuchPlace("There is no such place.")
    copy = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    records = [vault.hashed_id("place", id) for id in chosen]
    audit(conn, "disclosure", what="made a sheet", copy=copy, records=records, precision="exact")
    id = uuid4()
    conn.execute(_QUERIES["add_sheet"], {"id": id, "copy": copy, "places": chosen})
    return id


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
