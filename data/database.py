"""Connections, whole queries from .sql files, and the one way in for a session's token."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from data.refusals import is_of_the_audit

Pool = ConnectionPool[Connection]
Conn = Connection
"""An open connection; other rooms name it so, and do not know the driver."""


class Unavailable(ConnectionError):
    """The database cannot answer now; nothing was shown and nothing half-done remains."""


class NotSignedIn(PermissionError):
    """No live session belongs to the token that was given, or no token was given."""


class NotAllowed(PermissionError):
    """The session may not do this: its role, purpose, areas or organisation do not allow it."""


class NotStorable(ValueError):
    """A value that the database does not take, such as one that is too long or out of range."""


@dataclass(frozen=True)
class Pass:
    """Who is asking, as the database knows it for one transaction; mirrors the type access.pass."""

    session_id: UUID
    membership_id: UUID
    person_id: UUID
    organisation_id: int
    role: str
    purpose: str
    scope: str
    ring_key: str | None
    expires_at: datetime


_ALIKE: Final[Mapping[str, Any]] = {"autocommit": True, "prepare_threshold": 1, "connect_timeout": 5}


def open_pool(conninfo: str, *, size: int = 8) -> Pool:
    """Return an open pool of `size` connections at most for the service's role, each in autocommit."""
    return ConnectionPool(
        conninfo,
        min_size=2,
        max_size=size,
        timeout=10,
        # After an outage the next request tries again at once, instead of waiting for a pause that doubles.
        reconnect_timeout=10,
        kwargs=dict(_ALIKE),
        check=None,
        open=True,
    )


def connection_beside(pool: Pool) -> Connection:
    """Return a connection like the pool's that is not one of them. Raises psycopg's error when there is none."""
    return psycopg.connect(str(pool.conninfo), **_ALIKE)


@cache
def queries(name: str) -> Mapping[str, str]:
    """Return the queries of `data/sql/<name>.sql` by name; each begins with a line `-- name: the_name`."""
    text = (resources.files("data") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    parts = text.split("-- name: ")[1:]
    named = (part.split("\n", 1) for part in parts)
    return MappingProxyType({heading.strip(): body.strip().rstrip(";") for heading, body in named})


@contextmanager
def connected(pool: Pool) -> Iterator[Connection]:
    """Give a connection; a lost or exhausted database becomes Unavailable.

    A connection that turns out to be dead is replaced and the block is not run again: the caller answers 503.
    """
    try:
        with pool.connection() as conn:
            yield conn
    except (psycopg.Error, PoolTimeout) as error:
        raise _told(error) from error


def _told(error: psycopg.Error | PoolTimeout) -> Exception:
    """Return what an error of the database means to the person; whatever it is, the answer does not leave."""
    if not isinstance(error, psycopg.DatabaseError) or isinstance(error, psycopg.OperationalError):
        return Unavailable("The database cannot be reached; nothing was shown or changed. Try again.")
    is_audit = is_of_the_audit(error)
    if isinstance(error, psycopg.errors.InsufficientPrivilege) and not is_audit:
        return NotAllowed("Your role, purpose or areas do not allow this.")
    is_value = isinstance(error, psycopg.errors.IntegrityError | psycopg.DataError)
    if is_value and not is_audit:
        return NotStorable("A value is too long, out of range or not of the right kind.")
    logging.getLogger(__name__).error("The database refused a statement: SQLSTATE %s.", error.sqlstate)
    return Unavailable("The database could not do this; nothing was shown or changed. Try again.")


@contextmanager
def entered(pool: Pool, token: str | None, *, quietly: bool = False) -> Iterator[tuple[Connection, Pass]]:
    """Give a transaction that carries the session's token, and who is asking; commits at the end.

    `quietly` is for what a page asks by itself: it does not keep the session awake. Raises NotSignedIn when the token
    opens no live session.
    """
    with connected(pool) as conn:
        freshen(conn, token)
        with conn.transaction():
            yield conn, enter(conn, token, quietly=quietly)


def freshen(conn: Connection, token: str | None) -> None:
    """Store the session's keys again if policy changed. Outside a transaction: writers wait while they are stored."""
    conn.execute(queries("sessions")["freshen"], {"token": token or ""})


def enter(conn: Connection, token: str | None, *, quietly: bool = False) -> Pass:
    """Carry the token in the transaction that `conn` is in; who is asking. Raises NotSignedIn."""
    row = conn.execute(queries("sessions")["enter"], {"token": token or "", "quietly": quietly}).fetchone()
    if row is None or row[0] is None:
        raise NotSignedIn("Sign in first: no live session belongs to this request.")
    return Pass(*row)
