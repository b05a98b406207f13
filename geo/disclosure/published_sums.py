"""What would be published of counts that chance decides: the noise, the band and the rounding as part of the chance.

A count is Poisson about its mean. Where several quarters are added up, some places are noted in each of them: their
number is drawn once and counted in every quarter, the others are drawn anew. Published values are told in steps of 5,
the band as none.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from scipy.linalg import toeplitz
from scipy.special import gammaln, xlogy

from geo.arrays import Floats
from geo.disclosure.banding import LEAST, published
from geo.disclosure.perturbing import MOST_NOISE, P_TABLE

_FAR: Final = 8.0
"""So many standard deviations from its mean, and some for small means, a count is not met."""


_ROWS: Final = 128


def step_of(value: int | None) -> int:
    """Return a published value in steps of 5, the band as none."""
    return 0 if value is None else value // LEAST


def sum_chances(means: Floats, *, lasting: float, more: int = 0) -> Floats:
    """Return how probable each sum of published values is, in steps of 5 from none, shape (sums,).

    `means` are those of the true counts of one square in each quarter, shape (quarters,), `lasting` is which share of
    the noted places is noted in every quarter, and `more` is added to each count before its noise.
    """
    shared = lasting * float(means.min()) if len(means) > 1 else 0.0
    common = _poisson(np.array([shared]), _most(shared))[0]
    longest = _most(float(means.max()) - shared)
    table = _published(len(common) + longest + more)[more:]
    width = len(means) * (table.shape[1] - 1) + 1
    none = np.zeros(len(table) - longest - 1)
    product = np.ones((len(common), width // 2 + 1), dtype=np.complex128)
    for chances in _poisson(means - shared, longest):
        shifted = toeplitz(np.append(chances[:1], np.zeros(len(common) - 1)), np.append(chances, none))
        product *= np.fft.rfft(shifted @ table, n=width, axis=1)
    sums = np.fft.irfft(common @ product, n=width)
    return np.asarray(np.clip(sums, 0, 1))


def moments(means: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of what is published of each count, in steps of 5; shape as of `means`."""
    longest = _most(float(means.max(initial=0)))
    table = _published(longest)
    steps = np.arange(table.shape[1])
    chances = _poisson(means.ravel(), longest)
    mean = chances @ (table @ steps)
    square = chances @ (table @ steps**2)
    return mean.reshape(means.shape), np.maximum(square - mean**2, 0).reshape(means.shape)


def _most(mean: float) -> int:
    return int(mean + _FAR * np.sqrt(mean + 1)) + 1


def _poisson(means: Floats, most: int) -> Floats:
    """Return how probable each count from 0 to `most` is, shape (means, counts)."""
    count = np.arange(most + 1)
    return np.asarray(np.exp(xlogy(count, means[:, None]) - means[:, None] - gammaln(count + 1)))


def _published(most: int) -> Floats:
    """Return how probable each published value is for each count from 0 to `most`, shape (counts, steps)."""
    highest = step_of(published(most, MOST_NOISE))
    return _chances_of_steps(-(-(most + 1) // _ROWS) * _ROWS)[: most + 1, : highest + 1]


@lru_cache(maxsize=64)
def _chances_of_steps(counts: int) -> Floats:
    steps = [[(step_of(published(count, noise)), share) for noise, share in P_TABLE.items()] for count in range(counts)]
    table = np.zeros((counts, steps[-1][-1][0] + 1))
    for count, row in enumerate(steps):
        for step, share in row:
            table[count, step] += float(share)
    return table
