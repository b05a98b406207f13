"""The running service, and windows of Chromium at it, which draws in software: of a phone or of a desk."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from api.identity import COOKIE
from data.bench import Reader
from scripts.bench.processes import free_port, running
from scripts.bench.world import APPLICATION, World, run_time_files

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

CHROMIUM: Final = "/usr/bin/chromium"
PHONE: Final = (390, 844)
DESK: Final = (1366, 768)


@contextlib.contextmanager
def service(world: World) -> Iterator[str]:
    """Give the address of the running service."""
    folder, port = run_time_files() / "map-page", free_port()
    (folder / "keys").mkdir(mode=0o711, parents=True, exist_ok=True)
    secret = folder / "keys" / "application.password"
    secret.touch(mode=0o600)
    secret.write_text(world.cluster.password(APPLICATION))
    environment = {
        "WAYMARK_DATABASE_URL": world.operator,
        "WAYMARK_VAR": str(folder),
        "WAYMARK_MASTER_KEY": str(run_time_files() / "master.key"),
    }
    command = [sys.executable, "-m", "scripts.cli", "serve", "--no-demo", f"--port={port}"]
    with running(command, log=folder / "log", port=port, environment=environment):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def window(base: str, reader: Reader, size: tuple[int, int]) -> Iterator["BrowserContext"]:
    """Give a browser of so many pixels that holds the session's cookie."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the tests, not of the product
    except ImportError as error:
        raise click.ClickException("Playwright is not installed: run ./scripts/test once, it sets it up.") from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        host = urlsplit(base).hostname or ""
        context.add_cookies([{"name": COOKIE, "value": reader.token, "domain": host, "path": "/", "secure": True}])
        yield context
        browser.close()
