"""The 5 km squares of the National Grid that a map tile touches, in a few microseconds.

The exact transformation costs an array call a tile; this one is a short polynomial in longitude
and latitude, within 5 m of OSTN15 everywhere on the grid, and a margin makes up for that.
"""

import math
from typing import Final

from geo.cells import COARSEST_METRES, KEY_COLUMNS
from geo.national_grid import EASTING_LIMIT, NORTHING_LIMIT
from geo.tile_keys import check_tile

WIDEST_ZOOM: Final = 9
"""Tiles of lower zooms are wider than 80 km in Britain."""

_MARGIN: Final = 20
_CENTRAL_MERIDIAN: Final = -2.0
_MIDDLE_LATITUDE: Final = 55.0
_WEST, _EAST = -7.5, 5.7
_SOUTH, _NORTH = -5.3, 6.2


class TileTooWide(ValueError):
    """A tile of a zoom so low that a list of its cells would be of no use."""


def cells_touched(z: int, x: int, y: int) -> list[int]:
    """Return the 5 km cells that a tile touches, as the numbers of ``geo.cells.cell_key``.

    Every cell that shares a point with the tile is listed. So is one that comes within 40 m of it,
    and, as the tile is turned against the grid by up to 5 degrees, one that only the upright
    rectangle around the tile touches. A tile off the National Grid gives an empty list. Raises
    ``TileTooWide`` below zoom 9, and ``NoSuchTile`` as ``geo.tile_keys.check_tile`` does.
    """
    check_tile(z, x, y)
    if z < WIDEST_ZOOM:
        message = f"Cells are listed for tiles of zoom {WIDEST_ZOOM} or more; this one is of {z}."
        raise TileTooWide(message)
    side = 1 << z
    west = max(x / side * 360 - 180 - _CENTRAL_MERIDIAN, _WEST)
    east = min((x + 1) / side * 360 - 180 - _CENTRAL_MERIDIAN, _EAST)
    north = min(_latitude(y, side), _NORTH)
    south = max(_latitude(y + 1, side), _SOUTH)
    if west > east or south > north:
        return []
    return _cells_between(west, south, east, north)


def cells_in_box(west: float, south: float, east: float, north: float) -> list[int]:
    """Return the 5 km cells that a box of degrees touches, as ``cells_touched`` does for a tile."""
    left = max(west - _CENTRAL_MERIDIAN, _WEST)
    right = min(east - _CENTRAL_MERIDIAN, _EAST)
    bottom = max(south - _MIDDLE_LATITUDE, _SOUTH)
    top = min(north - _MIDDLE_LATITUDE, _NORTH)
    if left > right or bottom > top:
        return []
    return _cells_between(left, bottom, right, top)


def _cells_between(west: float, south: float, east: float, north: float) -> list[int]:
    """List the cells of a rectangle of degrees, counted from the grid's middle.

    A parallel is lowest on the grid where it is nearest to the central meridian and rises away from
    it; a meridian leans towards the central one as it goes north. So the four extremes lie at
    corners, or at the central meridian.
    """
    nearest = min(max(west, 0.0), east)
    farthest = max(west, east, key=abs)
    left = _easting(west, south if west < 0 else north) - _MARGIN
    right = _easting(east, north if east < 0 else south) + _MARGIN
    bottom = _northing(nearest, south) - _MARGIN
    top = _northing(farthest, north) + _MARGIN
    columns = range(
        max(int(left // COARSEST_METRES), 0),
        min(int(right // COARSEST_METRES), EASTING_LIMIT // COARSEST_METRES - 1) + 1,
    )
    rows = range(
        max(int(bottom // COARSEST_METRES), 0),
        min(int(top // COARSEST_METRES), NORTHING_LIMIT // COARSEST_METRES - 1) + 1,
    )
    return [column * KEY_COLUMNS + row for column in columns for row in rows]


def _latitude(row: int, side: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / side)))) - _MIDDLE_LATITUDE


def _easting(longitude: float, latitude: float) -> float:
    """Return metres east, by a least-squares fit to OSTN15 on a 5 km lattice of the whole grid."""
    linear = 63971.005 + latitude * (
        -1590.8587 + latitude * (-9.967391 + latitude * (0.07713899 + latitude * 0.003036596))
    )
    cubic = -1.1135492 + latitude * (-0.07838437 + latitude * 0.003462592)
    return 400098.408 + 0.48376 * latitude + longitude * (linear + longitude**2 * cubic)


def _northing(longitude: float, latitude: float) -> float:
    """Return metres north, by a least-squares fit to OSTN15 on a 5 km lattice of the whole grid."""
    meridian = 567268.918 + latitude * (111282.8603 + latitude * (9.2387594 + latitude * -0.0640292))
    square = 457.321191 + latitude * (-5.7840820 - latitude * 0.27959952)
    return meridian + longitude * (-0.54475 + longitude * (square + longitude**2 * 0.0094813624))
