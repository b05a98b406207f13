"""How much a place needs a visit, in points, with every term of the sum to show.

    need = sum of risk notes: risk x severity_share[severity] x 0.5 ^ (age in days / half_life), at most risk_most
         + overdue x min(days since the last visit / rhythm in days, overdue_most)   (never visited: overdue_most)
         + requests x request + follow-ups due x follow_up
         + exploration, for the share of places chosen to look where we seldom go

A score follows what was looked at before: a place that nobody visits gives no notes, so it never scores. A share of the
visits is therefore chosen from the places that score little and were not seen for long, so that the map does not only
confirm itself.
"""

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from geo.shifts.clock import in_words

LONG_UNSEEN_RHYTHMS: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """What each term counts, in points: a minute of travel costs ``Shift.points_per_minute`` of them.

    Each organisation keeps its own. ``severity_share`` is what a risk note of severity 1 to 5 counts of ``risk``;
    ``half_life`` is after how many days it counts half; ``exploring`` is the share of visits that explore.
    """

    risk: float = 30
    severity_share: tuple[float, float, float, float, float] = (0.1, 0.25, 0.5, 0.8, 1.0)
    half_life: float = 90
    risk_most: float = 90
    overdue: float = 20
    overdue_most: float = 2
    request: float = 40
    follow_up: float = 30
    exploration: float = 40
    exploring: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Risk:
    """A risk note as the score sees it: severity 1 to 5, and the day of what it tells."""

    severity: int
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a session may know of a place when it plans; it is to be visited every ``rhythm`` days."""

    id: str
    risks: tuple[Risk, ...] = ()
    last_visit: date | None = None
    rhythm: int = 60
    requests: int = 0
    follow_ups: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One line of the sum: a clause that says what counts, and its points."""

    words: str
    points: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """The terms that are not nothing, in the order of the formula; ``points`` is their sum, rounded, never below 0."""

    terms: tuple[Term, ...]

    @property
    def points(self) -> int:
        """Return the score, as ``Stop.prize`` takes it."""
        return max(0, round(sum(term.points for term in self.terms)))

    @property
    def why(self) -> str:
        """Return what counts in words, most first, as ``Stop.why`` takes it."""
        return in_words([term.words for term in sorted(self.terms, key=lambda term: -term.points)])


def need(place: Known, *, on: date, weights: Weights, exploratory: bool = False) -> Need:
    """Return how much a place needs a visit on a day."""
    terms = (
        Term(words=_counted(len(place.risks), "risk note"), points=_risk(place.risks, on, weights)),
        _overdue(place, on, weights),
        Term(words=_counted(place.requests, "request"), points=place.requests * weights.request),
        Term(words=_counted(place.follow_ups, "follow-up"), points=place.follow_ups * weights.follow_up),
        Term(words="chosen to look where we seldom go", points=weights.exploration if exploratory else 0),
    )
    return Need(terms=tuple(term for term in terms if term.points > 0))


def explored(places: Sequence[Known], *, on: date, weights: Weights, visits: int, seed: int) -> frozenset[str]:
    """Return which places a shift of so many ``visits`` explores, by id: ``weights.exploring`` of them, rounded up.

    They are drawn among places that were never visited, or not for twice their rhythm, and that score no more than the
    median of all. The same places and seed give the same draw, in whatever order the places come.
    """
    points = {place.id: need(place, on=on, weights=weights).points for place in places}
    middle = sorted(points.values())[len(points) // 2] if points else 0
    drawn_from = sorted(place.id for place in places if _is_long_unseen(place, on) and points[place.id] <= middle)
    count = min(len(drawn_from), math.ceil(visits * weights.exploring))
    return frozenset(random.Random(seed).sample(drawn_from, count))  # noqa: S311 - a draw to repeat, not a secret.


def needs(places: Collection[Known], *, on: date, weights: Weights, exploratory: frozenset[str]) -> Mapping[str, Need]:
    """Return the need of each place by its id; those in ``exploratory`` have a term for it."""
    return {place.id: need(place, on=on, weights=weights, exploratory=place.id in exploratory) for place in places}


def _risk(risks: Sequence[Risk], on: date, weights: Weights) -> float:
    """Add up risk notes, each halved with every half-life; one dated ahead counts as of today."""
    total: float = sum(
        weights.risk
        * weights.severity_share[risk.severity - 1]
        * 0.5 ** (max(0, (on - risk.on).days) / weights.half_life)
        for risk in risks
    )
    return min(total, weights.risk_most)


def _overdue(place: Known, on: date, weights: Weights) -> Term:
    if place.last_visit is None:
        return Term(words="never visited", points=weights.overdue * weights.overdue_most)
    days = max(0, (on - place.last_visit).days)
    share = min(days / place.rhythm, weights.overdue_most)
    words = f"last visited {_counted(days, 'day')} ago, to be seen every {_counted(place.rhythm, 'day')}"
    return Term(words=words, points=weights.overdue * share)


def _is_long_unseen(place: Known, on: date) -> bool:
    return place.last_visit is None or (on - place.last_visit).days >= LONG_UNSEEN_RHYTHMS * place.rhythm


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
