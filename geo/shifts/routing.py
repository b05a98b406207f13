"""A shift as PyVRP's problem data, and PyVRP's solutions as plans.

* A window of a stop is a client of its own; those of one stop are a group of which one at most is visited.
* PyVRP knows no skills: for each kind of team the way to a stop that it may not visit takes for ever.
* A limit of stops is a load of one for each; what a visit carries is a second load.
* Only stops that some team can reach alone are handed over, with windows cut to when that is possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, Route, Solution, VehicleType

from geo.arrays import Integers
from geo.shifts.plans import Plan, unvisited
from geo.shifts.problem import Point, Shift, Stop, Window
from geo.shifts.reach import Kind, hours, kinds, openings
from geo.shifts.timing import Visit, timed

FOR_EVER: Final = 1_000_000
"""At least so long takes the way to a stop that a team may not visit; longer where the shift itself is long."""


@dataclass(frozen=True, kw_only=True)
class Routing:
    """A shift as problem data, with what it takes to read solutions and to write them."""

    shift: Shift
    data: ProblemData
    kinds: tuple[Kind, ...]
    visits: tuple[Visit, ...]
    """What each client stands for."""

    def plan(self, solution: Solution) -> Plan:
        """Return a solution as a plan: the routes of each kind are dealt to its teams in their order."""
        waiting = {number: list(kind.ids) for number, kind in enumerate(self.kinds)}
        driven = {}
        for route in solution.routes():
            visits = [self.visits[activity.idx] for activity in route.schedule() if activity.is_client()]
            if visits:
                driven[waiting[route.vehicle_type()].pop(0)] = visits
        routes = tuple(timed(self.shift, team, driven[team.id]) for team in self.shift.teams if team.id in driven)
        return Plan(routes=routes, left_out=unvisited(self.shift, routes))

    def solution(self, plan: Plan) -> Solution:
        """Return a plan as a solution, to start from."""
        numbers = {stop.id: number for number, stop in enumerate(self.shift.stops)}
        kind_of = {id: number for number, kind in enumerate(self.kinds) for id in kind.ids}
        clients: dict[int, list[int]] = {}
        for client, visit in enumerate(self.visits):
            clients.setdefault(visit.number, []).append(client)
        routes = []
        for route in plan.routes:
            chosen = [self._client(clients[numbers[call.stop]], call.start) for call in route.calls]
            routes.append(Route(self.data, chosen, kind_of[route.team]))
        return Solution(self.data, routes)

    def _client(self, clients: Sequence[int], start: int) -> int:
        """Return which of a stop's clients may start then."""
        fitting = (one for one in clients if self.visits[one].window.opens <= start <= self.visits[one].window.closes)
        return next(fitting, clients[0])


def routing(shift: Shift) -> Routing | None:
    """Return a shift as problem data; None where there is nothing to solve, since nobody can go anywhere."""
    alike = tuple(kind for kind in kinds(shift) if hours(shift, kind.team) is not None)
    reach = [[openings(shift, kind.team, number) for number in range(len(shift.stops))] for kind in alike]
    visits = tuple(_visits(shift, reach))
    if not visits:
        return None
    clients, groups = _clients(shift, visits)
    matrices: list[Any] = [_matrix(shift, kind, opened) for kind, opened in zip(alike, reach, strict=True)]
    places: list[Point | Stop] = [*shift.bases, *shift.stops]
    data = ProblemData(
        [Location(place.easting, place.northing) for place in places],
        clients,
        [Depot(location=number) for number in range(len(shift.bases))],
        [_vehicles(shift, kind, number) for number, kind in enumerate(alike)],
        matrices,
        matrices,
        groups,
    )
    return Routing(shift=shift, data=data, kinds=alike, visits=visits)


def _visits(shift: Shift, reach: Sequence[Sequence[tuple[Window | None, ...]]]) -> list[Visit]:
    """Return each stop and window that some team can make, from when the first can until when the last can."""
    visits = []
    for number in range(len(shift.stops)):
        for windows in zip(*(opened[number] for opened in reach), strict=True):
            found = [window for window in windows if window is not None]
            if found:
                opens, closes = min(one.opens for one in found), max(one.closes for one in found)
                visits.append(Visit(number, Window(opens=opens, closes=closes)))
    return visits


def _clients(shift: Shift, visits: Sequence[Visit]) -> tuple[list[Client], list[ClientGroup]]:
    members: dict[int, list[int]] = {}
    for row, visit in enumerate(visits):
        members.setdefault(visit.number, []).append(row)
    several = [number for number, those in members.items() if len(those) > 1]
    groups = [ClientGroup(members[number], required=shift.stops[number].must_go) for number in several]
    group_of = {number: group for group, number in enumerate(several)}
    clients = []
    for visit in visits:
        stop, group = shift.stops[visit.number], group_of.get(visit.number)
        client = Client(
            location=shift.point_of(visit.number),
            delivery=[1, stop.load],
            service_duration=stop.minutes,
            tw_early=visit.window.opens,
            tw_late=visit.window.closes,
            prize=stop.prize,
            required=stop.must_go and group is None,
            group=group,
        )
        clients.append(client)
    return clients, groups


def _matrix(shift: Shift, kind: Kind, opened: Sequence[tuple[Window | None, ...]]) -> Integers:
    """Return the minutes between all points for a kind of team, for ever to where it may not go."""
    minutes = shift.travel.minutes[kind.team.mode].astype(np.int64)
    closed = [shift.point_of(number) for number, windows in enumerate(opened) if not any(windows)]
    minutes[:, closed] = max(FOR_EVER, 2 * max(team.ends for team in shift.teams))
    np.fill_diagonal(minutes, 0)
    return minutes


def _vehicles(shift: Shift, kind: Kind, profile: int) -> VehicleType:
    team, out = kind.team, hours(shift, kind.team)
    if out is None:
        message = f"Team {team.id} can never be out."
        raise ValueError(message)
    everything = sum(stop.load for stop in shift.stops)
    return VehicleType(
        num_available=len(kind.ids),
        capacity=[
            len(shift.stops) if team.most_stops is None else team.most_stops,
            everything if team.capacity is None else team.capacity,
        ],
        start_depot=team.start_base,
        end_depot=team.end_base,
        tw_early=out.opens,
        tw_late=out.closes,
        unit_distance_cost=shift.points_per_minute,
        profile=profile,
        shift_duration=out.closes - out.opens if team.longest is None else team.longest,
    )
