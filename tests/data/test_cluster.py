import contextlib
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cluster import OPERATOR, Cluster, cluster_directory, temporary_cluster
from data.cluster_settings import server_settings
from data.postgres import can_enter, is_postmaster, server_account, server_processes

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


def test_it_answers_over_the_socket_and_refuses_the_operator_over_tcp(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as conn:
        assert conn.info.user == OPERATOR
    with pytest.raises(psycopg.OperationalError, match="reject"):
        psycopg.connect(cluster.loopback_url(OPERATOR, "postgres"))


def test_another_role_signs_in_over_tcp_with_the_password_kept_for_it(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        conn.execute("CREATE ROLE visitor LOGIN")
        conn.execute(psycopg.sql.SQL("ALTER ROLE visitor PASSWORD {}").format(cluster.password("visitor")))
    with psycopg.connect(cluster.loopback_url("visitor", "postgres")) as conn:
        assert conn.info.user == "visitor"


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    without = psycopg.conninfo.make_conninfo(cluster.url(), passfile="/dev/null")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(without)


def test_passwords_differ_by_role_and_are_in_no_connection_string_and_read_by_us_alone(cluster: Cluster) -> None:
    word = cluster.password(OPERATOR)
    assert word == cluster.password(OPERATOR) != cluster.password("another")
    assert word not in cluster.url()
    for path in (cluster.directory / "passfile", cluster.data_directory / "postgresql.conf"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cluster.directory.stat().st_mode) == 0o700


def test_text_is_utf8_in_a_locale_that_never_changes_and_pages_carry_checksums(cluster: Cluster) -> None:
    assert shown(cluster, "server_encoding") == "UTF8"
    assert shown(cluster, "lc_collate") == "C.UTF-8"
    assert shown(cluster, "data_checksums") == "on"


def test_the_product_flushes_to_disk_and_a_test_cluster_does_not(cluster: Cluster) -> None:
    assert shown(cluster, "fsync") == shown(cluster, "synchronous_commit") == shown(cluster, "full_page_writes") == "on"
    fragile = server_settings(8192, durable=False, compression="on")
    assert fragile["fsync"] == fragile["synchronous_commit"] == "off"


@given(memory=st.integers(256, 1 << 22))
def test_shared_buffers_stay_between_128_mebibytes_and_half_the_memory(memory: int) -> None:
    settings = server_settings(memory, durable=True, compression="on")
    assert 128 <= int(settings["shared_buffers"].removesuffix("MB")) <= max(memory // 2, 128)


def test_a_database_is_created_once(cluster: Cluster) -> None:
    assert cluster.ensure_database("places")
    assert not cluster.ensure_database("places")


def test_no_value_of_a_failed_statement_reaches_the_log(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        conn.execute("CREATE TEMPORARY TABLE seen (name text PRIMARY KEY)")
        conn.execute("INSERT INTO seen VALUES (%s)", ["Rose Cottage"])
        for statement in ("INSERT INTO seen VALUES ('Rose Cottage')", "SELECT 'Rose Cottage'::int"):
            with pytest.raises(psycopg.Error):
                conn.execute(statement.encode())
    log = (cluster.directory / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "Rose Cottage" not in log


def test_starting_a_running_cluster_leaves_its_server_alone(cluster: Cluster) -> None:
    before = postmaster(cluster)
    cluster.start()
    assert postmaster(cluster) == before


def test_a_stopped_cluster_starts_again_on_the_same_port_with_what_it_held(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as conn:
        conn.execute("CREATE TABLE held AS SELECT 1 AS one")
    port = cluster.port
    cluster.stop()
    assert not cluster.is_running()
    cluster.start()
    assert cluster.port == port
    with psycopg.connect(cluster.url()) as conn:
        assert conn.execute("SELECT one FROM held").fetchone() == (1,)


def test_many_starting_at_once_start_one_server(cluster: Cluster) -> None:
    cluster.stop()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Cluster(directory=cluster.directory).start(), range(4)))
    running = server_processes(cluster.data_directory, cluster.title)
    assert sum(is_postmaster(pid, cluster.data_directory) for pid in running) == 1


def test_a_port_taken_meanwhile_is_exchanged_for_a_free_one(cluster: Cluster) -> None:
    port = cluster.port
    cluster.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        cluster.start()
    assert cluster.port != port
    assert cluster.is_running()


def test_what_an_interrupted_initdb_left_is_made_anew() -> None:
    with temporary_cluster() as made:
        made.stop(immediately=True)
        made.data_directory.rename(made.directory / "pgdata.new")
        (made.directory / "pgdata.new" / "PG_VERSION").unlink()
        made.start()
        assert made.is_running()
        assert not (made.directory / "pgdata.new").exists()


def test_a_directory_too_long_for_a_socket_gets_a_short_one_of_its_own() -> None:
    with temporary_cluster() as made:
        deep = made.directory.joinpath("a" * 60, "b" * 60)
        assert len(str(Cluster(directory=deep).socket_directory)) < 90
        assert stat.S_IMODE(made.socket_directory.stat().st_mode) == 0o700
        made.directory.chmod(0o711)
        moved = Cluster(directory=Path(f"{made.directory}-{'c' * 80}"), durable=False)
        made.stop(immediately=True)
        made.directory.rename(moved.directory)
        try:
            moved.start()
            with psycopg.connect(moved.url()) as conn:
                assert conn.info.host == str(moved.socket_directory)
        finally:
            moved.stop(immediately=True)
            moved.directory.rename(made.directory)
            moved.socket_directory.rmdir()


def test_a_socket_directory_that_somebody_else_made_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    cluster.stop()
    cluster.socket_directory.rmdir()
    cluster.socket_directory.symlink_to(tmp_path)
    try:
        with pytest.raises(PermissionError, match="is a link"):
            cluster.start()
    finally:
        cluster.socket_directory.unlink()


def test_a_temporary_cluster_is_gone_even_when_its_user_fails() -> None:
    given: list[Cluster] = []
    with contextlib.suppress(ZeroDivisionError), temporary_cluster() as cluster:
        given.append(cluster)
        assert list(server_processes(cluster.data_directory, cluster.title))
        raise ZeroDivisionError
    (made,) = given
    assert not made.directory.exists()
    assert not list(server_processes(made.data_directory, made.title))


def test_the_cluster_lives_in_the_checkout_unless_the_server_cannot_get_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.cluster.STATE", tmp_path / "state")
    open_to_all = Path(tempfile.mkdtemp())
    open_to_all.chmod(0o755)
    assert cluster_directory(open_to_all) == open_to_all / "var" / "cluster"
    assert can_enter(server_account(), open_to_all / "var")
    shutil.rmtree(open_to_all)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert cluster_directory(closed).parent == (tmp_path / "state" if os.geteuid() == 0 else closed / "var")
