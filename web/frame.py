"""What stands around every page: the pages of a role, and when its session ends."""

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from data.sessions import SessionFacts
from geo.shifts.clock import LOCAL


@dataclass(frozen=True, kw_only=True)
class Way:
    """A page that a role comes to often."""

    path: str
    words: str
    hidden_from: frozenset[str] = frozenset()
    """The purposes under which the page shows nothing to anybody."""


_MAP = Way(path="/map", words="Map")
_INITIATIVES = Way(path="/initiatives", words="Initiatives", hidden_from=frozenset({"enforcement"}))
_BRIEFINGS = Way(path="/briefings", words="Briefings")
_REVIEWS = Way(path="/reviews", words="Reviews")
_RELEASES = Way(path="/releases", words="Releases")
_HOTSPOTS = Way(path="/hotspots", words="Hotspots")
_COVERAGE = Way(path="/coverage", words="Coverage")
_OF_ROLE = {
    "outreach": (
        _MAP,
        Way(path="/today", words="Today"),
        Way(path="/plans", words="Shifts"),
        Way(path="/joint-visits", words="Joint visits", hidden_from=frozenset({"enforcement"})),
        Way(path="/places/new", words="Add a place"),
        _REVIEWS,
        Way(path="/sheets", words="Sheets"),
        _INITIATIVES,
    ),
    "analyst": (_MAP, _HOTSPOTS, _COVERAGE, _RELEASES, _BRIEFINGS, _INITIATIVES),
    "admin": (
        Way(path="/imports", words="Imports"),
        Way(path="/people", words="People"),
        Way(path="/agreements", words="Agreements"),
        Way(path="/operations", words="Operations"),
        Way(path="/duty-desk", words="Duty desk"),
        _REVIEWS,
        _RELEASES,
        Way(path="/planning", words="Planning"),
        Way(path="/teams", words="Teams"),
        Way(path="/deconfliction", words="Deconfliction"),
        _MAP,
    ),
    "auditor": (Way(path="/audit", words="Audit"),),
}
_OF_COMMISSIONER = (_BRIEFINGS, _RELEASES, _MAP, _INITIATIVES, _HOTSPOTS, _COVERAGE)
"""Of an analyst of the commissioner's office, who is sent briefings and releases and records nothing."""
_OF_EVERYBODY = (Way(path="/who-sees-what", words="Who sees what"), Way(path="/account", words="My account"))
_NEAR = 28
"""How many letters of their words the bar of a phone holds; the other pages open below it."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The pages of a session: `near` always stand in the bar, `more` open below it on a phone."""

    near: tuple[Way, ...]
    more: tuple[Way, ...]

    def current(self, here: str) -> str:
        """Return the path among them that the page at `here` belongs to; none for any other page."""
        paths = (way.path for way in self.near + self.more)
        return max((path for path in paths if f"{here}/".startswith(f"{path}/")), default="")


def ways(me: SessionFacts) -> Ways:
    """Return the pages that a session's role comes to under its purpose, the first one first."""
    every = tuple(way for way in _of(me) + _OF_EVERYBODY if me.purpose not in way.hidden_from)
    near = sum(letters <= _NEAR for letters in accumulate(len(way.words) for way in every))
    return Ways(near=every[:near], more=every[near:])


def first_page(me: SessionFacts) -> str:
    """Return where somebody of this role begins."""
    return next((way.path for way in _of(me)), "/map")


def _of(me: SessionFacts) -> tuple[Way, ...]:
    is_told = me.organisation_kind == "commissioner" and me.role == "analyst"
    return _OF_COMMISSIONER if is_told else _OF_ROLE.get(me.role, ())


def clock_time(moment: datetime) -> str:
    """Return a moment as the clock on the wall shows it in Britain: "21:45"."""
    return f"{moment.astimezone(LOCAL):%H:%M}"
