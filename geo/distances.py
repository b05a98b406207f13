"""Pairs of points close to one another, found by hashing them into squares."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from geo.arrays import Floats, Integers

_CANDIDATES_AT_ONCE: Final = 2_000_000
_FARTHEST_COORDINATE: Final = 10_000_000


class NotADistance(ValueError):
    """A distance, or a point, between which nothing can be measured."""


def near_pairs(easting: Floats, northing: Floats, metres: float, *, most: int = 1_000_000) -> tuple[Integers, Integers]:
    """Return the pairs of rows no more than ``metres`` apart, each once, as ``i < j``, sorted.

    One-dimensional arrays in metres of one plane (EPSG:27700); distances are measured in it. Where
    thousands of rows share a point the pairs run into millions, so the search ends as soon as it
    has ``most`` pairs: fewer than ``most`` is all there are, exactly ``most`` may be a part, the
    same part each time. A row is in no pair if a coordinate of it is NaN. Raises ``NotADistance``
    for a distance that is not above 0, and for points 10,000 km or more from the grid's corner.
    """
    if not (np.isfinite(metres) and metres > 0):
        message = "Points can be near within a number of metres above 0; expected one."
        raise NotADistance(message)
    rows = np.flatnonzero(~(np.isnan(easting) | np.isnan(northing)))
    points = np.column_stack((easting[rows], northing[rows]))
    if (np.abs(points) >= _FARTHEST_COORDINATE).any():
        message = "A point lies 10,000 km or more from the grid's corner; expected metres."
        raise NotADistance(message)
    columns, lines = np.floor(points / max(metres, 1)).astype(np.int64).T
    order = np.lexsort((lines, columns))
    found = _first(_close(points[order], (columns[order], lines[order]), metres), most)
    pairs = np.sort(rows[order[found]], axis=1)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return pairs[:, 0], pairs[:, 1]


def _first(parts: Iterator[Integers], most: int) -> Integers:
    """Collect parts until there are ``most`` pairs."""
    found, count = [np.empty((0, 2), dtype=np.int64)], 0
    for part in parts:
        found.append(part[: most - count])
        count += len(found[-1])
        if count >= most:
            break
    return np.concatenate(found)


def _close(points: Floats, squares: tuple[Integers, Integers], metres: float) -> Iterator[Integers]:
    """Give pairs of rows of ``points``, sorted by square, that are close, some at a time.

    Each point is compared with those after it in its own square and the next one north, and with
    those of the three squares to the east: so each pair of neighbouring squares is met once.
    """
    columns, lines = squares
    width = int(np.ptp(lines)) + 4 if lines.size else 1
    keys = (columns - columns.min(initial=0)) * width + lines - lines.min(initial=0) + 1
    own = np.arange(len(keys), dtype=np.int64)
    runs = (
        (own + 1, np.searchsorted(keys, keys + 1, side="right")),
        (
            np.searchsorted(keys, keys + width - 1, side="left"),
            np.searchsorted(keys, keys + width + 1, side="right"),
        ),
    )
    for starts, ends in runs:
        for first, second in _expanded(starts, ends - starts):
            apart = points[first] - points[second]
            is_close = np.einsum("ij,ij->i", apart, apart) <= metres * metres
            yield np.column_stack((first[is_close], second[is_close]))


def _expanded(starts: Integers, counts: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Give each row with each of the ``counts`` rows that follow its start, in even portions."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    for low in range(0, total, _CANDIDATES_AT_ONCE):
        places = np.arange(low, min(low + _CANDIDATES_AT_ONCE, total), dtype=np.int64)
        first = np.searchsorted(ends, places, side="right")
        yield first, starts[first] + places - (ends[first] - counts[first])
