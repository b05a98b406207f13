"""What every step of an import needs: the database, whose session it is, where uploads lie, what they may cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from data.database import Pool, connected, entered, queries
from data.imports.limits import Limits
from data.imports.refusals import NotAnAdministrator


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where an admin's imports are dealt with; `uploads` is a directory that only we enter."""

    pool: Pool
    token: str | None
    uploads: Path
    limits: Limits = field(default_factory=Limits)

    @contextmanager
    def entered(self) -> Iterator[Connection]:
        """Give a transaction that carries an admin's session, without a limit of time.

        Raises NotSignedIn, NotAnAdministrator.
        """
        with entered(self.pool, self.token) as (conn, _):
            if not one_value(conn, "is_admin"):
                raise NotAnAdministrator("Files are imported by an admin, in a session for administration.")
            conn.execute(query("without_time_limit"))
            yield conn

    @contextmanager
    def unnamed(self) -> Iterator[Connection]:
        """Give a transaction that carries nobody's session, for reference data and for staged rows."""
        with connected(self.pool) as conn, conn.transaction():
            conn.execute(query("without_time_limit"))
            yield conn

    def value(self, name: str, **values: object) -> Any:  # noqa: ANN401 - whatever the query says
        """Return what a query of one value answers in a transaction of its own."""
        with self.entered() as conn:
            return one_value(conn, name, **values)

    def upload(self, import_id: UUID) -> Path:
        """Return where the file of an import lies."""
        return self.uploads / f"{import_id}.upload"


def query(name: str) -> str:
    """Return the text of one of the queries of imports."""
    return queries("imports")[name]


def one_value(conn: Connection, name: str, **values: object) -> Any:  # noqa: ANN401
    """Return what a query of one value answers."""
    row = conn.execute(query(name), values).fetchone()
    return row[0] if row else None
