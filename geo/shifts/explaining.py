"""One plain sentence for each place: why it is in the plan, or why it is not. No sentence names a place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from geo.shifts.clock import clock, minutes_in_words
from geo.shifts.plans import Plan, Route
from geo.shifts.problem import Shift, Stop, Team
from geo.shifts.reach import may_serve
from geo.shifts.wishes import unreachable


def explained(shift: Shift, plan: Plan) -> Mapping[str, str]:
    """Return a sentence for each stop of the shift, by its id: visited and left out alike.

    Travel is what a stop adds to the way of its team, and to the nearest way where it was left out.
    """
    stops = {stop.id: stop for stop in shift.stops}
    teams = {team.id: team for team in shift.teams}
    never = {wish.stop: wish.why for wish in unreachable(shift)}
    said = {}
    for route in plan.routes:
        for place, call in enumerate(route.calls):
            legs = _Legs(shift, teams[route.team], route)
            said[call.stop] = _visited(stops[call.stop], legs.saved_without(place), call.start - call.arrive)
    for number, stop in enumerate(shift.stops):
        if stop.id not in said:
            said[stop.id] = _left_out(shift, plan, number, never.get(stop.id))
    return said


@dataclass(frozen=True)
class _Legs:
    """A team's way, to ask what a stop adds to it."""

    shift: Shift
    team: Team
    route: Route

    def _points(self) -> list[int]:
        points = {stop.id: self.shift.point_of(number) for number, stop in enumerate(self.shift.stops)}
        return [self.team.start_base, *(points[call.stop] for call in self.route.calls), self.team.end_base]

    def saved_without(self, place: int) -> int:
        """Return how much shorter the way is without its stop at this place."""
        before, here, after = self._points()[place : place + 3]
        return self._detour(before, here, after)

    def added_with(self, point: int) -> int:
        """Return how much longer the way is at least with one more point."""
        points = self._points()
        return min(self._detour(before, point, after) for before, after in pairwise(points))

    def _detour(self, before: int, here: int, after: int) -> int:
        minutes = self.shift.travel.minutes[self.team.mode]
        return int(minutes[before, here] + minutes[here, after] - minutes[before, after])


def _visited(stop: Stop, travel: int, waiting: int) -> str:
    wait = f", after a wait of {minutes_in_words(waiting)}" if waiting else ""
    return f"{_because(stop)}: {minutes_in_words(travel)} of travel for a score of {stop.prize}{wait}."


def _because(stop: Stop) -> str:
    """Return what brought a stop into a plan, in the words before the colon."""
    why = f" ({stop.why})" if stop.why else ""
    if stop.partner is not None:
        return f"A visit together with {stop.partner}{why}"
    if stop.must_go:
        return f"Wished for{why}"
    if stop.exploratory:
        return f"To look where we seldom go{why}"
    return f"Worth the way{why}"


def _left_out(shift: Shift, plan: Plan, number: int, never: str | None) -> str:
    stop = shift.stops[number]
    if never is not None:
        return f"Left out: {never[0].lower()}{never[1:]}"
    ways = list(_ways(shift, plan, stop))
    travel = min(way.added_with(shift.point_of(number)) for way in ways)
    so = f"Left out: {minutes_in_words(travel)} of travel for a score of {stop.prize}"
    if travel * shift.points_per_minute >= stop.prize:
        return f"{so}; it is not worth the way."
    if all(way.team.most_stops is not None and len(way.route.calls) >= way.team.most_stops for way in ways):
        return f"{so}; the teams that may go have as many stops as they may."
    if stop.windows:
        first, last = min(one.opens for one in stop.windows), max(one.closes for one in stop.windows)
        return f"{so}; the time from {clock(first)} to {clock(last)} went to visits that score more together."
    return f"{so}; the time went to visits that score more together."


def _ways(shift: Shift, plan: Plan, stop: Stop) -> Iterator[_Legs]:
    """Give the ways of all teams that may go to a stop; that of a team that stays leads from base to base."""
    routes = {route.team: route for route in plan.routes}
    for team in shift.teams:
        if may_serve(team, stop):
            stays = Route(team=team.id, leaves=team.starts, calls=(), returns=team.starts, travel=0)
            yield _Legs(shift, team, routes.get(team.id, stays))
