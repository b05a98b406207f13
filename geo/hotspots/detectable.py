"""What could have been found: the smallest ratio that so many visits would show."""

import numpy as np
from scipy.special import gammainc, gammaincinv, ndtri

from geo.arrays import Floats, Integers


def detectable_ratio(expected: Floats, *, level: float, power: float = 0.8) -> Floats:
    """Return the smallest ratio of true to expected notes that is called with this power, infinite where none is.

    ``expected`` notes of each window, shape (cells,); ``level`` the tail up to which a window is called. With Poisson
    notes a window is called from a count c on, and reaches c with this power when its true mean is that of which the
    gamma distribution of shape c has this quantile. Source: Garwood (1936), Biometrika 28.
    """
    told = np.asarray(expected, dtype=np.float64)
    ratio = np.full(told.shape, np.inf)
    some = told > 0
    if level > 0:
        ratio[some] = gammaincinv(first_called(told[some], level), power) / told[some]
    return ratio


def first_called(expected: Floats, level: float) -> Integers:
    """Return the smallest count whose Poisson tail, P(notes >= count), is at most the level; expected above 0."""
    # Cornish and Fisher's quantile is off by a few at most; the exact tail decides.
    z = -float(ndtri(level)) if 0 < level < 1 else np.inf
    near = expected + z * np.sqrt(expected) + (z**2 - 1) / 6 if np.isfinite(z) else np.ones_like(expected)
    count = np.maximum(np.floor(near), 1)
    while (low := gammainc(count, expected) > level).any():
        count[low] += 1
    while (high := (count > 1) & (gammainc(np.maximum(count - 1, 1), expected) <= level)).any():
        count[high] -= 1
    return count.astype(np.int64)
