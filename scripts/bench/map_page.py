"""The map page before so many places: a phone in Chromium, which draws in software, at the service on the loopback.

Its rivals are the times and the memory that the page must keep to; what a page asks for while it pans is listed.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from scripts.bench.browser_windows import CHROMIUM, PHONE, service, window
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.processes import require
from scripts.bench.world import SHARES, World

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

READY: Final = Target(value=2.5, at_most=True)
HEAP: Final = Target(value=80, at_most=True)
FOUND: Final = Target(value=0.5, at_most=True)
BOXES: Final = {"whole region": "-2.21,52.34,-1.42,52.67", "a town": "-1.92,52.46,-1.87,52.50"}
TEXTS: Final = ("zzqx", "home 1100", "home")
PANS: Final = 6


def bench_map(world: World, effort: Effort) -> bool:
    """Measure the page for each session; whether its targets are met."""
    require(CHROMIUM, packages="chromium")
    heading(f"The map page, {world.count:,} places: Chromium at {PHONE[0]}x{PHONE[1]}, drawing in software")
    good = []
    with service(world) as base:
        for reader in world.readers.values():
            with window(base, reader, PHONE) as context:
                beside(f"sees {SHARES[reader.name]}")
                good += [_opened(context, base, effort), _panned(context, base), _asked(context, base, effort)]
    return all(good)


def _opened(context: "BrowserContext", base: str, effort: Effort) -> bool:
    """Open the page anew each round; the first round fills the browser's cache of vendor files."""
    seconds, heaps = [], []
    for _ in range(effort.rounds + 1):
        page = context.new_page()
        began = time.monotonic()
        page.goto(f"{base}/map")
        _settle(page)
        seconds.append(time.monotonic() - began)
        heaps.append(_heap(page))
        page.close()
    good = result("seconds until list and map are drawn, median", middle(seconds[1:]), READY, unit=" s")
    return result("JavaScript heap, most", max(heaps), HEAP, unit=" MB") and good


def _panned(context: "BrowserContext", base: str) -> bool:
    """Pan over the town at street scale; nothing but tiles and parts of the list may be asked for."""
    page = context.new_page()
    page.goto(f"{base}/map")
    _settle(page)
    page.locator("a.row").first.click()
    page.wait_for_selector("#card")
    _settle(page)
    page.click("#to-list")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.focus("#map canvas")
    for key in ("ArrowRight", "ArrowDown") * (PANS // 2):
        page.keyboard.press(key)
        page.wait_for_timeout(50)
        _settle(page)
    page.wait_for_timeout(300)
    others = [path for path in asked if "/tiles/" not in path and path != "/map/list"]
    heap = _heap(page)
    page.close()
    lists = asked.count("/map/list")
    beside(f"{PANS} pans asked for {len(asked) - lists - len(others)} tiles, and {lists} times for the list")
    good = result("other requests while panning", len(others), Target(value=0, at_most=True))
    return result("JavaScript heap after panning", heap, HEAP, unit=" MB") and good


def _asked(context: "BrowserContext", base: str, effort: Effort) -> bool:
    """Ask for the list and search by name, as the page does."""
    good = True
    for name, box in BOXES.items():
        taken = [_post(context, f"{base}/map/list", {"box": box}) for _ in range(effort.rounds + 1)]
        good &= result(f"the list of {name}, median", middle(taken[1:]), FOUND, unit=" s")
    for text in TEXTS:
        taken = [_post(context, f"{base}/map/search", {"text": text}) for _ in range(effort.rounds + 1)]
        good &= result(f"a search for {text!r}, median", middle(taken[1:]), FOUND, unit=" s")
    return good


def _post(context: "BrowserContext", url: str, form: dict[str, str | float | bool]) -> float:
    began = time.monotonic()
    answer = context.request.post(url, form=form)
    if answer.status != 200:
        raise click.ClickException(f"{urlsplit(url).path} answered {answer.status}.")
    return time.monotonic() - began


def _settle(page: "Page") -> None:
    page.wait_for_selector("#map[data-ready]", timeout=60_000)


def _heap(page: "Page") -> float:
    """Return megabytes of the JavaScript heap in use, after what is garbage was collected."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("Performance.enable")
    metrics: Sequence[dict[str, float]] = devtools.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if str(one["name"]) == "JSHeapUsedSize") / 1e6
