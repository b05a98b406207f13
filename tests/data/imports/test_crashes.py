"""The service, or PostgreSQL, is killed while an import commits: nothing half done, nothing acknowledged lost."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from data.cluster import Cluster, temporary_cluster
from data.database import open_pool
from data.imports.desk import Desk
from data.imports.publish import commit
from data.imports.records import one_import
from data.imports.stage import stage
from data.migrate import migrate, set_application_password
from data.postgres import server_processes
from tests.data.imports.conftest import Receive, World, world_on
from tests.data.imports.test_bulk import INDEXES, everything, file_of, indexes
from tests.waiting import until, until_waiting

ROOT = Path(__file__).parents[3]
FEW, MANY = 300, 20_000
SLOW = (
    "CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
    "$$BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END$$; "
    "CREATE TRIGGER waits AFTER INSERT ON imports.trace FOR EACH STATEMENT EXECUTE FUNCTION public.wait()"
)
QUICK = "DROP TRIGGER waits ON imports.trace; DROP FUNCTION public.wait()"
SERVICE = """
import sys
from pathlib import Path
from uuid import UUID
from data.database import open_pool
from data.imports.desk import Desk
from data.imports.publish import commit
database, token, uploads, import_id = sys.argv[1:]
with open_pool(database, size=2) as pool:
    commit(Desk(pool=pool, token=token, uploads=Path(uploads)), UUID(import_id))
"""
HOLD, LET_GO = "SELECT pg_advisory_lock(7)", "SELECT pg_advisory_unlock(7)"
BUSY = "SELECT FROM pg_stat_activity WHERE usename = 'waymark_app' AND state = 'active'"


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """Give a cluster that keeps what it acknowledges, for these tests to kill."""
    with temporary_cluster(durable=True) as running:
        running.ensure_database("crashes")
        with psycopg.connect(running.url(database="crashes")) as conn:
            migrate(conn)
            set_application_password(conn, running.password("waymark_app"))
        yield running


@pytest.fixture(scope="module")
def world(own_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_on(own_cluster, "crashes", tmp_path_factory.mktemp("uploads")) as made:
        yield made


def staged(desk: Desk, received: Receive, rows: int, *, named: str) -> UUID:
    import_id = received(file_of(rows, named=named))
    assert stage(desk, import_id).good == rows
    return import_id


@pytest.mark.fault
@pytest.mark.parametrize("rows", [FEW, MANY])
def test_after_kill_9_of_the_service_in_a_commit_nothing_is_half_done(
    rows: int, own_cluster: Cluster, world: World, desk: Desk, received: Receive
) -> None:
    import_id = staged(desk, received, rows, named=f"Service {rows}")
    before, had = everything(world), indexes(world)
    world.operator.execute(SLOW)
    world.operator.execute(HOLD)
    database = own_cluster.url("waymark_app", "crashes")
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE, database, str(desk.token), str(world.uploads), str(import_id)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    until_waiting(world.operator, on="advisory")
    service.kill()
    service.wait()
    world.operator.execute(LET_GO)
    until(lambda: not world.operator.execute(BUSY).fetchone())
    world.operator.execute(QUICK)
    assert (everything(world), indexes(world)) == (before, had)
    assert one_import(desk, import_id).status == "staged"
    assert commit(desk, import_id).good == rows
    assert world.count("store.place") == before["store.place"] + rows


@pytest.mark.fault
def test_after_kill_9_of_postgresql_in_a_commit_only_what_was_acknowledged_is_there(
    own_cluster: Cluster, world: World, desk: Desk, received: Receive
) -> None:
    acknowledged = staged(desk, received, FEW, named="Acknowledged")
    commit(desk, acknowledged)
    import_id = staged(desk, received, 3 * MANY, named="Cut off")
    before, had = everything(world), indexes(world)
    world.operator.execute(SLOW)
    world.operator.execute(HOLD)
    failures: list[BaseException] = []
    thread = threading.Thread(target=_commit_until_cut_off, args=(desk, import_id, failures))
    thread.start()
    until_waiting(world.operator, on="advisory")
    for pid in list(server_processes(own_cluster.data_directory, own_cluster.title)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    thread.join()
    assert failures, "a commit that was cut off is not acknowledged"
    own_cluster.start()
    with (
        psycopg.connect(own_cluster.url(database="crashes"), autocommit=True) as operator,
        open_pool(own_cluster.url("waymark_app", "crashes"), size=6) as pool,
    ):
        operator.execute(QUICK)
        again = World(operator, pool, world.uploads)
        assert everything(again) == before
        assert operator.execute(INDEXES).fetchall() == had
        after = Desk(pool=pool, token=desk.token, uploads=desk.uploads)
        assert one_import(after, acknowledged).status == "committed"
        assert one_import(after, import_id).status == "staged"
        assert commit(after, import_id).good == 3 * MANY
        assert again.count("store.place") == before["store.place"] + 3 * MANY


def _commit_until_cut_off(desk: Desk, import_id: UUID, failures: list[BaseException]) -> None:
    try:
        commit(desk, import_id)
    except (ConnectionError, psycopg.Error) as error:
        failures.append(error)
