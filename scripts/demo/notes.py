"""The demo's risk notes: more of them where risk was planted, about places and about what visits found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Integers
from scripts.demo.chance import Chance, Ids
from scripts.demo.partners import HANDLINGS
from scripts.demo.places import (
    BAR,
    BUILDING_SITE,
    CAR_WASH,
    FACTORY,
    FARM,
    HOME,
    HOTEL,
    MASSAGE_PREMISES,
    NAIL_BAR,
    POLICE,
    RESTAURANT,
    SHOP,
    STREET,
    Places,
    Protection,
)
from scripts.demo.rounds import largest_centres
from scripts.demo.streets import CENTRES
from scripts.demo.teams import writing
from scripts.demo.visits import DAYS_BACK, DONE, Visits

SEXUAL, LABOUR, SERVITUDE, CRIMINAL, DEBT, MARRIAGE, TRAFFICKING, NOT_KNOWN = range(1, 9)
CATEGORIES: Final = 8

CATEGORY_BY_KIND: Final = {
    FARM: {LABOUR: 6, DEBT: 3, TRAFFICKING: 2},
    BUILDING_SITE: {LABOUR: 6, DEBT: 2, TRAFFICKING: 1},
    SHOP: {LABOUR: 3, CRIMINAL: 3, NOT_KNOWN: 2},
    BAR: {SEXUAL: 4, LABOUR: 2, NOT_KNOWN: 2},
    NAIL_BAR: {LABOUR: 4, TRAFFICKING: 3, DEBT: 3},
    CAR_WASH: {LABOUR: 5, DEBT: 4, TRAFFICKING: 1},
    FACTORY: {LABOUR: 6, DEBT: 2, NOT_KNOWN: 1},
    HOME: {SERVITUDE: 4, CRIMINAL: 4, MARRIAGE: 2, SEXUAL: 1},
    STREET: {SEXUAL: 6, CRIMINAL: 2, NOT_KNOWN: 1},
    RESTAURANT: {LABOUR: 5, DEBT: 3, NOT_KNOWN: 1},
    HOTEL: {SEXUAL: 4, TRAFFICKING: 3, LABOUR: 1},
    MASSAGE_PREMISES: {SEXUAL: 6, TRAFFICKING: 3, DEBT: 1},
}
"""Weights of kinds of exploitation by site kind; anywhere else it is not known yet."""

RISKY_CENTRES: Final = 2
RISK_THERE: Final = 14.0
"""So much that a hotspot map made of released counts can tell it, which says nothing of what others might explain."""
SEVERITY_SHARES: Final = (0.18, 0.30, 0.29, 0.16, 0.07)
PROVENANCE_SHARES: Final = (0.38, 0.22, 0.25, 0.15)
SHARE_FROM_VISITS: Final = 0.5
GRADED: Final = 0.4
INTELLIGENCE_SHARES: Final = (0.2, 0.2, 0.25, 0.3, 0.05)
SUSPECTED_FALSE: Final = 5
PERMITTED, CONDITIONAL = 1, 2
SAFEGUARDING, ENFORCEMENT = 1, 2
NO_HANDLING, OWNER_ONLY = HANDLINGS.index("none"), HANDLINGS.index("owner only")


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Risk notes of the demo: `place` and `visit` are positions, visit -1 for none; days count from 2000-01-01."""

    ids: Ids
    place: Integers
    visit: Integers
    category: Integers
    severity: Integers
    provenance: Integers
    recorded: Integers
    review: Integers
    grade_source: Integers
    grade_intelligence: Integers
    grade_handling: Integers
    protection: Protection

    def columns(
        self, places: Places, visits: Visits, *, label: Integers, author: Ids
    ) -> Mapping[str, NDArray[np.generic]]:
        """Return the notes as columns of the staging table, given the label and the author of each."""
        none = np.zeros(1, dtype="V16")
        return {
            "id": self.ids,
            "place_id": places.ids[self.place],
            "visit_id": np.where(self.visit < 0, none, visits.ids[self.visit]),
            "label_id": label.astype(np.int32),
            "category": self.category.astype(np.int16),
            "severity": self.severity.astype(np.int16),
            "provenance": self.provenance.astype(np.int16),
            "recorded_day": self.recorded.astype(np.int32),
            "review_day": self.review.astype(np.int32),
            "grade_source": self.grade_source.astype(np.int16),
            "grade_intelligence": self.grade_intelligence.astype(np.int16),
            "grade_handling": self.grade_handling.astype(np.int16),
            "team": np.where(self.visit < 0, 0, visits.team[self.visit]).astype(np.int16),
            "changed_by": author,
        }


def notes(chance: Chance, places: Places, visits: Visits, *, count: int, today: int) -> Notes:
    """Return `count` notes, half of them about what a visit found."""
    random = chance.stream("notes")
    risk = _risk(random, places)
    found = np.flatnonzero(visits.status == DONE)
    weight = risk[visits.place[found]] * writing(visits.team[found])
    visit = random.choice(found, size=round(count * SHARE_FROM_VISITS), p=weight / weight.sum())
    alone = random.choice(len(risk), size=count - len(visit), p=risk / risk.sum())
    place = np.concatenate([visits.place[visit], alone])
    recorded = np.concatenate([visits.day[visit], today - random.integers(1, DAYS_BACK, size=len(alone))])
    protection = _protection(random, places, place)
    is_graded = _are_graded(random, protection)
    intelligence = random.choice(np.arange(1, 6), size=count, p=INTELLIGENCE_SHARES)
    conditions = random.choice([PERMITTED, CONDITIONAL], size=count, p=(0.8, 0.2))
    stays = is_graded & ((intelligence == SUSPECTED_FALSE) | (conditions == CONDITIONAL))
    protection = protection._replace(handling=np.where(stays, OWNER_ONLY, protection.handling))
    return Notes(
        ids=chance.ids("note ids", count),
        place=place,
        visit=np.concatenate([visit, np.full(len(alone), -1)]),
        category=_categories(random, places.kind[place]),
        severity=random.choice(np.arange(1, 6), size=count, p=SEVERITY_SHARES),
        provenance=random.choice(4, size=count, p=PROVENANCE_SHARES),
        recorded=recorded,
        review=np.maximum(recorded + 90, today + random.integers(-30, 150, size=count)),
        grade_source=np.where(is_graded, random.integers(1, 4, size=count), 0),
        grade_intelligence=intelligence,
        grade_handling=conditions,
        protection=protection,
    )


def _risk(random: np.random.Generator, places: Places) -> Floats:
    """Return how likely a visit finds something: planted in a few of the centres with many places, low elsewhere."""
    by_centre = np.ones(CENTRES)
    largest = largest_centres(places, 3 * RISKY_CENTRES)
    by_centre[random.choice(largest, size=RISKY_CENTRES, replace=False)] = RISK_THERE
    risk: Floats = by_centre[places.spots.centre] * random.gamma(8.0, size=len(places.kind))
    return risk


def _categories(random: np.random.Generator, kind: Integers) -> Integers:
    category = np.full(len(kind), NOT_KNOWN, dtype=np.int64)
    for one_kind, weights in CATEGORY_BY_KIND.items():
        here = np.flatnonzero(kind == one_kind)
        share = np.array(list(weights.values())) / sum(weights.values())
        category[here] = random.choice(list(weights), size=len(here), p=share)
    return category


def _protection(random: np.random.Generator, places: Places, place: Integers) -> Protection:
    """Return what protects each note: at least what protects its place, and its own reason for being recorded."""
    of_place = Protection(*(column[place] for column in places.protection))
    raised = of_place.sensitivity + (random.uniform(size=len(place)) < 0.25)
    drawn = random.uniform(size=len(place))
    collected_for = np.where(
        (of_place.collected_for == ENFORCEMENT) & (drawn < 0.4),
        SAFEGUARDING,
        np.where((of_place.collected_for == SAFEGUARDING) & (drawn < 0.3), 0, of_place.collected_for),
    )
    return of_place._replace(sensitivity=raised.clip(max=3), collected_for=collected_for)


def _are_graded(random: np.random.Generator, protection: Protection) -> NDArray[np.bool_]:
    """Say which notes a police member graded; none that travel under conditions already."""
    drawn = random.uniform(size=len(protection.owner))
    is_plain = np.isin(protection.handling, [NO_HANDLING, OWNER_ONLY])
    was_for_enforcement = protection.collected_for == ENFORCEMENT
    graded: NDArray[np.bool_] = (protection.owner == POLICE) & was_for_enforcement & is_plain & (drawn < GRADED)
    return graded
