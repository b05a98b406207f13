"""The small world served on the loopback, and browsers to visit it with."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from api.backing import Backing
from api.settings import Settings
from data.cluster import Cluster
from data.vault import Vault, load_master_key
from scripts.joined_writes import JoinedWrites
from tests.conftest import clone, drop
from tests.waiting import PATIENCE
from tests.web.browsing import LOOKS, PHONE, Visit, a_context, be_patient
from tests.web.shift_phones import made_ready, staff
from tests.web.world import World, people, records
from web.app import create_app
from web.import_work import ImportWork

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve the small world on a free port of the loopback, a fresh one for each module."""
    folder: Path = tmp_path_factory.mktemp("web")
    database = clone(cluster)
    vault = Vault(load_master_key(folder / "master.key"))
    with psycopg.connect(cluster.url(database=database)) as conn:
        secret = people(conn, vault)
    settings = Settings(
        database=cluster.url("waymark_app", database),
        master_key=folder / "master.key",
        uploads=folder / "uploads",
        connections=4,
    )
    app = create_app(settings)
    app.state.import_work = ImportWork(patience=PATIENCE)  # However slow the machine, a test sees what comes of it.
    backing: Backing = app.state.backing
    places = records(backing)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, http=JoinedWrites, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield World(
            url=f"http://127.0.0.1:{listening.getsockname()[1]}",
            operator=cluster.url(database=database),
            backing=backing,
            totp_secret=secret,
            places=places,
            app=app,
        )
        server.should_exit = True
        thread.join()
    drop(cluster, database)


@pytest.fixture(scope="module")
def staffed(world: World) -> World:
    """Give the world with three more colleagues, who are to be told."""
    staff(world)
    return world


@pytest.fixture
def ready(staffed: World) -> Iterator[World]:
    """Give the world with a plan of the worker's that is ready, for now, and somebody who watches."""
    with made_ready(staffed):
        yield staffed


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed here")
    with sync_playwright() as playwright:
        began = time.monotonic()
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        with browser.new_page() as page:
            page.goto("data:text/html,<h1>Ready</h1>")
        be_patient(time.monotonic() - began)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def closed_windows(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no window open beside the next test, whatever became of this one."""
    yield
    if "chromium" in request.fixturenames:
        for context in request.getfixturevalue("chromium").contexts:
            context.close()


@pytest.fixture
def visit(chromium: Browser, world: World) -> Iterator[Visit]:
    context = a_context(chromium, PHONE)
    made = Visit(context.new_page(), world.url)
    made.watch()
    yield made
    context.close()
    assert not made.complaints
    assert not made.strangers()


@pytest.fixture(params=LOOKS)
def any_visit(request: pytest.FixtureRequest, chromium: Browser, world: World) -> Iterator[Visit]:
    """Open a window of each size, by day and by night."""
    size, is_night = request.param
    context = a_context(chromium, size, is_night=is_night)
    made = Visit(context.new_page(), world.url)
    made.watch()
    yield made
    context.close()
    assert not made.complaints
    assert not made.strangers()


@pytest.fixture
def without_scripts(chromium: Browser, world: World) -> Iterator[Visit]:
    context = a_context(chromium, PHONE, scripts=False)
    made = Visit(context.new_page(), world.url)
    made.watch()
    yield made
    context.close()
    assert not made.strangers()
