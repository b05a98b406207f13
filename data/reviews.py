"""Reviews of the organisation's own records: what is due, and what becomes of it. Each act is in the audit.

A place is kept or closed, never deleted: whether something that the session cannot see hangs on it must not show,
and would be lost with it. A note is kept or erased, and its key with it: no back-up brings it back readable.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from data.database import NotAllowed, Pass, queries
from data.notes import NoSuchNote
from data.places import ChangedMeanwhile, audit
from data.vault import Vault

AHEAD_DAYS = 30
MOST = 25
_SAVED_MEANWHILE = "Somebody reviewed this note after you read it. Read it again, then decide."


def due(conn: Connection, who: Pass, vault: Vault) -> dict[str, list[dict[str, Any]]]:
    """Return the places and notes of the own organisation to be reviewed within 30 days, the longest overdue first.

    At most 25 of each, without the notes' words. Raises NotAllowed for whoever records nothing.
    """
    if who.role != "outreach" or who.scope != "full":
        raise NotAllowed("Reviews are for those who record: outreach workers.")
    found = {kind: _rows(conn, f"{kind}_due", days=AHEAD_DAYS, most=MOST) for kind in ("places", "notes")}
    records = [vault.hashed_id(kind[:-1], row["id"]) for kind, rows in found.items() for row in rows]
    if records:
        audit(conn, "consultation", kind="reviews", records=records)
    return found


def numbers(conn: Connection, who: Pass) -> Sequence[dict[str, Any]]:
    """Return for an admin how many records are overdue and due, rounded down to fives. Raises NotAllowed."""
    if who.role != "admin" or who.scope != "full":
        raise NotAllowed("Numbers of reviews are for admins.")
    return _rows(conn, "review_numbers", days=AHEAD_DAYS)


def keep_note(conn: Connection, who: Pass, vault: Vault, asked: tuple[UUID, int, date]) -> None:
    """Keep a note, of the version that was read, until another day. Raises NoSuchNote, ChangedMeanwhile."""
    id, version, review_on = asked
    if not _value(conn, "is_note", id=id):
        raise NoSuchNote("There is no such note.")
    kept = _value(conn, "keep_note", id=id, version=version, review_on=review_on, by=who.membership_id)
    if kept is None:
        raise ChangedMeanwhile(_SAVED_MEANWHILE)
    audit(conn, "alteration", record=vault.hashed_id("note", id), kind="note", what="kept")


def erase_note(conn: Connection, vault: Vault, id: UUID) -> None:
    """Erase a note of the own organisation for good, key first. Raises NoSuchNote."""
    if not _value(conn, "erase_note", id=id):
        raise NoSuchNote("There is no such note.")
    audit(conn, "erasure", record=vault.hashed_id("note", id), kind="note")


def seen_by(conn: Connection, vault: Vault, place_id: UUID, *, most: int = 8) -> Sequence[dict[str, Any]]:
    """Return who in the own organisation opened the card of a place, by role and day; empty for another's place."""
    return _rows(conn, "seen_by", place=place_id, record=vault.hashed_id("place", place_id), most=most)


def _rows(conn: Connection, query: str, **values: object) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(queries("reviews")[query], values).fetchall()


def _value(conn: Connection, query: str, **values: object) -> Any:  # noqa: ANN401 - as the query says
    row = conn.execute(queries("reviews")[query], values).fetchone()
    return row[0] if row else None
