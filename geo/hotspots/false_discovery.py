"""The false discovery rate: of the cells called hot, how many may be so by chance.

Source: Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal Statistical Society B
57; it holds for windows that overlap, whose tails rise and fall together: Benjamini and Yekutieli (2001), Annals of
Statistics 29. NaN is no test and counts for none.
"""

import numpy as np

from geo.arrays import Floats


def adjusted(tails: Floats) -> Floats:
    """Return the adjusted tail of each test: the least false discovery rate at which it is called; same shape."""
    told = np.asarray(tails, dtype=np.float64)
    answer = np.full(told.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(told))
    order = tested[np.argsort(told.ravel()[tested], kind="stable")]
    scaled = told.ravel()[order] * len(order) / np.arange(1, len(order) + 1)
    answer.ravel()[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return answer


def line(tails: Floats, level: float) -> float:
    """Return the tail up to which tests are called at this false discovery rate.

    Where none is called, that is the line of the first call, level / tests: what a single hot cell would have had to
    reach. 0 without tests.
    """
    told = np.sort(np.asarray(tails, dtype=np.float64)[~np.isnan(tails)])
    if not len(told):
        return 0.0
    lines = level * np.arange(1, len(told) + 1) / len(told)
    passed = np.flatnonzero(told <= lines)
    return float(lines[passed[-1]] if len(passed) else lines[0])
