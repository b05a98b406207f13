"""Waiting for the thing itself, on a machine of whatever speed: no test depends on how long anything takes."""

import time
from collections.abc import Callable

from psycopg import Connection

PATIENCE = 300
"""Seconds after which a test that waits in vain says so: far longer than anything takes on a loaded machine."""


def until(is_so: Callable[[], object], *, every: float = 0.02) -> None:
    """Wait until something is so; looked at every so many seconds: seldom, where looking slows what is awaited."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(every)


def until_waiting(conn: Connection, *, how_many: int = 1, on: str | None = None) -> None:
    """Wait until so many others wait for a lock in the database, of this type when one is named."""
    query = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = coalesce(%s, locktype)"
        " AND coalesce(database, (SELECT oid FROM pg_database WHERE datname = current_database()))"
        " = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    def is_so() -> bool:
        row = conn.execute(query, [on]).fetchone()
        return bool(row and row[0] >= how_many)

    until(is_so)
