"""Wishes that cannot be met by anybody, named one by one before anything is solved."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.shifts.clock import clock, in_words
from geo.shifts.problem import Shift, Stop, Team, Window
from geo.shifts.reach import hours, openings, round_trip
from geo.shifts.travel import UNREACHED


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A stop that no team can visit, and a sentence that says why; the sentence names no place."""

    stop: str
    why: str


def impossible(shift: Shift) -> tuple[Wish, ...]:
    """Return each must-go stop that no team could visit even if it went nowhere else, in the order of the shift."""
    must = {stop.id for stop in shift.stops if stop.must_go}
    return tuple(wish for wish in unreachable(shift) if wish.stop in must)


def unreachable(shift: Shift) -> tuple[Wish, ...]:
    """Return the same of all stops, must-go or not: what cannot be in any plan."""
    return tuple(
        Wish(stop=stop.id, why=_why(shift, number))
        for number, stop in enumerate(shift.stops)
        if not any(any(openings(shift, team, number)) for team in shift.teams)
    )


def _why(shift: Shift, number: int) -> str:
    """Return the first reason that is left with no team at all."""
    stop = shift.stops[number]
    if stop.barred is not None:
        return f"Nobody may go: {stop.barred}."
    return _who(shift.teams, stop) or _when(shift, _able(shift.teams, stop), number)


def _who(teams: Sequence[Team], stop: Stop) -> str | None:
    """Return why none of the teams are the right people, or None if some are."""
    if not teams:
        return "No team is on this shift."
    if stop.teams is not None:
        teams = [team for team in teams if team.id in stop.teams]
        if not teams:
            return "Only certain teams may go, and none of them is on this shift."
    if stop.needs_two:
        teams = [team for team in teams if team.members > 1]
        if not teams:
            return "It needs two people, and no team that may go has two."
    for what, asked in (("speaks", "languages"), ("has", "skills")):
        wanted: frozenset[str] = getattr(stop, asked)
        teams = [team for team in teams if wanted <= getattr(team, asked)]
        if not teams:
            return f"No team that may go {what} {in_words(sorted(wanted))}."
    return None


def _able(teams: Sequence[Team], stop: Stop) -> list[Team]:
    return [team for team in teams if _who([team], stop) is None]


def _when(shift: Shift, teams: Sequence[Team], number: int) -> str:
    """Return why none of the teams that may go can be there in time."""
    stop = shift.stops[number]
    out = {team.id: there for team in teams if (there := hours(shift, team)) is not None}
    teams = [team for team in teams if team.id in out]
    if not teams:
        return "Every team that may go is one person, and nobody goes alone at night."
    if not [team for team in teams if _has_room(team, stop)]:
        return "The teams that may go have no room for one more stop."
    nearest = min(teams, key=lambda team: sum(round_trip(shift, team, number)))
    travel = sum(round_trip(shift, nearest, number))
    if travel >= UNREACHED:
        return "The road map knows no way there and back from where the team sets out."
    away = travel + stop.minutes
    longest = max(_longest(team, out[team.id]) for team in teams)
    if away > longest:
        return f"Going there, the visit and coming back take {away} minutes; a team is out for {longest} at most."
    return (
        f"A visit may start {_open_hours(stop)}; no team that may go can be there then, stay {stop.minutes} minutes "
        f"and be back in time. The nearest needs {round_trip(shift, nearest, number)[0]} minutes to get there."
    )


def _has_room(team: Team, stop: Stop) -> bool:
    return team.most_stops != 0 and (team.capacity is None or stop.load <= team.capacity)


def _longest(team: Team, out: Window) -> int:
    whole = out.closes - out.opens
    return whole if team.longest is None else min(whole, team.longest)


def _open_hours(stop: Stop) -> str:
    if not stop.windows:
        return "at any time"
    return in_words([f"from {clock(window.opens)} to {clock(window.closes)}" for window in stop.windows], last="or")
