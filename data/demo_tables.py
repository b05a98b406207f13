"""What fills a fresh database with the demo: whole tables at once, as the operator, past no rule of the schema.

Only the operator can: the service's role has no right to COPY into the policy's tables.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
from psycopg import sql

from data.array_copy import stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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
    rows = conn.execute(
        "SELECT m.id, array_agg(rp.purpose ORDER BY rp.purpose <> 'visit', rp.purpose DESC) "
        "FROM access.membership AS m "
        "JOIN access.organisation AS o ON o.id = m.organisation_id "
        "JOIN access.role_purpose AS rp ON rp.role = m.role AND coalesce(rp.organisation_kind, o.kind) = o.kind "
        "GROUP BY m.id"
    )
    return dict(rows.fetchall())


def intern_labels(conn: Connection, wanted: Sequence[tuple[int, int, int, int | None, str, int]]) -> list[int]:
    """Return the label of each: owner, sensitivity, area, operation, collected for, handling."""
    owners, sensitivities, areas, operations, collected, handlings = zip(*wanted, strict=True)
    rows = conn.execute(
        "SELECT access.intern_label(w.owner, w.sensitivity, w.area, w.operation, w.collected_for, w.handling) "
        "FROM unnest(%s::int [], %s::int [], %s::int [], %s::int [], %s::text [], %s::int []) "
        "WITH ORDINALITY AS w (owner, sensitivity, area, operation, collected_for, handling, place_in_line) "
        "ORDER BY w.place_in_line",
        [list(owners), list(sensitivities), list(areas), list(operations), list(collected), list(handlings)],
    )
    return [row[0] for row in rows]


def note_locks(labels: Integers) -> Integers:
    """Return the locks of the notes' own rows under these labels, as access.lock_of numbers them."""
    return labels * 32 + NOTE * 8 + CONTENT


def load_places(conn: Connection, columns: Columns) -> None:
    """Store places and their points from arrays; cells roll up by themselves."""
    stage(conn, "new_place", columns)
    conn.execute(_script("demo_places"))


def load_visits(conn: Connection, columns: Columns) -> None:
    """Store visits at the points of their places."""
    stage(conn, "new_visit", columns)
    conn.execute(_script("demo_visits"))


def load_notes(conn: Connection, columns: Columns, seals: Iterable[tuple[UUID, bytes, bytes]]) -> None:
    """Store risk notes; `seals` gives the id, the ciphertext and the wrapped key of each."""
    stage(conn, "new_note", columns)
    conn.execute("CREATE TEMPORARY TABLE new_seal (note_id uuid, ciphertext bytea, wrapped bytea) ON COMMIT DROP")
    fill(conn, "new_seal", ("note_id", "ciphertext", "wrapped"), seals)
    conn.execute(_script("demo_notes"))


def mark_as_demo(conn: Connection) -> None:
    """Say in the database and in every organisation's audit that this is a demo."""
    conn.execute(
        "INSERT INTO access.setting VALUES ('demo', 'yes') ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    conn.execute(
        "SELECT audit.append_to(o.id, 'administration', '{\"what\": \"loaded the demo\"}') "
        "FROM access.organisation AS o ORDER BY o.id"
    )


def settle(conn: Connection) -> None:
    """Put points in the order of tiles and bring statistics up to date; the connection must be in autocommit."""
    conn.execute("CLUSTER store.place_point USING place_point_tile")
    conn.execute("VACUUM (ANALYZE)")


def _script(name: str) -> bytes:
    return (resources.files("data") / "sql" / f"{name}.sql").read_bytes()
