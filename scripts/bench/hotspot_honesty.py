"""How often each method calls a cell hot in regions of which the truth is known."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from scipy.special import ndtr

from geo.arrays import Claims, Floats
from geo.hotspots.empirical_bayes import smoothed_rates
from geo.hotspots.excess import excess, expected_by_team, expected_by_visits
from geo.hotspots.false_discovery import adjusted
from geo.hotspots.local_statistics import gi_star
from layers.hotspot_maps import REPLICATES
from scripts.bench.hotspot_pages import PAGE_METHODS, pages_of
from scripts.bench.hotspot_regions import Region, region, windows
from scripts.bench.lines import Target, beside, heading, result

WINDOWS: Final = windows()
LEVEL: Final = 0.05
REGIONS: Final = 200
HONEST: Final = Target(value=7, at_most=True)
"""Of regions with equal risk, how many per cent may show any hot cell: 5 by design, and some for chance."""

FOOLED: Final = Target(value=90)
FOUND: Final = Target(value=80)
HONEST_WHERE_EQUAL: Final = {
    "excess for visits (default)": HONEST,
    "Gi* on counts": FOOLED,
    "the scan that confirms": HONEST,
    "default and scan together": HONEST,
}
HONEST_OF_HABITS: Final = {"excess for that team": HONEST}
FOUND_BY: Final = dict.fromkeys(
    (
        "excess for visits (default)",
        "excess for that team",
        "the scan that confirms",
        "default and scan together",
    ),
    FOUND,
)

Method: TypeAlias = Callable[[Region], Claims]


def hot_for_visits(one: Region) -> Claims:
    """Say of each cell whether it is hot for its visits: the default."""
    notes, visits = one.notes.sum(axis=0), one.visits.sum(axis=0)
    return excess(notes, expected_by_visits(notes, visits), WINDOWS, level=LEVEL).hot


def hot_for_that_team(one: Region) -> Claims:
    """Say of each cell whether it is hot even for the teams that went there."""
    return excess(one.notes.sum(axis=0), expected_by_team(one.notes, one.visits), WINDOWS, level=LEVEL).hot


def gi_star_on_counts(one: Region) -> Claims:
    """Say of each cell whether notes gather there."""
    return _high(one.notes.sum(axis=0))


def gi_star_on_rates(one: Region) -> Claims:
    """Say of each cell whether high rates gather there, a cell without visits having none."""
    notes, visits = one.notes.sum(axis=0), one.visits.sum(axis=0)
    return _high(np.divide(notes, visits, out=np.zeros(len(notes)), where=visits > 0))


def gi_star_on_smoothed_rates(one: Region) -> Claims:
    """Say of each cell whether high empirical Bayes rates gather there."""
    return _high(smoothed_rates(one.notes.sum(axis=0), one.visits.sum(axis=0)))


def _high(values: Floats) -> Claims:
    return np.asarray(adjusted(ndtr(-gi_star(values, WINDOWS))) <= LEVEL)


METHODS: Final[dict[str, Method]] = {
    "excess for visits (default)": hot_for_visits,
    "excess for that team": hot_for_that_team,
    "Gi* on counts": gi_star_on_counts,
    "Gi* on crude rates": gi_star_on_rates,
    "Gi* on empirical Bayes rates": gi_star_on_smoothed_rates,
}


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Of regions, how many per cent show any hot cell, and any within the disc of higher risk."""

    flagged: float
    found: float


def shares(hot: Iterable[Claims], regions: Iterable[Region]) -> Shares:
    """Return how often a method flags, and finds, from what it says of each region."""
    said = [(flags, one.disc) for flags, one in zip(hot, regions, strict=True)]
    return Shares(
        flagged=100 * float(np.mean([flags.any() for flags, _ in said])),
        found=100 * float(np.mean([(flags & disc).any() for flags, disc in said])),
    )


def told(regions: Sequence[Region]) -> dict[str, Shares]:
    """Return how often each method flags and finds; first those of one cell and its surroundings, then the page's."""
    alone = {name: shares(map(method, regions), regions) for name, method in METHODS.items()}
    pages = pages_of(regions)
    return alone | {name: shares(map(method, pages), regions) for name, method in PAGE_METHODS.items()}


def bench_honesty(regions: int = REGIONS) -> bool:
    """Print what each method says of regions with equal risk, with teams' habits, and with a planted disc."""
    heading(f"{regions} invented regions with uneven effort: per cent that show any hot cell")
    beside(
        f"The scan is Kulldorff's as the page runs it: {REPLICATES} replicates, squares of 1 km, circles of any size."
    )
    good = []
    for words, targets, drawn in (
        ("equal risk", HONEST_WHERE_EQUAL, [region(seed) for seed in range(regions)]),
        (
            "equal risk, teams write differently",
            HONEST_OF_HABITS,
            [region(seed, habits=True) for seed in range(regions)],
        ),
    ):
        for name, share in told(drawn).items():
            good.append(result(f"{words}: {name}", share.flagged, targets.get(name), unit=" %"))
    for name, share in told([region(seed, risk=2.5) for seed in range(regions)]).items():
        good.append(
            result(f"a disc of 2.5 times the risk is found: {name}", share.found, FOUND_BY.get(name), unit=" %")
        )
    beside("A disc that Gi* on counts finds stands among hot cells that are only visited more.")
    return all(good)
