"""Joint visits as people say them: when, with whom, where, and what stands open to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from data.joint_visits import JointVisit, Square
from geo.cells import Corners, cell_polygons
from geo.grid_references import grid_reference_of
from geo.shifts.clock import LOCAL
from web.words import day, in_words, square_in_words

HELP = (
    ("visit_together", "Visit together", "Two teams, one visit."),
    ("keep_safe", "Keep the team safe", "Come along, and stay in the background."),
    ("support", "Support for who is there", "Advice, and a way out for who wishes it."),
    ("health", "A doctor or nurse", ""),
    ("interpreter", "An interpreter", ""),
    ("children", "Somebody for children", ""),
)
_HELP = {slug: words for slug, words, _ in HELP}
STATES = {
    "proposed": "Waits for an answer",
    "accepted": "Accepted",
    "extended": "Accepted, with more time",
    "over": "Over",
    "declined": "Declined",
    "cancelled": "Cancelled",
}
_GOES_ON = {"accepted", "extended"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A joint visit in the list: its window, then who, where and how it stands."""

    id: str
    window: str
    state: str
    what: str
    where: str
    standing: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Joint visits of one kind under a heading, and what is said when there are none."""

    title: str
    lines: Sequence[Line]
    nothing: str


def groups(found: Sequence[JointVisit]) -> list[Group]:
    """Return joint visits under their headings, what asks for an answer first."""
    ended = [visit for visit in found if visit.state not in {*_GOES_ON, "proposed"}]
    asked = [visit for visit in found if visit.state == "proposed"]
    agreed = [visit for visit in found if visit.state in _GOES_ON]
    return [
        _group("Proposed to us", [visit for visit in asked if not visit.is_ours], "Nobody waits for our answer."),
        _group("Open now", [visit for visit in agreed if visit.is_open], "Nothing is open now."),
        _group(
            "Agreed, not open yet", [visit for visit in agreed if not visit.is_open], "Nothing is agreed for later."
        ),
        _group("Proposed by us", [visit for visit in asked if visit.is_ours], "We wait for no answer."),
        _group("Over", ended[::-1], "Nothing of the last 30 days is over."),
    ]


def _group(title: str, visits: Sequence[JointVisit], nothing: str) -> Group:
    return Group(title=title, lines=[line(visit) for visit in visits], nothing=nothing)


def line(visit: JointVisit) -> Line:
    """Return a joint visit as the list shows it."""
    with_whom = visit.partner if visit.is_ours else visit.owner
    return Line(
        id=str(visit.id),
        window=window(visit.starts_at, visit.ends_at),
        state=STATES[visit.state],
        what=f"{_HELP[visit.help]}, with {with_whom}",
        where=visit.name or square_words(visit.square),
        standing=standing(visit),
    )


def help_words(slug: str) -> str:
    """Return the kind of help in words."""
    return _HELP[slug]


def window(starts: datetime, ends: datetime) -> str:
    """Return a window: "Thursday 26 November, 18:00 to 20:00"; with both days where it ends on another."""
    first, last = starts.astimezone(LOCAL), ends.astimezone(LOCAL)
    until = f"{last:%H:%M}" if first.date() == last.date() else moment(ends)
    return f"{moment(starts)} to {until}"


def moment(at: datetime) -> str:
    """Return a moment with its day: "Thursday 26 November, 18:00"."""
    local = at.astimezone(LOCAL)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def weekday(at: datetime) -> str:
    """Return a moment near another that was said in full: "Wednesday 18:00"."""
    return f"{at.astimezone(LOCAL):%A %H:%M}"


def standing(visit: JointVisit) -> str:
    """Return to whom a joint visit is open, from when and until when; before an answer, that it is waited for."""
    if visit.state == "proposed":
        return f"{visit.partner if visit.is_ours else 'Your organisation'} has not answered yet. Nothing opens before."
    if visit.state not in _GOES_ON:
        return "Nothing of it is open."
    whom = "you" if visit.is_named else _count_of(visit)
    if visit.is_open:
        return f"Open to {whom} until {weekday(visit.closes_at)}; it closes by itself."
    return f"Open to {whom} from {weekday(visit.opens_at)} until {weekday(visit.closes_at)}."


def _count_of(visit: JointVisit) -> str:
    people = "1 person" if visit.named == 1 else f"{visit.named} people"
    return f"{people} of {visit.partner}"


def risk_words(risk: Mapping[str, Any]) -> str:
    """Return a risk flag as far as a joint visit opens it: category, severity and day, never its text."""
    return f"{in_words(risk['category'])}, severity {risk['severity']} of 5, recorded {day(risk['recorded_on'])}"


def square_words(square: Square | None) -> str:
    """Return where a partner knows the place to be; without a square, that it is not told."""
    if square is None:
        return "Where it is, those who go are told when it opens"
    reference = grid_reference_of(square.easting, square.northing, metres=100)
    return f"Somewhere in the {square_in_words(square.size)} north-east of {reference}"


def square_size(square: Square) -> str:
    """Return the size of a square: "500 m square"."""
    return square_in_words(square.size)


def square_box(square: Square) -> str:
    """Return the box around a square as the map takes it: west, south, east, north in degrees."""
    corners = Corners(np.array([square.easting]), np.array([square.northing]))
    ring = cell_polygons(corners, square.size)[0]
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    return f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"
