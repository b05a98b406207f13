"""Bring a database to the current schema: plain numbered .sql files, each run once, in order."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from psycopg import Connection

_LOCK = 7_465_217_811


def migrations() -> list[tuple[str, str]]:
    """Name and text of each migration, in the order in which they run."""
    folder = resources.files("data") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(f.name, f.read_text(encoding="utf-8")) for f in files]


def migrate(conn: Connection) -> list[str]:
    """Run the migrations that this database has not had; the names of those that ran.

    One transaction: all of them or none. Two callers at once wait for each other. The caller's
    role must be able to create roles and extensions (the operator of a private cluster is).
    """
    ran: list[str] = []
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        conn.execute(
            "CREATE TABLE IF NOT EXISTS public.migration "
            "(name text PRIMARY KEY, ran_at timestamptz NOT NULL DEFAULT now())"
        )
        had = {row[0] for row in conn.execute("SELECT name FROM public.migration")}
        for name, text in migrations():
            if name not in had:
                conn.execute(text.encode())
                conn.execute("RESET ROLE")
                conn.execute("INSERT INTO public.migration (name) VALUES (%s)", (name,))
                ran.append(name)
        _close_temporary_names(conn)
    return ran


def _close_temporary_names(conn: Connection) -> None:
    # A temporary type of the service's could stand in for one that a function of the gate names. A database's
    # own privileges are neither copied nor restored with it, so this is said each time.
    database = sql.Identifier(conn.info.dbname)
    conn.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM public").format(database))
    conn.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO waymark_gate").format(database))


def set_application_password(conn: Connection, password: str) -> None:
    """Let the service's role, waymark_app, sign in with this password."""
    conn.execute(sql.SQL("ALTER ROLE waymark_app PASSWORD {}").format(sql.Literal(password)))


def set_escalator_password(conn: Connection, password: str) -> None:
    """Let the role that watches check-ins, waymark_escalator, sign in with this password."""
    conn.execute(sql.SQL("ALTER ROLE waymark_escalator PASSWORD {}").format(sql.Literal(password)))


def is_empty(conn: Connection) -> bool:
    """Return whether the database has no organisation yet, as after the first migration."""
    row = conn.execute("SELECT NOT EXISTS (SELECT FROM access.organisation)").fetchone()
    return bool(row and row[0])
