"""How often a hotspot map made of released counts calls a square hot in regions of which the truth is known."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from geo.disclosure.released_hotspots import released_hotspots
from geo.hotspots.excess import State
from scripts.bench.hotspot_honesty import HONEST, Shares
from scripts.bench.lines import beside, heading, result
from scripts.bench.released_regions import Released, released_region

REGIONS: Final = 200
BEFORE: Final = 3
"""Quarters released earlier, so that what was published stays where little changed."""

Cases = dict[str, Iterable[Released]]


def equal_risk(regions: int) -> Cases:
    """Return regions without any excess: of one quarter, of four, and where noting grows everywhere."""
    return {
        "one quarter": [released_region(seed, before=BEFORE) for seed in range(regions)],
        "four quarters, independent": [released_region(seed, quarters=4, lasting=0.0) for seed in range(regions)],
        "four quarters, half of the places the same": [released_region(seed, quarters=4) for seed in range(regions)],
        "one quarter, a fifth more noted each quarter": [
            released_region(seed, before=BEFORE, growth=0.2) for seed in range(regions)
        ],
    }


def planted(regions: int) -> Cases:
    """Return regions in which one square of ordinary effort has a higher risk."""
    return {
        f"{risk:g} times the risk in one square, {words}": [
            released_region(seed, risk=risk, quarters=quarters, before=BEFORE) for seed in range(regions)
        ]
        for risk in (3.0, 4.0)
        for quarters, words in ((1, "one quarter"), (4, "four quarters"))
    }


def released_shares(regions: Iterable[Released]) -> Shares:
    """Return of how many regions, in per cent, any square is called hot, and the risky one."""
    hot = [
        ({told.square for told in released_hotspots(one.visited, one.noted) if told.state == State.HOT}, one.risky)
        for one in regions
    ]
    return Shares(
        flagged=100 * float(np.mean([bool(squares) for squares, _ in hot])),
        found=100 * float(np.mean([risky in squares for squares, risky in hot])),
    )


def bench_released_honesty(regions: int = REGIONS) -> bool:
    """Print what maps made of released counts say where risk is equal, and where it is not."""
    heading(f"{regions} invented regions of 36 squares, told from released counts: per cent that show a hot one")
    good = [
        result(f"equal risk: {name}", released_shares(drawn).flagged, HONEST, unit=" %")
        for name, drawn in equal_risk(regions).items()
    ]
    for name, drawn in planted(regions).items():
        result(f"found: {name}", released_shares(drawn).found, unit=" %")
    habits = [released_region(seed, before=BEFORE, habits=True) for seed in range(regions)]
    result("equal risk, teams that write differently (nothing published tells teams)", released_shares(habits).flagged,
           unit=" %")  # fmt: skip
    beside("What is published carries bands, noise and rounding; a square is hot only where none of them explains it.")
    return all(good)
