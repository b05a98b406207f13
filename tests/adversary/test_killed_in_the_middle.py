"""PostgreSQL is killed while teams check in, plans are kept and ladders climb: what was acknowledged is there."""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from data.audit import begin_reading, verify
from data.cluster import Cluster, temporary_cluster
from data.migrate import migrate, set_application_password
from data.postgres import server_processes
from tests import worlds
from tests.gate.shift_playing import MINUTE, Shift, a_shift
from tests.worlds import NOON

pytestmark = pytest.mark.fault
NAME = "killed"
ENOUGH = 15
"""Acknowledged acts of each kind, before it is killed."""
KEEP = "SELECT access.keep_plan(%s, %s, %s, %s, 'ready', %s, %s, %s)"


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """Give a cluster that keeps what it acknowledges, for these tests to kill."""
    with temporary_cluster(durable=True) as running:
        running.ensure_database(NAME)
        with psycopg.connect(running.url(database=NAME)) as conn:
            migrate(conn)
            set_application_password(conn, running.password("waymark_app"))
            worlds.hold_clock(conn)
            worlds.some_areas(conn)
        yield running


def until_cut_off(conninfo: str, act: Callable[[psycopg.Connection, int], None], done: list[int]) -> None:
    """Act again and again, each in a transaction of its own, and count what was acknowledged."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(conninfo) as conn:
        while True:
            act(conn, len(done))
            conn.commit()
            done.append(1)


def test_check_ins_plans_and_ladders_that_were_acknowledged_outlive_kill_9(own_cluster: Cluster) -> None:
    service, operator = own_cluster.url("waymark_app", NAME), own_cluster.url(database=NAME)
    with (
        psycopg.connect(operator, autocommit=True) as writer,
        psycopg.connect(service, autocommit=True) as conn,
    ):
        play, late = a_shift(writer, conn), a_shift(writer, conn)
        # The late team's ladder climbs all the while; the other one checks in.
        writer.execute("UPDATE access.shift SET next_due_at = %s WHERE id = %s", [NOON - 6 * MINUTE, late.id])
        tokens = [play.token("first") for _ in range(2)]
        found = writer.execute("SELECT id FROM access.plan WHERE made_by = %s", [play.people["first"]]).fetchone()
    plan = found and found[0]

    def check_in(conn: psycopg.Connection, _: int) -> None:
        conn.execute("SELECT set_config('waymark.token', %s, true)", [tokens[0]])
        conn.execute("SELECT access.check_in(%s, 'fine', false)", [play.id])

    def keep(conn: psycopg.Connection, kept: int) -> None:
        conn.execute("SELECT set_config('waymark.token', %s, true)", [tokens[1]])
        team = [play.people["first"], play.people["other"]]
        values = [plan, kept + 1, NOON, NOON + 240 * MINUTE, json.dumps({}), team, [1, 1]]
        assert conn.execute(KEEP, values).fetchone() == (kept + 2,)
        conn.execute("SELECT audit.append('alteration', '{}')")

    def look(conn: psycopg.Connection, _: int) -> None:
        conn.execute("SELECT access.escalate(), access.deconflict()")

    acts = ((service, check_in), (service, keep), (operator, look))
    done: list[list[int]] = [[] for _ in acts]
    threads = [
        threading.Thread(target=until_cut_off, args=(*act, count)) for act, count in zip(acts, done, strict=True)
    ]
    for thread in threads:
        thread.start()
    while min(map(len, done)) < ENOUGH:
        assert all(thread.is_alive() for thread in threads)
        time.sleep(0.02)
    for pid in list(server_processes(own_cluster.data_directory, own_cluster.title)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    own_cluster.start()
    with psycopg.connect(operator) as after:
        check_there(after, play, late, [len(count) for count in done])


def check_there(after: psycopg.Connection, play: Shift, late: Shift, acknowledged: list[int]) -> None:
    """Assert that what was acknowledged is there, and at most one more of each, which nobody was told of."""

    def one(query: str, *values: object) -> int:
        row = after.execute(query.encode(), values).fetchone()
        return int(row[0]) if row else -1

    said = one("SELECT count(*) FROM access.check_in WHERE shift_id = %s AND kind = 'fine'", play.id)
    version = one("SELECT version FROM access.plan WHERE made_by = %s", play.people["first"])
    assert acknowledged[0] <= said <= acknowledged[0] + 1
    assert acknowledged[1] + 1 <= version <= acknowledged[1] + 2
    steps = one("SELECT count(*) FROM access.alarm_step AS s JOIN access.alarm AS a ON a.id = s.alarm_id"
                " WHERE a.shift_id = %s", late.id)  # fmt: skip
    assert steps == one("SELECT step + 1 FROM access.alarm WHERE shift_id = %s", late.id) == 2
    entered = "SELECT count(*) FROM audit.entry WHERE body::jsonb ->> 'what' = 'checked in on a shift'"
    assert one(entered) == said
    after.rollback()
    begin_reading(after)
    assert verify(after)[1] == []
