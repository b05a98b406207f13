"""What stands around every page: the pages of a role, and when its session ends."""

from dataclasses import dataclass
from datetime import datetime

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
_REVIEWS = Way(path="/reviews", words="Reviews")
_RELEASES = Way(path="/releases", words="Releases")
_OF_ROLE = {
    "outreach": (
        _MAP,
        Way(path="/today", words="Today"),
        Way(path="/plans", words="Shifts"),
        Way(path="/places/new", words="Add a place"),
        Way(path="/joint-visits", words="Joint visits", hidden_from=frozenset({"enforcement"})),
        _REVIEWS,
        Way(path="/sheets", words="Sheets"),
        _INITIATIVES,
    ),
    "analyst": (
        _MAP,
        Way(path="/hotspots", words="Hotspots"),
        Way(path="/coverage", words="Coverage"),
        _INITIATIVES,
        Way(path="/briefings", words="Briefings"),
        _RELEASES,
    ),
    "admin": (
        Way(path="/imports", words="Imports"),
        Way(path="/people", words="People"),
        Way(path="/agreements", words="Agreements"),
        Way(path="/operations", words="Operations"),
        Way(path="/duty-desk", words="Duty desk"),
        _RELEASES,
        Way(path="/planning", words="Planning"),
        Way(path="/teams", words="Teams"),
        _REVIEWS,
        _MAP,
    ),
    "auditor": (Way(path="/audit", words="Audit"),),
}
_OF_EVERYBODY = (Way(path="/who-sees-what", words="Who sees what"), Way(path="/account", words="My account"))


def ways(me: SessionFacts) -> tuple[Way, ...]:
    """Return the pages that a session's role comes to under its purpose, the first one first."""
    return tuple(way for way in _OF_ROLE.get(me.role, ()) + _OF_EVERYBODY if me.purpose not in way.hidden_from)


def first_page(role: str) -> str:
    """Return where somebody of this role begins."""
    return _OF_ROLE[role][0].path if role in _OF_ROLE else "/map"


def clock_time(moment: datetime) -> str:
    """Return a moment as the clock on the wall shows it in Britain: "21:45"."""
    return f"{moment.astimezone(LOCAL):%H:%M}"
