"""A served world, asked without a network, a client or a thread in between: compared is what the application sends."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import anyio.to_thread
import pytest
from fastapi import FastAPI
from psycopg import Connection

from tests.noninterference.asking import Request
from tests.worlds import NOON

HOST = "127.0.0.1"
BASE = f"http://{HOST}"
_WHOLE = (
    "store.place", "store.place_history", "store.place_flag", "store.place_point", "store.visit", "store.visit_point",
    "store.note", "store.note_key", "store.note_grade", "store.risk_point", "store.note_count", "store.visit_count",
    "imports.import",
    "imports.finding",
)  # fmt: skip
ROWS = {
    **dict.fromkeys(_WHOLE, "*"),
    "store.place_cell": "lock_id, easting, northing",
    "store.visit_cell": "lock_id, easting, northing, visited_month",
    "store.risk_cell": "lock_id, easting, northing, category",
}
"""The columns of each protected table that do not count what a session knows as squares alone."""
_READ_A_CLOCK = (
    "data.initiatives",
    "data.people",
    "layers.exports",
    "web.agreement_pages",
    "web.beginnings",
    "web.days",
)
_NUMBERED = (
    "data.places",
    "data.flags",
    "data.visits",
    "data.notes",
    "data.imports.receive",
    "data.plans",
    "data.initiatives",
    "data.briefings",
    "data.releases",
    "data.joint_visits",
    "data.sheets",
    "layers.exports",
    "layers.hotspot_desk",
    "layers.hotspot_files",
)


@dataclass(frozen=True)
class Answer:
    """What was answered: status, headers in order but Date, and the bytes of the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str:
        """Return the first header of this name, empty without one."""
        return next((value for key, value in self.headers if key == name), "")

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.content)


@dataclass(frozen=True)
class World:
    """A served world: its application, and the operator's connection."""

    app: FastAPI
    conn: Connection

    async def answer(self, request: Request, token: str) -> Answer:
        """Return what is answered to a request with a session's token."""
        sent: list[dict[str, Any]] = []
        waiting = [{"type": "http.request", "body": request.content, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.Event().wait()  # Nobody hangs up.
            return waiting.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(_scope(request, token), receive, send)
        headers = tuple((name.decode(), value.decode("latin-1")) for name, value in sent[0]["headers"])
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], tuple(one for one in headers if one[0] != "date"), body)

    def ask(self, requests: list[Request], token: str) -> None:
        """Ask, whatever is answered."""

        async def all_of_them() -> None:
            for request in requests:
                await self.answer(request, token)

        asyncio.run(all_of_them())

    def look_for_clashes(self) -> None:
        """Look, as is done beside the service, with every plan long enough ready."""
        self.conn.execute("UPDATE access.plan SET changed_at = changed_at - interval '2 hours'")
        self.conn.execute("SELECT access.deconflict()")

    def rows(self, table: str, token: str) -> list[str]:
        """Return what the service's role reads of a table with a session's token, sorted."""
        columns = ROWS[table] if ROWS[table] != "*" else self._readable(table)
        query = f"SELECT (t.*)::text FROM (SELECT {columns} FROM {table}) AS t"
        with self.entered(token) as conn:
            return sorted(row[0] for row in conn.execute(query.encode()))

    def _readable(self, table: str) -> str:
        """Return the columns of a table that the service's role may read at all."""
        query = (
            "SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a "
            "WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped "
            "AND has_column_privilege('waymark_app', a.attrelid, a.attnum, 'SELECT')"
        )
        row = self.conn.execute(query.encode(), [table]).fetchone()
        return str(row[0]) if row else ""

    @contextmanager
    def entered(self, token: str) -> Iterator[Connection]:
        """Give a transaction of the service's role that carries a session's token."""
        with self.app.state.backing.pool.connection() as conn, conn.transaction():
            conn.execute("SELECT access.enter(%s)", [token])
            yield conn

    def ids(self, table: str, column: str = "id") -> set[Any]:
        """Return the ids in a table."""
        return {row[0] for row in self.conn.execute(f"SELECT {column} FROM {table}".encode())}

    def audit_of(self, token: str) -> list[str]:
        """Return what the audit says of a session, in all chains, and its windows.

        Left out is only where in a chain an entry stands: others write there as well.
        """
        query = (
            "WITH mine AS (SELECT id FROM access.session WHERE token_hash = %s) "
            "SELECT organisation_id || ' ' || ((body::jsonb) - 'seq')::text FROM (SELECT * FROM audit.entry "
            "WHERE body::jsonb ->> 'session' = (SELECT id::text FROM mine) ORDER BY organisation_id, seq) AS entry "
            "UNION ALL SELECT * FROM (SELECT concat_ws(' ', 'window', layer, cell, until) FROM audit.look "
            "WHERE session_id = (SELECT id FROM mine) ORDER BY layer, cell) AS look"
        )
        return [row[0] for row in self.conn.execute(query.encode(), [sha256(token.encode()).digest()])]


def _scope(request: Request, token: str) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {token}".encode())]
    if request.content:
        headers += [
            (b"content-type", request.media_type.encode()),
            (b"content-length", str(len(request.content)).encode()),
        ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": (HOST, 80),
    }


class _Noon(datetime):
    """A clock that stands where the gate's does: no second, day or quarter begins between two worlds."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # It is noon for everybody.
        return NOON.astimezone(tz) if tz else NOON.replace(tzinfo=None)


async def _at_once(function: Callable[..., Any], *values: Any, **_: Any) -> Any:
    return function(*values)


@contextmanager
def held_still() -> Iterator[Callable[[int], None]]:
    """Answer without threads or the time of day, and draw ids and tokens from a number; gives what sets that number."""
    drawn = Random(0)

    def new_id() -> UUID:
        return UUID(int=drawn.getrandbits(128), version=4)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anyio.to_thread, "run_sync", _at_once)
        patch.setattr("http.cookies._getdate", lambda *_: "Sun, 01 Mar 2026 12:00:00 GMT")  # When a cookie is dropped.
        for module in _READ_A_CLOCK:
            patch.setattr(f"{module}.datetime", _Noon)
        for module in _NUMBERED:
            patch.setattr(f"{module}.uuid4", new_id)
        patch.setattr("data.passkeys.secrets", SimpleNamespace(token_bytes=drawn.randbytes))
        patch.setattr("data.passkeys.time", SimpleNamespace(time=lambda: 1_772_366_400))
        patch.setattr("data.sheets.secrets", drawn)
        patch.setattr("data.sessions.secrets", SimpleNamespace(token_urlsafe=lambda size: drawn.randbytes(size).hex()))
        yield drawn.seed
