"""The default map: where windows hold more notes than the visits there let one expect.

A window holds n of all N notes where a share e / N was expected. If risk were the same everywhere, n would be binomial:
exactly so when each visit gives Poisson notes; when a visit gives one note at most, or shares are summed over teams,
the true spread is smaller and the tail errs on the side of silence. Source: Przyborowski and Wilenski (1940),
Biometrika 31.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy.special import betainc

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.detectable import detectable_ratio
from geo.hotspots.false_discovery import adjusted, line
from geo.hotspots.windows import Windows


class NotCounts(ValueError):
    """Counts of notes or visits between which no excess can be told."""


class State(IntEnum):
    """What can be said of a cell. There is no cold: few notes after few visits say nothing."""

    TOO_FEW_VISITS = 0
    ORDINARY = 1
    HOT = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Excess:
    """For each cell what its window holds, shape (cells,) each, and how that was told."""

    notes: Floats
    expected: Floats
    ratio: Floats
    """Notes to expected notes, NaN where none were expected."""

    tail: Floats
    """The chance of so many notes or more, were risk the same everywhere; NaN where no note was expected."""

    adjusted: Floats
    """The false discovery rate at which the cell would be called."""

    detectable: Floats
    """The smallest ratio that would have been called, with the power asked for."""

    state: Integers
    line: float
    level: float
    power: float
    tellable: float
    window_metres: float

    @property
    def hot(self) -> Claims:
        """Say of each cell whether it is hot."""
        return np.asarray(self.state == State.HOT)


def expected_by_visits(notes: Floats, visits: Floats) -> Floats:
    """Return the notes that each cell would have if every visit gave as many, shape (cells,); they sum to all notes.

    Raises ``NotCounts`` for negative counts, and for notes where there was no visit at all.
    """
    _check(notes, visits)
    total = visits.sum()
    return np.asarray(visits * (notes.sum() / total if total > 0 else 0.0), dtype=np.float64)


def expected_by_team(notes: Floats, visits: Floats) -> Floats:
    """Return the notes that each cell would have if every visit of a team gave as many as that team's visits do.

    Notes and visits of shape (teams, cells), the answer (cells,). Teams may be any strata: team and kind of visit, say.
    This is indirect standardisation, as epidemiology uses it. Raises ``NotCounts`` like ``expected_by_visits``.
    """
    _check(notes, visits)
    noted, made = notes.sum(axis=1), visits.sum(axis=1)
    if (noted[made == 0] > 0).any():
        raise NotCounts("A team has notes but no visits; expected the visits on which they were written.")
    rates = np.divide(noted, made, out=np.zeros(len(made)), where=made > 0)
    return np.asarray(rates @ visits, dtype=np.float64)


def excess(
    notes: Floats,
    expected: Floats,
    windows: Windows,
    *,
    level: float = 0.05,
    power: float = 0.8,
    tellable: float = 3.0,
) -> Excess:
    """Return the excess of notes over expected ones in the window of each cell, notes and expected of shape (cells,).

    A cell is hot at a false discovery rate of ``level``; it had too few visits to say where a ratio of ``tellable``
    would have been missed with a chance of more than 1 - ``power``. Raises ``NotCounts`` for what are no counts.
    """
    _check(notes, expected)
    noted, held = windows.sums(notes), windows.sums(expected)
    tail = np.where(held > 0, tails(noted, held, float(notes.sum())), np.nan)
    called = line(tail, level)
    detectable = detectable_ratio(held, level=called, power=power)
    state = np.where(detectable > tellable, State.TOO_FEW_VISITS, State.ORDINARY)
    rate = adjusted(tail)
    return Excess(
        notes=noted,
        expected=held,
        ratio=np.divide(noted, held, out=np.full(len(held), np.nan), where=held > 0),
        tail=tail,
        adjusted=rate,
        detectable=detectable,
        state=np.where(rate <= level, State.HOT, state).astype(np.int64),
        line=called,
        level=level,
        power=power,
        tellable=tellable,
        window_metres=windows.metres,
    )


def tails(count: Floats, expected: Floats, total: float) -> Floats:
    """Return the chance of ``count`` or more of ``total`` notes where ``expected`` were, arrays of one shape; exact."""
    share = np.clip(expected / total, 0, 1) if total > 0 else np.zeros_like(expected)
    return np.where(count > 0, betainc(np.maximum(count, 1), np.maximum(total - count, 0) + 1, share), 1.0)


def _check(notes: Floats, other: Floats) -> None:
    if notes.shape != other.shape:
        raise NotCounts(f"Notes and visits are of different shapes, {notes.shape} and {other.shape}.")
    if not (np.isfinite(notes).all() and np.isfinite(other).all() and (notes >= 0).all() and (other >= 0).all()):
        raise NotCounts("Notes and visits are counts: finite, and 0 or more.")
    if notes.sum() > 0 and not other.sum() > 0:
        raise NotCounts("There are notes but no visits; expected the visits on which they were written.")
