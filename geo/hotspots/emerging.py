"""Emerging hot spots: a cube of cells and steps of time, where it is hot, and whether it grows.

Source: Getis and Ord (1992) on a space-time neighbourhood; Mann (1945), Econometrica 13, and Kendall (1975), Rank
Correlation Methods, for the trend; the patterns are those of Esri's Emerging Hot Spot Analysis. Values should be ones
that visits were taken out of, (notes - expected) / sqrt(expected) say: on raw counts it follows the teams.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from scipy.special import ndtr

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.false_discovery import adjusted
from geo.hotspots.local_statistics import gi_star_of
from geo.hotspots.windows import Windows

FEWEST_STEPS: Final = 10
MOSTLY: Final = 0.9
"""The share of steps from which a cell counts as always hot."""


class TooFewSteps(ValueError):
    """A cube too short for a trend."""


class Pattern(IntEnum):
    """How a cell has been hot."""

    NONE = 0
    NEW = 1
    CONSECUTIVE = 2
    INTENSIFYING = 3
    PERSISTENT = 4
    DIMINISHING = 5
    SPORADIC = 6
    OSCILLATING = 7
    HISTORICAL = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class Emerging:
    """For each step and cell its z and whether it is hot, shape (steps, cells); for each cell its trend and pattern."""

    z: Floats
    hot: Claims
    trend_z: Floats
    trend_tail: Floats
    pattern: Integers


def emerging(values: Floats, windows: Windows, *, steps_back: int = 1, level: float = 0.05) -> Emerging:
    """Return what emerges in values of shape (steps, cells), oldest step first.

    A step sees itself and ``steps_back`` earlier ones, against the mean of the whole cube. Hot is a false discovery
    rate of ``level`` over all steps and cells. Raises ``TooFewSteps`` below 10 steps.
    """
    if len(values) < FEWEST_STEPS:
        raise TooFewSteps(f"{len(values)} steps of time tell no trend; expected {FEWEST_STEPS} or more.")
    sums, steps = _looking_back(windows.sums(values), steps_back)
    z = gi_star_of(sums, steps[:, None] * windows.sizes(), values, axis=None)
    hot = np.asarray(adjusted(ndtr(-z)) <= level)
    cold = np.asarray(adjusted(ndtr(z)) <= level)
    _, trend_z, trend_tail = mann_kendall(z)
    trend = np.sign(trend_z) * (trend_tail <= level)
    return Emerging(z=z, hot=hot, trend_z=trend_z, trend_tail=trend_tail, pattern=_patterns(hot, cold, trend))


def mann_kendall(series: Floats) -> tuple[Floats, Floats, Floats]:
    """Return S, z and two-sided tail of the trend of each column of a table, shape (steps, cells), ties allowed for."""
    steps, cells = series.shape
    statistic, alike = np.zeros(cells), np.zeros(series.shape)
    for later in range(1, steps):
        change = series[later:] - series[:-later]
        statistic += np.sign(change).sum(axis=0)
        alike[later:] += change == 0
        alike[:-later] += change == 0
    ties = (alike * (2 * (alike + 1) + 5)).sum(axis=0)
    variance = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18
    nearer = statistic - np.sign(statistic)
    z = np.divide(nearer, np.sqrt(variance), out=np.zeros(cells), where=variance > 0)
    return statistic, z, 2 * ndtr(-np.abs(z))


def _looking_back(sums: Floats, steps_back: int) -> tuple[Floats, Integers]:
    """Return sums over each step and those before it, and how many steps each of them is of."""
    running = np.cumsum(sums, axis=0)
    looked = running.copy()
    looked[steps_back + 1 :] -= running[: len(sums) - steps_back - 1]
    return looked, np.minimum(np.arange(len(sums)) + 1, steps_back + 1)


def _patterns(hot: Claims, cold: Claims, trend: Floats) -> Integers:
    """Return the pattern of each cell; the first that holds."""
    often, now = hot.mean(axis=0) >= MOSTLY, hot[-1]
    times = hot.sum(axis=0)
    # The length of the run of hot steps that ends with the last one.
    run = np.cumprod(hot[::-1], axis=0).sum(axis=0)
    cases = [
        (now & (times == 1), Pattern.NEW),
        (now & often & (trend > 0), Pattern.INTENSIFYING),
        (now & often & (trend < 0), Pattern.DIMINISHING),
        (now & often, Pattern.PERSISTENT),
        (now & (run == times), Pattern.CONSECUTIVE),
        (now & cold.any(axis=0), Pattern.OSCILLATING),
        (now, Pattern.SPORADIC),
        (often, Pattern.HISTORICAL),
    ]
    return np.select([holds for holds, _ in cases], [int(pattern) for _, pattern in cases], Pattern.NONE).astype(
        np.int64
    )
