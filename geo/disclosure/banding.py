"""What is published of a count and its noise, and which counts could stand behind what was published.

True counts of 0 to 4 are one band, "fewer than 5". Above that the noise is added, and the sum rounded to 5; a sum under
5 is the band too, so that the band does not say for certain that a count is under 5.
"""

from typing import Final, NamedTuple

from geo.disclosure.perturbing import MOST_NOISE, P_TABLE

Published = int | None
"""A published value: a multiple of 5 from 5 up, or None for the band "fewer than 5"."""
LEAST: Final = 5
"""The smallest number that is ever published, and the smallest true count that may be published as a number."""
_HALF_STEP = 2


class NotPublished(ValueError):
    """A value that no count is ever published as."""


class Range(NamedTuple):
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    def __contains__(self, count: object) -> bool:
        """Return whether a count lies in the range."""
        return isinstance(count, int) and self.low <= count <= self.high


def published(count: int, noise: int) -> Published:
    """Return what is published of a true count with its noise; None is the band."""
    seen = count + noise
    if count < LEAST or seen < LEAST:
        return None
    return (seen + _HALF_STEP) // LEAST * LEAST


def possible_values(count: int) -> frozenset[Published]:
    """Return everything that a true count could be published as."""
    return frozenset(published(count, noise) for noise in P_TABLE)


def counts_behind(value: Published) -> Range:
    """Return the true counts that could be published as a value. Raises NotPublished."""
    if value is None:
        return Range(0, LEAST + MOST_NOISE - 1)
    if value < LEAST or value % LEAST:
        raise NotPublished(f"Nothing is published as {value}; expected a multiple of {LEAST}, or the band.")
    lowest = max(LEAST, value - _HALF_STEP)
    return Range(max(LEAST, lowest - MOST_NOISE), value + _HALF_STEP + MOST_NOISE)
