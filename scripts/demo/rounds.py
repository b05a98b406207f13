"""The police's rounds: in the largest centres they look after most places, and call at each once a quarter."""

from dataclasses import replace
from typing import Final

import numpy as np

from geo.arrays import Claims, Integers
from scripts.demo.places import EAST_COUNCIL, POLICE, WEST_COUNCIL, Places
from scripts.demo.streets import CENTRES

WALKED: Final = 12
"""The centres with the most places, in which the police go their rounds: so many visits that something can be said."""
ROUNDS: Final = 7
DAYS_APART: Final = 91


def largest_centres(places: Places, count: int) -> Integers:
    """Return the numbers of the centres with the most places, the largest last."""
    return np.argsort(np.bincount(places.spots.centre, minlength=CENTRES), kind="stable")[-count:]


def with_beats(places: Places) -> Places:
    """Return the places with those of the councils in the centres of the rounds given to the police."""
    owner = places.protection.owner
    is_given = np.isin(owner, [EAST_COUNCIL, WEST_COUNCIL]) & _are_walked(places)
    return replace(places, protection=places.protection._replace(owner=np.where(is_given, POLICE, owner)))


def rounds(random: np.random.Generator, places: Places, *, today: int) -> tuple[Integers, Integers]:
    """Return the place and the day of each visit of the rounds before today: each place once in each."""
    called_at = np.flatnonzero((places.protection.owner == POLICE) & _are_walked(places))
    place = np.tile(called_at, ROUNDS)
    ago = 1 + np.repeat(np.arange(ROUNDS) * DAYS_APART, len(called_at)) + random.integers(0, DAYS_APART, len(place))
    return place, today - ago


def _are_walked(places: Places) -> Claims:
    return np.isin(places.spots.centre, largest_centres(places, WALKED))
