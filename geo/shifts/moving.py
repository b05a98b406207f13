"""What a person does to a plan by hand: pin a stop, drop one, or say the whole order; each gives a new value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from geo.shifts.plans import Plan, unvisited
from geo.shifts.problem import NotAShift, Shift, Stop, Team, Window
from geo.shifts.timing import Visit, timed

_Named = TypeVar("_Named", Stop, Team)

DROPPED: Final = "it was taken off this plan by hand"


def pinned(shift: Shift, stop: str, *, team: str, within: Window | None = None) -> Shift:
    """Return the shift in which this team must go to this stop, and start ``within`` these minutes if they are given.

    To hold a stop where it is, give its start a few minutes either way. Raises ``NotAShift`` if the stop is closed in
    all of them, ``LookupError`` for an id that the shift does not have.
    """
    _named(shift.teams, team)
    old = _named(shift.stops, stop)
    windows = old.windows
    if within is not None:
        windows = tuple(shared for window in windows if (shared := window.within(within))) if windows else (within,)
    if within is not None and not windows:
        message = (
            f"Stop {stop} is closed from minute {within.opens} to {within.closes}; expected to start when it is open."
        )
        raise NotAShift(message)
    return _with(shift, replace(old, must_go=True, teams=frozenset({team}), windows=windows))


def dropped(shift: Shift, stop: str, *, why: str = DROPPED) -> Shift:
    """Return the shift in which nobody goes to this stop. Raises ``LookupError`` for an id that it does not have."""
    return _with(shift, replace(_named(shift.stops, stop), must_go=False, barred=why))


def scheduled(shift: Shift, orders: Mapping[str, Sequence[str]]) -> Plan:
    """Return the plan in which each team calls at these stops in this order, with as little waiting as can be.

    ``orders`` goes from a team's id to the ids of stops; teams that stay may be left away. Nothing is checked: what a
    person moved by hand may break a rule, and ``checking.faults`` says which. Raises ``LookupError`` for an id that the
    shift does not have.
    """
    numbers = {stop.id: number for number, stop in enumerate(shift.stops)}
    for team in orders:
        _named(shift.teams, team)
    routes = tuple(
        timed(shift, team, _visits(shift, team, [numbers[stop] for stop in orders[team.id]]))
        for team in shift.teams
        if orders.get(team.id)
    )
    return Plan(routes=routes, left_out=unvisited(shift, routes))


def _visits(shift: Shift, team: Team, numbers: Sequence[int]) -> list[Visit]:
    """Give each stop the first window that is still open when the team comes by, or the last one if none is."""
    minutes = shift.travel.minutes[team.mode]
    visits, point, now = [], team.start_base, team.starts
    for number in numbers:
        stop = shift.stops[number]
        now += int(minutes[point, shift.point_of(number)])
        windows = sorted(stop.windows, key=lambda window: window.opens) or [
            Window(opens=now, closes=max(now, team.ends))
        ]
        window = next((window for window in windows if window.closes >= now), windows[-1])
        visits.append(Visit(number, window))
        now = max(now, window.opens) + stop.minutes
        point = shift.point_of(number)
    return visits


def _named(among: Sequence[_Named], id: str) -> _Named:
    for one in among:
        if one.id == id:
            return one
    message = f"The shift has no {id}."
    raise LookupError(message)


def _with(shift: Shift, new: Stop) -> Shift:
    return replace(shift, stops=tuple(new if stop.id == new.id else stop for stop in shift.stops))
