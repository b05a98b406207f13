"""Two worlds, alike but for what one session cannot see, asked the same things side by side.

Compared are the status, every header but Date, and the bytes of the body. What would differ between any two runs
is held still: the gate's clock (worlds.hold_clock), the time that GDAL writes into GeoPackages
(OGR_CURRENT_DATE), and the random ids of new records and receipts, which are numbered by request.
"""

import secrets
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import Connection, sql
from starlette.testclient import TestClient

from api.app import create_api
from api.backing import Settings, open_backing
from data.cluster import Cluster
from data.vault import Vault, load_master_key
from tests.api.scene import BASE, bearer
from tests.conftest import clone
from tests.noninterference.asking import PROTECTED, Request, Subjects, reads, writes
from tests.noninterference.hidden import Changes, change_what_is_hidden, sight_of
from tests.noninterference.town import Town, a_town
from web.app import create_app
from web.vendor import AssetsMissing

ROWS = {
    **dict.fromkeys(
        (
            "place",
            "place_history",
            "place_flag",
            "place_point",
            "visit",
            "visit_point",
            "note",
            "note_key",
            "note_grade",
            "risk_point",
        ),
        "*",
    ),
    "place_cell": "lock_id, easting, northing",
    "visit_cell": "lock_id, easting, northing, visited_month",
    "risk_cell": "lock_id, easting, northing, category",
}
"""The columns of each protected table that do not count what a session knows as squares alone."""
NUMBERED = ("data.places", "data.flags", "data.visits", "data.notes", "layers.exports")


@dataclass
class Harness:
    """The town as a template, and the worlds changed behind each kind of session, made once each."""

    cluster: Cluster
    folder: Path
    template: str
    town: Town
    changed: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def copy(self, template: str) -> str:
        """Make a copy of a world; its name."""
        name = f"apart_{secrets.token_hex(6)}"
        with psycopg.connect(self.cluster.url(), autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return name

    def drop(self, name: str) -> None:
        """Drop a world that has been compared."""
        with psycopg.connect(self.cluster.url(), autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def operator(self, name: str) -> Connection:
        """Return the operator's connection to a world."""
        return psycopg.connect(self.cluster.url(database=name), autocommit=True)

    def changed_behind(self, kind: str) -> str:
        """Return the world that is changed in what this kind of session cannot see."""
        if kind not in self.changed:
            name = self.copy(self.template)
            with self.operator(name) as conn:
                sight = sight_of(conn, self.town.tokens[kind])
                self.counts[kind] = change_what_is_hidden(Changes(conn, self.town, sight, Random(f"hidden {kind}")))
            self.changed[kind] = name
        return self.changed[kind]

    @contextmanager
    def pair(self, kind: str, *breaking: str) -> Iterator[tuple["World", "World"]]:
        """Give copies of the town and of the town changed behind a kind of session, both broken alike, served."""
        with ExitStack() as stack:
            one, other = (
                stack.enter_context(self.served(template, *breaking))
                for template in (self.template, self.changed_behind(kind))
            )
            yield one, other

    @contextmanager
    def served(self, template: str, *breaking: str) -> Iterator["World"]:
        """Give a copy of a world, broken by these statements, served."""
        name = self.copy(template)
        try:
            with self.operator(name) as conn:
                for statement in breaking:
                    conn.execute(statement.encode())
                with TestClient(self._application(name), base_url=BASE) as client:
                    yield World(client, conn)
        finally:
            self.drop(name)

    def _application(self, name: str) -> FastAPI:
        settings = Settings(
            database=self.cluster.url("waymark_app", name),
            master_key=self.folder / "master.key",
            uploads=self.folder,
            connections=2,
        )
        try:
            return create_app(settings)
        except AssetsMissing:
            return create_api(open_backing(settings))


@dataclass(frozen=True)
class World:
    """A served world: its client, and the operator's connection."""

    client: TestClient
    conn: Connection

    def ask(self, request: Request, token: str) -> httpx2.Response:
        """Send a request with a session's token."""
        headers = bearer(token) | ({"Content-Type": "application/json"} if request.body else {})
        return self.client.request(request.method, request.path, headers=headers, content=request.content)

    def rows(self, table: str, token: str) -> list[str]:
        """Return what the service's role reads of a table with a session's token, sorted."""
        app: Any = self.client.app
        with app.state.backing.pool.connection() as conn, conn.transaction():
            conn.execute("SELECT access.enter(%s)", [token])
            rows = conn.execute(f"SELECT (t.*)::text FROM (SELECT {ROWS[table]} FROM store.{table}) AS t".encode())
            return sorted(row[0] for row in rows)

    def ids(self, table: str) -> set[UUID]:
        """Return the ids in a table of the store."""
        return {row[0] for row in self.conn.execute(f"SELECT id FROM store.{table}".encode())}


@dataclass
class Comparison:
    """How many answers were compared, by status; what they showed; and the first that differed."""

    statuses: dict[int, int] = field(default_factory=dict)
    features: int = 0
    difference: str | None = None

    @property
    def requests(self) -> int:
        """How many requests were compared."""
        return sum(self.statuses.values())


def a_harness(cluster: Cluster, folder: Path) -> Harness:
    """Make the town."""
    template = clone(cluster)
    vault = Vault(load_master_key(folder / "master.key"))
    with psycopg.connect(cluster.url(database=template)) as conn:
        town = a_town(conn, vault)
    return Harness(cluster, folder, template, town)


def subjects_of(*both: World) -> Subjects:
    """Return what there is to name in either world, sorted."""
    tables = {"places": "place", "visits": "visit", "risks": "note"}
    ids = {
        layer: tuple(sorted(set[UUID]().union(*(world.ids(table) for world in both))))
        for layer, table in tables.items()
    }
    positions: set[tuple[float, float]] = set()
    operations: set[UUID] = set()
    for world in both:
        positions.update(world.conn.execute("SELECT longitude, latitude FROM store.place_point").fetchall())
        operations.update(row[0] for row in world.conn.execute("SELECT uid FROM access.operation"))
    return Subjects(ids, tuple(sorted(positions)), tuple(sorted(operations)))


def everything(world: World, subjects: Subjects) -> Iterator[Request]:
    """Give the whole list: all reads, all writes, and the reads of records again, after the writes."""
    app: Any = world.client.app
    paths = [path for path, methods in app.openapi()["paths"].items() if "get" in methods]
    yield from reads(paths, subjects)
    yield from writes(subjects)
    yield from reads([path for path in paths if path.startswith("/api/places/")], subjects)


def compare(one: World, other: World, token: str, requests: Iterable[Request] | None = None) -> Comparison:
    """Ask both worlds the same, until an answer differs. Follows links to next pages and to features."""
    found, seen = Comparison(), set[str]()
    waiting = deque(everything(one, subjects_of(one, other)) if requests is None else requests)
    with pytest.MonkeyPatch.context() as patch:
        while waiting and found.difference is None:
            request = waiting.popleft()
            answers = []
            for world in (one, other):
                _number_ids(patch, found.requests)
                answers.append(world.ask(request, token))
            left, right = answers
            found.statuses[left.status_code] = found.statuses.get(left.status_code, 0) + 1
            found.difference = _difference(request, left, right)
            for path in _linked(left, found):
                if path not in seen:
                    seen.add(path)
                    waiting.appendleft(Request("GET", path))
    return found


def different_rows(one: World, other: World, token: str) -> list[str]:
    """Return the protected tables of which the session reads other rows in the other world."""
    return [table for table in ROWS if one.rows(table, token) != other.rows(table, token)]


def _number_ids(patch: pytest.MonkeyPatch, number: int) -> None:
    random = Random(number)
    for module in NUMBERED:
        patch.setattr(f"{module}.uuid4", lambda: UUID(int=random.getrandbits(128), version=4))


def _difference(request: Request, left: httpx2.Response, right: httpx2.Response) -> str | None:
    if left.status_code != right.status_code:
        return f"{request}: {left.status_code} here, {right.status_code} there"
    if left.content != right.content:
        return f"{request}: {len(left.content)} bytes here, {len(right.content)} there, which differ"
    if _headers(left) != _headers(right):
        return f"{request}: the headers differ"
    return None


def _headers(answer: httpx2.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.multi_items() if name != "date"]


def _linked(answer: httpx2.Response, found: Comparison) -> Iterator[str]:
    """Give where an answer leads: the next page, and from a first page to its features."""
    if "geo+json" not in answer.headers.get("content-type", "") or answer.status_code != 200:
        return
    body = answer.json()
    path = str(answer.request.url).removeprefix(BASE)
    if path.split("/")[3] in PROTECTED:
        found.features += len(body.get("features", []))
    for link in body.get("links", []):
        if link["rel"] == "next":
            yield link["href"].removeprefix(BASE)
    if path.endswith("/items"):
        yield from (f"{path}/{one['id']}" for one in body["features"][:12])
