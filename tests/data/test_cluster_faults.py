import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data.cluster import Cluster, temporary_cluster
from data.postgres import server_processes

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    with temporary_cluster(durable=True) as cluster:
        yield cluster


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    shared.start()
    return shared


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data_directory / "postmaster.pid").read_text().splitlines()[0])


def shown(cluster: Cluster, setting: str) -> str:
    with psycopg.connect(cluster.url()) as conn:
        row = conn.execute("SELECT current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.fault
def test_after_kill_9_of_the_postmaster_what_was_acknowledged_is_there_and_the_rest_is_not(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        conn.execute("CREATE TABLE acknowledged (number int)")
        conn.execute("INSERT INTO acknowledged SELECT generate_series(1, 1000)")
    busy = psycopg.connect(cluster.url())
    busy.execute("INSERT INTO acknowledged VALUES (-1)")
    thread = threading.Thread(target=_run_until_cut_off, args=(busy, "DO $$ BEGIN LOOP END LOOP; END $$"))
    thread.start()
    _wait_for_a_busy_backend(cluster)
    killed = postmaster(cluster)
    os.kill(killed, signal.SIGKILL)
    _wait_until_gone(killed)
    assert not cluster.is_running()
    assert list(server_processes(cluster.data_directory, cluster.title)), "a busy backend outlives its postmaster"
    cluster.start()
    thread.join()
    busy.close()
    with psycopg.connect(cluster.url()) as conn:
        found = conn.execute("SELECT count(*), min(number) FROM acknowledged").fetchone()
    assert found == (1000, 1)


@pytest.mark.fault
def test_after_every_process_of_the_server_was_killed_at_once_it_starts_again(cluster: Cluster) -> None:
    processes = list(server_processes(cluster.data_directory, cluster.title))
    assert len(processes) > 3
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    cluster.start()
    assert shown(cluster, "fsync") == "on"


@pytest.mark.fault
def test_a_lock_file_naming_some_other_living_process_does_not_stop_a_start(cluster: Cluster) -> None:
    cluster.stop()
    account = cluster.account
    other = (
        subprocess.Popen(["sleep", "60"], user=account.pw_uid)
        if os.geteuid() == 0
        else subprocess.Popen(["sleep", "60"])
    )
    lines = [
        str(other.pid),
        str(cluster.data_directory),
        "0",
        str(cluster.port),
        str(cluster.socket_directory),
        "",
        "",
        "ready",
    ]
    (cluster.data_directory / "postmaster.pid").write_text("\n".join(lines))
    (cluster.socket_directory / f".s.PGSQL.{cluster.port}.lock").write_text("\n".join(lines))
    try:
        assert not cluster.is_running()
        cluster.start()
        assert cluster.is_running()
    finally:
        other.kill()
        other.wait()


@pytest.mark.fault
def test_a_temporary_cluster_whose_user_was_killed_is_removed_by_the_next() -> None:
    script = "from data.cluster import *\nwith temporary_cluster() as c: print(c.directory, flush=True); input()"
    user = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with user:
        assert user.stdout is not None
        left_over = Cluster(directory=Path(user.stdout.readline().strip()))
        user.kill()
    assert left_over.is_running()
    with temporary_cluster():
        assert not left_over.directory.exists()
        assert not list(server_processes(left_over.data_directory, left_over.title))


def _run_until_cut_off(conn: psycopg.Connection, statement: str) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        conn.execute(statement.encode())


def _wait_for_a_busy_backend(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        while not conn.execute(
            "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
        ).fetchone():
            time.sleep(0.01)


def _wait_until_gone(pid: int) -> None:
    while Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        time.sleep(0.01)
