"""The form of a new plan: when, from where, how far, who goes with whom."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from data.plans import Colleague
from data.positions import Found, NoSuchPosition
from geo.national_grid import to_grid
from geo.shifts.problem import DAY
from layers.plan_documents import LONGEST_HOURS, SKILLS, Asked, TeamAsked
from web.days import Day
from web.forms import read

TEAMS: Final = (1, 2, 3, 4)
_CLOCK: Final = r"^([01]?\d|2[0-3]):[0-5]\d$"
_LANGUAGE: Final = re.compile(r"^[a-z_]{1,40}$")
_SENTENCES: Final = {
    "day": "Choose the day on which the shift begins.",
    "starts": "Write when the shift begins as 18:00.",
    "ends": "Write when the shift ends as 22:00; after midnight is the next day.",
    "base": "Write where the teams set out: a postcode, a grid reference, or latitude and longitude.",
    "kilometres": "Choose how far from the base.",
    "minutes": "A visit takes 5 to 120 minutes.",
    "most_stops": "A team makes 1 to 30 visits.",
    "exploratory": "Choose how many visits go where little is known.",
}
DISTANCES: Final = ((2, "2 km"), (5, "5 km"), (10, "10 km"), (20, "20 km"))
SHARES: Final = ((0, "None"), (10, "1 in 10"), (20, "2 in 10"), (30, "3 in 10"))
MODES: Final = (("car", "By car", ""), ("foot", "On foot", ""))


class TypedPlan(BaseModel):
    """What a form asks of a plan, without its teams."""

    day: Day
    starts: Annotated[str, Field(pattern=_CLOCK)]
    ends: Annotated[str, Field(pattern=_CLOCK)]
    base: Annotated[str, Field(max_length=200)]
    kilometres: Literal["2", "5", "10", "20"] = "5"
    minutes: Annotated[int, Field(ge=5, le=120)] = 20
    most_stops: Annotated[int, Field(ge=1, le=30)] = 8
    exploratory: Literal["0", "10", "20", "30"] = "10"

    @property
    def span(self) -> tuple[int, int]:
        """Return when the shift begins and ends, in minutes since its midnight."""
        starts, ends = _minute(self.starts), _minute(self.ends)
        return starts, ends if ends > starts else ends + DAY


def read_plan(
    values: Mapping[str, object], people: Sequence[Colleague], find: Callable[[str], Found]
) -> tuple[date, Asked] | dict[str, str]:
    """Return the shift's day and what was asked, or the form's faults by field; `find` finds the base."""
    given = read(TypedPlan, values, _SENTENCES)
    teams = teams_of(values, people)
    faults = dict(given) if isinstance(given, dict) else _faults_of(given)
    if not teams:
        faults["team"] = "Choose at least one person who goes."
    if faults or isinstance(given, dict):
        return faults
    try:
        found = find(given.base)
    except NoSuchPosition as error:
        return {"base": str(error)}
    easting, northing = (float(axis) for axis in to_grid(found.longitude, found.latitude))
    starts, ends = given.span
    return given.day, Asked(
        easting=round(easting), northing=round(northing), base=given.base, kilometres=int(given.kilometres),
        starts=starts, ends=ends, minutes=given.minutes, most_stops=given.most_stops,
        exploratory=int(given.exploratory), teams=teams,
    )  # fmt: skip


def teams_of(values: Mapping[str, object], people: Sequence[Colleague]) -> tuple[TeamAsked, ...]:
    """Return the teams that somebody was put into, by number."""
    chosen: dict[int, list[UUID]] = {number: [] for number in TEAMS}
    for person in people:
        number = str(values.get(f"team-{person.id}", ""))
        if number in {str(one) for one in TEAMS}:
            chosen[int(number)].append(person.id)
    return tuple(
        TeamAsked(
            number=number,
            members=tuple(members),
            mode=_mode(values, number),
            skills=_skills(values, number),
            languages=_spoken(values, number).union(*(one.languages for one in people if one.id in members)),
            known_as=_known_as(values, number),
        )
        for number, members in chosen.items()
        if members
    )


def _mode(values: Mapping[str, object], number: int) -> str:
    return "foot" if values.get(f"mode-{number}") == "foot" else "car"


def _known_as(values: Mapping[str, object], number: int) -> int:
    said = str(values.get(f"known-{number}", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 0


def _skills(values: Mapping[str, object], number: int) -> frozenset[str]:
    chosen = values.get(f"skills-{number}", [])
    return frozenset(chosen if isinstance(chosen, list) else []) & frozenset(SKILLS)


def _spoken(values: Mapping[str, object], number: int) -> frozenset[str]:
    chosen = values.get(f"languages-{number}", [])
    return frozenset(one for one in (chosen if isinstance(chosen, list) else []) if _LANGUAGE.match(one))


def _faults_of(given: TypedPlan) -> dict[str, str]:
    starts, ends = given.span
    faults = {}
    if ends - starts > LONGEST_HOURS * 60:
        faults["ends"] = f"A shift lasts {LONGEST_HOURS} hours at most."
    if not 2000 <= given.day.year < 2900:
        faults["day"] = _SENTENCES["day"]
    return faults


def _minute(text: str) -> int:
    hour, minute = re.split(":", text)
    return int(hour) * 60 + int(minute)
