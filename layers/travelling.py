"""Where the travel of a shift comes from: the roads where there is a road map, distances where there is none."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data.road_engine import NoRoadTimes
from data.road_times import RoadTimes
from geo.arrays import Floats, Numbers
from geo.shifts.travel import Speeds, Travel, by_road, estimated

_LOG = logging.getLogger("waymark.roads")


class Travelling(Protocol):
    """Gives travel between points in metres (EPSG:27700), the base first, by each mode, at an hour of the day."""

    def __call__(
        self, easting: Numbers, northing: Numbers, *, modes: Collection[str], hour: int, speeds: Speeds | None = None
    ) -> Travel:
        """Return the travel, which says itself whether it is an estimate."""


def by_distance(
    easting: Numbers, northing: Numbers, *, modes: Collection[str], hour: int, speeds: Speeds | None = None
) -> Travel:
    """Return travel estimated from distances, as where there is no road map."""
    del modes  # All are as quickly made as one.
    return estimated(easting, northing, hour=hour, speeds=speeds)


@dataclass(frozen=True, kw_only=True)
class OnRoads:
    """Travel by road for one session; an estimate where there is no road map, no answer, or the base is off the map."""

    times: RoadTimes
    session: str

    def __call__(
        self, easting: Numbers, northing: Numbers, *, modes: Collection[str], hour: int, speeds: Speeds | None = None
    ) -> Travel:
        """Return the travel, which says itself whether it is an estimate."""
        seconds: dict[str, Floats] = {}
        try:
            for mode in sorted(modes):
                found = self.times.seconds(easting, northing, mode=mode, session=self.session)
                if found is None or np.isnan(found[0, 0]):
                    return estimated(easting, northing, hour=hour, speeds=speeds)
                seconds[mode] = found
        except NoRoadTimes:
            _LOG.warning("The road engine gave no times; this plan is made from distances.")
            return estimated(easting, northing, hour=hour, speeds=speeds)
        return by_road(seconds, hour=hour, speeds=speeds)
