"""Whether hot squares are of the place or of the grid: in how many other ways of drawing the squares they are hot."""

from collections.abc import Callable
from typing import Final, Literal

import numpy as np

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.shifted import WAYS, Redrawn, ways_hot
from geo.hotspots.windows import Windows

Steadiness = Literal["most", "some", "few"]
FEWEST_NOTES: Final = 5
"""Notes around a square with fewer of which no way of drawing counts as hot: so few say nothing of the grid, and what
leaves the desk tells nothing that was computed from them."""
NOT_HOT: Final = -1
Hot = Callable[[Floats, Floats, Windows], Claims]
"""Says of squares with these notes and visits, looked at in these windows, whether they are hot."""


def steadiness_of(ways: int) -> Steadiness | None:
    """Return a number of ways as a word: two thirds of them, a third of them, or fewer; None for a square not hot."""
    if ways == NOT_HOT:
        return None
    if 3 * ways >= 2 * WAYS:
        return "most"
    return "some" if 3 * ways >= WAYS else "few"


def ways_of(
    corners: tuple[Integers, Integers], metres: int, counts: tuple[Floats, Floats], *, is_hot: Claims, hot: Hot
) -> Integers:
    """Return of each hot square in how many other ways of drawing the squares its ground is hot, NOT_HOT of the others.

    ``counts`` are notes and visits of the map's own squares, shape (squares,): nothing finer is asked than was granted.
    """
    if not is_hot.any():
        return np.full(len(is_hot), NOT_HOT, dtype=np.int64)
    noted, visited = counts

    def hot_there(other: Redrawn) -> Claims:
        windows, notes = other.windows(), other.sums(noted)
        return np.asarray(hot(notes, other.sums(visited), windows) & (windows.sums(notes) >= FEWEST_NOTES))

    return np.where(is_hot, ways_hot(corners, metres, hot_there), NOT_HOT)
