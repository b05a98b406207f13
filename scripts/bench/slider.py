"""A step of the slider on the hotspots page: from the key to the frame that shows it, beside the way of before.

Chromium without a card draws in software, which is the slowest that an analyst will meet. The browser itself tells when
it showed the frame after a key (Event Timing, W3C), in eights of milliseconds and from 16 on; and how much processor
time its processes took, which other work on the machine hardly weighs on.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
import numpy as np

from data.bench import Reader
from scripts.bench.browser_windows import CHROMIUM, DESK, PHONE, service, window
from scripts.bench.effort import Effort
from scripts.bench.hotspot_counting import counted_world
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.processes import require

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOTES: Final = 60_000
STEPS: Final = 60
KEYS: Final = 20
WINDOW_MONTHS: Final = 3
REDRAWN: Final = Target(value=50, at_most=True)
_NAME: Final = "bench_slider"
_SCRIPTS: Final = Path(__file__).parent / "browser"
_OURS: Final = "**/static/js/hotspot_map.js"


class Steps(NamedTuple):
    """Milliseconds of the script of each step, from each key to the frame shown, and of processors for one step."""

    script: Sequence[float]
    shown: Sequence[float]
    processors: float


def bench_slider(effort: Effort, *, notes: int = NOTES) -> bool:
    """Measure both ways at a desk and on a phone; whether ours meets its target."""
    require(CHROMIUM, packages="chromium")
    good = []
    with counted_world(_NAME, notes) as world, service(world) as base:
        reader = world.readers["analyst"]
        for name, size in (("desk", DESK), ("phone", PHONE)):
            heading(
                f"A step of the slider on the hotspots page, {name}, {size[0]}x{size[1]}: Chromium drawing in software"
            )
            good.append(_beside_the_way_of_before(base, reader, size, effort))
    return all(good)


def _beside_the_way_of_before(base: str, reader: Reader, size: tuple[int, int], effort: Effort) -> bool:
    steps: dict[bool, list[Steps]] = {True: [], False: []}
    for _ in range(effort.rounds):
        for is_ours in (True, False):
            steps[is_ours].append(measured(base, reader, size, is_ours=is_ours))
    beside(f"{STEPS} steps of {WINDOW_MONTHS} months and {KEYS} keys in each of {effort.rounds} rounds, in turns")
    good = _told("ours, a canvas under the map", steps[True], REDRAWN)
    _told("before, feature state of MapLibre", steps[False], None)
    ours, before = (middle([one.processors for one in steps[is_ours]]) for is_ours in (True, False))
    result("processor time: before to ours", before / ours)
    return good


def measured(base: str, reader: Reader, size: tuple[int, int], *, is_ours: bool) -> Steps:
    """Return the steps of one page, drawn our way or that of before."""
    with window(base, reader, size) as context:
        page = context.new_page()
        page.add_init_script(path=_SCRIPTS / "slider_steps.js")
        if not is_ours:
            page.route(_OURS, lambda route: route.fulfill(path=_SCRIPTS / "feature_state_map.js"))
        page.goto(f"{base}/hotspots")
        page.wait_for_selector("#map[data-ready]", timeout=60_000)
        page.fill("#window-length", str(WINDOW_MONTHS))
        page.press("#window-length", "Tab")
        page.evaluate("sliderSteps(5)")
        before = _processor_seconds(page)
        script = page.evaluate(f"sliderSteps({STEPS})")
        spent = _processor_seconds(page) - before
        return Steps(script, _keyed(page), 1_000 * spent / STEPS)


def _keyed(page: "Page") -> list[float]:
    """Return the milliseconds from each key to the frame that shows it; what took less than 16 is told as 16."""
    page.focus("#window-start")
    page.evaluate("keysTold()")
    for number in range(KEYS):
        page.keyboard.press("ArrowLeft" if number // 4 % 2 else "ArrowRight")
        page.evaluate("calm()")
    told = [float(one) for one in page.evaluate("keysTold()")]
    return told + [16.0] * (KEYS - len(told))


def _processor_seconds(page: "Page") -> float:
    """Return the processor time that all processes of a page's browser have used."""
    browser = page.context.browser
    if browser is None:
        raise click.ClickException("The browser is gone.")
    devtools = browser.new_browser_cdp_session()
    processes = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
    devtools.detach()
    return float(sum(one["cpuTime"] for one in processes))


def _told(name: str, rounds: Sequence[Steps], target: Target | None) -> bool:
    script, shown = (np.concatenate([one[part] for one in rounds]) for part in range(2))
    result(f"{name}: script, median", float(np.median(script)), unit=" ms")
    result(f"{name}: processors, all of the browser", middle([one.processors for one in rounds]), unit=" ms")
    return all(
        [
            result(f"{name}: key to frame shown, median", float(np.median(shown)), target, unit=" ms"),
            result(f"{name}: key to frame shown, 95 of 100", float(np.percentile(shown, 95)), target, unit=" ms"),
        ]
    )
