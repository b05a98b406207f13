"""The precision ladder: squares of the National Grid that nest, each computed from the finer one.

A position that may not be known exactly is shown as a cell, named by its south-west corner in
metres (EPSG:27700) and its side. 100 m squares lie whole within 500 m squares, those within 1 km,
those within 5 km. A coarser cell is always found from the corner of the finer one, never again
from the point, so asking at several steps teaches nothing beyond the finest step.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from geo.arrays import Floats, Integers, Numbers
from geo.national_grid import EASTING_LIMIT, NORTHING_LIMIT, to_wgs84


class NotOnTheGrid(ValueError):
    """A position that no square of the National Grid holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the precision ladder; ``metres`` is the side of its squares, 0 for exact."""

    name: str
    metres: int
    words: str


class Corners(NamedTuple):
    """South-west corners of cells in metres (EPSG:27700), int64, one per position."""

    easting: Integers
    northing: Integers


STEPS: Final = (
    Step(name="exact", metres=0, words="exact position"),
    Step(name="100 m", metres=100, words="100 m square"),
    Step(name="500 m", metres=500, words="500 m square"),
    Step(name="1 km", metres=1_000, words="1 km square"),
    Step(name="5 km", metres=5_000, words="5 km square"),
)
CELL_STEPS: Final = STEPS[1:]
"""The steps that are squares, finest first."""

COARSEST_METRES: Final = 5_000
KEY_COLUMNS: Final = 10_000


def cells_of(easting: Numbers, northing: Numbers) -> dict[int, Corners]:
    """Return the corners of the cells that hold each position, by the cell's side in metres.

    One-dimensional arrays of metres (EPSG:27700) in. Keys are 100, 500, 1000, 5000, in this order.
    A position on an edge belongs to the cell to its north or east. Raises ``NotOnTheGrid`` if any
    coordinate is NaN, infinite or outside 0 to 700,000 by 0 to 1,250,000.
    """
    east = _whole_metres(easting, EASTING_LIMIT)
    north = _whole_metres(northing, NORTHING_LIMIT)
    cells: dict[int, Corners] = {}
    for step in CELL_STEPS:
        east = east // step.metres * step.metres
        north = north // step.metres * step.metres
        cells[step.metres] = Corners(east, north)
    return cells


def cell_key(easting: Numbers, northing: Numbers) -> Integers:
    """Return the number of the 5 km cell: ``easting // 5000 * 10000 + northing // 5000``.

    Any position inside the cell gives the same number, its own corner included. Metres (EPSG:27700)
    in. Raises ``NotOnTheGrid`` as ``cells_of`` does.
    """
    corners = cells_of(easting, northing)[COARSEST_METRES]
    return corners.easting // COARSEST_METRES * KEY_COLUMNS + corners.northing // COARSEST_METRES


def cell_of_key(key: Numbers) -> Corners:
    """Return the south-west corner of the 5 km cell of each number from ``cell_key``."""
    columns, rows = np.divmod(np.asarray(key, dtype=np.int64), KEY_COLUMNS)
    return Corners(columns * COARSEST_METRES, rows * COARSEST_METRES)


def cell_centres(corners: Corners, metres: int) -> tuple[Floats, Floats]:
    """Return longitude and latitude of the middle of each cell with sides of ``metres``."""
    return to_wgs84(corners.easting + metres / 2, corners.northing + metres / 2)


def cell_polygons(corners: Corners, metres: int) -> Floats:
    """Return closed rings of longitude and latitude, shape ``(cells, 5, 2)``, anticlockwise.

    Each corner goes through OSTN15; an edge drawn straight between two of them strays from the true
    edge by less than 1 m for a 5 km cell. A corner beyond OSTN15's reach is NaN: the outermost
    cells of the grid only, which are open sea.
    """
    east = np.add.outer(corners.easting, np.array([0, metres, metres, 0, 0]))
    north = np.add.outer(corners.northing, np.array([0, 0, metres, metres, 0]))
    return np.stack(to_wgs84(east, north), axis=-1)


def _whole_metres(coordinate: Numbers, limit: int) -> Integers:
    """Round down to the metre, which for the finest cells changes nothing and keeps sums exact."""
    metres = np.atleast_1d(np.asarray(coordinate, dtype=np.float64))
    outside = int(np.count_nonzero(~((metres >= 0) & (metres < limit))))
    if outside:
        message = (
            f"{outside} of {metres.size} positions are not on the National Grid; expected metres from 0 to {limit}."
        )
        raise NotOnTheGrid(message)
    return np.floor(metres).astype(np.int64)
