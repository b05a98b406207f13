"""Hotspot maps: from counts by square and month to what can be said of each square. Pure: no database, no clock."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from scipy.special import ndtr

from data.counts import Counted
from geo.arrays import Claims, Floats, Integers
from geo.hotspots.emerging import emerging
from geo.hotspots.excess import Excess, State, excess, expected_by_team, expected_by_visits
from geo.hotspots.false_discovery import adjusted
from geo.hotspots.local_statistics import gi_star
from geo.hotspots.scan import scan
from geo.hotspots.scan_zones import TooMuchToScan
from geo.hotspots.windows import Windows, near_windows
from layers.hotspot_questions import REACH, Question, QuestionRefused, month_number
from layers.hotspot_steadiness import ways_of
from layers.hotspot_teams import Strata, strata_of

LEVEL: Final = 0.05
MOST_SCANNED: Final = 1_000
"""Areas of a scan: its time grows with their square, so that more of them are scanned in coarser squares."""
REPLICATES: Final = 999
_SEED = 20_260_101
_BESIDE: Final = 10_000_000
"""An easting times this beside a northing is one number for a corner."""
Watch = Callable[[float], None]
"""Told how much of the work is done, 0 to 1; raises what stops the work."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Confirmed:
    """What the scan says: for each square the chance of its cluster, NaN where it lies in none; and how it scanned."""

    p_value: Floats
    metres: int
    clusters: int


@dataclass(frozen=True, eq=False, kw_only=True)
class HotspotMap:
    """A map: squares by their south-west corners in EPSG:27700 metres, and what is said of each, shape (squares,).

    `visits` and `notes` are of the square itself, by month of shape (months, squares); `expected`, `ratio`, `rate`
    (false discovery rate) and `state` are of its window. `is_hot_for_team` holds where the teams' own habits leave it
    hot, by the teams that `strata` tells of; `pattern` is that of geo.hotspots.emerging where that was asked.
    """

    question: Question
    easting: Integers
    northing: Integers
    area: Integers
    visits_by_month: Integers
    notes_by_month: Integers
    excess: Excess | None
    state: Integers
    rate: Floats
    is_hot_for_team: Claims
    strata: Strata
    pattern: Integers | None = None
    confirmed: Confirmed | None = None

    @property
    def visits(self) -> Integers:
        """Return the visits of each square."""
        return np.asarray(self.visits_by_month.sum(axis=0))

    @property
    def notes(self) -> Integers:
        """Return the notes of each square."""
        return np.asarray(self.notes_by_month.sum(axis=0))

    @property
    def ratio(self) -> Floats:
        """Return notes to expected notes in the window of each square, NaN where none were expected."""
        return self.excess.ratio if self.excess is not None else np.full(len(self.easting), np.nan)

    @property
    def expected(self) -> Floats:
        """Return the notes expected in the window of each square; NaN where no visit says."""
        return self.excess.expected if self.excess is not None else np.full(len(self.easting), np.nan)

    @property
    def windowed(self) -> Floats:
        """Return the notes in the window of each square; NaN where no visit says what to compare them with."""
        return self.excess.notes if self.excess is not None else np.full(len(self.easting), np.nan)

    @cached_property
    def ways(self) -> Integers:
        """Return of each hot square in how many other ways of drawing the squares it is hot; see hotspot_steadiness."""
        counts = (self.notes.astype(np.float64), self.visits.astype(np.float64))
        hot = _busy if self.question.method == "activity" else _hot_for_visits
        is_hot = np.asarray(self.state == State.HOT)
        return ways_of((self.easting, self.northing), self.question.metres, counts, is_hot=is_hot, hot=hot)

    def ranked(self) -> Integers:
        """Return the squares in the order of a table: hot ones first, then by how sure and how much."""
        surely = np.nan_to_num(self.rate, nan=np.inf)
        much = np.nan_to_num(self.ratio, nan=-1.0)
        order = (self.northing, self.easting, -self.notes, -much, surely, ~self.is_hot_for_team, -self.state)
        return np.lexsort(order).astype(np.int64)


def made(question: Question, counted: Counted, *, watch: Watch = lambda _: None) -> HotspotMap:
    """Return the map of these counts. The same counts, the same map."""
    easting, northing, visits, notes, area = _squares(question, counted)
    windows = near_windows(easting.astype(np.float64), northing.astype(np.float64), REACH[question.metres])
    strata = strata_of(counted, (easting, northing), area)
    told = _told(notes, visits, windows, strata)
    watch(0.1)
    nothing = np.zeros(len(easting), dtype=np.bool_)
    found = HotspotMap(
        question=question,
        easting=easting,
        northing=northing,
        area=area,
        visits_by_month=visits,
        notes_by_month=notes,
        excess=told[0] if told else None,
        state=told[0].state if told else np.zeros(len(easting), dtype=np.int64),
        rate=told[0].adjusted if told else np.full(len(easting), np.nan),
        is_hot_for_team=told[1] if told else nothing,
        strata=strata,
        pattern=_patterns(question, told[0] if told else None, notes, visits, windows=windows),
        confirmed=_confirmed(question, (easting, northing), notes, visits, watch=watch),
    )
    return _of_activity(found, windows) if question.method == "activity" else found


def _squares(question: Question, counted: Counted) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Return the squares' corners, their visits and notes by month, and their areas."""
    keys = counted.easting * _BESIDE + counted.northing
    squares, first, which = np.unique(keys, return_index=True, return_inverse=True)
    size = question.months * len(squares)
    place = (counted.month - month_number(question.first)) * len(squares) + which
    visits, notes = (
        np.bincount(place, weights=column, minlength=size).astype(np.int64).reshape(question.months, len(squares))
        for column in (counted.visits, counted.notes)
    )
    return counted.easting[first], counted.northing[first], visits, notes, counted.area[first]


def _told(notes: Integers, visits: Integers, windows: Windows, strata: Strata) -> tuple[Excess, Claims] | None:
    """Return the excess given visits, and where it is hot given the teams too; None where no visit says anything."""
    noted, visited = (table.sum(axis=0).astype(np.float64) for table in (notes, visits))
    if not visited.sum() > 0:
        return None
    by_visits = excess(noted, expected_by_visits(noted, visited), windows, level=LEVEL)
    by_team = excess(noted, expected_by_team(strata.notes, strata.visits), windows, level=LEVEL)
    return by_visits, np.asarray(by_visits.hot & by_team.hot)


def _patterns(
    question: Question, told: Excess | None, notes: Integers, visits: Integers, *, windows: Windows
) -> Integers | None:
    if question.method != "emerging" or told is None:
        return None
    rate = notes.sum() / visits.sum()
    expected = windows.sums(visits * rate)
    beside = windows.sums(notes.astype(np.float64)) - expected
    values = np.divide(beside, np.sqrt(expected), out=np.zeros_like(expected), where=expected > 0)
    return emerging(values, _itself(len(values[0])), level=LEVEL).pattern


def _itself(count: int) -> Windows:
    """Return windows of one square each: the values were summed over windows before visits were taken out of them."""
    at = np.arange(count, dtype=np.float64)
    return near_windows(at, at, 0)


def _of_activity(found: HotspotMap, windows: Windows) -> HotspotMap:
    """Return the map of activity: where notes gather, whatever the visits."""
    rate = _rate_of_activity(found.notes.astype(np.float64), windows)
    state = np.where(rate <= LEVEL, State.HOT, State.ORDINARY).astype(np.int64)
    nobody = np.zeros(len(rate), dtype=np.bool_)
    return replace(found, state=state, rate=rate, is_hot_for_team=nobody)


def _rate_of_activity(notes: Floats, windows: Windows) -> Floats:
    z = gi_star(notes, windows) if len(notes) > 1 else np.zeros(len(notes))
    return adjusted(ndtr(-z))


def _busy(notes: Floats, _: Floats, windows: Windows) -> Claims:
    return np.asarray(_rate_of_activity(notes, windows) <= LEVEL)


def _hot_for_visits(notes: Floats, visits: Floats, windows: Windows) -> Claims:
    return excess(notes, expected_by_visits(notes, visits), windows, level=LEVEL).hot


def _confirmed(
    question: Question, corners: tuple[Integers, Integers], notes: Integers, visits: Integers, *, watch: Watch
) -> Confirmed | None:
    """Scan for clusters, in coarser squares where there are many, and in portions, so that it can be stopped."""
    if not question.is_confirmed:
        return None
    metres, which, places = _scanned(question.metres, corners)
    noted, visited = (
        np.bincount(which, weights=table.sum(axis=0), minlength=len(places[0])).astype(np.float64)
        for table in (notes, visits)
    )
    usable = visited > 0
    cases = np.where(usable, noted, 0).astype(np.int64)
    p_value = np.full(len(places[0]), np.nan)
    clusters = 0
    watch(0.15)
    if cases.sum() > 1:
        try:
            clusters = _scan_into(p_value, cases, visited, places, watch=watch)
        except TooMuchToScan as error:
            raise QuestionRefused("There are too many squares for the second method: ask for one area.") from error
    return Confirmed(p_value=p_value[which], metres=metres, clusters=clusters)


def _scan_into(
    p_value: Floats, cases: Integers, visited: Floats, places: tuple[Floats, Floats], *, watch: Watch
) -> int:
    """Write the chance of each cluster at its squares; how many clusters are surer than the level."""
    kept = np.flatnonzero(visited > 0)
    at = (places[0][kept], places[1][kept])
    found = scan(
        cases[kept], visited[kept], at, seed=_SEED, replicates=REPLICATES, watch=lambda done: watch(0.15 + 0.85 * done)
    )
    for one in found.clusters:
        p_value[kept[one.members]] = one.p_value
    return sum(one.p_value <= LEVEL for one in found.clusters)


def _scanned(metres: int, corners: tuple[Integers, Integers]) -> tuple[int, Integers, tuple[Floats, Floats]]:
    """Return the squares that are scanned: their side, which of them holds each square of the map, their middles."""
    east, north = (corner // metres * metres for corner in corners)
    keys, which = np.unique(east * _BESIDE + north, return_inverse=True)
    coarser = {500: 1_000, 1_000: 5_000}.get(metres)
    if len(keys) > MOST_SCANNED and coarser is not None:
        return _scanned(coarser, corners)
    middles = (np.asarray(keys // _BESIDE + metres / 2), np.asarray(keys % _BESIDE + metres / 2))
    return metres, which.astype(np.int64), middles
