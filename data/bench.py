"""What benchmarks need of the database that no service may: sessions and rings made up by the operator."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import Connection, sql

from data.database import queries
from data.migrate import migrations

EVERYTHING = "everything"
PLACE_STEPS = range(5)
"""The facets of a place from 5 km to exact, as access.lock_of counts them."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A session that reads: its token, and the schema whose table `place` holds only what it may see."""

    name: str
    token: str
    session: UUID
    membership: UUID
    purpose: str

    @property
    def schema(self) -> str:
        """Return the schema of the rivals' table."""
        return f"bench_{self.name}"


@dataclass(frozen=True)
class Served:
    """Counters of the service's work: sessions checked, scans of the exact places by index and in full."""

    admitted: int
    exact_scans: int
    full_scans: int

    def since(self, earlier: "Served") -> "Served":
        """Return what was served between two readings."""
        return Served(
            self.admitted - earlier.admitted,
            self.exact_scans - earlier.exact_scans,
            self.full_scans - earlier.full_scans,
        )


def schema_digest() -> str:
    """Return a short digest of all migrations: another schema needs another benchmark database."""
    text = "".join(f"{name}\n{body}" for name, body in migrations())
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def benchmark_databases(operator: str) -> list[str]:
    """Return the databases that benchmarks left on the server."""
    with psycopg.connect(operator) as conn:
        rows = conn.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'").fetchall()
    return [str(row[0]) for row in rows]


def drop_database(operator: str, name: str) -> None:
    """Drop a database, ending whatever is connected to it."""
    with psycopg.connect(operator, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_database(operator: str, name: str, copy: str) -> None:
    """Copy a database, ending whatever is connected to it."""
    drop_database(operator, copy)
    with psycopg.connect(operator, autocommit=True) as conn:
        conn.execute(queries("bench")["end_connections"], {"database": name})
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        conn.execute(statement.format(sql.Identifier(copy), sql.Identifier(name)))


def forget_rivals_tables(conn: Connection) -> None:
    """Drop the tables that rivals' imports made."""
    conn.execute(queries("bench")["forget_rivals_tables"])


def imported_places(conn: Connection) -> int:
    """Return the number of places that imports made."""
    row = conn.execute(queries("bench")["imported_places"]).fetchone()
    return int(row[0]) if row else 0


def rename_database(operator: str, name: str, new_name: str) -> None:
    """Rename a database to which nothing is connected."""
    with psycopg.connect(operator, autocommit=True) as conn:
        conn.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new_name)))


def forget_sessions(conn: Connection) -> None:
    """End every session that earlier runs opened, and open those of a crowd."""
    for name in ("forget_sessions", "crowd"):
        conn.execute(queries("bench")[name])
    conn.execute("VACUUM (ANALYZE) access.session, access.ring, access.policy_epoch, audit.look")


def open_reader(conn: Connection, name: str, email: str, purpose: str = "visit") -> Reader:
    """Open a session of the outreach worker with this e-mail address, with the ring that policy gives."""
    token = secrets.token_urlsafe(32)
    row = conn.execute(queries("bench")["member"], {"email": email}).fetchone()
    if row is None:
        raise LookupError(f"No outreach worker {email!r} is in the benchmark's world.")
    values = {
        "membership": row[0],
        "purpose": purpose,
        "token_hash": hashlib.sha256(token.encode()).digest(),
    }
    opened = conn.execute(queries("bench")["open_session"], values).fetchone()
    conn.execute(queries("bench")["refresh_ring"], values)
    session: UUID = opened[0] if opened else UUID(int=0)
    return Reader(name=name, token=token, session=session, membership=row[0], purpose=purpose)


def open_everything(conn: Connection, reader: Reader) -> None:
    """Give a session every key there is, which no policy does."""
    conn.execute(queries("bench")["open_everything"], _ring_of(reader))


def hold_keys(conn: Connection, reader: Reader, locks: Sequence[int]) -> None:
    """Give a session exactly these keys."""
    conn.execute(queries("bench")["hold_keys"], {**_ring_of(reader), "locks": list(locks)})


def open_looks(conn: Connection, reader: Reader, cells: Sequence[int]) -> None:
    """Open the windows of consultation of these 5 km cells for the length of a benchmark."""
    conn.execute(queries("bench")["open_looks"], {"session": reader.session, "cells": list(cells)})


def make_visible(conn: Connection, reader: Reader, role: str) -> int:
    """Make the rivals' table of what this session may see, ready for `role`; how many rows it has."""
    schema = sql.Identifier(reader.schema)
    conn.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
    conn.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    conn.execute(sql.SQL("SET search_path = {}, public").format(schema))
    conn.execute(queries("bench")["make_visible"], _ring_of(reader))
    for name in ("type_visible", "key_visible", "index_visible", "cluster_visible", "settle_visible"):
        conn.execute(queries("bench")[name])
    conn.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, sql.Identifier(role)))
    conn.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, sql.Identifier(role)))
    row = conn.execute("SELECT count(*) FROM place").fetchone()
    conn.execute("RESET search_path")
    return int(row[0]) if row else 0


def make_role(conn: Connection, role: str, password: str) -> None:
    """Make a role that may sign in, with the same settings as the service's: planned once, no compiling.

    It may read the catalogue, make temporary tables and let go of locks, as rivals expect of a database.
    """
    found = conn.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if found is not None else "CREATE")
    name = sql.Identifier(role)
    conn.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(password)))
    conn.execute(sql.SQL("ALTER ROLE {} SET jit = off").format(name))
    conn.execute(sql.SQL("ALTER ROLE {} SET plan_cache_mode = force_generic_plan").format(name))
    database = sql.Identifier(conn.info.dbname)
    conn.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, name))
    conn.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA pg_catalog TO {}").format(name))
    conn.execute(sql.SQL("GRANT EXECUTE ON FUNCTION pg_advisory_unlock_all() TO {}").format(name))


def positions(conn: Connection, count: int, seed: str) -> list[tuple[float, float]]:
    """Return longitude and latitude of places drawn at random, the same for the same seed."""
    return conn.execute(queries("bench")["positions"], {"count": count, "seed": seed}).fetchall()


def few_and_many_keys(conn: Connection, count: int) -> tuple[list[int], list[int]]:
    """Return 10 keys of the two largest labels, and `count` keys: those, and others of labels without records."""
    rows = conn.execute(queries("bench")["largest_labels"], {"count": 2}).fetchall()
    few = [row[0] * 32 + step for row in rows for step in PLACE_STEPS]
    more = -(-(count - len(few)) // len(PLACE_STEPS))
    empty = conn.execute(queries("bench")["add_empty_labels"], {"count": more}).fetchall()
    others = [row[0] * 32 + step for row in empty for step in PLACE_STEPS]
    return few, [*few, *others][:count]


def tile_counts(conn: Connection, zoom: int) -> list[tuple[int, int]]:
    """Return each tile of a zoom that holds places, as its Z-order number, and how many it holds."""
    return conn.execute(queries("bench")["tile_counts"], {"zoom": zoom}).fetchall()


def served(conn: Connection) -> Served:
    """Return the counters of what was served by connections that have ended."""
    row = conn.execute(queries("bench")["served"]).fetchone()
    return Served(*(int(value or 0) for value in row)) if row else Served(0, 0, 0)


def as_pgbench(name: str) -> str:
    """Return a query of bench.sql as pgbench writes it: `:z` for the value z."""
    return re.sub(r"%\((\w+)\)s", r":\1", queries("bench")[name]) + ";"


def _ring_of(reader: Reader) -> dict[str, object]:
    return {"membership": reader.membership, "purpose": reader.purpose}
