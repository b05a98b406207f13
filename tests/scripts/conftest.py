"""The demo, loaded once for all tests of commands that look at it."""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest

from data.cluster import Cluster
from tests.scripts.demo_world import World, make_world, one


@pytest.fixture(scope="session")
def today(cluster: Cluster) -> date:
    with psycopg.connect(cluster.url()) as conn:
        day = one(conn, "SELECT (now() AT TIME ZONE 'Europe/London')::date")
    assert isinstance(day, date)
    return day


@pytest.fixture(scope="session")
def world(cluster: Cluster, today: date) -> World:
    """Give a database with the demo, which no test changes."""
    return make_world(cluster, today)


@pytest.fixture
def conn(world: World) -> Iterator[psycopg.Connection]:
    """Give a connection to the demo as the operator, rolled back at the end of the test."""
    with world.connect() as operator:
        yield operator
        operator.rollback()
