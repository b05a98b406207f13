"""Connections: whole queries by name, one way in for a token, and errors told as what they mean."""

from collections.abc import Iterator

import psycopg
import pytest

from data.cluster import Cluster
from data.database import (
    NotAllowed,
    NotSignedIn,
    NotStorable,
    Pool,
    Unavailable,
    connected,
    entered,
    open_pool,
    queries,
)
from tests import worlds


@pytest.fixture(scope="module")
def pool(cluster: Cluster, database: str) -> Iterator[Pool]:
    with open_pool(cluster.url("waymark_app", database), size=2) as opened:
        yield opened


def test_queries_are_read_whole_and_by_name() -> None:
    for file in ("features", "records", "sessions", "tiles"):
        found = queries(file)
        assert found
        for name, text in found.items():
            assert name.isidentifier()
            assert text.upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")), name
            assert ";" not in text


@pytest.mark.parametrize(
    ("statement", "meaning"),
    [
        ("SELECT 1/0", NotStorable),
        ("SELECT 'x'::int", NotStorable),
        ("SELECT * FROM access.person", NotAllowed),
        ("SELECT * FROM nowhere", Unavailable),
        ("SELEC", Unavailable),
        ("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1)", Unavailable),
    ],
)
def test_an_error_of_the_database_is_told_as_what_it_means(
    pool: Pool, statement: str, meaning: type[Exception]
) -> None:
    with pytest.raises(meaning) as told, connected(pool) as conn:
        conn.execute(statement.encode())
    assert str(told.value).endswith(".")
    assert isinstance(told.value.__cause__, psycopg.Error)
    with connected(pool) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("token", [None, "", "x", "x" * 10_000])
def test_a_token_that_opens_nothing_enters_nowhere(pool: Pool, token: str | None) -> None:
    with pytest.raises(NotSignedIn), entered(pool, token):
        pytest.fail("nobody is here")


def test_a_token_is_carried_in_its_transaction_and_no_further(pool: Pool, cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url(database=database)) as operator:
        worlds.some_areas(operator)
        worlds.hold_clock(operator)
        member = worlds.a_membership(operator, worlds.an_organisation(operator))
        token = worlds.a_session(operator, member)
    with entered(pool, token) as (conn, who):
        assert (who.membership_id, who.role, who.purpose, who.scope) == (member, "outreach", "visit", "full")
        assert conn.execute("SELECT access.keyring() IS NOT NULL").fetchone() == (True,)
    for _ in range(3):
        with connected(pool) as conn:
            assert conn.execute("SELECT access.keyring()").fetchone() == (None,)
            assert conn.execute("SELECT nullif(current_setting('waymark.token', true), '')").fetchone() == (None,)


def test_what_a_block_did_is_undone_when_it_fails(pool: Pool, cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url(database=database)) as operator:
        before = operator.execute("SELECT count(*) FROM access.attempt").fetchone()
        with pytest.raises(NotStorable), connected(pool) as conn, conn.transaction():
            conn.execute("SELECT access.note_failure(ARRAY['\\x00'::bytea]), 1 / (random() * 0)::int")
        assert operator.execute("SELECT count(*) FROM access.attempt").fetchone() == before
