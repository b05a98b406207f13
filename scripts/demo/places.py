"""The demo's places: whose they are, what they are, how they are protected. As many as one likes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Claims, Integers
from geo.cells import cell_key
from geo.tile_keys import halves_of, keys_of
from scripts.demo.chance import Chance, Ids
from scripts.demo.partners import ORGANISATIONS
from scripts.demo.streets import Spots

COLLECTED_FOR: Final = ("welfare", "safeguarding", "enforcement")
SENSITIVITY_SHARES: Final = (0.14, 0.36, 0.42, 0.08)
ATTEND_RULE_SHARES: Final = (0.72, 0.19, 0.06, 0.03)
STATUS_SHARES: Final = (0.80, 0.13, 0.07)
"""active, unconfirmed, closed."""

FARM, BUILDING_SITE, SHOP, BAR, NAIL_BAR, CAR_WASH, FACTORY = range(1, 8)
HOME, STREET, RESTAURANT, HOTEL, MASSAGE_PREMISES, PUBLIC_BUILDING, OTHER = range(8, 15)

KINDS_BY_CHARACTER: Final = (
    {SHOP: 20, BAR: 14, NAIL_BAR: 16, RESTAURANT: 22, HOTEL: 8, MASSAGE_PREMISES: 7, STREET: 8, PUBLIC_BUILDING: 5},
    {FACTORY: 38, CAR_WASH: 30, BUILDING_SITE: 18, SHOP: 6, OTHER: 8},
    {HOME: 62, SHOP: 10, RESTAURANT: 8, STREET: 8, CAR_WASH: 4, NAIL_BAR: 4, MASSAGE_PREMISES: 4},
    {FARM: 74, HOME: 12, BUILDING_SITE: 8, OTHER: 6},
)
"""Weights of site kinds on a street of each character: centre, estate, homes, lane."""

POLICE, CHARITY, EAST_COUNCIL, WEST_COUNCIL, HEALTH, COMMISSIONER = range(len(ORGANISATIONS))
NO_REVIEW: Final = -1_000_000


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How much of everything the health body, the charity and the councils own; the police own the rest."""

    health: float
    charity: float
    councils: float


DEMO_HOLDINGS: Final = Holdings(health=0.14, charity=0.27, councils=0.24)
BENCHMARK_HOLDINGS: Final = Holdings(health=0.02, charity=0.20, councils=0.30)


class Protection(NamedTuple):
    """What labels are made of, one number per record and part; operation and handling are positions, 0 is none."""

    owner: Integers
    sensitivity: Integers
    area: Integers
    operation: Integers
    collected_for: Integers
    handling: Integers


@dataclass(frozen=True, kw_only=True)
class Places:
    """Places of the demo, one per position of each array."""

    ids: Ids
    spots: Spots
    keys: Integers
    kind: Integers
    number: Integers
    house: Integers
    status: Integers
    attend_rule: Integers
    review_in_days: Integers
    changed_days_ago: Integers
    protection: Protection

    def sorted_by(self, order: Integers) -> "Places":
        """Return the same places in another order."""
        columns = {name: value[order] for name, value in vars(self).items() if name not in {"spots", "protection"}}
        return replace(
            self,
            spots=self.spots.chosen(order),
            protection=Protection(*(column[order] for column in self.protection)),
            **columns,
        )

    def columns(self, label: Integers, author: Ids, today: int) -> Mapping[str, NDArray[np.generic]]:
        """Return the places as columns of the staging table, given the label and the author of each.

        `today` is a day of the calendar, counted from 2000-01-01.
        """
        column, row = halves_of(self.keys)
        return {
            "id": self.ids,
            "label_id": label.astype(np.int32),
            "number": self.number.astype(np.int32),
            "kind": self.kind.astype(np.int16),
            "house": self.house.astype(np.int32),
            "street": self.spots.street.astype(np.int32),
            "status": self.status.astype(np.int16),
            "attend_rule": self.attend_rule.astype(np.int16),
            "review_day": (self.review_in_days + today).astype(np.int32),
            "changed_day": (today - self.changed_days_ago).astype(np.int32),
            "changed_by": author,
            "key": self.keys,
            "x": column.astype(np.int32),
            "y": row.astype(np.int32),
            "longitude": self.spots.longitude,
            "latitude": self.spots.latitude,
            "easting": self.spots.easting,
            "northing": self.spots.northing,
        }


def places(chance: Chance, where: Spots, area: Integers, *, is_west: Claims, holdings: Holdings) -> Places:
    """Return a place at each spot, given the id of its area and the side on which it counts.

    Operation and handling are still 0.
    """
    random, count = chance.stream("places"), len(where.street)
    owner = _owners(random, is_west, holdings)
    kind = _kinds(random, where.character)
    collects = np.cumsum([organisation.collects for organisation in ORGANISATIONS], axis=1)
    collected_for = (random.uniform(size=(count, 1)) >= collects[owner]).sum(axis=1).clip(max=2)
    has_no_review = random.uniform(size=count) < 0.15
    nothing = np.zeros(count, dtype=np.int64)
    return Places(
        ids=chance.ids("place ids", count),
        spots=where,
        keys=keys_of(where.longitude, where.latitude),
        kind=kind,
        number=_numbers(random, kind),
        house=random.integers(1, 180, size=count),
        status=random.choice(3, size=count, p=STATUS_SHARES),
        attend_rule=random.choice(4, size=count, p=ATTEND_RULE_SHARES),
        review_in_days=np.where(has_no_review, NO_REVIEW, random.integers(-60, 365, size=count)),
        changed_days_ago=random.integers(1, 730, size=count),
        protection=Protection(
            owner=owner,
            sensitivity=random.choice(4, size=count, p=SENSITIVITY_SHARES),
            area=area,
            operation=nothing,
            collected_for=collected_for,
            handling=nothing,
        ),
    )


def cells_of_places(where: Spots) -> Integers:
    """Return the 5 km cell of each spot, from which its area is looked up."""
    return cell_key(where.easting, where.northing)


def _owners(random: np.random.Generator, is_west: Claims, holdings: Holdings) -> Integers:
    """Return owners: exact shares for health body and charity, each council on its own side only."""
    count = len(is_west)
    drawn = random.uniform(size=count) * (1 - holdings.health - holdings.charity)
    owner = np.where(drawn < holdings.councils, np.where(is_west, WEST_COUNCIL, EAST_COUNCIL), POLICE)
    order = random.permutation(count)
    health, charity = round(holdings.health * count), round(holdings.charity * count)
    owner[order[:health]] = HEALTH
    owner[order[health : health + charity]] = CHARITY
    return owner.astype(np.int64)


def _kinds(random: np.random.Generator, character: Integers) -> Integers:
    """Return a site kind that is at home on a street of this character."""
    kind = np.zeros(len(character), dtype=np.int64)
    for number, weights in enumerate(KINDS_BY_CHARACTER):
        here = np.flatnonzero(character == number)
        share = np.array(list(weights.values())) / sum(weights.values())
        kind[here] = random.choice(list(weights), size=len(here), p=share)
    return kind


def _numbers(random: np.random.Generator, kind: Integers) -> Integers:
    """Number the places of each kind from 1, in no order."""
    number = np.zeros(len(kind), dtype=np.int64)
    for one_kind in np.unique(kind):
        here = np.flatnonzero(kind == one_kind)
        number[here] = random.permutation(len(here)) + 1
    return number
