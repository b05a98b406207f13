"""How long it takes from each point to each other, by mode of travel.

The solver knows nothing of roads: it takes a matrix. ``estimated`` makes one from distances; a road engine may make a
better one behind the same value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.arrays import Integers

CAR: Final = "car"
FOOT: Final = "foot"
MODES: Final = (CAR, FOOT)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Travel:
    """Minutes from each point (row) to each other (column), a square matrix of integers for each mode.

    The points are the bases of a shift and then its stops, in its order. ``is_estimate`` says that the times come from
    distances, so that a page can say so.
    """

    minutes: Mapping[str, Integers]
    is_estimate: bool

    @property
    def points(self) -> int:
        """Return how many points the matrices are about."""
        return min((len(np.atleast_1d(matrix)) for matrix in self.minutes.values()), default=0)
