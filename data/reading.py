"""What a session may read of the layers: each function is one query under row-level security."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from data.database import NotSignedIn, Pool, connected, freshen, queries
from data.filters import Condition, NotAFilter

_MISMATCHES = (
    psycopg.errors.UndefinedFunction,
    psycopg.errors.AmbiguousFunction,
    psycopg.errors.DatatypeMismatch,
    psycopg.errors.IndeterminateDatatype,
    psycopg.DataError,
)
Row = dict[str, Any]
OVERVIEW = -1


@dataclass(frozen=True)
class TileAnswer:
    """What the database answered for a tile: `outcome` as in the type layers.answer."""

    outcome: str
    ring_key: str | None
    body: bytes | None


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The windows of consultation that an answer needs: a layer, its kind of record, 5 km cells.

    `cells` is empty for open data, [OVERVIEW] for an answer that covers more than single cells.
    """

    layer: str
    kind: int
    cells: tuple[int, ...]
    hashes: tuple[str, ...]


def tile(pool: Pool, query: str, values: Mapping[str, object]) -> TileAnswer:
    """Return one tile by its named query: one round trip, in which the database decides."""
    with connected(pool) as conn:
        row = conn.execute(queries("tiles")[query], values, binary=True).fetchone()
        if row is not None and row[0] == "made" and row[1] is None:
            freshen(conn, str(values["token"]))
    if row is None or row[0] == "signed out":
        raise NotSignedIn("Sign in first: no live session belongs to this request.")
    return TileAnswer(*row)


def freshened(pool: Pool, token: str) -> None:
    """Store the session's keys again if policy changed, on a connection of its own."""
    with connected(pool) as conn:
        freshen(conn, token)


def open_looks(pool: Pool, token: str | None, looks: Looks) -> None:
    """Write the looks to the audit and commit, before anything of them is shown."""
    with connected(pool) as conn, conn.transaction():
        conn.execute(queries("sessions")["enter"], {"token": token or ""})
        conn.execute(
            queries("tiles")["open_looks"],
            {"layer": looks.layer, "kind": looks.kind, "cells": list(looks.cells), "cell_hashes": list(looks.hashes)},
        )


@contextmanager
def admitted(pool: Pool, token: str | None, looks: Looks) -> Iterator[Connection]:
    """Give a transaction that carries the token, after its looks stand in the audit.

    Raises NotSignedIn when the token opens no live session.
    """
    for attempt in (1, 2):
        with connected(pool) as conn:
            freshen(conn, token)
            with conn.transaction():
                row = conn.execute(
                    queries("tiles")["admit"],
                    {"token": token or "", "layer": looks.layer, "looks": list(looks.cells)},
                ).fetchone()
                outcome = row[0] if row else "signed out"
                if outcome == "signed out":
                    raise NotSignedIn("Sign in first: no live session belongs to this request.")
                if outcome != "not logged":
                    yield conn
                    return
        if attempt == 1:
            open_looks(pool, token, looks)
    raise NotSignedIn("The session ended meanwhile: sign in again.")


def features(
    conn: Connection, query: str, values: Mapping[str, object], condition: Condition | None = None
) -> list[Row]:
    """Return rows of a named features query; with a condition, of those rows that meet it."""
    text: sql.SQL | sql.Composed = sql.SQL(queries("features")[query])
    everything = dict(values)
    if condition is not None:
        clause, extra = condition
        text = sql.SQL("SELECT * FROM ({}) AS feature WHERE {} LIMIT %(at_most)s").format(text, clause)
        everything |= {**extra, "at_most": values["most"], "most": None}
    with conn.cursor(row_factory=dict_row) as cursor:
        try:
            return cursor.execute(text, everything).fetchall()
        except _MISMATCHES as error:
            if condition is None:
                raise
            raise NotAFilter("The filter compares things of different kinds, such as a text with a number.") from error


def first_features(
    conn: Connection, query: str, windows: Iterable[Mapping[str, Any]], condition: Condition | None = None
) -> list[Row]:
    """Return the first `most` rows of windows that follow on each other; no window is read in vain."""
    rows: list[Row] = []
    for values in windows:
        rows += features(conn, query, values, condition)[: values["most"] - len(rows)]
        if len(rows) == values["most"]:
            break
    return rows


def stream(conn: Connection, query: str, values: Mapping[str, object], *, batch: int = 5000) -> Iterator[Sequence[Row]]:
    """Give all rows of a named features query in batches, from a cursor on the server."""
    with conn.cursor(name="rows", row_factory=dict_row) as cursor:
        cursor.itersize = batch
        cursor.execute(queries("features")[query].encode(), values)
        while rows := cursor.fetchmany(batch):
            yield rows


def receipt(
    conn: Connection, layer: tuple[str, int], details: Mapping[str, object], records: Sequence[str]
) -> list[tuple[Any, Any]]:
    """Write the receipt of an export to the audit; the agreements it rests on, and until when each lasts."""
    name, kind = layer
    values = {"layer": name, "kind": kind, "details": Jsonb(dict(details)), "records": Jsonb(list(records))}
    return conn.execute(queries("tiles")["receipt"], values).fetchall()
