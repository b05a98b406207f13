"""Makers of imports, written straight to the database as the operator."""

from uuid import UUID, uuid4

import numpy as np
import pyarrow as pa
from psycopg import Connection, sql

from data.imports.keys import name_keys
from geo.national_grid import to_grid
from tests import worlds
from tests.worlds import NOON


def an_import(conn: Connection, organisation: int, *, operation: int | None = None, status: str = "committed") -> UUID:
    """Make an import with one row that was rejected; its id."""
    id = uuid4()
    conn.execute(
        "INSERT INTO imports.import (id, organisation_id, membership_id, file_name, digest, source, collected_for,"
        " sensitivity, operation_id, status, created_at)"
        " VALUES (%s, %s, %s, 'list.csv', sha256('x'), 'A list', 'welfare', 1, %s, %s, %s)",
        [id, organisation, worlds.WORKER, operation, status, NOON],
    )
    conn.execute("INSERT INTO imports.finding VALUES (%s, 2, 'rejected', 'name', '', 'a name')", [id])
    return id


def staged(conn: Connection, import_id: UUID, *, source_key: int) -> None:
    """Stage one row with a source id for an import."""
    table = sql.Identifier("imports", f"rows {import_id}")
    conn.execute(sql.SQL("CREATE TABLE {} (LIKE imports.row)").format(table))
    conn.execute(sql.SQL("ALTER TABLE {} OWNER TO waymark_gate").format(table))
    columns = conn.execute(
        "SELECT a.attname, a.atttypid::regtype::text FROM pg_attribute AS a "
        "WHERE a.attrelid = 'imports.row'::regclass AND a.attnum > 0"
    ).fetchall()
    blank = {"uuid": str(uuid4()), "text": "same"}
    values = {name: source_key if name == "source_key" else blank.get(kind, 0) for name, kind in columns}
    values["hours"] = ""
    marks = sql.SQL(", ").join([sql.Placeholder()] * len(values))
    conn.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(table, marks), list(values.values()))


def traced(conn: Connection, organisation: int, import_id: UUID, *, name: str, at: tuple[float, float]) -> None:
    """Remember a place of this name at a longitude and latitude as put in by an import."""
    easting, northing = (int(values[0]) for values in to_grid(*(np.array([degrees]) for degrees in at)))
    conn.execute(
        "INSERT INTO imports.trace VALUES (%s, %s, %s, 2, 0, %s, %s, %s)",
        [organisation, import_id, uuid4(), int(name_keys(pa.array([name]))[0]), easting, northing],
    )
