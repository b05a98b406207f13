"""Every rule of a shift once more, written apart from the solvers, so that an error in one does not hide in the other.

It takes a plan as a stranger would hand it in: what is written on it is believed only where it can be recomputed.
"""

from collections import Counter
from collections.abc import Iterator

from geo.shifts.plans import Call, Plan, Route
from geo.shifts.problem import Night, Shift, Stop, Team


def faults(shift: Shift, plan: Plan) -> tuple[str, ...]:
    """Return a sentence about each rule that a plan breaks; none is a plan that can be driven as it stands."""
    return tuple(_of_the_whole(shift, plan)) + tuple(
        fault for route in plan.routes for fault in _of_a_route(shift, route)
    )


def _of_the_whole(shift: Shift, plan: Plan) -> Iterator[str]:
    known = {stop.id: stop for stop in shift.stops}
    calls = Counter(call.stop for route in plan.routes for call in route.calls)
    for id, times in calls.items():
        if times > 1:
            yield f"Stop {id} is visited {times} times; expected once."
    for team, times in Counter(route.team for route in plan.routes).items():
        if times > 1:
            yield f"Team {team} has {times} routes; expected one."
    for id, stop in known.items():
        if stop.must_go and not calls[id]:
            yield f"Stop {id} must be visited and is not."
    if sorted(plan.left_out) != sorted(set(known) - set(calls)):
        yield "The stops left out are not those that nobody visits."


def _of_a_route(shift: Shift, route: Route) -> Iterator[str]:
    teams = [team for team in shift.teams if team.id == route.team]
    stops = {stop.id: (number, stop) for number, stop in enumerate(shift.stops)}
    strangers = [call.stop for call in route.calls if call.stop not in stops]
    if not teams or strangers or not route.calls:
        yield f"The route of team {route.team} has an unknown team or stop, or no calls."
        return
    team = teams[0]
    yield from _of_times(shift, team, route)
    yield from _of_limits(team, route, [stops[call.stop][1] for call in route.calls])
    for call in route.calls:
        yield from _of_a_call(team, stops[call.stop][1], call)
    if shift.night is not None and team.members == 1 and _by_night(shift.night, route):
        yield f"Team {team.id} is one person and out at night."


def _of_times(shift: Shift, team: Team, route: Route) -> Iterator[str]:
    """Walk the route minute by minute: each arrival is the last departure and the travel between."""
    points = {stop.id: len(shift.bases) + number for number, stop in enumerate(shift.stops)}
    minutes = shift.travel.minutes[team.mode]
    now, here, travel = route.leaves, team.start_base, 0
    for call in route.calls:
        leg = int(minutes[here, points[call.stop]])
        if call.arrive != now + leg:
            yield f"Stop {call.stop} is reached at minute {call.arrive}; expected {now + leg}."
        now, here, travel = call.leave, points[call.stop], travel + leg
    leg = int(minutes[here, team.end_base])
    if route.returns != now + leg:
        yield f"Team {team.id} is back at minute {route.returns}; expected {now + leg}."
    if route.travel != travel + leg:
        yield f"Team {team.id} travels {route.travel} minutes; expected {travel + leg}."
    if route.leaves < team.starts or route.returns > team.ends:
        yield f"Team {team.id} is out from {route.leaves} to {route.returns}; expected {team.starts} to {team.ends}."


def _of_limits(team: Team, route: Route, stops: list[Stop]) -> Iterator[str]:
    out, load = route.returns - route.leaves, sum(stop.load for stop in stops)
    for what, is_so, most in (
        ("visits", len(stops), team.most_stops),
        ("minutes out", out, team.longest),
        ("to carry", load, team.capacity),
    ):
        if most is not None and is_so > most:
            yield f"Team {team.id} has {is_so} {what}; expected at most {most}."


def _of_a_call(team: Team, stop: Stop, call: Call) -> Iterator[str]:
    if call.start < call.arrive or call.leave - call.start != stop.minutes:
        yield f"Stop {stop.id} is visited from {call.start} to {call.leave}; expected {stop.minutes} minutes."
    if stop.windows and not any(window.opens <= call.start <= window.closes for window in stop.windows):
        yield f"Stop {stop.id} is begun at minute {call.start}, in none of its windows."
    if stop.barred is not None:
        yield f"Stop {stop.id} is barred and visited."
    if stop.teams is not None and team.id not in stop.teams:
        yield f"Stop {stop.id} is visited by team {team.id}, which is not one of its teams."
    if stop.needs_two and team.members < 2:
        yield f"Stop {stop.id} needs two people and is visited by one."
    lacking = (stop.languages - team.languages) | (stop.skills - team.skills)
    if lacking:
        yield f"Stop {stop.id} asks for {', '.join(sorted(lacking))}, which team {team.id} lacks."


def _by_night(night: Night, route: Route) -> bool:
    """Return whether any minute of a route lies in the night."""
    out = range(route.leaves, route.returns)
    if night.begins <= night.ends:
        return any(night.begins <= minute % 1440 < night.ends for minute in out)
    return any(minute % 1440 >= night.begins or minute % 1440 < night.ends for minute in out)
