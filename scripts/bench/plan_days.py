"""Outreach days to plan, synthetic and the same each time: 12 to 300 places around one base, 1 to 6 teams.

Prizes come from risk and from being overdue; places have opening hours, safe hours or both, some must be visited, some
are joint visits of one team between 15:00 and 19:00. A team is out for 7 hours of 8 and makes 16 visits at most.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from geo.shifts.need import Known, Risk, Weights, need
from geo.shifts.problem import Point, Shift, Stop, Team, Window
from geo.shifts.travel import estimated
from geo.shifts.two_people import NIGHT
from geo.shifts.wishes import impossible

SEED: Final = 2026
DAY: Final = date(2026, 1, 1)
BASE: Final = Point(easting=406_500, northing=286_500)
STARTS, ENDS = 14 * 60, 22 * 60
LONGEST: Final = 7 * 60
MOST_STOPS: Final = 16
PARTNER: Final = Window(opens=15 * 60, closes=19 * 60)
OPENING: Final = (
    (Window(opens=8 * 60, closes=18 * 60),),
    (Window(opens=10 * 60, closes=20 * 60),),
    (Window(opens=17 * 60, closes=26 * 60),),
    (Window(opens=12 * 60, closes=15 * 60), Window(opens=17 * 60 + 30, closes=23 * 60)),
    (),
)
SAFE: Final = (None, None, Window(opens=14 * 60, closes=18 * 60), Window(opens=18 * 60, closes=22 * 60))
CENTRES: Final = ((0, 0), (-7_000, 4_000), (6_000, 5_000), (3_000, -8_000), (-9_000, -6_000))
MUST_GO, JOINT = 0.03, 0.05


@dataclass(frozen=True, kw_only=True)
class OutreachDay:
    """How many places could be visited by how many teams."""

    places: int
    teams: int

    def __str__(self) -> str:
        """Return it as research wrote it."""
        return f"{self.places}/{self.teams}"


SIX_DAYS: Final = tuple(
    OutreachDay(places=places, teams=teams)
    for places, teams in ((30, 1), (30, 2), (100, 2), (100, 4), (300, 4), (300, 6))
)


def outreach_day(day: OutreachDay, *, seed: int = SEED) -> Shift:
    """Return the shift of a day; of its wishes those remain that can be met alone."""
    chance = random.Random(f"{seed} {day}")  # noqa: S311 - a day to draw again, not a secret.
    stops = tuple(_stop(chance, f"place {number}") for number in range(day.places))
    teams = tuple(
        Team(
            id=f"team {number}",
            name=f"Team {number}",
            members=2,
            starts=STARTS,
            ends=ENDS,
            longest=LONGEST,
            most_stops=MOST_STOPS,
        )
        for number in range(day.teams)
    )
    places: list[Point | Stop] = [BASE, *stops]
    travel = estimated([place.easting for place in places], [place.northing for place in places], hour=17)
    shift = Shift(bases=(BASE,), teams=teams, stops=stops, travel=travel, night=NIGHT)
    never = {wish.stop for wish in impossible(shift)}
    return replace(shift, stops=tuple(replace(stop, must_go=stop.must_go and stop.id not in never) for stop in stops))


def _stop(chance: random.Random, id: str) -> Stop:
    east, north = chance.choice(CENTRES)
    is_joint = chance.random() < JOINT
    scored = need(_known(chance, id), on=DAY, weights=Weights())
    return Stop(
        id=id,
        easting=BASE.easting + chance.gauss(east, 1_500),
        northing=BASE.northing + chance.gauss(north, 1_500),
        minutes=(length := chance.choice((10, 15, 20, 30, 45))),
        prize=scored.points,
        windows=_windows(chance, length, is_joint=is_joint),
        must_go=chance.random() < MUST_GO,
        needs_two=chance.random() < 0.5,
        teams=frozenset({"team 0"}) if is_joint else None,
        partner="the partner" if is_joint else None,
        why=scored.why,
    )


def _known(chance: random.Random, id: str) -> Known:
    risks = tuple(
        Risk(severity=chance.randint(1, 5), on=DAY - timedelta(days=chance.randint(0, 150)))
        for _ in range(chance.choice((0, 1, 1, 2, 4, 8)))
    )
    return Known(
        id=id,
        risks=risks,
        last_visit=None if chance.random() < 0.2 else DAY - timedelta(days=chance.randint(1, 200)),
        rhythm=chance.choice((30, 60, 90)),
        requests=int(chance.random() < 0.1),
        follow_ups=int(chance.random() < 0.1),
    )


def _windows(chance: random.Random, minutes: int, *, is_joint: bool) -> tuple[Window, ...]:
    """Return when to start so that a visit ends while the place is open and it is safe."""
    opening: tuple[Window, ...] = chance.choice(OPENING) or (Window(opens=0, closes=48 * 60),)
    for narrower in (chance.choice(SAFE), PARTNER if is_joint else None):
        if narrower is not None:
            opening = tuple(shared for window in opening if (shared := window.within(narrower))) or (narrower,)
    ending = (Window.ending_by(window.opens, window.closes, minutes=minutes) for window in opening)
    return tuple(window for window in ending if window is not None)
