"""Is it the place, or the grid? The same analysis in every other way of drawing squares along the lines of known ones.

Nothing finer than the known squares is needed: others of twice and of three times their side are made of whole ones,
from every corner that they can start at. Each looks at about as much ground as the map did, so that what changes is
where lines were drawn, and not how far was looked.

Source: Openshaw (1984), The modifiable areal unit problem, CATMOG 38.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.windows import NearWindows, near_windows

SIDES: Final = (2, 3)
"""Sides of the other squares, in sides of the known ones."""

WAYS: Final = sum(side * side for side in SIDES)
"""In how many other ways squares are drawn."""

_BESIDE: Final = {2: 1, 3: 0}
"""How many squares on each side are looked at with one: a disc of 13 known ones is about 5 of the one sort, 1 of the
other."""

_ROW: Final = 10_000_000
"""An easting times this beside a northing is one number for a corner."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Redrawn:
    """Other squares over the known ones: their south-west corners in metres (EPSG:27700), shape (squares,)."""

    metres: int
    reach: float
    easting: Integers
    northing: Integers
    held_by: Integers
    """Of each known square, the number of the other one that holds it, shape (known squares,)."""

    def sums(self, values: Floats) -> Floats:
        """Return the sum of known squares' values in each other square, shape (squares,)."""
        summed = np.bincount(self.held_by, weights=values, minlength=len(self.easting))
        return summed.astype(np.float64)

    def windows(self) -> NearWindows:
        """Return what each of the other squares looks at."""
        return near_windows(self.easting.astype(np.float64), self.northing.astype(np.float64), self.reach)


def ways_hot(corners: tuple[Integers, Integers], metres: int, hot: Callable[[Redrawn], Claims]) -> Integers:
    """Return of each known square in how many of ``WAYS`` other ways the ground it is of is hot, shape (squares,).

    ``corners`` are the known squares' south-west ones, easting and northing in metres (EPSG:27700), multiples of their
    side ``metres``. ``hot`` analyses other squares and says of each whether it is hot.
    """
    counted = np.zeros(len(corners[0]), dtype=np.int64)
    for other in redrawn(corners, metres):
        counted += hot(other)[other.held_by]
    return counted


def redrawn(corners: tuple[Integers, Integers], metres: int) -> Iterator[Redrawn]:
    """Give every other way of drawing squares along the lines of known ones; only squares that hold a known one."""
    easting, northing = corners
    for side in SIDES:
        wide = side * metres
        for start in range(side * side):
            # Less than a side west and south of the known corners, so that no coordinate of theirs falls below 0.
            west, south = (step * metres - wide for step in divmod(start, side))
            keys = (easting - west) // wide * _ROW + (northing - south) // wide
            squares, held_by = np.unique(keys, return_inverse=True)
            yield Redrawn(
                metres=wide,
                reach=float(_BESIDE[side] * wide),
                easting=squares // _ROW * wide + west,
                northing=squares % _ROW * wide + south,
                held_by=held_by.astype(np.int64),
            )
