"""Near repeats: whether more pairs are close in both space and time than chance gives.

Source: Knox (1964), The detection of space-time interactions, Applied Statistics 13; bands and shuffled days as in
Johnson et al. (2007), Space-time patterns of risk, Journal of Quantitative Criminology 23.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.arrays import Floats, Integers
from geo.distances import near_pairs
from geo.hotspots.compiled import Compiled

MOST_PAIRS: Final = 5_000_000


class TooManyPairs(ValueError):
    """More near pairs than can be shuffled."""


class NotBands(ValueError):
    """Distances or days that are no bands."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Knox:
    """For each band of distance (rows) and of days (columns): pairs, and what shuffled days give."""

    metres: tuple[float, ...]
    """The far end of each band, itself within."""

    days: tuple[float, ...]
    pairs: Integers
    expected: Floats
    ratio: Floats
    """Pairs to the mean of the shuffles, NaN where that is 0."""

    p_value: Floats


def knox(
    easting: Floats,
    northing: Floats,
    day: Floats,
    *,
    metres: Sequence[float],
    days: Sequence[float],
    seed: int,
    replicates: int = 999,
) -> Knox:
    """Return near repeats of events, shape (n,) each: metres (EPSG:27700) and days; bands by their far ends, rising.

    The same seed, the same answer. Raises ``NotBands``, and ``TooManyPairs`` where many events share a place.
    """
    _check("metres", metres)
    _check("days", days)
    first, second = near_pairs(easting, northing, metres[-1], most=MOST_PAIRS)
    if len(first) == MOST_PAIRS:
        raise TooManyPairs(f"More than {MOST_PAIRS:,} pairs are that near; choose a shorter period or distance.")
    apart = np.hypot(easting[first] - easting[second], northing[first] - northing[second])
    band = np.minimum(np.searchsorted(metres, apart * (1 - 1e-12)), len(metres) - 1)
    pairs = np.column_stack((first, second, band)).astype(np.int64)
    ends, shape = np.asarray(days, dtype=np.float64), (len(metres), len(days))
    when = np.asarray(day, dtype=np.float64)
    observed = _tallied(pairs, when, ends, shape[0])
    numbers = np.random.default_rng(seed)
    total, reached = np.zeros(shape), np.zeros(shape)
    for _ in range(replicates):
        shuffled = _tallied(pairs, numbers.permutation(when), ends, shape[0])
        total += shuffled
        reached += shuffled >= observed
    expected = total / max(replicates, 1)
    return Knox(
        metres=tuple(metres),
        days=tuple(days),
        pairs=observed,
        expected=expected,
        ratio=np.divide(observed, expected, out=np.full(shape, np.nan), where=expected > 0),
        p_value=(reached + 1) / (replicates + 1),
    )


def _check(name: str, ends: Sequence[float]) -> None:
    if not ends or not (np.diff(ends) > 0).all() or ends[0] < 0:
        raise NotBands(f"Bands of {name} are given by their far ends, 0 or more, each above the one before.")


@Compiled
def _tallied(pairs, day, ends, bands):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Return how many pairs fall into each band of distance, given with them, and of days."""
    tally = np.zeros((bands, len(ends)), dtype=np.int64)
    for row in range(len(pairs)):
        apart = abs(day[pairs[row, 0]] - day[pairs[row, 1]])
        for column in range(len(ends)):
            if apart <= ends[column]:
                tally[pairs[row, 2], column] += 1
                break
    return tally
