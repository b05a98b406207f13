"""The circles that a scan looks into: around each area, larger and larger, up to a share of what was expected."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.arrays import Claims, Floats, Integers

MOST_PAIRS: Final = 4_000_000


class TooMuchToScan(ValueError):
    """More circles than can be looked into."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Zones:
    """Circles around areas: those of area i are places ``starts[i]`` to ``starts[i + 1]`` of the other arrays.

    The circle at a place holds the areas from its start up to and with this place.
    """

    starts: Integers
    members: NDArray[np.uint32]
    """Unsigned, so that compiled loops need not ask whether they count from the end."""

    metres: Floats
    expected: Floats
    """Summed from the start to this place."""

    closed: Claims
    """Whether a circle ends here: areas at one distance are in it together, and not more than the largest share."""

    def sums(self, values: Integers) -> Integers:
        """Return the sum of areas' values in the circle at each place."""
        return _summed(values[self.members], self.starts).astype(np.int64)

    def centre(self, place: int) -> int:
        """Return the area around which the circle at a place is drawn."""
        return int(np.searchsorted(self.starts, place, side="right")) - 1

    def within(self, place: int) -> Integers:
        """Return the areas of the circle at a place, nearest to its centre first."""
        return self.members[self.starts[self.centre(place)] : place + 1].astype(np.int64)


def zones(expected: Floats, places: tuple[Floats, Floats], *, largest_share: float, largest_metres: float) -> Zones:
    """Return the circles around areas at easting and northing, that hold at most this share of all that was expected.

    Shapes (areas,), metres of one plane. Raises ``TooMuchToScan`` beyond ``MOST_PAIRS`` pairs of areas.
    """
    points = np.column_stack(places)
    reach = min(largest_metres, float(np.hypot(*np.ptp(points, axis=0))) + 1)
    tree = cKDTree(points)
    if (pairs := tree.count_neighbors(tree, reach)) > MOST_PAIRS:
        raise TooMuchToScan(
            f"{len(points):,} areas have {pairs:,} pairs within the largest circle; at most {MOST_PAIRS:,} can be"
            " scanned. Choose a smaller circle or larger cells."
        )
    found = tree.sparse_distance_matrix(tree, reach, output_type="ndarray")
    found = found[np.lexsort((found["j"], found["v"], found["i"]))]
    starts = _starts(found["i"], len(points))
    summed = _summed(expected[found["j"]], starts)
    ends = np.append(
        (np.diff(found["i"]) != 0) | (np.diff(found["v"]) != 0), np.ones(min(1, len(found)), dtype=np.bool_)
    )
    closed = ends & (summed > 0) & (summed <= largest_share * expected.sum() * (1 + 1e-12))
    last = np.full(len(points), -1)
    last[found["i"][closed]] = np.flatnonzero(closed)
    kept = np.arange(len(found)) <= last[found["i"]]
    return Zones(
        starts=_starts(found["i"][kept], len(points)),
        members=found["j"][kept].astype(np.uint32),
        metres=found["v"][kept].astype(np.float64),
        expected=summed[kept],
        closed=closed[kept],
    )


def _starts(areas: Integers, count: int) -> Integers:
    """Return where each area's rows begin, and where the last one's end, in rows sorted by area."""
    return np.searchsorted(areas, np.arange(count + 1)).astype(np.int64)


def _summed(values: Floats | Integers, starts: Integers) -> Floats:
    """Return running sums that begin anew at each start."""
    running = np.concatenate((np.zeros(1), np.cumsum(values)))
    return np.asarray(running[1:] - np.repeat(running[starts[:-1]], np.diff(starts)))
