"""Rates drawn towards the mean by as much as their base is small: a rate of 1 in 1 visit is no rate of 100 %."""

import numpy as np

from geo.arrays import Floats
from geo.hotspots.windows import Windows


class NotRates(ValueError):
    """Events and a base that make no rates."""


def smoothed_rates(events: Floats, base: Floats, windows: Windows | None = None) -> Floats:
    """Return the empirical Bayes rate of each cell, shape (cells,): drawn to the mean of all, or of its window.

    Equal to that mean where rates vary no more than chance has them vary; the mean, too, where the base is 0.
    Source: Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics
    40.
    Raises ``NotRates`` for negative numbers and for a base that is 0 everywhere.
    """
    if events.shape != base.shape or (events < 0).any() or (base < 0).any() or not base.sum() > 0:
        raise NotRates("Rates need events and a base of the same cells, 0 or more, and some base.")
    rate = np.divide(events, base, out=np.zeros(len(base)), where=base > 0)
    mean, spread, typical = _global(events, base, rate) if windows is None else _local(events, base, rate, windows)
    between = np.maximum(spread - np.divide(mean, typical, out=np.zeros_like(mean), where=typical > 0), 0)
    within = np.divide(mean, base, out=np.full(len(base), np.inf), where=base > 0)
    kept = np.divide(between, between + within, out=np.zeros(len(base)), where=between + within > 0)
    return np.asarray(mean + kept * (rate - mean), dtype=np.float64)


def _global(events: Floats, base: Floats, rate: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the mean rate, its spread weighted by the base, and the mean base, each the same for every cell."""
    mean = events.sum() / base.sum()
    spread = (base * (rate - mean) ** 2).sum() / base.sum()
    return np.full(len(base), mean), np.full(len(base), spread), np.full(len(base), base.mean())


def _local(events: Floats, base: Floats, rate: Floats, windows: Windows) -> tuple[Floats, Floats, Floats]:
    """Return the same three of each cell's window; the spread is that of the window's rates about its own mean."""
    held = windows.sums(base)
    mean = np.divide(windows.sums(events), held, out=np.zeros(len(base)), where=held > 0)
    squares = windows.sums(base * rate**2) - 2 * mean * windows.sums(base * rate) + mean**2 * held
    spread = np.divide(np.maximum(squares, 0), held, out=np.zeros(len(base)), where=held > 0)
    return mean, spread, held / windows.sizes()
