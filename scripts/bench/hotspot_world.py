"""A million invented notes and the visits on which they were written, in the seven boroughs; the same each time.

70 % lie in 60 clusters of 80 to 900 m, the others anywhere on land; every second visit gives a note; eight teams.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import shapely

from data.reference_data import outlines_of
from geo.arrays import Claims, Floats, Integers
from geo.hotspots.grids import Grid, grid_over, visitable
from geo.national_grid import to_grid

NOTES: Final = 1_000_000
CELL_METRES: Final = 250
TEAMS: Final = 8
CLUSTERS: Final = 60
IN_CLUSTERS: Final = 0.7

Counting: TypeAlias = Callable[[Grid], tuple[Floats, Floats]]
"""Notes and visits of each team in the cells of a grid, shape (teams, cells) each: from points here, or from SQL."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Points:
    """Visits in metres (EPSG:27700), the team of each, and whether a note was written, shape (visits,) each."""

    easting: Floats
    northing: Floats
    team: Integers
    noted: Claims

    def counted(self, grid: Grid) -> tuple[Floats, Floats]:
        """Return notes and visits of each team in each cell, shape (teams, cells)."""
        number = grid.numbers(self.easting, self.northing)
        key, size = self.team * grid.cells + number, TEAMS * grid.cells
        inside = number >= 0
        visits = np.bincount(key[inside], minlength=size).astype(np.float64)
        notes = np.bincount(key[inside & self.noted], minlength=size).astype(np.float64)
        return notes.reshape(TEAMS, grid.cells), visits.reshape(TEAMS, grid.cells)


def boroughs() -> shapely.Geometry:
    """Return the land of the seven boroughs in metres (EPSG:27700)."""
    shapes = list(outlines_of("boroughs").values())
    return shapely.transform(shapely.union_all(shapes), lambda rows: np.column_stack(to_grid(rows[:, 0], rows[:, 1])))


def land_of(boundary: shapely.Geometry) -> tuple[Grid, Claims]:
    """Return the grid over a boundary, and which of its cells can be visited."""
    west, south, east, north = boundary.bounds
    grid = grid_over((west, south, east, north), CELL_METRES)
    return grid, visitable(grid, boundary)


def invented(boundary: shapely.Geometry, *, notes: int = NOTES, seed: int = 2026) -> Points:
    """Return so many notes, and twice as many visits, all of them on land."""
    numbers = np.random.default_rng(seed)
    shapely.prepare(boundary)
    bounds = np.array(boundary.bounds)
    centres = numbers.uniform(bounds[:2], bounds[2:], (CLUSTERS, 2))
    spreads = numbers.uniform(80, 900, CLUSTERS)
    kept: list[Floats] = []
    while sum(map(len, kept)) < 2 * notes:
        cluster = numbers.integers(0, CLUSTERS, notes)
        near = centres[cluster] + numbers.normal(size=(notes, 2)) * spreads[cluster, None]
        anywhere = numbers.uniform(bounds[:2], bounds[2:], (notes, 2))
        points = np.where(numbers.uniform(size=(notes, 1)) < IN_CLUSTERS, near, anywhere)
        kept.append(points[shapely.contains_xy(boundary, points)])
    east, north = np.concatenate(kept)[: 2 * notes].T
    noted = np.zeros(2 * notes, dtype=np.bool_)
    noted[numbers.permutation(2 * notes)[:notes]] = True
    patch = (east - bounds[0]) / (bounds[2] - bounds[0]) * TEAMS + numbers.normal(0, 1, 2 * notes)
    return Points(easting=east, northing=north, team=np.clip(patch, 0, TEAMS - 1).astype(np.int64), noted=noted)
