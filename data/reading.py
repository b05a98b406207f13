"""What a session may read of the layers: each function is one query under row-level security."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from psycopg import Connection, Cursor, sql
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
_FILES = (
    "features",
    "open_features",
    "plan_features",
    "map_list",
    "counted_layers",
    "releases",
    "hotspot_releases",
)
Row = dict[str, Any]
Statement = sql.SQL | sql.Composed
OVERVIEW = -1


class NotOffered(LookupError):
    """The layer is not offered to sessions of this purpose."""


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


def freshened(pool: Pool, token: str | None) -> None:
    """Store the session's keys again if policy changed, on a connection of its own."""
    with connected(pool) as conn:
        freshen(conn, token)


def open_looks(pool: Pool, token: str | None, looks: Looks) -> None:
    """Write the looks to the audit and commit, before anything of them is shown."""
    with connected(pool) as conn, conn.transaction():
        conn.execute(queries("sessions")["enter"], {"token": token or "", "quietly": False})
        conn.execute(
            queries("tiles")["open_looks"],
            {"layer": looks.layer, "kind": looks.kind, "cells": list(looks.cells), "cell_hashes": list(looks.hashes)},
        )


@dataclass(frozen=True)
class Reading:
    """A transaction that carries the token, and the shelves on which the session holds an exact key, or any key.

    Shelves only say where to look, for the kind of record that was asked for; row-level security decides.
    """

    conn: Connection
    exact_shelves: list[int]
    cell_shelves: list[int]

    @property
    def knows_all_exactly(self) -> bool:
        """Return whether the session knows nothing as squares alone."""
        return set(self.cell_shelves) <= set(self.exact_shelves)


@contextmanager
def admitted(pool: Pool, token: str | None, *looks: Looks, purposes: Collection[str] = ()) -> Iterator[Reading]:
    """Give a transaction that carries the token, after all its looks stand in the audit; shelves are of the first.

    Raises NotSignedIn when the token opens no live session, and NotOffered when `purposes` are given and the
    session's is not among them; then nothing is written in the audit.
    """
    logged, has_freshened = 0, False
    while True:
        with connected(pool) as conn, conn.transaction():
            reading, missing, is_stored = _reading(conn, token, looks, purposes)
            if missing is None and (is_stored or has_freshened):
                yield reading
                return
        if missing is None:
            freshened(pool, token)
            has_freshened = True
        elif logged == len(looks):
            raise NotSignedIn("The session ended meanwhile: sign in again.")
        else:
            open_looks(pool, token, missing)
            logged += 1


def _reading(
    conn: Connection, token: str | None, looks: Sequence[Looks], purposes: Collection[str]
) -> tuple[Reading, Looks | None, bool]:
    """Return the reading, the first looks that do not stand in the audit, and whether the session's ring is stored."""
    reading, is_stored = Reading(conn, [], []), True
    for number, one in enumerate(looks):
        purpose, outcome, ring_key, *shelves = _admission(conn, token, one)
        if purposes and purpose not in purposes:
            raise NotOffered("There is no such layer.")
        if outcome == "not logged":
            return reading, one, is_stored
        if number == 0:
            reading = Reading(conn, *(known or [] for known in shelves))
        is_stored &= bool(ring_key)
    return reading, None, is_stored


def _admission(conn: Connection, token: str | None, looks: Looks) -> tuple[Any, ...]:
    values = {"token": token or "", "layer": looks.layer, "kind": looks.kind, "looks": list(looks.cells)}
    row = conn.execute(queries("tiles")["admit"], values).fetchone()
    if row is None or row[1] == "signed out":
        raise NotSignedIn("Sign in first: no live session belongs to this request.")
    return row


def features(
    reading: Reading, query: str, values: Mapping[str, object], condition: Condition | None = None
) -> list[Row]:
    """Return rows of a named features query; with a condition, of those rows that meet it."""
    text, everything = conditioned(sql.SQL(feature_queries()[query]), values, condition)
    everything |= {"exact_shelves": reading.exact_shelves, "cell_shelves": reading.cell_shelves}
    with reading.conn.cursor(row_factory=dict_row) as cursor:
        return fetched(cursor, text, everything, condition)


def conditioned(
    text: Statement, values: Mapping[str, object], condition: Condition | None
) -> tuple[Statement, dict[str, object]]:
    """Return a features query that keeps the rows that meet a condition, and the values of both."""
    if condition is None:
        return text, dict(values)
    clause, extra = condition
    text = sql.SQL("SELECT * FROM ({}) AS feature WHERE {} LIMIT %(at_most)s").format(text, clause)
    return text, {**values, **extra, "at_most": values["most"], "most": None}


def fetched(
    cursor: Cursor[Row], text: Statement | bytes, values: Mapping[str, object], condition: Condition | None
) -> list[Row]:
    """Return a features query's rows. Raises NotAFilter when the condition compares things of different kinds."""
    try:
        return cursor.execute(text, values).fetchall()
    except _MISMATCHES as error:
        if condition is None:
            raise
        raise NotAFilter("The filter compares things of different kinds, such as a text with a number.") from error


@cache
def feature_queries() -> Mapping[str, str]:
    """Return the queries by which features are read, by name."""
    return {name: text for file in _FILES for name, text in queries(file).items()}


def coded_words(pool: Pool) -> Mapping[str, Sequence[str]]:
    """Return the slugs of every coded list, by the list's name; they are open to all."""
    with connected(pool) as conn:
        return dict(conn.execute(queries("map_list")["coded_words"]).fetchall())


def words_of(conn: Connection, list: str) -> Sequence[str]:  # noqa: A002 - as the column is called
    """Return the slugs of a coded list in the order of their codes, which begin at 1."""
    row = conn.execute(queries("map_list")["words_of"], {"list": list}).fetchone()
    return row[0] if row else ()


def postcode_position(conn: Connection, postcode: str) -> tuple[int, int] | None:
    """Return easting and northing of a postcode as `geo.postcodes.normalise` writes it, None where it is not known."""
    row = conn.execute(queries("map_list")["postcode"], {"postcode": postcode}).fetchone()
    return (row[0], row[1]) if row else None


def receipt(
    conn: Connection, layer: tuple[str, int], details: Mapping[str, object], records: Sequence[str]
) -> list[tuple[Any, Any]]:
    """Write the receipt of an export to the audit; the agreements it rests on, and until when each lasts."""
    name, kind = layer
    values = {"layer": name, "kind": kind, "details": Jsonb(dict(details)), "records": Jsonb(list(records))}
    return conn.execute(queries("tiles")["receipt"], values).fetchall()
