"""Invented regions of which counts were released quarter by quarter, as an organisation would: the truth is known.

Thirty-six squares of 5 km with uneven effort, some of them hardly visited; every place visited is noted with the same
chance, or with a higher one in one square. Half of the noted places may be the same ones in every quarter.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.arrays import Integers
from geo.disclosure.released_hotspots import LASTING, Table
from geo.disclosure.releasing import Count, released
from geo.disclosure.sticky import Before
from scripts.bench.hotspot_regions import HABITS

SQUARES: Final = 36
VISITED: Final = 45.0
"""The mean number of places visited in a square and quarter."""

NOTED: Final = 0.15
PATCH: Final = 9
"""Squares that one team visits."""

KEY: Final = b"the noise of invented regions"


@dataclass(frozen=True, kw_only=True)
class Released:
    """What was published of each quarter, by square, and which square truly has a higher risk, or none."""

    visited: list[Table]
    noted: list[Table]
    risky: int | None


def released_region(
    seed: int,
    *,
    quarters: int = 1,
    before: int = 0,
    risk: float = 1.0,
    lasting: float = LASTING,
    growth: float = 0.0,
    habits: bool = False,
) -> Released:
    """Return a region, the same for a seed: the last quarters of those, after others that were released `before`.

    One square has so many times the risk; `lasting` of the noted places are the same in all quarters; what is noted
    grows everywhere by a share each quarter; with habits, teams note half as much to twice as much as others would.
    """
    numbers = np.random.default_rng(seed)
    effort = np.exp(numbers.normal(size=SQUARES))
    effort *= VISITED / effort.mean()
    risky = int(numbers.choice(np.flatnonzero(effort > VISITED / 2))) if risk > 1 else None
    chance = NOTED * np.where(np.arange(SQUARES) == risky, risk, 1.0)
    if habits:
        chance = chance * np.repeat(numbers.permutation(HABITS), PATCH)
    always = numbers.poisson(lasting * chance * effort)
    tables: dict[str, list[Table]] = {"visited": [], "noted": []}
    last: dict[str, dict[int, Before]] = {"visited": {}, "noted": {}}
    for quarter in range(before + quarters):
        visits = numbers.poisson(effort)
        risen = chance * (1 + growth) ** quarter
        others = np.maximum(risen - lasting * chance, 0)
        notes = np.minimum(always, visits) + numbers.binomial(visits, np.minimum(others, 1))
        for heading, counts in (("visited", visits), ("noted", notes)):
            tables[heading].append(_published(numbers, heading, counts, last[heading]))
    return Released(visited=tables["visited"][before:], noted=tables["noted"][before:], risky=risky)


def _published(numbers: np.random.Generator, heading: str, counts: Integers, last: dict[int, Before]) -> Table:
    """Return what is published of counts, given what was last drawn, which is brought up to date."""
    wanted = [Count(square=at, places=int(count), records=numbers.bytes(8)) for at, count in enumerate(counts)]
    cells = released(wanted, last, key=KEY, heading=heading)
    for one, cell in zip(wanted, cells, strict=True):
        if cell.is_drawn:
            last[cell.square] = Before(value=cell.value, count=one.places)
    return {cell.square: cell.value for cell in cells}
