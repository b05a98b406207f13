"""Kernel density: where activity is. It says nothing of risk: it is highest where teams go most.

Source: Silverman (1986), Density Estimation, §4.2; edges: Diggle (1985), Applied Statistics 34, the mass of the kernel
within the window around each place read. Binning: Wand (1994), Journal of Computational and Graphical Statistics 3.
"""

from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

from geo.arrays import Claims, Floats
from geo.hotspots.grids import Grid

PARTS_OF_BANDWIDTH: Final = 10
"""Points are binned to squares of at most a tenth of the bandwidth."""

REACH: Final = 5.0
"""Bandwidths after which the kernel is cut off: 4e-6 of its mass."""

MOST_SQUARES: Final = 16_000_000


class CellTooCoarse(ValueError):
    """A bandwidth that the cells of the grid cannot show."""


def density(
    grid: Grid,
    easting: Floats,
    northing: Floats,
    *,
    bandwidth_metres: float,
    land: Claims | None = None,
    weights: Floats | None = None,
) -> Floats:
    """Return the density of points (or of their weights) a square kilometre in the middle of each cell, shape (cells,).

    Points in metres (EPSG:27700); the kernel is Gaussian with this standard deviation. Points off the land are left
    out, and off the land the answer is 0. Within 0.2 % of the exact sum's highest value. Raises ``CellTooCoarse``
    where the cells are larger than the bandwidth, for then what lies between their middles is not seen, and for a
    bandwidth so small beside the grid that it cannot be computed.
    """
    parts = _parts(grid, bandwidth_metres)
    spread = bandwidth_metres / (grid.cell_metres / parts)
    # Sharing a point among four squares spreads it by a sixth of a square's area already.
    smooth = _smoothed(
        _binned(grid, _kept(grid, (easting, northing), land, weights), parts), np.sqrt(spread**2 - 1 / 6), parts
    )
    mass = _mass(grid, spread, parts, land)
    answer = np.divide(smooth, mass, out=np.zeros_like(smooth), where=mass > 0) * (1000 * parts / grid.cell_metres) ** 2
    return answer.ravel() if land is None else np.where(land, answer.ravel(), 0.0)


def _parts(grid: Grid, bandwidth_metres: float) -> int:
    """Return into how many squares a side each cell is cut: an odd number, so that one is in the middle."""
    if not (np.isfinite(bandwidth_metres) and bandwidth_metres >= grid.cell_metres):
        raise CellTooCoarse(
            f"Cells of {grid.cell_metres} m are too coarse for a bandwidth of {bandwidth_metres:g} m:"
            " expected a bandwidth of at least one cell."
        )
    parts = int(np.ceil(grid.cell_metres * PARTS_OF_BANDWIDTH / bandwidth_metres)) // 2 * 2 + 1
    if grid.cells * parts**2 > MOST_SQUARES:
        raise CellTooCoarse(
            f"A bandwidth of {bandwidth_metres:g} m is too small for so wide a grid; choose a larger one."
        )
    return parts


def _kept(
    grid: Grid, points: tuple[Floats, Floats], land: Claims | None, weights: Floats | None
) -> tuple[Floats, Floats, Floats | float]:
    """Return easting, northing and weight of the points that are on the grid and on land."""
    numbers = grid.numbers(*points)
    kept = numbers >= 0
    if land is not None:
        kept &= land[numbers]
    if kept.all():
        return *points, 1.0 if weights is None else weights
    return points[0][kept], points[1][kept], 1.0 if weights is None else weights[kept]


def _binned(grid: Grid, points: tuple[Floats, Floats, Floats | float], parts: int) -> Floats:
    """Return the points' weights, each shared among the four squares around it, shape (rows, columns) of squares."""
    rows, columns = grid.rows * parts + 2, grid.columns * parts + 2  # A square more on each side, for what lies over.
    column = (points[0] - grid.west) * (parts / grid.cell_metres) + 0.5
    row = (points[1] - grid.south) * (parts / grid.cell_metres) + 0.5
    west, south = np.floor(column), np.floor(row)
    square = (south * columns + west).astype(np.intp)
    east_share, north_share = column - west, (row - south) * points[2]
    south_share = points[2] - north_share
    table = np.bincount(square, weights=south_share * (1 - east_share), minlength=rows * columns)
    table += np.bincount(square + 1, weights=south_share * east_share, minlength=rows * columns)
    table += np.bincount(square + columns, weights=north_share * (1 - east_share), minlength=rows * columns)
    table += np.bincount(square + columns + 1, weights=north_share * east_share, minlength=rows * columns)
    return _folded(_folded(np.asarray(table, dtype=np.float64).reshape(rows, columns)).T).T


def _folded(table: Floats) -> Floats:
    """Return a table without its first and last row, which are added to those beside them."""
    table[1] += table[0]
    table[-2] += table[-1]
    return table[1:-1]


def _mass(grid: Grid, spread: float, parts: int, land: Claims | None) -> Floats:
    """Return how much of the kernel around the middle of each cell is where points can be, shape (rows, columns)."""
    if land is not None:
        on_land = land.reshape(grid.rows, grid.columns).astype(np.float64)
        return _smoothed(on_land.repeat(parts, axis=0).repeat(parts, axis=1), spread, parts)
    sides = (np.ones(cells * parts) for cells in (grid.rows, grid.columns))
    north, east = (
        gaussian_filter1d(side, spread, mode="constant", truncate=REACH)[parts // 2 :: parts] for side in sides
    )
    return np.outer(north, east)


def _smoothed(table: Floats, spread: float, parts: int) -> Floats:
    """Return the middle square of each cell of the smoothed table; rows that are not read are not smoothed along."""
    smooth = gaussian_filter1d(table, spread, axis=0, mode="constant", truncate=REACH)[parts // 2 :: parts]
    smooth = gaussian_filter1d(smooth, spread, axis=1, mode="constant", truncate=REACH)[:, parts // 2 :: parts]
    return np.ascontiguousarray(smooth, dtype=np.float64)
