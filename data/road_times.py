"""Seconds by road between places of the National Grid, remembered in memory for the session that asked."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from data.road_engine import RoadEngine
from geo.arrays import Floats, Numbers
from geo.national_grid import to_wgs84

ROUNDED_METRES: Final = 10
MOST_KEPT: Final = 400_000
Spot = tuple[int, int]
_Scope = tuple[bytes, Path, str]


class RoadTimes:
    """Answers from memory or asks the engine. Nothing is written anywhere.

    What is remembered is one session's own: how soon an answer comes never tells what somebody else asked.
    """

    def __init__(self, folder: Path, *, most: int = MOST_KEPT) -> None:
        self.engine = RoadEngine(folder)
        self._most = most
        self._kept: OrderedDict[_Scope, dict[tuple[Spot, Spot], float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds(self, easting: Numbers, northing: Numbers, *, mode: str, session: str) -> Floats | None:
        """Return seconds from each point (row, EPSG:27700 metres) to each other; None where there is no road map.

        NaN is where the map knows no way. Points are taken to 10 m. Raises NoRoadTimes.
        """
        road_map = self.engine.road_map()
        if road_map is None:
            return None
        spots = _spots(easting, northing)
        scope = (hashlib.sha256(session.encode()).digest(), road_map.folder, mode)
        different = list(dict.fromkeys(spots))
        known = self._remembered(scope, different)
        if known is None:
            known = self.engine.seconds(road_map, mode, _degrees(different))
            self._remember(scope, different, known)
        rows = [different.index(spot) for spot in spots]
        return known[np.ix_(rows, rows)]

    def _remembered(self, scope: _Scope, spots: Sequence[Spot]) -> Floats | None:
        """Return what is known if every pair is."""
        with self._lock:
            pairs = self._kept.get(scope)
            if pairs is None:
                return None
            self._kept.move_to_end(scope)
            found = [pairs.get((start, end)) for start in spots for end in spots]
        if any(one is None for one in found):
            return None
        return np.array(found, dtype=np.float64).reshape(len(spots), len(spots))

    def _remember(self, scope: _Scope, spots: Sequence[Spot], seconds: Floats) -> None:
        between = [(start, end) for start in spots for end in spots]
        fresh = dict(zip(between, seconds.ravel().tolist(), strict=True))
        with self._lock:
            self._kept.setdefault(scope, {}).update(fresh)
            self._kept.move_to_end(scope)
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
            if len(self._kept[scope]) > self._most:
                self._kept[scope] = fresh


def _spots(easting: Numbers, northing: Numbers) -> list[Spot]:
    at = np.column_stack([np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)])
    rounded = (np.round(at / ROUNDED_METRES) * ROUNDED_METRES).astype(np.int64)
    return [(int(east), int(north)) for east, north in rounded]


def _degrees(spots: Sequence[Spot]) -> list[tuple[float, float]]:
    longitudes, latitudes = to_wgs84(*np.array(spots, dtype=np.float64).T)
    return [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in zip(longitudes, latitudes, strict=True)]
