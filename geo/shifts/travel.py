"""How long it takes from each point to each other, by mode of travel.

The solver knows nothing of roads: it takes a matrix. ``estimated`` makes one from distances, ``by_road`` from the times
of a road engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.arrays import Floats, Integers, Numbers

CAR: Final = "car"
FOOT: Final = "foot"
HOURS: Final = 24
UNREACHED: Final = 10_000
"""Minutes of a way that there is not: more than any shift is long."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Travel:
    """Minutes from each point (row) to each other (column), a square matrix of integers for each mode.

    The points are the bases of a shift and then its stops, in its order. ``is_estimate`` says that the times come from
    distances, so that a page can say so.
    """

    minutes: Mapping[str, Integers]
    is_estimate: bool


class NotASpeed(ValueError):
    """Speeds with which nobody gets anywhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speeds:
    """How fast people get on, and what is added; each organisation may set its own. All of it is assumed, not measured.

    ``car`` are kilometres per hour in each of the 24 hours of a day. Each way to a place takes ``parking`` minutes more
    by car. On foot the way is ``foot_detour`` of the straight line. ``slack`` is the part added to every way.
    """

    car: tuple[float, ...] = (*[30.0] * 7, *[22.0] * 3, *[25.0] * 6, *[20.0] * 3, *[27.0] * 2, *[30.0] * 3)
    foot: float = 4.8
    foot_detour: float = 1.15
    parking: float = 3
    slack: float = 0.15

    def slowing(self, hour: int) -> float:
        """Return how many times as long a way by car takes in this hour as in the fastest one of the day."""
        return max(self.car) / self.car[hour % HOURS]

    def __post_init__(self) -> None:
        """Refuse a table that is not a day, and speeds that are none."""
        if len(self.car) != HOURS or min(*self.car, self.foot) <= 0:
            message = f"Speeds by car are {len(self.car)} numbers; expected 24 above 0, and one above 0 on foot."
            raise NotASpeed(message)


def estimated(
    easting: Numbers, northing: Numbers, *, bases: int = 1, hour: int = 12, speeds: Speeds | None = None
) -> Travel:
    """Return travel estimated from distances in the plane, by car and on foot, for points in metres (EPSG:27700).

    The first ``bases`` points are bases, where nobody looks for a place to park. ``hour`` is the hour of the day whose
    speed counts, 25 being 1 of the next. By car a way is the straight line times 1.72 - 0.14 ln(km), from 1.2 to 1.7:
    the curve that Lovelace fitted to Levinson & El-Geneidy 2009 (doi:10.1016/j.regsciurbeco.2009.07.003), which gives
    1.4 at 10 km, as Ballou et al. 2002 found for England. Minutes are rounded up, and no way is longer than a way round
    it. Rivers, motorways and hills are not known to it. Raises ``NotASpeed`` for speeds that are none.
    """
    speeds = speeds or Speeds()
    kilometres = straight_kilometres(easting, northing)
    by_car = kilometres * detour(kilometres) / speeds.car[hour % HOURS] * 60 + speeds.parking
    by_car[:, :bases] -= speeds.parking
    on_foot = kilometres * speeds.foot_detour / speeds.foot * 60
    ways = {CAR: by_car, FOOT: on_foot}
    return Travel(minutes={mode: _whole(way * (1 + speeds.slack)) for mode, way in ways.items()}, is_estimate=True)


def by_road(seconds: Mapping[str, Floats], *, bases: int = 1, hour: int = 12, speeds: Speeds | None = None) -> Travel:
    """Return travel from the seconds that a road engine found for each mode, on empty roads; NaN where it found no way.

    As ``estimated``: slower in the busy hours of ``speeds``, minutes to park at a place, slack, rounded up, and no way
    is longer than a way round it, which rounding would otherwise undo. A way that there is not takes ``UNREACHED``.
    """
    speeds = speeds or Speeds()
    minutes = {}
    for mode, found in seconds.items():
        way = np.asarray(found, dtype=np.float64) / 60
        if mode == CAR:
            way = way * speeds.slowing(hour) + speeds.parking
            way[:, :bases] -= speeds.parking
        minutes[mode] = _whole(np.minimum(np.nan_to_num(way * (1 + speeds.slack), nan=UNREACHED), UNREACHED))
    return Travel(minutes=minutes, is_estimate=False)


def straight_kilometres(easting: Numbers, northing: Numbers) -> Floats:
    """Return the straight-line distance between each two points in kilometres, from metres (EPSG:27700)."""
    east, north = np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)
    away: Floats = np.hypot(east[:, None] - east, north[:, None] - north) / 1000
    return away


def detour(kilometres: Floats) -> Floats:
    """Return by how much a way by road is longer than the straight line, falling with the distance."""
    with np.errstate(divide="ignore"):
        return np.clip(1.72 - 0.14 * np.log(kilometres), 1.2, 1.7)


def _whole(minutes: Floats) -> Integers:
    """Round up to whole minutes, then let no way be longer than a way round it; from a point to itself is nothing."""
    whole = np.ceil(np.round(minutes, 9)).astype(np.int64)
    np.fill_diagonal(whole, 0)
    for middle in range(len(whole)):
        np.minimum(whole, whole[:, middle, None] + whole[middle], out=whole)
    return whole
