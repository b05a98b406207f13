"""Hotspots for others: where more places were noted than the visits explain, told from published values alone.

A square is hot only where it is hot whatever the true counts may be that stand behind what was published: the places
visited there are taken at the most that the published number allows; of the places noted, noise, band and rounding are
part of the chance, and two more are allowed for, since a value stays while its count moves by less than three; and the
risk that all squares share is taken at the upper end of what the published tables allow (Berger and Boos 1994, Journal
of the American Statistical Association 89). Tails are then held to a false discovery rate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from geo.arrays import Floats
from geo.disclosure.banding import LEAST, Published, counts_behind
from geo.disclosure.perturbing import P_TABLE
from geo.disclosure.published_sums import moments, step_of, sum_chances
from geo.disclosure.sticky import LEAST_CHANGE
from geo.hotspots.excess import State
from geo.hotspots.false_discovery import adjusted, line

LEVEL: Final = 0.05
"""How often, at most, a map of equal risk may show a hot square: a fifth of it for the shared risk being higher."""
LASTING: Final = 0.5
"""Which share of the places noted in a quarter is taken to be noted in each other quarter of a span as well."""
TELLABLE: Final = 3.0
POWER: Final = 0.8
FEWEST: Final = 8
"""From so many squares with a number of visits on, their shared risk can be told."""
_UNSURE: Final = LEVEL / 5
_KEPT: Final = LEAST_CHANGE - 1
_ROUNDING_VARIANCE: Final = 2.0
_LOWEST_RATE, _HIGHEST_RATE = 1 / 64, 8.0
_HALVINGS: Final = 24

Table = Mapping[int, Published]
"""What was published of one heading and quarter, by square."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is told of a square, in the quarters in which its visits were published as a number.

    `visited` and `noted` are sums of published numbers, None where all are in the band; `expected` is how many places
    would be noted, were the risk everywhere the same.
    """

    square: int
    state: State
    quarters: int
    visited: Published
    noted: Published
    expected: int


@dataclass(frozen=True, eq=False, slots=True)
class _Pairs:
    """Visits published as numbers, shape (squares, quarters) with NaN elsewhere, and steps noted there, (squares,)."""

    squares: Sequence[int]
    visits: Floats
    most: Floats
    noted: Sequence[int]

    @property
    def told(self) -> list[int]:
        """Return the places in order of the squares of which any visits were published as a number."""
        found: list[int] = np.flatnonzero(~np.isnan(self.visits).all(axis=1)).tolist()
        return found


def released_hotspots(visited: Sequence[Table], noted: Sequence[Table]) -> list[Told]:
    """Return what is told of each square, in order, from one table of each heading for each quarter of a span.

    It is a function of published values and of nothing else: the same tables, the same answer.
    """
    pairs = _pairs(visited, noted)
    told = pairs.told
    rate, highest = _rates(pairs, told) if len(told) >= FEWEST else (0.0, 0.0)
    states = dict(zip(told, _states(pairs, told, (rate, highest)), strict=True)) if rate > 0 else {}
    return [
        Told(
            square=square,
            state=states.get(number, State.TOO_FEW_VISITS),
            quarters=int((~np.isnan(pairs.visits[number])).sum()),
            visited=int(np.nansum(pairs.visits[number])) or None,
            noted=LEAST * pairs.noted[number] or None,
            expected=round(rate * float(np.nansum(pairs.visits[number]))),
        )
        for number, square in enumerate(pairs.squares)
    ]


def _pairs(visited: Sequence[Table], noted: Sequence[Table]) -> _Pairs:
    both = list(zip(visited, noted, strict=True))
    squares = sorted({square for tables in both for table in tables for square in table})
    visits, most = (np.full((len(squares), len(both)), np.nan) for _ in range(2))
    steps = [0] * len(squares)
    for number, square in enumerate(squares):
        for quarter, (seen, found) in enumerate(both):
            value = seen.get(square)
            if value is not None and square in found:
                visits[number, quarter] = value
                most[number, quarter] = counts_behind(value).high + _KEPT
                steps[number] += step_of(found[square])
    return _Pairs(squares, visits, most, steps)


def _rates(pairs: _Pairs, told: Sequence[int]) -> tuple[float, float]:
    """Return how many places are noted for each place visited, and the most that the published tables allow."""
    visits = pairs.visits[~np.isnan(pairs.visits)]
    total = float(sum(pairs.noted[number] for number in told))
    spread = np.sqrt(len(visits) * (_noise_variance() + _ROUNDING_VARIANCE))
    z = float(ndtri(1 - _UNSURE))
    fewest = max(1 - z * float(spread) / float(visits.sum()), 0.5)
    repeats = 1 + (pairs.visits.shape[1] - 1) * LASTING

    different, how_many = np.unique(visits, return_counts=True)

    def beyond(rate: float, sure: float, share: float) -> bool:
        mean, variance = moments(rate * share * different)
        return float(how_many @ mean) - sure * float(np.sqrt(repeats * (how_many @ variance))) > total

    return _first_beyond(lambda rate: beyond(rate, 0.0, 1.0)), _first_beyond(lambda rate: beyond(rate, z, fewest))


def _states(pairs: _Pairs, told: Sequence[int], rates: tuple[float, float]) -> list[State]:
    rate, highest = rates
    tails = [_tail(sum_chances(highest * _quarters(pairs.most, one), lasting=LASTING, more=_KEPT)) for one in told]
    chance = np.array([tail[min(pairs.noted[one], len(tail) - 1)] for tail, one in zip(tails, told, strict=True)])
    level = LEVEL - _UNSURE
    hot, called = adjusted(chance) <= level, line(chance, level)
    means = [TELLABLE * rate * _quarters(pairs.visits, one) for one in told]
    found = [_is_found(tail, called, mean) for tail, mean in zip(tails, means, strict=True)]
    quiet = np.where(found, State.ORDINARY, State.TOO_FEW_VISITS)
    return [State(state) for state in np.where(hot, State.HOT, quiet).tolist()]


def _is_found(tail: Floats, called: float, means: Floats) -> bool:
    """Return whether a square with these means would be called often enough."""
    first = int(np.argmax(tail <= called)) if (tail <= called).any() else len(tail)
    chances = sum_chances(means, lasting=LASTING)
    return float(chances[first:].sum()) >= POWER


def _tail(chances: Floats) -> Floats:
    """Return the chance of each sum or more, and of one beyond all: none."""
    return np.append(np.cumsum(chances[::-1])[::-1], 0.0)


def _quarters(values: Floats, square: int) -> Floats:
    return np.asarray(values[square][~np.isnan(values[square])])


def _first_beyond(is_beyond: Callable[[float], bool]) -> float:
    low, high = 0.0, _LOWEST_RATE
    while high < _HIGHEST_RATE and not is_beyond(high):
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_beyond(middle) else (middle, high)
    return high


def _noise_variance() -> float:
    return float(sum(noise**2 * share for noise, share in P_TABLE.items()))
