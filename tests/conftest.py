"""Fixtures for tests on a real PostgreSQL with PostGIS: one private cluster, one migrated template."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from data.cluster import Cluster, temporary_cluster
from data.migrate import migrate, set_application_password
from data.reference_data import load_lattices

TEMPLATE = "waymark_template"


@pytest.fixture(scope="session")
def testdata() -> Path:
    """Give the folder of real, licensed test data; skip where it is absent."""
    folder = Path(__file__).parents[1].parent / "shared" / "testdata"
    if not folder.is_dir():
        pytest.skip("the folder of real test data is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give a running private cluster with a migrated template database, in which squares are drawn exactly."""
    with temporary_cluster() as running:
        running.ensure_database(TEMPLATE)
        with psycopg.connect(running.url(database=TEMPLATE)) as conn:
            migrate(conn)
            load_lattices(conn)
            set_application_password(conn, running.password("waymark_app"))
        yield running


def clone(cluster: Cluster) -> str:
    """Make a fresh database from the migrated template; its name."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    return name


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> str:
    """Give the name of a fresh clone of the template, one per test module."""
    return clone(cluster)


@pytest.fixture
def operator(cluster: Cluster, database: str) -> Iterator[psycopg.Connection]:
    """Give a connection as the operator, rolled back at the end of the test."""
    with psycopg.connect(cluster.url(database=database)) as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def application(cluster: Cluster, database: str) -> Iterator[psycopg.Connection]:
    """Give a connection as the service's role, rolled back at the end of the test."""
    with psycopg.connect(cluster.url("waymark_app", database)) as conn:
        yield conn
        conn.rollback()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let continuous integration ask for all that there is."""
    parser.addoption("--whole", action="store_true", help="Have every kind of session ask every page, too.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the proof that takes longest, so that both workers end together."""
    items.sort(key=lambda item: "/noninterference/" not in item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what the proofs compared, and what noticed each thing that they broke."""
    for report in terminalreporter.getreports("passed"):
        for name, said in report.user_properties:
            if name == "proof":
                terminalreporter.write_line(str(said))
