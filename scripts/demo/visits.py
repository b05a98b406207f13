"""The demo's visits: two years of uneven effort, by area, team, season and day of the week; and the police's rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Integers
from scripts.demo.chance import Chance, Ids
from scripts.demo.partners import ORGANISATIONS
from scripts.demo.places import Places
from scripts.demo.rounds import rounds
from scripts.demo.streets import CENTRES, SHARES
from scripts.demo.teams import teams_of_visits

DAYS_BACK: Final = 730
DAYS_AHEAD: Final = 14
BY_WEEKDAY: Final = np.array([1.0, 1.0, 1.1, 1.2, 1.5, 1.1, 0.4])
BY_MONTH: Final = np.array([0.9, 1.0, 1.1, 1.0, 1.0, 1.0, 0.9, 0.6, 1.1, 1.1, 1.0, 0.6])
EPOCH_WEEKDAY: Final = 5
"""2000-01-01 was a Saturday."""

PLANNED, DONE, ABANDONED = range(3)
SPOKE, CHOSE_NOT_TO_SPEAK, NOBODY_THERE, CLOSED, WITHDREW, SUPPORT_OFFERED = range(1, 7)
OUTCOME_SHARES: Final = (0.34, 0.22, 0.19, 0.11, 0.02, 0.12)
MOST_PEOPLE_MET: Final = 12
INDICATORS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Visits:
    """Visits of the demo: `place` is a position in Places, `day` counts from 2000-01-01."""

    ids: Ids
    place: Integers
    day: Integers
    status: Integers
    outcome: Integers
    people_met: Integers
    indicators: Integers
    team: Integers

    def columns(self, places: Places, label: Integers, author: Ids, *, today: int) -> Mapping[str, NDArray[np.generic]]:
        """Return the visits as columns of the staging table, given each place's label and each author."""
        return {
            "id": self.ids,
            "place_id": places.ids[self.place],
            "label_id": label[self.place].astype(np.int32),
            "status": self.status.astype(np.int16),
            "visited_day": self.day.astype(np.int32),
            "changed_day": np.minimum(self.day, today - 1).astype(np.int32),
            "outcome": self.outcome.astype(np.int16),
            "people_met": self.people_met.astype(np.int16),
            "indicators": self.indicators.astype(np.int32),
            "team": self.team.astype(np.int16),
            "changed_by": author,
        }


def visits(chance: Chance, places: Places, *, count: int, today: int) -> Visits:
    """Return `count` visits to the places; those of today and after are planned."""
    random = chance.stream("visits")
    effort = _effort(random, places)
    called_at, called_on = rounds(chance.stream("rounds"), places, today=today)
    others = count - len(called_at)
    place = np.concatenate([random.choice(len(effort), size=others, p=effort / effort.sum()), called_at])
    days = np.arange(today - DAYS_BACK, today + DAYS_AHEAD + 1)
    weight = _day_weights(days)
    day = np.concatenate([random.choice(days, size=others, p=weight / weight.sum()), called_on])
    order = np.argsort(place, kind="stable")
    place, day = place[order], day[order]
    status = np.where(day >= today, PLANNED, np.where(random.uniform(size=count) < 0.06, ABANDONED, DONE))
    outcome = np.where(
        status == DONE,
        random.choice(np.arange(1, 7), size=count, p=OUTCOME_SHARES),
        np.where(status == ABANDONED, random.choice([NOBODY_THERE, CLOSED, WITHDREW], size=count), 0),
    )
    met = random.poisson(2.2, size=count).clip(1, MOST_PEOPLE_MET)
    has_met = np.isin(outcome, [SPOKE, CHOSE_NOT_TO_SPEAK, SUPPORT_OFFERED])
    seen = random.uniform(size=(count, INDICATORS)) < 0.05 + 0.10 * has_met[:, None]
    return Visits(
        ids=chance.ids("visit ids", count),
        place=place,
        day=day,
        status=status,
        outcome=outcome,
        people_met=np.where(has_met, met, np.where(status == DONE, 0, -1)),
        indicators=np.where(status == DONE, seen @ (1 << np.arange(INDICATORS)), 0),
        team=np.where(status == DONE, teams_of_visits(chance.stream("teams"), places, place), 0),
    )


def _effort(random: np.random.Generator, places: Places) -> Floats:
    """Return how much each place is visited: teams favour areas, areas favour centres, some places are favourites."""
    team_in_area = random.lognormal(sigma=0.7, size=(len(ORGANISATIONS), len(SHARES)))
    by_centre = random.lognormal(sigma=0.8, size=CENTRES)
    by_place = random.lognormal(sigma=1.0, size=len(places.kind))
    effort: Floats = (
        team_in_area[places.protection.owner, places.spots.borough] * by_centre[places.spots.centre] * by_place
    )
    return effort


def _day_weights(days: Integers) -> Floats:
    """Return how many visits a day sees: more each year, most on Thursdays and Fridays, few in August and December."""
    month = (np.datetime64("2000-01-01") + days.astype("timedelta64[D]")).astype("datetime64[M]").astype(np.int64) % 12
    growth = 0.6 + 0.4 * np.arange(len(days)) / len(days)
    weights: Floats = growth * BY_WEEKDAY[(days + EPOCH_WEEKDAY) % 7] * BY_MONTH[month]
    return weights
