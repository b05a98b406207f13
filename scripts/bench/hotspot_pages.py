"""What the page says of invented regions: its map, the scan that confirms it, and both together.

The counts of a region go the page's own way, which knows a borough instead of a team and looks 1 km around a square.
The scan's loops are compiled and let go of the interpreter's lock, so that each core scans a region of its own.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from data.counts import Counted
from geo.arrays import Claims
from geo.hotspots.excess import State
from layers.hotspot_maps import LEVEL, HotspotMap, made
from layers.hotspot_questions import Question, month_number
from scripts.bench.hotspot_regions import GRID, Region

_MONTH: Final = date(2026, 1, 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Page:
    """What the page says of each cell of a region, shape (cells,)."""

    hot: Claims
    confirmed: Claims
    """Within a circle that chance gives as rarely as the level."""


PAGE_METHODS: Final[dict[str, Callable[[Page], Claims]]] = {
    "default as the page draws it, 1 km around": lambda page: page.hot,
    "the scan that confirms": lambda page: page.confirmed,
    "default and scan together": lambda page: np.asarray(page.hot & page.confirmed),
}


def pages_of(regions: Sequence[Region]) -> list[Page]:
    """Return what the page says of each region, as many at once as there are cores."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        return list(threads.map(page_of, regions))


def page_of(one: Region) -> Page:
    """Return what the page says of a region, the second method asked for."""
    found = made(Question(first=_MONTH, last=_MONTH, is_confirmed=True), _counted(one))
    chance = found.confirmed.p_value if found.confirmed is not None else np.full(len(found.easting), np.nan)
    return Page(hot=_claimed(found, found.state == State.HOT), confirmed=_claimed(found, chance <= LEVEL))


def _counted(one: Region) -> Counted:
    """Return the counts of a region; a cell is of the borough whose team goes there most."""
    easting, northing = GRID.corners()
    return Counted(
        easting=easting,
        northing=northing,
        area=one.visits.argmax(axis=0) + 1,
        month=np.full(GRID.cells, month_number(_MONTH)),
        visits=one.visits.sum(axis=0).astype(np.int64),
        notes=one.notes.sum(axis=0).astype(np.int64),
    )


def _claimed(found: HotspotMap, claims: Claims) -> Claims:
    """Return what is claimed of the map's squares as claims of the region's cells."""
    answer = np.zeros(GRID.cells, dtype=np.bool_)
    answer[GRID.numbers(found.easting, found.northing)] = claims
    return answer
