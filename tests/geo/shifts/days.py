"""Small shifts to plan: makers of stops, teams and days, and days drawn by Hypothesis."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from geo.shifts.checking import faults
from geo.shifts.plans import Plan, Route, score, unvisited
from geo.shifts.problem import Night, Point, Shift, Stop, Team, Window
from geo.shifts.timing import Visit, timed
from geo.shifts.travel import CAR, FOOT, Travel

EVENING = 17 * 60
MIDNIGHT = 24 * 60


def a_stop(id: str, **facts: Any) -> Stop:
    return Stop(**{"id": id, "easting": 0, "northing": 0, "minutes": 20, "prize": 50, **facts})


def a_team(id: str = "one", **facts: Any) -> Team:
    return Team(**{"id": id, "name": f"Team {id}", "members": 2, "starts": EVENING, "ends": MIDNIGHT, **facts})


def hours(opens: int, closes: int) -> Window:
    """Return a window from whole hours."""
    return Window(opens=opens * 60, closes=closes * 60)


def a_shift(stops: Sequence[Stop], teams: Sequence[Team] = (), *, minutes_apart: int = 10, **facts: Any) -> Shift:
    """Return a shift in which all points are equally far from one another."""
    apart = np.full((len(stops) + 1, len(stops) + 1), minutes_apart)
    np.fill_diagonal(apart, 0)
    travel = facts.pop("travel", Travel(minutes={CAR: apart, FOOT: 3 * apart}, is_estimate=True))
    base = Point(easting=0, northing=0)
    return Shift(bases=(base,), teams=tuple(teams or [a_team()]), stops=tuple(stops), travel=travel, **facts)


def on_a_line(*minutes: int) -> Travel:
    """Return travel between a base at 0 and stops at these minutes from it along one road."""
    at = np.array([0, *minutes])
    apart = abs(at[:, None] - at)
    return Travel(minutes={CAR: apart, FOOT: 3 * apart}, is_estimate=True)


@st.composite
def shifts(draw: st.DrawFn, *, most_stops: int = 7) -> Shift:
    """Draw a day of which much is tight: windows, nights, skills, limits, must-go stops."""
    count = draw(st.integers(1, most_stops))
    places = draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=count + 1, max_size=count + 1))
    at = np.array(places)
    apart = abs(at[:, None] - at).sum(axis=2)
    teams = [draw(_teams(id)) for id in ("one", "two")[: draw(st.integers(1, 2))]]
    stops = [draw(_stops(f"s{number}")) for number in range(count)]
    travel = Travel(minutes={CAR: apart, FOOT: 2 * apart}, is_estimate=True)
    night = draw(st.sampled_from([None, Night(begins=1200, ends=420)]))
    rate = draw(st.integers(1, 2))
    return a_shift(stops, teams, travel=travel, night=night, points_per_minute=rate)


def _teams(id: str) -> st.SearchStrategy[Team]:
    return st.builds(
        Team,
        id=st.just(id),
        name=st.just(id),
        members=st.integers(1, 2),
        starts=st.integers(900, 1100),
        ends=st.integers(1200, 1600),
        mode=st.sampled_from([CAR, CAR, FOOT]),
        languages=st.sampled_from([frozenset[str](), frozenset({"Romanian"})]),
        most_stops=st.sampled_from([None, None, 2, 4]),
        longest=st.sampled_from([None, None, 150, 300]),
        capacity=st.sampled_from([None, None, 3]),
    )


def _stops(id: str) -> st.SearchStrategy[Stop]:
    window = st.tuples(st.integers(950, 1350), st.sampled_from([0, 20, 60, 180]))
    windows = st.lists(window.map(lambda pair: Window(opens=pair[0], closes=sum(pair))), max_size=3).map(tuple)
    return st.builds(
        Stop,
        id=st.just(id),
        easting=st.just(0),
        northing=st.just(0),
        minutes=st.sampled_from([0, 10, 30]),
        prize=st.integers(1, 100),
        windows=windows,
        must_go=st.sampled_from([False] * 5 + [True]),
        barred=st.sampled_from([None] * 9 + ["its owner has not answered"]),
        needs_two=st.sampled_from([False, False, True]),
        languages=st.sampled_from([frozenset[str]()] * 4 + [frozenset({"Romanian"})]),
        teams=st.sampled_from([None, None, None, frozenset({"one"}), frozenset({"two"})]),
        load=st.integers(0, 2),
    )


def wished_away(shift: Shift) -> Shift:
    """Return the shift without must-go stops."""
    return replace(shift, stops=tuple(replace(stop, must_go=False) for stop in shift.stops))


def best_score(shift: Shift) -> int | None:
    """Return the best score of all plans there are, by trying each; None where no plan has all must-go stops."""
    by_team = [_routes(shift, team) for team in shift.teams]
    best = None
    for chosen in product(*by_team):
        visited = [number for numbers, _ in chosen for number in numbers]
        if len(visited) == len(set(visited)):
            routes = tuple(route for _, route in chosen if route is not None)
            plan = Plan(routes=routes, left_out=unvisited(shift, routes))
            if not any(stop.must_go and stop.id in plan.left_out for stop in shift.stops):
                best = max(score(shift, plan), best if best is not None else score(shift, plan))
    return best


def _routes(shift: Shift, team: Team) -> list[tuple[tuple[int, ...], Route | None]]:
    """Return the shortest route of a team through each set of stops that it can visit."""
    alone = wished_away(shift)
    found: list[tuple[tuple[int, ...], Route | None]] = [((), None)]
    reachable: list[tuple[int, ...]] = [(number,) for number in range(len(shift.stops))]
    for size in range(1, len(shift.stops) + 1):
        shortest = [(numbers, _shortest(alone, team, numbers)) for numbers in reachable]
        good = [(numbers, route) for numbers, route in shortest if route is not None]
        found += good
        sets = {numbers for numbers, _ in good}
        reachable = [
            numbers
            for numbers in combinations(range(len(shift.stops)), size + 1)
            if all(part in sets for part in combinations(numbers, size))
        ]
    return found


def _shortest(shift: Shift, team: Team, numbers: Sequence[int]) -> Route | None:
    routes = (
        timed(shift, team, visits)
        for order in permutations(numbers)
        for visits in product(*(_visits(shift, number) for number in order))
    )
    good = (route for route in routes if _is_faultless(shift, route))
    return min(good, key=lambda route: route.travel, default=None)


def _is_faultless(shift: Shift, route: Route) -> bool:
    return not faults(shift, Plan(routes=(route,), left_out=unvisited(shift, [route])))


def _visits(shift: Shift, number: int) -> list[Visit]:
    return [Visit(number, window) for window in shift.stops[number].windows or (Window(opens=0, closes=9999),)]
