"""The corners of the 1 km squares within a 5 km cell, as they lie on a web map.

Maps are drawn in Web Mercator (EPSG:3857). To draw any square of the ladder it is enough to know where the 1 km
corners of its 5 km cell lie: between them the way from the National Grid to Web Mercator is straight to within
a few centimetres.
"""

from typing import Final

import numpy as np

from geo.arrays import Floats, Integers
from geo.cells import COARSEST_METRES, KEY_COLUMNS, cell_of_key
from geo.national_grid import EASTING_LIMIT, NORTHING_LIMIT, to_wgs84

SIDE: Final = 6
"""Corners along one side of a 5 km cell."""

EARTH_RADIUS_METRES: Final = 6_378_137.0


def with_neighbours(cells: Integers) -> Integers:
    """Return these 5 km cells (see geo.cells.cell_key) and those around them, in order, on the grid only."""
    columns, rows = np.divmod(np.asarray(cells, dtype=np.int64), KEY_COLUMNS)
    around = np.array([-1, 0, 1])
    columns = (columns[:, None, None] + around[:, None]).repeat(3, axis=2)
    rows = (rows[:, None, None] + around).repeat(3, axis=1)
    on_grid = (
        (columns >= 0)
        & (columns < EASTING_LIMIT // COARSEST_METRES)
        & (rows >= 0)
        & (rows < NORTHING_LIMIT // COARSEST_METRES)
    )
    return np.unique((columns * KEY_COLUMNS + rows)[on_grid])


def lattices_of(cells: Integers) -> tuple[Floats, Floats]:
    """Return x and y in metres (EPSG:3857) of each cell's 36 corners, shape ``(cells, 36)``.

    Row by row from the south-west corner, each row from west to east. NaN beyond OSTN15's reach.
    """
    corners = cell_of_key(cells)
    steps = np.arange(SIDE) * (COARSEST_METRES // (SIDE - 1))
    northward, eastward = (offsets.ravel() for offsets in np.meshgrid(steps, steps, indexing="ij"))
    return web_mercator(*to_wgs84(np.add.outer(corners.easting, eastward), np.add.outer(corners.northing, northward)))


def web_mercator(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Return x and y in metres (EPSG:3857) of degrees (EPSG:4326), arrays of any one shape."""
    x: Floats = EARTH_RADIUS_METRES * np.radians(longitude)
    y: Floats = EARTH_RADIUS_METRES * np.arctanh(np.sin(np.radians(latitude)))
    return x, y
