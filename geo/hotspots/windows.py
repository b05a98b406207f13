"""Windows: which cells each cell looks at, itself included.

On a grid the sum of every window is a few differences of running sums along rows, for discs of any reach; among points
that lie anywhere it is one product with a sparse matrix. Zero within a whole window stays exactly zero either way.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.grids import Grid


class NotAWindow(ValueError):
    """A reach within which nothing can be looked at."""


class Windows(ABC):
    """The cells within so many metres of each cell, itself included."""

    metres: float

    @cached_property
    @abstractmethod
    def matrix(self) -> csr_array:
        """Row i has a 1 for each cell of window i: shape (cells, cells)."""

    @abstractmethod
    def sums(self, values: Floats) -> Floats:
        """Return the sum of each window: values of cells, shape (cells,) or (n, cells), to the same shape."""

    def sizes(self) -> Integers:
        """Return how many cells each window has, itself included."""
        return np.rint(self.sums(np.ones(len(self)))).astype(np.int64)

    @abstractmethod
    def __len__(self) -> int:
        """Return how many cells there are."""

    def without_itself(self) -> csr_array:
        """Return the matrix without its diagonal: the cells around each cell."""
        matrix = self.matrix.tocoo()
        others = matrix.row != matrix.col
        return _square(matrix.row[others], matrix.col[others], len(self))


@dataclass(frozen=True, eq=False, kw_only=True)
class DiscWindows(Windows):
    """Discs on the land of a grid."""

    grid: Grid
    land: Claims
    metres: float

    def __len__(self) -> int:
        """Return how many cells of land there are."""
        return len(self._cells)

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each disc, by differences of running sums along the rows of the grid."""
        table = np.asarray(values, dtype=np.float64)
        if table.ndim == 1:
            return self._sums(table)
        return np.array([self._sums(row) for row in table]).reshape(table.shape)

    def _sums(self, values: Floats) -> Floats:
        # Rows have room for the disc on either side: nothing before the grid, and after it what was summed so far.
        reach, rows, columns = self._reach(), self.grid.rows, self.grid.columns
        running = np.zeros((rows, columns + 2 * reach + 1))
        running.ravel()[self._places] = values
        np.cumsum(running, axis=1, out=running)
        # One chord for all rows, because making arrays costs more than filling them.
        total, chord = np.zeros((rows, columns)), np.empty((rows, columns))
        for north in range(min(reach, rows - 1) + 1):
            side = min(isqrt(self._squares() - north**2), reach)
            left, right = reach - side, reach + 1 + side
            np.subtract(running[:, right : right + columns], running[:, left : left + columns], out=chord)
            total[north:] += chord[: rows - north]
            if north:
                total[:-north] += chord[north:]
        answer: Floats = total.ravel()[self._cells]
        return answer

    @cached_property
    def matrix(self) -> csr_array:
        """Row i has a 1 for each cell of land in window i, made when it is first asked for."""
        kept, reach = self._cells, self._reach()
        place = np.full((self.grid.rows, self.grid.columns), -1, dtype=np.int64)
        place.ravel()[kept] = np.arange(len(kept))
        rows, columns = np.divmod(kept, self.grid.columns)
        steps = np.arange(-reach, reach + 1)
        north, east = (offsets.ravel() for offsets in np.meshgrid(steps, steps, indexing="ij"))
        near = north**2 + east**2 <= self._squares()
        padded = np.pad(place, reach, constant_values=-1)
        seen = padded[rows[:, None] + reach + north[near], columns[:, None] + reach + east[near]]
        first, which = np.nonzero(seen >= 0)
        return _square(first, seen[first, which], len(kept))

    @cached_property
    def _cells(self) -> Integers:
        return np.flatnonzero(self.land)

    @cached_property
    def _places(self) -> Integers:
        """Return where each cell of land is in rows with room on either side."""
        reach, (row, column) = self._reach(), np.divmod(self._cells, self.grid.columns)
        return row * (self.grid.columns + 2 * reach + 1) + column + reach + 1

    def _squares(self) -> int:
        """Return the square of the disc's radius in cells, rounded down: as exact as whole cells need it."""
        return int(self.metres**2 // self.grid.cell_metres**2)

    def _reach(self) -> int:
        """Return how many cells a disc reaches beyond its middle; no farther than the grid does."""
        return min(isqrt(self._squares()), max(self.grid.rows, self.grid.columns))


@dataclass(frozen=True, eq=False, kw_only=True)
class NearWindows(Windows):
    """Windows among points that lie anywhere, such as the centroids of areas."""

    near: csr_array
    metres: float

    def __len__(self) -> int:
        """Return how many points there are."""
        return int(self.near.shape[0])

    @cached_property
    def matrix(self) -> csr_array:
        """Row i has a 1 for each point of window i."""
        return self.near

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each window, by one product."""
        table = np.asarray(values, dtype=np.float64)
        return np.asarray(self.near @ table if table.ndim == 1 else (self.near @ table.T).T)


def disc_windows(grid: Grid, metres: float, *, land: Claims) -> DiscWindows:
    """Return the windows of the cells of land, in order: all of them whose middles are at most so many metres apart.

    ``land`` has shape (cells,); values are then of the cells of land. Raises ``NotAWindow`` for negative metres.
    """
    _check(metres)
    return DiscWindows(grid=grid, land=land, metres=metres)


def near_windows(easting: Floats, northing: Floats, metres: float) -> NearWindows:
    """Return the windows of any points, such as the centroids of areas: metres (EPSG:27700), shape (n,) each.

    Raises ``NotAWindow`` for negative metres and for coordinates that are not finite.
    """
    _check(metres)
    points = np.column_stack((easting, northing))
    if not np.isfinite(points).all():
        raise NotAWindow("Windows need points with finite coordinates.")
    pairs = cKDTree(points).query_pairs(metres, output_type="ndarray")
    own = np.arange(len(points))
    first = np.concatenate((own, pairs[:, 0], pairs[:, 1]))
    second = np.concatenate((own, pairs[:, 1], pairs[:, 0]))
    return NearWindows(near=_square(first, second, len(points)), metres=metres)


def _check(metres: float) -> None:
    if not (np.isfinite(metres) and metres >= 0):
        raise NotAWindow("A window reaches some metres, 0 or more.")


def _square(first: Integers, second: Integers, size: int) -> csr_array:
    matrix = coo_array((np.ones(len(first)), (first, second)), shape=(size, size)).tocsr()
    matrix.sort_indices()
    return matrix
