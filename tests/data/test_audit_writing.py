import json
import threading

import psycopg
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from data.audit import begin_reading, verify
from data.cluster import Cluster
from tests.data.partners import an_organisation

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def append(conn: psycopg.Connection, chain: int, **details: object) -> None:
    conn.execute("SELECT audit.append_to(%s, 'administration', %s)", (chain, Jsonb(details)))


@pytest.mark.proof
def test_writers_at_once_keep_one_line(cluster: Cluster, database: str) -> None:
    url = cluster.url(database=database)
    with psycopg.connect(url) as conn:
        an_organisation(conn, "Busy")
        row = conn.execute("SELECT id FROM access.organisation WHERE name = 'Busy'").fetchone()
        assert row is not None
        conn.commit()
    start = threading.Barrier(20)

    def write(number: int) -> None:
        with psycopg.connect(url) as conn:
            start.wait()
            for turn in range(10):
                append(conn, row[0], what=f"{number}.{turn}")
                conn.commit() if turn != 4 else conn.rollback()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with psycopg.connect(url) as conn:
        begin_reading(conn)
        counted, faults = verify(conn)
        assert (counted, faults) == (181, [])
        bodies = conn.execute("SELECT body FROM audit.entry WHERE organisation_id = %s ORDER BY seq", row).fetchall()
        told = [json.loads(body)["what"] for (body,) in bodies][1:]
        assert sorted(told) == sorted(f"{number}.{turn}" for number in range(20) for turn in range(10) if turn != 4)
    with psycopg.connect(url) as conn:
        conn.execute("ALTER TABLE audit.entry DISABLE TRIGGER never_changed")
        for table in ("audit.entry", "audit.chain", "access.organisation_key"):
            conn.execute(f"DELETE FROM {table}")
        conn.execute("DELETE FROM access.organisation")
        conn.execute("ALTER TABLE audit.entry ENABLE TRIGGER never_changed")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    details=st.dictionaries(
        st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1),
        TEXT | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.lists(TEXT),
        min_size=1,
    )
)
def test_the_database_writes_json_as_rfc_8785_asks(operator: psycopg.Connection, details: dict[str, object]) -> None:
    row = operator.execute("SELECT audit.canonical(%s)", (Jsonb(details),)).fetchone()
    assert row is not None
    assert row[0].encode() == rfc8785.dumps(details)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sign", ["\x7f", "\x1f", "\x08", "\u2028", "\ufeff", "\\", "/", '"', "\U0001f3e0", "é", "e\u0301"]
)
def test_each_awkward_sign_is_written_as_rfc_8785_asks(operator: psycopg.Connection, sign: str) -> None:
    row = operator.execute("SELECT audit.canonical(%s)", (Jsonb({"a": sign, "b": [sign]}),)).fetchone()
    assert row is not None
    assert row[0].encode() == rfc8785.dumps({"a": sign, "b": [sign]})


@pytest.mark.proof
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.entry SET body = ''",
        "DELETE FROM audit.entry",
        "TRUNCATE audit.entry",
        "INSERT INTO audit.entry VALUES (1, 1, '', '')",
        "SELECT * FROM audit.entry",
        "UPDATE audit.chain SET seq = 0",
        "TRUNCATE audit.chain",
        "DELETE FROM audit.look",
        "SELECT audit.append_to(1, 'consultation', '{}')",
        "SELECT audit.append('consultation', '{}')",
        "ALTER TABLE audit.entry DISABLE TRIGGER never_changed",
    ],
)
def test_the_service_can_only_append_for_a_live_session(application: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement.encode())


@pytest.mark.parametrize("role", ["waymark_owner", "waymark_gate", "waymark_operator"])
@pytest.mark.parametrize(
    "statement", ["UPDATE audit.entry SET body = ''", "DELETE FROM audit.entry", "TRUNCATE audit.entry"]
)
def test_nobody_changes_an_entry_by_accident(operator: psycopg.Connection, role: str, statement: str) -> None:
    operator.execute(f"SET ROLE {role}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        operator.execute(statement.encode())
