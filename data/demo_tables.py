"""What fills a fresh database with the demo: whole tables at once, as the operator, past no rule of the schema.

Only the operator can: the service's role has no right to COPY into the policy's tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from psycopg import sql

from data.array_copy import stage
from data.database import queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from numpy.typing import NDArray
    from psycopg import Connection

    from geo.arrays import Integers

    Columns = Mapping[str, NDArray[np.generic]]

NOTE: Final = 2
CONTENT: Final = 5


class NotEmpty(RuntimeError):
    """The database already holds organisations, so the demo does not belong in it."""


def check_is_empty(conn: Connection) -> None:
    """Raise NotEmpty unless the database holds no organisation."""
    if conn.execute("SELECT FROM access.organisation LIMIT 1").fetchone() is not None:
        raise NotEmpty("This database already holds organisations; expected an empty one for the demo.")


def fill(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Copy rows into a table, named with its schema."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def numbers_of(conn: Connection, table: str) -> list[int]:
    """Return the ids that the rows of a table got, in the order in which they came."""
    statement = sql.SQL("SELECT id FROM {} ORDER BY id").format(sql.Identifier(*table.split(".")))
    return [row[0] for row in conn.execute(statement)]


def purposes(conn: Connection) -> dict[UUID, list[str]]:
    """Return the purposes that each membership may choose at sign-in."""
    rows = conn.execute(queries("demo")["purposes"].encode())
    return dict(rows.fetchall())


def intern_labels(conn: Connection, wanted: Sequence[tuple[int, int, int, int | None, str, int]]) -> list[int]:
    """Return the label of each: owner, sensitivity, area, operation, collected for, handling."""
    columns = ("owners", "sensitivities", "areas", "operations", "collected_for", "handlings")
    lists = {name: list(values) for name, values in zip(columns, zip(*wanted, strict=True), strict=True)}
    rows = conn.execute(queries("demo")["intern_labels"].encode(), lists)
    return [row[0] for row in rows]


def sign(
    conn: Connection, agreement: UUID, *, provider: UUID | None, recipient: UUID | None, signed_at: datetime
) -> None:
    """Sign an agreement with the membership of each side that signs; afterwards its terms stay as they are."""
    conn.execute(
        queries("demo")["sign_agreement"].encode(),
        {"agreement": agreement, "provider": provider, "recipient": recipient, "signed_at": signed_at},
    )


def note_locks(labels: Integers) -> Integers:
    """Return the locks of the notes' own rows under these labels, as access.lock_of numbers them."""
    return labels * 32 + NOTE * 8 + CONTENT


def load_places(conn: Connection, columns: Columns) -> None:
    """Store places and their points from arrays; cells roll up by themselves."""
    stage(conn, "new_place", columns)
    conn.execute(queries("demo")["load_places"].encode())


def load_visits(conn: Connection, columns: Columns) -> None:
    """Store visits at the points of their places."""
    stage(conn, "new_visit", columns)
    conn.execute(queries("demo")["load_visits"].encode())


def load_notes(conn: Connection, columns: Columns, seals: Iterable[tuple[UUID, bytes, bytes]]) -> None:
    """Store risk notes; `seals` gives the id, the ciphertext and the wrapped key of each."""
    stage(conn, "new_note", columns)
    conn.execute("CREATE TEMPORARY TABLE new_seal (note_id uuid, ciphertext bytea, wrapped bytea) ON COMMIT DROP")
    fill(conn, "new_seal", ("note_id", "ciphertext", "wrapped"), seals)
    conn.execute(queries("demo")["load_notes"].encode())


def mark_as_demo(conn: Connection) -> None:
    """Say in the database and in every organisation's audit that this is a demo."""
    conn.execute(queries("demo")["mark_as_demo"].encode())


def settle(conn: Connection) -> None:
    """Put points in the order of tiles and bring statistics up to date; the connection must be in autocommit."""
    conn.execute(queries("demo")["settle"].encode())
    conn.execute("VACUUM (ANALYZE)")
