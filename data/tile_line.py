"""Tiles asked for without a thread that waits: the event loop watches the connection until the answer is there.

psycopg's own ways, with a thread or with asyncio, cost the service more time than the database needs for a small
tile. So one prepared statement goes out through psycopg's libpq layer, on a connection of the same pool, and nothing
else is done here. Whatever is out of the ordinary (no connection at hand, an error, a lost server) gives None: ask
again by data.reading.tile, which has the sentence for it.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import cache
from weakref import WeakKeyDictionary

import psycopg
from psycopg import Connection
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from data.database import Pool, queries
from data.reading import TileAnswer

_AT_ONCE = 0.001
"""Seconds to wait for a connection; with none at all the pool would not open another one."""

_FOR_OTHERS = 2
_BINARY = 1


class TileLine:
    """A line to the database for tiles; it leaves two of the pool's connections to everybody else."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(max(1, pool.max_size - _FOR_OTHERS))
        self._prepared: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()

    async def tile(self, query: str, values: Mapping[str, object]) -> TileAnswer | None:
        """Return the answer to a named query of tiles.sql, as data.reading.tile does, or None: ask that instead."""
        async with self._turns:
            try:
                conn = self._pool.getconn(timeout=_AT_ONCE)
            except psycopg.Error:
                return None
            try:
                return await self._asked(conn, query, values)
            except psycopg.Error:
                return None
            finally:
                self._pool.putconn(conn)

    async def _asked(self, conn: Connection, query: str, values: Mapping[str, object]) -> TileAnswer | None:
        text, names = numbered(query)
        line, statement = conn.pgconn, query.encode()
        known = self._prepared.setdefault(conn, set())
        try:
            if query not in known:
                line.send_prepare(statement, text)
                if await _answered(line) is None:
                    return None
                known.add(query)
            line.send_query_prepared(statement, [_said(values[name]) for name in names], result_format=_BINARY)
            return _tile_answer(await _answered(line))
        except BaseException:
            conn.close()  # Left in the middle of an answer, it is of no use to the next one.
            raise


@cache
def numbered(query: str) -> tuple[bytes, Sequence[str]]:
    """Return a query of tiles.sql with its named values numbered, $1 and on, and their names in that order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    text = re.sub(r"%\((\w+)\)s", number, queries("tiles")[query])
    return text.encode(), names


def _said(value: object) -> bytes | None:
    """Return a value as PostgreSQL reads it: text, whole numbers and lists of them."""
    if value is None:
        return None
    return f"{{{','.join(map(str, value))}}}".encode() if isinstance(value, list) else str(value).encode()


def _tile_answer(result: PGresult | None) -> TileAnswer | None:
    if result is None or result.ntuples != 1:
        return None
    outcome, ring_key, body = (result.get_value(0, column) for column in range(3))
    return TileAnswer((outcome or b"").decode(), None if ring_key is None else ring_key.decode(), body)


async def _answered(line: PGconn) -> PGresult | None:
    """Return the result of what was just sent, or None if it is an error. Raises psycopg's error for a lost server."""
    if line.flush():
        raise psycopg.OperationalError("The server does not take what is sent.")
    loop, server = asyncio.get_running_loop(), line.socket
    done: asyncio.Future[PGresult | None] = loop.create_future()
    loop.add_reader(server, _read, line, done, [])
    try:
        result = await done
    finally:
        loop.remove_reader(server)
    is_good = result is not None and result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
    return result if is_good else None


def _read(line: PGconn, done: asyncio.Future[PGresult | None], results: list[PGresult]) -> None:
    """Take in what has come; the answer is whole when libpq has no further result."""
    try:
        line.consume_input()
        while not done.done() and not line.is_busy():
            if (result := line.get_result()) is None:
                done.set_result(results[-1] if results else None)
            else:
                results.append(result)
    except psycopg.Error as error:
        if not done.done():
            done.set_exception(error)
