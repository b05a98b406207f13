"""The sessions of the person who is signed in: listed, and ended by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection, errors
from psycopg.rows import class_row

from data.database import NotAllowed, queries

_QUERIES = queries("account")


class NoSuchSession(LookupError):
    """A session that is not the person's, or is over."""


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    """A session of one's own that may still be used; `scope` is full, or layers for a token of a GIS client."""

    id: UUID
    organisation: str
    purpose: str
    scope: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def my_sessions(conn: Connection) -> Sequence[OwnSession]:
    """Return one's sessions, this one first. Raises NotAllowed for a layer token."""
    try:
        with conn.cursor(row_factory=class_row(OwnSession)) as cursor:
            return cursor.execute(_QUERIES["my_sessions"]).fetchall()
    except errors.InsufficientPrivilege as error:
        raise NotAllowed("A layer token reads layers only: ask with the session itself.") from error


def end_session(conn: Connection, id: UUID) -> None:
    """End one of one's own sessions and its layer tokens. Raises NoSuchSession."""
    if not _ended(conn, id):
        raise NoSuchSession("There is no such session, or it is over.")


def end_other_sessions(conn: Connection) -> int:
    """End all of one's sessions but this one; how many there were."""
    return _ended(conn, None)


def _ended(conn: Connection, id: UUID | None) -> int:
    row = conn.execute(_QUERIES["end_my_sessions"], {"id": id}).fetchone()
    return int(row[0]) if row else 0
