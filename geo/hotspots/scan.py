"""Kulldorff's scan: the circle whose notes are least likely, were risk the same everywhere.

Source: Kulldorff (1997), A spatial scan statistic, Communications in Statistics 26(6), Poisson model, high rates only;
secondary clusters as SaTScan reports them, without overlap, each against the highest of every replicate.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import xlogy

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.compiled import Compiled
from geo.hotspots.scan_zones import Zones, zones

FEWEST: Final = 2
"""Notes that make a cluster; one note is none."""

SURE: Final = 2.0
"""A likelihood ratio that nearly every replicate reaches somewhere, so that circles below it need no logarithm."""

AT_ONCE: Final = 2_000_000
"""Replicated counts held in memory at one time."""


PORTIONS: Final = 9
"""In how many portions, at the least, replicates are drawn, between which a scan can be stopped."""


class NothingToScan(ValueError):
    """Counts or expectations in which no cluster can be looked for."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Cluster:
    """A circle with more notes than expected; areas by their row, the centre first."""

    members: Integers
    centre: int
    radius_metres: float
    cases: int
    expected: float
    relative_risk: float
    """Rate inside to rate outside; infinite where all notes are inside."""

    log_likelihood_ratio: float
    p_value: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Scan:
    """The clusters, likeliest first, and the highest log likelihood ratio of each replicate, shape (replicates,)."""

    clusters: tuple[Cluster, ...]
    highest: Floats
    areas: int

    def confirmed(self, level: float = 0.05) -> Claims:
        """Say of each area whether it is in a cluster that chance gives this rarely, shape (areas,)."""
        answer = np.zeros(self.areas, dtype=np.bool_)
        for cluster in self.clusters:
            answer[cluster.members] |= cluster.p_value <= level
        return answer


def scan(
    cases: Integers,
    expected: Floats,
    places: tuple[Floats, Floats],
    *,
    seed: int,
    replicates: int = 999,
    largest_share: float = 0.5,
    largest_metres: float = np.inf,
    most: int = 10,
    watch: Callable[[float], None] = lambda _: None,
) -> Scan:
    """Return at most so many clusters of areas, and what chance gives.

    ``cases`` and ``expected`` (any base in proportion: visits, population) of shape (areas,); ``places`` easting and
    northing of the areas in metres (EPSG:27700). The same seed, the same answer. ``watch`` is told in ``PORTIONS``
    portions which share of the replicates is done, and may raise to stop. Raises ``NothingToScan``, ``TooMuchToScan``.
    """
    _check(cases, expected)
    total = int(cases.sum())
    base = expected * (total / expected.sum())
    circles = zones(base, places, largest_share=largest_share, largest_metres=largest_metres)
    ratios = _ratios(circles, cases, total)
    drawn = _replicated(circles, base, np.random.default_rng(seed), replicates)
    highest = np.zeros(0)
    for portion in drawn:
        highest = np.concatenate((highest, portion))
        watch(len(highest) / replicates)
    clusters = [_cluster(circles, place, cases, highest) for place in _apart(circles, ratios, most)]
    return Scan(clusters=tuple(clusters), highest=highest, areas=len(cases))


def _check(cases: Integers, expected: Floats) -> None:
    if cases.shape != expected.shape or not len(cases):
        raise NothingToScan(f"Notes and expected notes are of shapes {cases.shape} and {expected.shape}.")
    if not (np.isfinite(expected).all() and (expected >= 0).all() and (cases >= 0).all()):
        raise NothingToScan("Notes and expected notes are finite, and 0 or more.")
    if cases.sum() < FEWEST or (cases[expected == 0] > 0).any():
        raise NothingToScan("A scan needs two notes at least, and none where none was expected.")


def _ratios(circles: Zones, cases: Integers, total: int) -> Floats:
    """Return the log likelihood ratio of the circle at each place, 0 where it has no more than expected."""
    inside, expected = circles.sums(cases), circles.expected
    high = circles.closed & (inside > expected) & (inside >= FEWEST)
    ratios = np.zeros(len(inside))
    ratios[high] = _ratio(inside[high], expected[high], total)
    return ratios


def _ratio(count: Integers, base: Floats, total: int) -> Floats:
    outside = np.divide(total - count, total - base, out=np.ones(len(base)), where=base < total)
    return np.asarray(xlogy(count, count / base) + xlogy(total - count, outside))


def _apart(circles: Zones, ratios: Floats, most: int) -> list[int]:
    """Return the places of the likeliest circles that share no area, likeliest first."""
    taken = np.zeros(len(circles.starts) - 1, dtype=np.bool_)
    best = np.array(ratios)
    chosen: list[int] = []
    while len(chosen) < most and len(best) and best.max() > 0:
        place = int(best.argmax())
        chosen.append(place)
        taken[circles.within(place)] = True
        best[circles.sums(taken.astype(np.int64)) > 0] = 0
    return chosen


def _cluster(circles: Zones, place: int, cases: Integers, highest: Floats) -> Cluster:
    members = circles.within(place)
    inside, expected, total = int(cases[members].sum()), float(circles.expected[place]), int(cases.sum())
    outside = (total - inside) / (total - expected) if expected < total else np.nan
    ratio = float(_ratio(np.array([inside]), np.array([expected]), total)[0])
    return Cluster(
        members=members,
        centre=circles.centre(place),
        radius_metres=float(circles.metres[place]),
        cases=inside,
        expected=expected,
        relative_risk=inside / expected / outside if outside > 0 else np.inf,
        log_likelihood_ratio=ratio,
        p_value=(1 + int((highest >= ratio * (1 - 1e-12)).sum())) / (1 + len(highest)),
    )


def _replicated(circles: Zones, base: Floats, numbers: np.random.Generator, replicates: int) -> Iterator[Floats]:
    """Give the replicates' highest log likelihood ratios in portions: notes dealt anew in proportion to the base."""
    total = round(float(base.sum()))
    counts = np.arange(total + 1)
    tables = (
        xlogy(counts, counts),
        np.log(circles.expected, out=np.zeros(len(circles.expected)), where=circles.closed),
        np.log(
            total - circles.expected,
            out=np.zeros(len(circles.expected)),
            where=circles.closed & (circles.expected < total),
        ),
    )
    wanted = _wanted(circles.closed, circles.expected, tables, SURE)
    every = _wanted(circles.closed, circles.expected, tables, 0.0)
    rows = max(1, min(AT_ONCE // len(base), -(-replicates // PORTIONS)))
    for low in range(0, replicates, rows):
        dealt = numbers.multinomial(total, base / base.sum(), size=min(rows, replicates - low)).astype(np.int32)
        found = _highest(dealt, (circles.starts, circles.members), wanted, tables)
        unsure = found == 0
        found[unsure] = _highest(dealt[unsure], (circles.starts, circles.members), every, tables)
        yield found


@Compiled
def _wanted(closed, expected, tables, floor):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Return the fewest notes with which the circle at each place has a log likelihood ratio above the floor."""
    products, logs, rest = tables
    total = len(products) - 1
    fewest = np.full(len(closed), total + 1, dtype=np.int32)
    for place in range(len(closed)):
        if closed[place]:
            count = max(2, int(np.floor(expected[place])) + 1)
            while count <= total and (
                products[count] - count * logs[place] + products[total - count] - (total - count) * rest[place] <= floor
            ):
                count += 1
            fewest[place] = count
    return fewest


@Compiled
def _highest(dealt, circles, wanted, tables):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Return the highest log likelihood ratio of each row of dealt notes, 0 where no circle has the wanted notes."""
    starts, members = circles
    products, logs, rest = tables
    total = len(products) - 1
    best = np.zeros(len(dealt))
    for row in range(len(dealt)):
        counts = dealt[row]
        high = 0.0
        for area in range(len(starts) - 1):
            count = 0
            for place in range(starts[area], starts[area + 1]):
                count += counts[members[place]]
                if count >= wanted[place]:
                    ratio = products[count] - count * logs[place]
                    ratio += products[total - count] - (total - count) * rest[place]
                    high = max(high, ratio)
        best[row] = high
    return best
