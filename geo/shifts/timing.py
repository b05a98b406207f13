"""When a team is where: an order of visits becomes times, as early as can be and with as little waiting as can be."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from geo.shifts.plans import Call, Route
from geo.shifts.problem import Shift, Team, Window
from geo.shifts.reach import hours


class Visit(NamedTuple):
    """A stop by its number in the shift, and the window in which to start."""

    number: int
    window: Window


def timed(shift: Shift, team: Team, visits: Sequence[Visit]) -> Route:
    """Return a team's route through visits in this order.

    The team is back as early as it can be, and leaves as late as that allows, so that it waits at its base rather than
    in the street (forward time slack, Savelsbergh 1992, doi:10.1287/ijoc.4.2.146). What cannot be in time is late, and
    no error: ``checking.faults`` judges.
    """
    out = hours(shift, team) or Window(opens=team.starts, closes=team.ends)
    legs = _legs(shift, team, visits)
    leaves, back = out.opens, _forward(shift, visits, legs, out.opens)[1]
    for place in range(len(visits) - 1, -1, -1):
        visit = visits[place]
        back = min(back - legs[place + 1] - shift.stops[visit.number].minutes, visit.window.closes)
    leaves = max(leaves, back - legs[0])
    calls, returns = _forward(shift, visits, legs, leaves)
    return Route(team=team.id, leaves=leaves, calls=calls, returns=returns, travel=sum(legs))


def _legs(shift: Shift, team: Team, visits: Sequence[Visit]) -> list[int]:
    """Return the minutes of travel to each visit and back at last."""
    minutes = shift.travel.minutes[team.mode]
    points = [team.start_base, *(shift.point_of(visit.number) for visit in visits), team.end_base]
    return [int(minutes[one, other]) for one, other in pairwise(points)]


def _forward(shift: Shift, visits: Sequence[Visit], legs: Sequence[int], leaves: int) -> tuple[tuple[Call, ...], int]:
    """Return the calls of a team that leaves then, and when it is back."""
    calls, now = [], leaves
    for visit, leg in zip(visits, legs, strict=False):
        stop = shift.stops[visit.number]
        arrive = now + leg
        start = max(arrive, visit.window.opens)
        now = start + stop.minutes
        calls.append(Call(stop=stop.id, arrive=arrive, start=start, leave=now))
    return tuple(calls), now + legs[-1]
