"""Two who connect to a database whose clock the test holds: the operator and the service."""

from collections.abc import Iterator

import psycopg
import pytest

from data.cluster import Cluster
from tests import worlds
from tests.gate.playing import Play, a_play


@pytest.fixture(scope="module")
def held(cluster: Cluster, database: str) -> str:
    """Give the module's database, with a clock that stands still."""
    with psycopg.connect(cluster.url(database=database)) as conn:
        worlds.hold_clock(conn)
        worlds.some_areas(conn)
    return database


@pytest.fixture
def writer(cluster: Cluster, held: str) -> Iterator[psycopg.Connection]:
    """Give the operator's connection, which commits each statement; the clock says noon."""
    with psycopg.connect(cluster.url(database=held), autocommit=True) as conn:
        worlds.set_clock(conn, worlds.NOON)
        yield conn


@pytest.fixture
def service(cluster: Cluster, held: str) -> Iterator[psycopg.Connection]:
    """Give the service's connection, which commits each statement."""
    with psycopg.connect(cluster.url("waymark_app", held), autocommit=True) as conn:
        yield conn


@pytest.fixture
def play(writer: psycopg.Connection, service: psycopg.Connection) -> Play:
    """Give a town in which joint visits are played."""
    return a_play(writer, service)
