"""Local statistics in closed form: Gi* for where high values gather, Moran's for what is unlike its surroundings.

On raw counts of notes both find where teams go. They are for activity, or for values that visits were taken out of.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy.sparse import csr_array, diags_array

from geo.arrays import Floats, Integers
from geo.hotspots.windows import Windows

_NO_SPREAD = 1e-9
"""A standard deviation below this part of the mean is rounding, out of which z would make hot cells."""

_FEWEST = 3
"""Cells below which values dealt at random have no variance."""


class Quadrant(IntEnum):
    """A cell's value and that of its surroundings, each beside the mean."""

    HIGH_AMONG_HIGH = 1
    LOW_AMONG_HIGH = 2
    LOW_AMONG_LOW = 3
    HIGH_AMONG_LOW = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalMoran:
    """Local Moran's of each cell, shape (cells,) each; the moments are those of values dealt at random."""

    statistic: Floats
    expected: Floats
    variance: Floats
    z: Floats
    quadrant: Integers


def gi_star(values: Floats, windows: Windows) -> Floats:
    """Return z of the sum of each window, values of shape (cells,) or (n, cells); 0 where values do not vary.

    Source: Getis and Ord (1992), Geographical Analysis 24, and Ord and Getis (1995), 27, equation 14, binary weights.
    """
    table = np.asarray(values, dtype=np.float64)
    return gi_star_of(windows.sums(table), windows.sizes(), table)


def gi_star_of(sums: Floats, sizes: Integers | Floats, values: Floats, *, axis: int | None = -1) -> Floats:
    """Return Gi* of sums of so many values each, against the mean and spread of all values along an axis."""
    count = values.size if axis is None else values.shape[axis]
    if not count:
        return np.zeros_like(sums)
    mean = values.mean(axis=axis, keepdims=axis is not None)
    spread = values.std(axis=axis, keepdims=axis is not None)
    room = np.maximum(count * np.asarray(sizes, dtype=np.float64) - np.square(sizes, dtype=np.float64), 0)
    scale = spread * np.sqrt(room / max(count - 1, 1))
    varies = (spread > _NO_SPREAD * np.abs(mean)) & (scale > 0)
    z: Floats = np.divide(sums - sizes * mean, scale, out=np.zeros_like(sums), where=varies)
    return z


def local_moran(values: Floats, windows: Windows) -> LocalMoran:
    """Return local Moran's of values of cells, shape (cells,); each cell's surroundings weigh 1 in all, itself nothing.

    Source: Anselin (1995), Local indicators of spatial association, Geographical Analysis 27, equations 12 to 14;
    the statistic is scaled by cells - 1, as esda's.
    """
    count = len(values)
    if count < _FEWEST or not values.std() > _NO_SPREAD * abs(float(values.mean())):
        nothing = np.zeros(count)
        return LocalMoran(
            statistic=nothing, expected=nothing, variance=nothing, z=nothing, quadrant=np.zeros(count, np.int64)
        )
    around, z = _rows_of_one(windows.without_itself()), values - values.mean()
    lag, second = np.asarray(around @ z), float(np.square(z).sum())
    statistic = (count - 1) * z * lag / second
    expected, variance = _moments(around, count, count * float((z**4).sum()) / second**2)
    scale = np.sqrt(np.maximum(variance, 0))
    return LocalMoran(
        statistic=statistic,
        expected=expected,
        variance=variance,
        z=np.divide(statistic - expected, scale, out=np.zeros(count), where=scale > 0),
        quadrant=np.where(z > 0, np.where(lag > 0, 1, 4), np.where(lag > 0, 2, 3)).astype(np.int64),
    )


def _moments(around: csr_array, count: int, kurtosis: float) -> tuple[Floats, Floats]:
    weights = np.asarray(around.sum(axis=1), dtype=np.float64).ravel()
    squares = np.asarray(around.multiply(around).sum(axis=1), dtype=np.float64).ravel()
    expected = -weights / (count - 1)
    variance = squares * (count - kurtosis) / (count - 1)
    variance += (weights**2 - squares) * (2 * kurtosis - count) / ((count - 1) * (count - 2))
    return expected, variance - expected**2


def _rows_of_one(matrix: csr_array) -> csr_array:
    sizes = np.diff(matrix.indptr)
    return csr_array(diags_array(1 / np.maximum(sizes, 1)) @ matrix)
