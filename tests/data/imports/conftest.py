"""A small world to import into: one organisation with an admin and an outreach worker, and its 5 km squares."""

import hashlib
import io
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from data.cluster import Cluster
from data.database import Pool, open_pool
from data.imports.desk import Desk
from data.imports.receive import Offer, receive
from tests.conftest import clone, drop


@dataclass(frozen=True)
class World:
    """A database with organisations; `token` signs a new session in."""

    operator: psycopg.Connection
    pool: Pool
    uploads: Path

    def organisation(self, name: str, kind: str = "council") -> int:
        return int(self._one("INSERT INTO access.organisation (name, kind) VALUES (%s, %s) RETURNING id", name, kind))

    def token(self, organisation: int, role: str = "admin", purpose: str = "administration") -> str:
        person = self._one(
            "INSERT INTO access.person (email) VALUES (%s) RETURNING id", f"{secrets.token_hex(6)}@example.org"
        )
        membership = self._one(
            "INSERT INTO access.membership (person_id, organisation_id, role, clearance, valid_until) "
            "VALUES (%s, %s, %s, 3, now() + interval '1 year') RETURNING id",
            person, organisation, role,
        )  # fmt: skip
        self.operator.execute(
            "INSERT INTO access.membership_area SELECT %s, id FROM reference.area WHERE id > 0", [membership]
        )
        token = secrets.token_urlsafe(32)
        self._one(
            "SELECT access.open_session(%s, %s, %s)", membership, purpose, hashlib.sha256(token.encode()).digest()
        )
        return token

    def desk(self, token: str, **limits: Any) -> Desk:
        return Desk(pool=self.pool, token=token, uploads=self.uploads, **limits)

    def _one(self, statement: str, *values: object) -> Any:
        row = self.operator.execute(statement, values).fetchone()
        assert row is not None
        return row[0]

    def count(self, table: str) -> int:
        return int(self._one(f"SELECT count(*) FROM {table}"))


@contextmanager
def world_on(cluster: Cluster, database: str, uploads: Path) -> Iterator[World]:
    """Give a migrated database whose only area is all of Great Britain."""
    with (
        psycopg.connect(cluster.url(database=database), autocommit=True) as operator,
        open_pool(cluster.url("waymark_app", database), size=6) as pool,
    ):
        operator.execute("INSERT INTO reference.area VALUES (1, 'GB', 'Great Britain', 'force')")
        operator.execute(
            "INSERT INTO reference.cell_area SELECT e * 10000 + n, 1 "
            "FROM generate_series(0, 139) AS e CROSS JOIN generate_series(0, 249) AS n"
        )
        yield World(operator, pool, uploads)


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world on the cluster of the whole run."""
    database = clone(cluster)
    with world_on(cluster, database, tmp_path_factory.mktemp("uploads")) as made:
        yield made
    drop(cluster, database)


@pytest.fixture
def desk(world: World) -> Desk:
    """Give the desk of an admin of an organisation of this test alone."""
    return world.desk(world.token(world.organisation(f"Council {secrets.token_hex(6)}")))


Receive = Callable[..., UUID]


@pytest.fixture
def received(desk: Desk) -> Receive:
    """Give a way to receive a file, named by path or given as bytes."""

    def take(file: Path | bytes, name: str = "places.csv", **offer: Any) -> UUID:
        offered = Offer(**{"file_name": name, "source": "test", "collected_for": "welfare", **offer})
        if isinstance(file, Path):
            with file.open("rb") as stream:
                return receive(desk, stream, offered)
        return receive(desk, io.BytesIO(file), offered)

    return take
