"""Windows: which cells each cell looks at. Kept as a sparse matrix, so that sums of windows are one product."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.spatial import cKDTree

from geo.arrays import Claims, Floats, Integers
from geo.hotspots.grids import Grid


class NotAWindow(ValueError):
    """A reach within which nothing can be looked at."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Windows:
    """The cells within so many metres of each cell, itself included: row i of the matrix has a 1 for each of them."""

    matrix: csr_array
    metres: float

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each window: values of cells, shape (cells,) or (n, cells), to the same shape."""
        table = np.asarray(values, dtype=np.float64)
        return np.asarray(self.matrix @ table if table.ndim == 1 else (self.matrix @ table.T).T)

    def sizes(self) -> Integers:
        """Return how many cells each window has, itself included."""
        sizes: Integers = np.diff(self.matrix.indptr).astype(np.int64)
        return sizes

    def without_itself(self) -> csr_array:
        """Return the matrix without its diagonal: the cells around each cell."""
        matrix = self.matrix.tocoo()
        others = matrix.row != matrix.col
        return _square(matrix.row[others], matrix.col[others], self.matrix.shape[0])


def disc_windows(grid: Grid, metres: float, *, land: Claims) -> Windows:
    """Return the windows of the cells of land, in order: all of them whose middles are at most so many metres apart.

    ``land`` has shape (cells,), the matrix one row for each cell of land. Raises ``NotAWindow`` for negative metres.
    """
    _check(metres)
    kept = np.flatnonzero(land)
    place = np.full((grid.rows, grid.columns), -1, dtype=np.int64)
    place.ravel()[kept] = np.arange(len(kept))
    rows, columns = np.divmod(kept, grid.columns)
    reach = int(metres // grid.cell_metres)
    steps = np.arange(-reach, reach + 1)
    north, east = (offsets.ravel() for offsets in np.meshgrid(steps, steps, indexing="ij"))
    near = (north**2 + east**2) * grid.cell_metres**2 <= metres**2
    padded = np.pad(place, reach, constant_values=-1)
    looked_at = padded[
        rows[:, None] + reach + north[near],
        columns[:, None] + reach + east[near],
    ]
    first, which = np.nonzero(looked_at >= 0)
    return Windows(matrix=_square(first, looked_at[first, which], len(kept)), metres=metres)


def near_windows(easting: Floats, northing: Floats, metres: float) -> Windows:
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
    return Windows(matrix=_square(first, second, len(points)), metres=metres)


def _check(metres: float) -> None:
    if not (np.isfinite(metres) and metres >= 0):
        raise NotAWindow("A window reaches some metres, 0 or more.")


def _square(first: Integers, second: Integers, size: int) -> csr_array:
    matrix = coo_array((np.ones(len(first)), (first, second)), shape=(size, size)).tocsr()
    matrix.sort_indices()
    return matrix
