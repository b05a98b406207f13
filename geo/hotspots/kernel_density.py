"""Kernel density: where activity is. It says nothing of risk: it is highest where teams go most.

Source: Silverman (1986), Density Estimation, §4.2; edges: Diggle (1985), Applied Statistics 34, the mass of the kernel
within the window around each place read. Binning: Wand (1994), Journal of Computational and Graphical Statistics 3.
"""

from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter

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
    square = grid.cell_metres / parts
    binned = _binned(grid, (easting, northing), parts, _on_land(grid, easting, northing, land, weights))
    # Spreading points over squares spreads them by a sixth of a square's area already.
    spread = np.sqrt((bandwidth_metres / square) ** 2 - 1 / 6)
    smooth = _smoothed(binned, spread, parts)
    mass = _smoothed(_window(grid, parts, land), bandwidth_metres / square, parts)
    answer = np.divide(smooth, mass, out=np.zeros_like(smooth), where=mass > 0) * (1000 / square) ** 2
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


def _on_land(grid: Grid, easting: Floats, northing: Floats, land: Claims | None, weights: Floats | None) -> Floats:  # noqa: PLR0917 - all of one thing
    """Return what each point weighs: 0 off the grid and off the land."""
    numbers = grid.numbers(easting, northing)
    kept = numbers >= 0
    if land is not None:
        kept &= land[numbers]
    return kept.astype(np.float64) if weights is None else np.where(kept, weights, 0.0)


def _binned(grid: Grid, points: tuple[Floats, Floats], parts: int, weights: Floats) -> Floats:
    """Return the points' weights, each shared among the four squares around it, shape (rows, columns) of squares."""
    shape = (grid.rows * parts, grid.columns * parts)
    used = weights != 0
    column = (points[0][used] - grid.west) * (parts / grid.cell_metres) - 0.5
    row = (points[1][used] - grid.south) * (parts / grid.cell_metres) - 0.5
    west, south = np.floor(column), np.floor(row)
    table = np.zeros(shape[0] * shape[1])
    for north in (0, 1):
        for east in (0, 1):
            share = np.abs(1 - east - (column - west)) * np.abs(1 - north - (row - south))
            at = np.clip(south + north, 0, shape[0] - 1) * shape[1] + np.clip(west + east, 0, shape[1] - 1)
            table += np.bincount(at.astype(np.intp), weights=share * weights[used], minlength=len(table))
    return table.reshape(shape)


def _window(grid: Grid, parts: int, land: Claims | None) -> Floats:
    """Return 1 where points can be, 0 elsewhere, shape (rows, columns) of squares."""
    mask = (
        np.ones((grid.rows, grid.columns)) if land is None else land.reshape(grid.rows, grid.columns).astype(np.float64)
    )
    return mask.repeat(parts, axis=0).repeat(parts, axis=1)


def _smoothed(table: Floats, spread: float, parts: int) -> Floats:
    """Return the middle square of each cell of the smoothed table."""
    smooth = gaussian_filter(table, spread, mode="constant", truncate=REACH)
    return np.asarray(smooth[parts // 2 :: parts, parts // 2 :: parts], dtype=np.float64)
