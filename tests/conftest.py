"""Fixtures for tests on a real PostgreSQL with PostGIS: one private cluster, one migrated template."""

import gc
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from data.cluster import Cluster, temporary_cluster
from data.migrate import migrate, set_application_password
from data.reference_data import load_lattices
from tests import renewing
from tests.spending import Spending
from tests.spreading import spreading, turn_of

TEMPLATE = "waymark_template"


@pytest.fixture(scope="session")
def testdata() -> Path:
    """Give the folder of real, licensed test data; skip where it is absent."""
    folder = Path(__file__).parents[1].parent / "shared" / "testdata"
    if not folder.is_dir():
        pytest.skip("the folder of real test data is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """Give a running private cluster with a migrated template database, in which squares are drawn exactly."""
    with temporary_cluster() as running:
        spending = pytestconfig.pluginmanager.get_plugin("spending")
        assert isinstance(spending, Spending)
        spending.watch(int((running.data_directory / "postmaster.pid").read_text().splitlines()[0]))
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


def drop(cluster: Cluster, name: str) -> None:
    """Drop a database that nobody needs any more, however many are connected to it."""
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[str]:
    """Give the name of a fresh clone of the template, one per test module."""
    name = clone(cluster)
    yield name
    drop(cluster, name)


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
    parser.addoption("--whole", action="store_true", help="Ask everything of everything; takes twice as long.")


def pytest_configure(config: pytest.Config) -> None:
    """Add up what each file of tests costs, and renew worlds."""
    config.pluginmanager.register(Spending(config), "spending")
    config.pluginmanager.register(renewing, "renewing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only --whole asks for, and begin with what takes longest, so that both workers end together."""
    left_out = [] if config.getoption("whole") else [item for item in items if item.get_closest_marker("whole")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = sorted((item for item in items if item not in left_out), key=turn_of)


def pytest_collection_finish() -> None:
    """Have the collector of garbage pass over what thousands of collected tests hold to the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Give workers what spreading.py says."""
    return spreading(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what the proofs compared, and what noticed each thing that they broke."""
    for report in terminalreporter.getreports("passed"):
        for name, said in report.user_properties:
            if name == "proof":
                terminalreporter.write_line(str(said))
