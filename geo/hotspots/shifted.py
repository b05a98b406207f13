"""Is it the place, or the grid? The same analysis on grids moved by half a cell and of other sizes.

Source: Openshaw (1984), The modifiable areal unit problem, CATMOG 38.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from geo.arrays import Claims, Floats
from geo.hotspots.grids import Grid, grid_over


def robustness(grid: Grid, hot: Callable[[Grid], Claims], *, sizes: Sequence[int]) -> Floats:
    """Return of each cell in how many of the analyses its middle is hot, as a share, shape (cells,).

    ``hot`` analyses a grid and says of each of its cells, in their order, whether it is hot. It is asked four times for
    each size of cells in metres: in place, and moved by half a cell west, south, and both. Hot in most is a place.
    """
    easting, northing = grid.centres()
    asked = list(variants(grid, sizes))
    flagged = np.zeros(grid.cells)
    for other in asked:
        flagged += hot(other)[other.numbers(easting, northing)]
    return flagged / len(asked)


def variants(grid: Grid, sizes: Sequence[int]) -> Iterator[Grid]:
    """Give the four grids of each size that cover a grid."""
    bounds = (
        grid.west,
        grid.south,
        grid.west + grid.columns * grid.cell_metres,
        grid.south + grid.rows * grid.cell_metres,
    )
    for size in sizes:
        plain = grid_over(bounds, size)
        for east, north in ((0, 0), (size // 2, 0), (0, size // 2), (size // 2, size // 2)):
            yield plain.shifted(east, north)
