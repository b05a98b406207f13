"""How well a map of what was told what came later: PAI, PEI and hit rate on a time hold-out.

Source: Chainey, Tompson and Uhlig (2008), Security Journal 21 (PAI); Hunt (2016), doctoral dissertation, American
University (PEI). On notes these reward following the visits; judge on excess or on what third parties reported.
"""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats


class NotAHoldOut(ValueError):
    """Scores, later events and areas that cannot be compared."""


@dataclass(frozen=True, kw_only=True)
class HoldOut:
    """What a map caught of what came later, when so large a share of the area is marked."""

    hit_rate: float
    """Later events in the marked cells, of all."""

    area_share: float
    pai: float
    """Predictive accuracy index: hit rate to share of area. 1 is what marking at random gives."""

    pei: float
    """Predictive efficiency index: PAI to the highest that any map of that area could have."""


def hold_out(score: Floats, later: Floats, *, share: float, area: Floats | None = None) -> HoldOut:
    """Return how a score of cells, shape (cells,), told later events in them, marking its highest share of the area.

    Cells of one score are marked alike: where they do not all fit, each by the same part, as if drawn by lot. NaN
    scores last. Raises ``NotAHoldOut`` for shapes that differ, a share not above 0 and at most 1, and no later events.
    """
    size = np.ones(len(score)) if area is None else area
    if not (score.shape == later.shape == size.shape and 0 < share <= 1 and later.sum() > 0 and (size > 0).all()):
        raise NotAHoldOut("A hold-out needs a score, later events and an area for each cell, some events, and a share.")
    caught = _caught(np.nan_to_num(score, nan=-np.inf, neginf=-np.inf), later, size, share)
    best = _caught(later / size, later, size, share)
    return HoldOut(hit_rate=caught, area_share=share, pai=caught / share, pei=caught / best)


def _caught(score: Floats, later: Floats, size: Floats, share: float) -> float:
    """Return the share of later events in the highest-scored cells; cells of one score stand for one another."""
    _, level = np.unique(-score, return_inverse=True)
    events, areas = np.bincount(level, weights=later), np.bincount(level, weights=size)
    room = share * size.sum() - (np.cumsum(areas) - areas)
    marked = np.clip(room / areas, 0, 1)
    return float((marked * events).sum() / later.sum())
