"""Did last year's map tell next month? Recorded street crimes stand in for notes, all records for the visits.

Source: police.uk, Avon and Somerset, the months of 2018 to 2020 that the test data have (Open Government Licence v3.0).
Each record is taken as a visit, and one of a few serious kinds as a note: records follow where people report and police
go, as notes follow visits. The points are snap points, hence cells. Each map is made from twelve months and judged on
the next one that there is (five of 2019 are not): per area, and per visit, which a map of where we go cannot win by
going there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from pyarrow import csv

from geo.arrays import Claims, Floats
from geo.hotspots.empirical_bayes import smoothed_rates
from geo.hotspots.excess import excess, expected_by_visits
from geo.hotspots.grids import Grid, grid_over
from geo.hotspots.hold_out import HoldOut, hold_out
from geo.hotspots.kernel_density import density
from geo.hotspots.local_statistics import gi_star
from geo.hotspots.windows import Windows, disc_windows
from geo.national_grid import to_grid
from scripts.bench.lines import beside, heading
from scripts.cluster import CHECKOUT

CRIMES: Final = CHECKOUT.parent / "shared" / "testdata" / "crime"
FILES: Final = "*-avon-and-somerset-street.csv.gz"
SERIOUS: Final = ("Drugs", "Possession of weapons", "Robbery")
BOUNDS: Final = (350_000, 160_000, 370_000, 185_000)
"""Bristol, Bath and around them, EPSG:27700."""

CELL_METRES: Final = 250
WINDOW_METRES: Final = 500
TRAINED: Final = 12
SHARE: Final = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class Months:
    """Notes and visits of each month, shape (months, cells of land), oldest first."""

    grid: Grid
    land: Claims
    notes: Floats
    visits: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Training:
    """What a map is made from: twelve months of notes and visits, shape (months, cells of land)."""

    months: Months
    notes: Floats
    visits: Floats
    windows: Windows


@dataclass(frozen=True, kw_only=True)
class Line:
    """Means over the months that were held out."""

    method: str
    hit_rate: float
    pai: float
    pei: float
    per_visit: float
    """Notes caught to visits there, beside all notes to all visits, where a tenth of the later visits is marked."""


Method: TypeAlias = Callable[[Training], Floats]


def months_of(folder: Path) -> Months:
    """Return the counts of each month's file, in cells where anything was recorded in the first twelve."""
    grid = grid_over(BOUNDS, CELL_METRES)
    counted = [_counted(file, grid) for file in sorted(folder.glob(FILES))]
    notes, visits = np.array([month[0] for month in counted]), np.array([month[1] for month in counted])
    land = visits[:TRAINED].sum(axis=0) > 0
    return Months(grid=grid, land=land, notes=notes[:, land], visits=visits[:, land])


def _counted(file: Path, grid: Grid) -> tuple[Floats, Floats]:
    table = csv.read_csv(
        file, convert_options=csv.ConvertOptions(include_columns=["Longitude", "Latitude", "Crime type"])
    )
    easting, northing = to_grid(*(table[name].to_numpy().astype(np.float64) for name in ("Longitude", "Latitude")))
    serious = np.isin(table["Crime type"].to_numpy().astype(str), SERIOUS)
    return grid.counts(easting[serious], northing[serious]), grid.counts(easting, northing)


def last_month(known: Training) -> Floats:
    """Score by last month's notes: what a team does without any map."""
    return np.asarray(known.notes[-1])


def last_year(known: Training) -> Floats:
    """Score by the notes of all twelve months."""
    return np.asarray(known.notes.sum(axis=0))


def smoothed(known: Training) -> Floats:
    """Score by kernel density of the notes, weighing the middles of cells."""
    weights = np.zeros(known.months.grid.cells)
    weights[known.months.land] = known.notes.sum(axis=0)
    easting, northing = known.months.grid.centres()
    smooth = density(known.months.grid, easting, northing, bandwidth_metres=WINDOW_METRES, weights=weights)
    return np.asarray(smooth[known.months.land])


def gathered(known: Training) -> Floats:
    """Score by Gi* of the notes."""
    return gi_star(known.notes.sum(axis=0), known.windows)


def exceeding(known: Training) -> Floats:
    """Score by the tail of the excess for visits, the default map."""
    notes, visits = known.notes.sum(axis=0), known.visits.sum(axis=0)
    told = excess(notes, expected_by_visits(notes, visits), known.windows)
    return np.asarray(-np.nan_to_num(told.tail, nan=1.0))


def bayes(known: Training) -> Floats:
    """Score by empirical Bayes rates."""
    return smoothed_rates(known.notes.sum(axis=0), known.visits.sum(axis=0))


METHODS: Final[dict[str, Method]] = {
    "last month's hottest cells (naive)": last_month,
    "twelve months' hottest cells": last_year,
    "kernel density, 500 m": smoothed,
    "Gi* on counts, 500 m": gathered,
    "excess for visits, 500 m (default)": exceeding,
    "empirical Bayes rates": bayes,
}


def trainings(months: Months, most: int | None = None) -> Iterator[tuple[Training, Floats, Floats]]:
    """Give what each of the last months is told from, and its own notes and visits; oldest first."""
    windows = disc_windows(months.grid, WINDOW_METRES, land=months.land)
    first = TRAINED if most is None else max(TRAINED, len(months.notes) - most)
    for later in range(first, len(months.notes)):
        span = slice(later - TRAINED, later)
        known = Training(months=months, notes=months.notes[span], visits=months.visits[span], windows=windows)
        yield known, months.notes[later], months.visits[later]


def lines(months: Months, most: int | None = None) -> list[Line]:
    """Return how each method told the last months, at most so many of them."""
    told = list(trainings(months, most))
    return [_line(name, [_judged(method(known), *later) for known, *later in told]) for name, method in METHODS.items()]


def _judged(score: Floats, notes: Floats, visits: Floats) -> tuple[HoldOut, HoldOut]:
    visited = visits > 0
    return (
        hold_out(score, notes, share=SHARE),
        hold_out(score[visited], notes[visited], share=SHARE, area=visits[visited]),
    )


def _line(name: str, judged: list[tuple[HoldOut, HoldOut]]) -> Line:
    by_area, by_visit = zip(*judged, strict=True)
    return Line(
        method=name,
        hit_rate=float(np.mean([one.hit_rate for one in by_area])),
        pai=float(np.mean([one.pai for one in by_area])),
        pei=float(np.mean([one.pei for one in by_area])),
        per_visit=float(np.mean([one.pai for one in by_visit])),
    )


def bench_crimes(folder: Path = CRIMES) -> bool:
    """Print the table; research set no target. Whether the data are there."""
    heading(f"Hold-out: each month told from the {TRAINED} before it, a tenth of the area marked, means of the months")
    if not folder.is_dir():
        beside(f"The recorded crimes are not here; expected {folder.name} in the folder of test data.")
        return False
    months = months_of(folder)
    beside(f"police.uk, {len(months.notes)} months around Bristol, {months.land.sum():,} cells of {CELL_METRES} m;")
    beside(f"{months.visits.sum():,.0f} records as visits, {months.notes.sum():,.0f} of {', '.join(SERIOUS)} as notes.")
    beside(f"{'':<38} hit rate     PAI     PEI   notes per visit (times the mean)")
    for line in lines(months):
        beside(f"{line.method:<38} {line.hit_rate:8.1%} {line.pai:7.2f} {line.pei:7.2f} {line.per_visit:7.2f}")
    return True
