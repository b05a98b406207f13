"""Whose habits a hotspot map allows for: the teams that visits name, or the boroughs where they name none. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.counts import Counted, CountedByTeam
from geo.arrays import Floats, Integers

FEWEST_TEAMS: Final = 2
"""Teams with visits from which they are compared with each other; with fewer the boroughs stand for them."""
_BESIDE: Final = 10_000_000
"""An easting times this beside a northing is one number for a corner."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Strata:
    """Visits and notes of shape (strata, squares): a team each, then a borough each for visits that name no team.

    `teams` is how many teams are told apart, 0 where boroughs stand for all; `named` how many made visits at all;
    `unsaid` the share of visits that name none. Notes of nobody who made a visit are shared out among those who went
    to that square, or else to that borough, or anywhere: so their number in a stratum may be no whole one.
    """

    visits: Floats
    notes: Floats
    teams: int
    named: int
    unsaid: float


def strata_of(counted: Counted, corners: tuple[Integers, Integers], area: Integers) -> Strata:
    """Return the strata of these counts over squares, whose corners and areas are given in their order."""
    table = counted.by_team or _by_nobody(counted)
    place = np.searchsorted(corners[0] * _BESIDE + corners[1], table.easting * _BESIDE + table.northing)
    named = np.unique(table.team[(table.team > 0) & (table.visits > 0)])
    is_named = np.isin(table.team, named) & (len(named) >= FEWEST_TEAMS)
    groups = np.where(is_named, table.team, -area[place])
    visits, has_visits = _summed(groups, place, table.visits, count=len(area))
    # A note belongs to its stratum where that made visits, to nobody where it names no team while others do.
    is_own = (is_named | (not is_named.any())) & np.isin(groups, has_visits)
    notes = _summed_into(has_visits, groups[is_own], place[is_own], table.notes[is_own], count=len(area))
    rest = np.bincount(place[~is_own], weights=table.notes[~is_own].astype(np.float64), minlength=len(area))
    total = max(float(table.visits.sum()), 1.0)
    return Strata(
        visits=visits,
        notes=notes + _shared_out(np.asarray(rest, dtype=np.float64), visits, area),
        teams=len(named) if is_named.any() else 0,
        named=len(named),
        unsaid=float(table.visits[table.team == 0].sum()) / total,
    )


def _by_nobody(counted: Counted) -> CountedByTeam:
    nobody = np.zeros(len(counted.easting), dtype=np.int64)
    return CountedByTeam(
        easting=counted.easting, northing=counted.northing, team=nobody, visits=counted.visits, notes=counted.notes
    )


def _summed(groups: Integers, place: Integers, visits: Integers, *, count: int) -> tuple[Floats, Integers]:
    """Return visits by stratum and square, and which strata made any, in order."""
    has_visits = np.unique(groups[visits > 0])
    made = np.isin(groups, has_visits)
    return _summed_into(has_visits, groups[made], place[made], visits[made], count=count), has_visits


def _summed_into(strata: Integers, groups: Integers, place: Integers, values: Integers, *, count: int) -> Floats:
    at = np.searchsorted(strata, groups) * count + place
    summed = np.bincount(at, weights=values.astype(np.float64), minlength=len(strata) * count)
    return np.asarray(summed, dtype=np.float64).reshape(len(strata), count)


def _shared_out(notes: Floats, visits: Floats, area: Integers) -> Floats:
    """Return notes of nobody by stratum and square, in the proportion of the visits that were made there."""
    if not len(visits):
        return np.zeros_like(visits)
    within = area[None, :] == np.unique(area)[:, None]
    in_area = (visits @ within.T.astype(np.float64))[:, np.searchsorted(np.unique(area), area)]
    shares = np.broadcast_to(visits.sum(axis=1, keepdims=True), visits.shape)
    for nearer in (in_area, visits):
        shares = np.where(nearer.sum(axis=0) > 0, nearer, shares)
    return np.asarray(notes * shares / np.maximum(shares.sum(axis=0), 1.0))
