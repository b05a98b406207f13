"""Tiles asked for without a thread that waits: the event loop watches connections until the answer is there.

psycopg's own ways, with a thread or with asyncio, cost the service more time than the database needs for a small
tile. So one prepared statement goes out through psycopg's libpq layer, on connections that the loop watches for as
long as they last, and nothing else is done here. Whatever is out of the ordinary (no connection to be had, an error,
a lost server) gives None: ask again by data.reading.tile, which has the sentence for it.
"""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache

import psycopg
from psycopg import Connection
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from data.database import Pool, connection_beside, queries
from data.reading import TileAnswer

_BINARY = 1


class TileLine:
    """Lines to the database for tiles, beside the pool's connections and half as many."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._most = max(1, pool.max_size // 2)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns = asyncio.Semaphore(self._most)
        self._free: list[_Wire] = []

    async def tile(self, query: str, values: Mapping[str, object]) -> TileAnswer | None:
        """Return the answer to a named query of tiles.sql, as data.reading.tile does, or None: ask that instead."""
        if self._loop is not (loop := asyncio.get_running_loop()):
            self._begin(loop)
        async with self._turns:
            try:
                wire = await self._wire(loop)
            except psycopg.Error:
                return None
            try:
                answer = await wire.tile(query, values)
            except BaseException as error:
                wire.close()  # Left in the middle of an answer, it is of no use to the next one.
                if isinstance(error, psycopg.Error):
                    return None
                raise
            self._free.append(wire)
            return answer

    def close(self) -> None:
        """Close the connections that nobody uses now."""
        while self._free:
            self._free.pop().close()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self.close()  # What another loop watched, this one does not.
        self._loop, self._turns = loop, asyncio.Semaphore(self._most)

    async def _wire(self, loop: asyncio.AbstractEventLoop) -> "_Wire":
        while self._free:
            if not (wire := self._free.pop()).is_lost:
                return wire
            wire.close()
        return _Wire(await asyncio.to_thread(connection_beside, self._pool), loop)


class _Wire:
    """A connection that an event loop watches for as long as it lasts, and what it waits for."""

    def __init__(self, conn: Connection, loop: asyncio.AbstractEventLoop) -> None:
        self._conn, self._line, self._loop = conn, conn.pgconn, loop
        self._prepared: set[str] = set()
        self._waiting: asyncio.Future[PGresult | None] | None = None
        self._last: PGresult | None = None
        # A descriptor of our own: libpq closes its own by itself, and its number may be another one's the next moment.
        self._socket: int | None = os.dup(self._line.socket)
        loop.add_reader(self._socket, self._read)

    @property
    def is_lost(self) -> bool:
        return self._conn.closed

    def close(self) -> None:
        self._conn.close()
        if self._socket is not None:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._socket)
            os.close(self._socket)
            self._socket = None

    async def tile(self, query: str, values: Mapping[str, object]) -> TileAnswer | None:
        """Return the answer, or None where there is none. Raises psycopg's error for a lost server."""
        text, names = numbered(query)
        statement = query.encode()
        if query not in self._prepared:
            self._line.send_prepare(statement, text)
            if await self._answered() is None:
                return None
            self._prepared.add(query)
        said = [_said(values[name]) for name in names]
        self._line.send_query_prepared(statement, said, result_format=_BINARY)
        return _tile_answer(await self._answered())

    async def _answered(self) -> PGresult | None:
        """Return the result of what was just sent, or None if it is an error."""
        if self._line.flush():
            raise psycopg.OperationalError("The server does not take what is sent.")
        self._waiting = self._loop.create_future()
        try:
            result = await self._waiting
        finally:
            self._waiting = self._last = None
        is_good = result is not None and result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
        return result if is_good else None

    def _read(self) -> None:
        """Take in what has come; the answer is whole when libpq has no further result."""
        waiting = self._waiting
        try:
            self._line.consume_input()
            while waiting and not waiting.done() and not self._line.is_busy():
                if (result := self._line.get_result()) is None:
                    waiting.set_result(self._last)
                else:
                    self._last = result
        except psycopg.Error as error:
            if waiting is None:
                self.close()  # The server ended it while nobody asked.
            elif not waiting.done():
                waiting.set_exception(error)


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
