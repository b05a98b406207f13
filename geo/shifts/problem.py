"""What a shift is: bases, teams, the places that they could visit, and the hours of all of them.

The unit of time is the minute for people. The solver never looks at it, so a published instance in tenths of a mile
goes through the same values.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from geo.shifts.travel import CAR, Travel

DAY = 1440


class NotAShift(ValueError):
    """Values that contradict one another, so that nothing can be planned from them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Hours in which a visit may *start*: from ``opens`` to ``closes``, both included."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Refuse a window that closes before it opens."""
        if self.closes < self.opens:
            message = f"A window opens at minute {self.opens} and closes at {self.closes}; expected to close later."
            raise NotAShift(message)

    @classmethod
    def ending_by(cls, opens: int, ends: int, *, minutes: int) -> Self | None:
        """Return when to start a visit of ``minutes`` that must be over when a place closes; None if it is too long."""
        return cls(opens=opens, closes=ends - minutes) if ends - minutes >= opens else None

    def within(self, other: "Window") -> "Window | None":
        """Return the hours that both windows share, or None."""
        opens, closes = max(self.opens, other.opens), min(self.closes, other.closes)
        return Window(opens=opens, closes=closes) if closes >= opens else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """When nobody is out alone, each day, in minutes since midnight: 1200 and 420 are 20:00 to 07:00."""

    begins: int
    ends: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A position in metres (EPSG:27700): a base, where teams set out or return to."""

    easting: float
    northing: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """People who go together, from when they can leave until when they must be back.

    ``most_stops`` visits at most; ``longest`` minutes at most from leaving to being back, waiting included;
    ``capacity`` is how much ``Stop.load`` they carry. None is without limit. ``start_base`` and ``end_base`` are
    numbers of bases.
    """

    id: str
    name: str
    members: int
    starts: int
    ends: int
    mode: str = CAR
    start_base: int = 0
    end_base: int = 0
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    most_stops: int | None = None
    longest: int | None = None
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A place that may be visited, for ``minutes``, starting in one of ``windows`` (none given: at any time).

    ``prize`` is what the visit is worth in points. ``barred`` says in a clause why nobody goes there this time, as in
    "its owner has not answered"; None where somebody may go. ``teams`` are the only ones that may, None is any: a
    joint visit names the team that goes with ``partner``, and its window is the partner's. ``why`` is what a page says
    about the prize; the solver does not read it.
    """

    id: str
    easting: float
    northing: float
    minutes: int
    prize: int
    windows: tuple[Window, ...] = ()
    must_go: bool = False
    barred: str | None = None
    needs_two: bool = False
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    teams: frozenset[str] | None = None
    partner: str | None = None
    exploratory: bool = False
    load: int = 0
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """Everything that a plan is made from. ``travel`` is between the bases and then the stops, in this order.

    A minute of travel costs ``points_per_minute`` of the prizes; waiting and visiting cost none. ``night`` is when
    nobody is out alone; None leaves that out.
    """

    bases: tuple[Point, ...]
    teams: tuple[Team, ...]
    stops: tuple[Stop, ...]
    travel: Travel
    points_per_minute: int = 1
    night: Night | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself: one sentence about the first thing that does."""
        _require_distinct("team", (team.id for team in self.teams))
        _require_distinct("stop", (stop.id for stop in self.stops))
        points = len(self.bases) + len(self.stops)
        for team in self.teams:
            _require_team(team, self)
        for mode, matrix in self.travel.minutes.items():
            if matrix.shape != (points, points) or matrix.min(initial=0) < 0:
                message = f"Travel by {mode} has shape {matrix.shape}; expected {points} by {points}, from 0 upwards."
                raise NotAShift(message)
        for stop in self.stops:
            if min(stop.minutes, stop.prize, stop.load) < 0:
                message = f"Stop {stop.id} has a length, a prize or a load below 0; expected 0 or more."
                raise NotAShift(message)

    def point_of(self, number: int) -> int:
        """Return the row of the travel matrix that is about the stop with this number."""
        return len(self.bases) + number


def _require_distinct(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            message = f"Two of the shift are {what} {one}; expected each once."
            raise NotAShift(message)
        seen.add(one)


def _require_team(team: Team, shift: Shift) -> None:
    if team.members < 1 or team.ends < team.starts:
        message = (
            f"Team {team.id} has {team.members} members from {team.starts} to {team.ends}; expected a team and hours."
        )
        raise NotAShift(message)
    if not (0 <= team.start_base < len(shift.bases) and 0 <= team.end_base < len(shift.bases)):
        message = f"Team {team.id} sets out from or returns to none of the {len(shift.bases)} bases."
        raise NotAShift(message)
    if team.mode not in shift.travel.minutes:
        message = f"Team {team.id} goes by {team.mode}; expected one of {', '.join(sorted(shift.travel.minutes))}."
        raise NotAShift(message)
