"""Who may go where at all, and when each team could start each visit if it went nowhere else."""

from dataclasses import dataclass, replace

from geo.shifts.problem import DAY, Shift, Stop, Team, Window


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Teams that differ in their names alone, so that any of them may go: one, and the ids of all."""

    team: Team
    ids: tuple[str, ...]


def may_serve(team: Team, stop: Stop) -> bool:
    """Return whether a team has what a stop asks for: the right people, enough of them, their languages and skills."""
    return (
        stop.barred is None
        and (stop.teams is None or team.id in stop.teams)
        and (team.members > 1 or not stop.needs_two)
        and stop.languages <= team.languages
        and stop.skills <= team.skills
    )


def hours(shift: Shift, team: Team) -> Window | None:
    """Return from when until when a team can be out: somebody alone is back before the night, or leaves after it.

    Of several such stretches the longest. None if it is night all the while.
    """
    whole = Window(opens=team.starts, closes=team.ends)
    night = shift.night
    if night is None or team.members > 1:
        return whole
    length = (night.ends - night.begins) % DAY
    days = range(team.starts // DAY - 2, team.ends // DAY + 1)
    light = (Window(opens=day * DAY + night.begins + length, closes=(day + 1) * DAY + night.begins) for day in days)
    stretches = [stretch for each in light if (stretch := each.within(whole))]
    return max(stretches, key=lambda stretch: stretch.closes - stretch.opens, default=None)


def openings(shift: Shift, team: Team, number: int) -> tuple[Window | None, ...]:
    """Return when a team could start at a stop and be back in time, for each of the stop's windows; None is never.

    A stop without windows has one answer.
    """
    stop = shift.stops[number]
    out = hours(shift, team)
    windows = stop.windows or (Window(opens=team.starts, closes=team.ends),)
    if out is None or not may_serve(team, stop) or not _can_carry(team, stop):
        return (None,) * len(windows)
    there, back = round_trip(shift, team, number)
    if team.longest is not None and there + stop.minutes + back > team.longest:
        return (None,) * len(windows)
    first, last = out.opens + there, out.closes - back - stop.minutes
    if last < first:
        return (None,) * len(windows)
    reachable = Window(opens=first, closes=last)
    return tuple(window.within(reachable) for window in windows)


def round_trip(shift: Shift, team: Team, number: int) -> tuple[int, int]:
    """Return the minutes from a team's first base to a stop, and from there to its last base."""
    minutes, point = shift.travel.minutes[team.mode], shift.point_of(number)
    return int(minutes[team.start_base, point]), int(minutes[point, team.end_base])


def kinds(shift: Shift) -> tuple[Kind, ...]:
    """Return the teams by kind, in the order of the shift; twins that some stop tells apart are of different kinds."""
    told_apart = frozenset[str]().union(*(stop.teams for stop in shift.stops if stop.teams is not None))
    found: dict[tuple[Team, str], list[Team]] = {}
    for team in shift.teams:
        key = replace(team, id="", name=""), team.id if team.id in told_apart else ""
        found.setdefault(key, []).append(team)
    return tuple(Kind(team=teams[0], ids=tuple(team.id for team in teams)) for teams in found.values())


def _can_carry(team: Team, stop: Stop) -> bool:
    return (team.most_stops is None or team.most_stops > 0) and (team.capacity is None or stop.load <= team.capacity)
