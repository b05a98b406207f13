"""A step of the slider on the hotspots page: from the event to the finished picture, beside the way of before.

Chromium without a card draws in software, so that "finished" is the slowest that an analyst will meet. The script that
is put into the page reads one pixel after the map drew its frame, which waits for all that was to be drawn.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

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
    """Milliseconds of each step: of the script, until the picture is finished, and from key to the frame shown."""

    script: Sequence[float]
    finished: Sequence[float]
    shown: Sequence[float]


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
    beside(f"{STEPS} steps of {WINDOW_MONTHS} months, {KEYS} keys, {effort.rounds} rounds in turns; one warm-up each")
    ours = _told("ours, a layer of our own", steps[True], REDRAWN)
    _told("before, feature state of MapLibre", steps[False], None)
    return ours


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
        page.evaluate("sliderSteps(3)")
        taken = page.evaluate(f"sliderSteps({STEPS})")
        return Steps([step[0] for step in taken], [step[1] for step in taken], _keyed(page))


def _keyed(page: "Page") -> list[float]:
    """Return the milliseconds from pressing a key on the slider to the frame that shows it."""
    page.focus("#window-start")
    page.evaluate("keysTold()")
    for number in range(KEYS):
        page.keyboard.press("ArrowLeft" if number // 5 % 2 else "ArrowRight")
        page.wait_for_timeout(150)
    return [float(one) for one in page.evaluate("keysTold()")]


def _told(name: str, rounds: Sequence[Steps], target: Target | None) -> bool:
    script, finished, shown = (np.concatenate([one[part] for one in rounds]) for part in range(3))
    result(f"{name}: script, median", middle(script.tolist()), unit=" ms")
    good = [
        result(f"{name}: picture finished, median", middle(finished.tolist()), target, unit=" ms"),
        result(f"{name}: picture finished, 95 of 100", float(np.percentile(finished, 95)), target, unit=" ms"),
    ]
    if len(shown):
        result(f"{name}: key to frame shown, in eights, median", float(np.median(shown)), unit=" ms")
    return all(good)
