"""Grids of National Grid squares, and which of their cells have land that can be visited."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Claims, Floats, Integers

MOST_CELLS = 4_000_000


class NotAGrid(ValueError):
    """Bounds, or a size of cells, of which no grid can be made."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Squares of EPSG:27700, numbered row by row from the south-west corner; metres of the grid."""

    west: int
    south: int
    cell_metres: int
    columns: int
    rows: int

    @property
    def cells(self) -> int:
        """Return how many cells there are."""
        return self.columns * self.rows

    @property
    def square_km(self) -> float:
        """Return the area of one cell."""
        return (self.cell_metres / 1000) ** 2

    def corners(self) -> tuple[Integers, Integers]:
        """Return easting and northing of the south-west corner of each cell, shape (cells,) each."""
        row, column = np.divmod(np.arange(self.cells, dtype=np.int64), self.columns)
        return self.west + column * self.cell_metres, self.south + row * self.cell_metres

    def centres(self) -> tuple[Floats, Floats]:
        """Return easting and northing of the middle of each cell, shape (cells,) each."""
        easting, northing = (corner.astype(np.float64) for corner in self.corners())
        return easting + self.cell_metres / 2, northing + self.cell_metres / 2

    def numbers(self, easting: Floats | Integers, northing: Floats | Integers) -> Integers:
        """Return the number of each point's cell, -1 off the grid and for NaN; an edge belongs to the east or north."""
        column = np.floor((np.asarray(easting, dtype=np.float64) - self.west) / self.cell_metres)
        row = np.floor((np.asarray(northing, dtype=np.float64) - self.south) / self.cell_metres)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int64)

    def counts(self, easting: Floats, northing: Floats, weights: Floats | None = None) -> Floats:
        """Return the points (or the sum of their weights) in each cell, shape (cells,), without those off the grid."""
        found = self.numbers(easting, northing)
        kept = found >= 0
        chosen = weights if weights is None else np.asarray(weights, dtype=np.float64)[kept]
        return np.bincount(found[kept], weights=chosen, minlength=self.cells).astype(np.float64)

    def shifted(self, east: int, north: int) -> "Grid":
        """Return the grid moved west and south by so many metres less than a cell, one column and row longer.

        It covers what this grid covers. Raises ``NotAGrid`` for a whole cell or more.
        """
        if not (0 <= east < self.cell_metres and 0 <= north < self.cell_metres):
            raise NotAGrid(f"A grid of {self.cell_metres} m cells is shifted by 0 m to less than a cell.")
        return Grid(
            west=self.west - east,
            south=self.south - north,
            cell_metres=self.cell_metres,
            columns=self.columns + (east > 0),
            rows=self.rows + (north > 0),
        )


def grid_over(bounds: tuple[float, float, float, float], cell_metres: int) -> Grid:
    """Return the grid over west, south, east, north in metres (EPSG:27700), its corners on multiples of the cell.

    So the cells of any two such grids of one size are the same squares. Raises ``NotAGrid`` for bounds that are not
    in order or not finite, a cell that is not above 0, and more than ``MOST_CELLS`` cells.
    """
    west, south, east, north = bounds
    if not (np.isfinite(bounds).all() and west < east and south < north and cell_metres > 0):
        raise NotAGrid("A grid needs west below east, south below north, and cells of some metres.")
    first_column, first_row = int(west // cell_metres), int(south // cell_metres)
    columns, rows = int(-(-east // cell_metres)) - first_column, int(-(-north // cell_metres)) - first_row
    if columns * rows > MOST_CELLS:
        raise NotAGrid(f"A grid of {columns * rows:,} cells is too fine; at most {MOST_CELLS:,} can be analysed.")
    return Grid(
        west=first_column * cell_metres,
        south=first_row * cell_metres,
        cell_metres=cell_metres,
        columns=columns,
        rows=rows,
    )


def visitable(grid: Grid, boundary: shapely.Geometry, *, water: shapely.Geometry | None = None) -> Claims:
    """Say of each cell whether its middle is within the boundary and, where water is given, not in it: shape (cells,).

    Geometries of EPSG:27700. What nobody can visit must not count as a quiet place: it would make its edge look hot.
    """
    easting, northing = grid.centres()
    shapely.prepare(boundary)
    inside = np.asarray(shapely.contains_xy(boundary, easting, northing), dtype=np.bool_)
    if water is not None:
        shapely.prepare(water)
        inside &= ~np.asarray(shapely.contains_xy(water, easting, northing), dtype=np.bool_)
    return inside
