"""A plan made by putting in one visit after the other: always there at once, and the least that a plan must reach.

Best insertion (Solomon 1987, doi:10.1287/opre.35.2.254), must-go stops first; then whatever adds most to the score, or
most to it per minute. The way to the first stop of a team and back leads past others: where that stop alone would have
to be worth all of it, nobody would set out for a quarter far away. So there are ways in which it bears a third of it,
and a team whose visits are not worth their travel in the end stays. Of the plans of all ways the best one is returned.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np

from geo.arrays import Claims, Floats, Integers
from geo.shifts.plans import Plan, score, unvisited
from geo.shifts.problem import Shift, Team, Window
from geo.shifts.reach import Kind, hours, kinds, openings
from geo.shifts.timing import Visit, timed

_NEVER: Final = -np.inf
_Value: TypeAlias = Callable[[Floats, Floats, Floats], Floats]
"""What an insertion is worth, from prizes less travel, minutes of travel added, and minutes of the visit."""


def greedy_plan(shift: Shift) -> Plan:
    """Return the best of three plans made by insertion.

    A must-go stop that finds no room is left out; whoever may not accept that looks at ``Plan.left_out``.
    """
    must = {stop.id for stop in shift.stops if stop.must_go}
    ways = _WAYS if len(must) < len(shift.stops) else _WAYS[:1]
    plans = [_Insertion.begun(shift, share).plan(value) for value, share in ways]
    return max(plans, key=lambda plan: (-len(must & set(plan.left_out)), score(shift, plan)))


def _by_gain(gain: Floats, added: Floats, _: Floats) -> Floats:
    return gain - added / 1e6


def _by_gain_per_minute(gain: Floats, added: Floats, minutes: Floats) -> Floats:
    return gain / (added + minutes + 1)


def _by_travel(_: Floats, added: Floats, __: Floats) -> Floats:
    return -added


_WAYS: Final = ((_by_gain, 1.0), (_by_gain, 1 / 3), (_by_gain_per_minute, 1 / 3))
"""What an insertion is worth, and the share of its travel that a first stop bears."""


@dataclass(kw_only=True)
class _Candidates:
    """What a kind of team could visit: a row for each stop and window, in arrays."""

    numbers: Integers
    opens: Integers
    closes: Integers
    minutes: Integers
    points: Integers
    prizes: Integers
    loads: Integers

    @classmethod
    def of(cls, shift: Shift, kind: Kind) -> "_Candidates":
        """Gather them."""
        rows = [
            (number, window.opens, window.closes, stop.minutes, shift.point_of(number), stop.prize, stop.load)
            for number, stop in enumerate(shift.stops)
            for window in openings(shift, kind.team, number)
            if window is not None
        ]
        return cls(**dict(zip(cls.__annotations__, np.array(rows, dtype=np.int64).reshape(-1, 7).T, strict=True)))


@dataclass(kw_only=True)
class _Road:
    """A team's route while it grows, and for each candidate its best place in it."""

    team: Team
    out: Window
    candidates: _Candidates
    rows: list[int] = field(default_factory=list)
    places: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    added: Floats = field(default_factory=lambda: np.empty(0))
    """Minutes of travel that the best place adds; infinite where there is none."""

    def look(self, shift: Shift) -> None:
        """Find the best place of each candidate, in the route as it is."""
        minutes, here = shift.travel.minutes[self.team.mode], self.candidates
        points = np.array([self.team.start_base, *here.points[self.rows], self.team.end_base])
        leave, latest = self._slack(minutes, points)
        there, back = minutes[points[:-1]][:, here.points], minutes[:, points[1:]][here.points].T
        start = np.maximum(leave[:-1, None] + there, here.opens)
        in_time = (start <= here.closes) & (start + here.minutes + back <= latest[1:, None])
        added = there + back - minutes[points[:-1], points[1:]][:, None]
        best = np.where(in_time, added, np.inf)
        self.places = best.argmin(axis=0)
        self.added = best[self.places, np.arange(len(here.points))]
        if self.team.most_stops is not None and len(self.rows) >= self.team.most_stops:
            self.added[:] = np.inf
        if self.team.capacity is not None:
            self.added[here.loads + here.loads[self.rows].sum() > self.team.capacity] = np.inf

    def _slack(self, minutes: Integers, points: Integers) -> tuple[Integers, Integers]:
        """Return when each point is left at the earliest, and until when it may be begun."""
        here, count = self.candidates, len(points)
        leave, latest = np.full(count, self.out.opens), np.full(count, self.out.closes)
        for place, row in enumerate(self.rows, start=1):
            arrive = leave[place - 1] + minutes[points[place - 1], points[place]]
            leave[place] = max(arrive, here.opens[row]) + here.minutes[row]
        for place in range(count - 2, 0, -1):
            row = self.rows[place - 1]
            after = latest[place + 1] - minutes[points[place], points[place + 1]] - here.minutes[row]
            latest[place] = min(here.closes[row], after)
        return leave, latest

    def visits(self, rows: list[int]) -> list[Visit]:
        """Return rows of candidates as visits."""
        here = self.candidates
        return [
            Visit(int(here.numbers[row]), Window(opens=int(here.opens[row]), closes=int(here.closes[row])))
            for row in rows
        ]


@dataclass(kw_only=True)
class _Insertion:
    """All roads while they grow, by kind of team; ``free`` says which stops are on none yet."""

    shift: Shift
    share: float
    roads: list[list[_Road]]
    free: Claims

    @classmethod
    def begun(cls, shift: Shift, share: float) -> "_Insertion":
        """Return empty roads for all teams that can be out at all."""
        roads, teams = [], {team.id: team for team in shift.teams}
        for kind in kinds(shift):
            candidates, out = _Candidates.of(shift, kind), hours(shift, kind.team)
            if out is not None and len(candidates.points):
                roads.append([_Road(team=teams[id], out=out, candidates=candidates) for id in kind.ids])
        for alike in roads:
            for road in alike:
                road.look(shift)
        return cls(shift=shift, share=share, roads=roads, free=np.ones(len(shift.stops), dtype=np.bool_))

    def plan(self, value: _Value) -> Plan:
        """Put in the must-go stops, then others while they add to the score."""
        must = np.array([stop.must_go for stop in self.shift.stops], dtype=np.bool_)
        while self._put_one(_by_travel, must, at_any_price=True):
            pass
        while self._put_one(value, ~must, at_any_price=False):
            pass
        driven = {road.team.id: road for alike in self.roads for road in alike if self._is_worth_it(road)}
        routes = tuple(
            timed(self.shift, team, driven[team.id].visits(driven[team.id].rows))
            for team in self.shift.teams
            if team.id in driven
        )
        return Plan(routes=routes, left_out=unvisited(self.shift, routes))

    def _put_one(self, value: _Value, wanted: Claims, *, at_any_price: bool) -> bool:
        """Put in the best visit there is; whether there was one."""
        while True:
            offers = [(*self._best(road, value, wanted, at_any_price=at_any_price), road) for road in self._growing()]
            worth, row, road = max(offers, key=lambda offer: offer[0], default=(_NEVER, 0, None))
            if road is None or worth == _NEVER:
                return False
            place = int(road.places[row])
            rows = [*road.rows[:place], row, *road.rows[place:]]
            if self._is_short_enough(road, rows):
                road.rows = rows
                self.free[road.candidates.numbers[row]] = False
                road.look(self.shift)
                return True
            road.added[row] = np.inf

    def _growing(self) -> Iterator[_Road]:
        """Give the roads to compare: of those that are empty and alike, the first."""
        for alike in self.roads:
            for road in alike:
                yield road
                if not road.rows:
                    break

    def _best(self, road: _Road, value: _Value, wanted: Claims, *, at_any_price: bool) -> tuple[float, int]:
        """Return the worth and the row of the best visit for one road."""
        here = road.candidates
        rows = np.flatnonzero(np.isfinite(road.added) & (self.free & wanted)[here.numbers])
        added = road.added[rows] * (1 if road.rows else self.share)
        gain = here.prizes[rows] - self.shift.points_per_minute * added
        worth = value(gain, added, here.minutes[rows].astype(np.float64))
        if not at_any_price:
            worth = np.where(gain > 0, worth, _NEVER)
        return (float(worth.max()), int(rows[worth.argmax()])) if len(rows) else (_NEVER, 0)

    def _is_worth_it(self, road: _Road) -> bool:
        """Return whether a road has a must-go stop, or stops that are worth its travel."""
        stops = [self.shift.stops[number] for number in road.candidates.numbers[road.rows]] if road.rows else []
        travel = timed(self.shift, road.team, road.visits(road.rows)).travel if stops else 0
        won = sum(stop.prize for stop in stops) - self.shift.points_per_minute * travel
        return any(stop.must_go for stop in stops) or won > 0

    def _is_short_enough(self, road: _Road, rows: list[int]) -> bool:
        if road.team.longest is None:
            return True
        route = timed(self.shift, road.team, road.visits(rows))
        return route.returns - route.leaves <= road.team.longest
