"""What a plan is: a route for each team, call after call, and the places left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from geo.shifts.problem import Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A visit in a plan: the team arrives, waits until it may start, and leaves after the visit's length."""

    stop: str
    arrive: int
    start: int
    leave: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """What one team does: leaves its base, makes its calls in this order, and is back; ``travel`` minutes on the way.

    A team that stays at its base has no route.
    """

    team: str
    leaves: int
    calls: tuple[Call, ...]
    returns: int
    travel: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Routes in the order of the shift's teams, and the ids of the stops that are on none, in the shift's order."""

    routes: tuple[Route, ...]
    left_out: tuple[str, ...]


def score(shift: Shift, plan: Plan) -> int:
    """Return the prizes of the places visited less what the travel costs, in points: more is better."""
    prizes = {stop.id: stop.prize for stop in shift.stops}
    won = sum(prizes[call.stop] for route in plan.routes for call in route.calls)
    return won - shift.points_per_minute * travelled(plan)


def travelled(plan: Plan) -> int:
    """Return the minutes of travel of all teams."""
    return sum(route.travel for route in plan.routes)


def unvisited(shift: Shift, routes: Iterable[Route]) -> tuple[str, ...]:
    """Return the ids of the stops that are on none of these routes, in the order of the shift."""
    visited = {call.stop for route in routes for call in route.calls}
    return tuple(stop.id for stop in shift.stops if stop.id not in visited)
