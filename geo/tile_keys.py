"""Z-order (Morton) keys of Web Mercator positions: a map tile is one range of keys.

**The key.** The Web Mercator square (EPSG:3857) is divided into 2**31 columns, counted from
longitude -180 eastwards, and 2**31 rows, counted from latitude 85.0511... southwards, as XYZ tiles
are. With column x and row y, each of 31 bits, bit i of x is bit 2i of the key and bit i of y is bit
2i + 1::

    key bit   61  60  59  58  ...   3   2   1   0
    holds    y30 x30 y29 x29  ...  y1  x1  y0  x0

So a key is from 0 to 2**62 - 1 and fits a signed 64-bit integer. In Britain a column is 11 mm wide.
A position with no key (NaN, infinite, beyond the square) has the key -1, which no range holds.

**Tiles.** The first 2z bits of the 62 are the tile at zoom z: ``key >> 2 * (31 - z)`` is the tile's
own number, and all keys of one tile are neighbours, ``tile_range(z, x, y)``.

**Pixels, as SQL computes them.** In a tile of 2**p by 2**p pixels at zoom z, with s = 31 - z - p
not negative, the 2p bits ``(key >> 2 * s) & (4**p - 1)`` are the pixel in the same layout: its
column from the even bits, its row, counted down from the tile's top, from the odd bits. For the
usual 4096 pixels, p = 12, this holds up to zoom 19; above that, take column and row of the whole
key, keep their last 31 - z bits and shift them left by -s.

To gather the even bits into a number::

    v = key & 0x5555555555555555            (the row: (key >> 1) & the same)
    v = (v | v >> 1)  & 0x3333333333333333
    v = (v | v >> 2)  & 0x0F0F0F0F0F0F0F0F
    v = (v | v >> 4)  & 0x00FF00FF00FF00FF
    v = (v | v >> 8)  & 0x0000FFFF0000FFFF
    v = (v | v >> 16) & 0x00000000FFFFFFFF

Source: G. M. Morton, A computer oriented geodetic data base (IBM, 1966).
"""

import math
from typing import Final, NamedTuple, TypeVar

import numpy as np

from geo.arrays import Floats, Integers, Numbers

KEY_ZOOM: Final = 31
LONGITUDE_LIMIT: Final = 180.0
LATITUDE_LIMIT: Final = math.degrees(math.atan(math.sinh(math.pi)))
POLE: Final = 90.0
NO_KEY: Final = -1

_SIDE: Final = 1 << KEY_ZOOM
_LAST_KEY: Final = (1 << 2 * KEY_ZOOM) - 1

_Whole = TypeVar("_Whole", int, Integers)


class NoSuchTile(ValueError):
    """A zoom, column or row that names no tile."""


class Bounds(NamedTuple):
    """Edges in degrees of longitude and latitude (EPSG:4326)."""

    west: float
    south: float
    east: float
    north: float


class NotABox(ValueError):
    """Edges that enclose nothing."""


class _Frame(NamedTuple):
    """The first and last columns and rows of a box, at zoom 31."""

    left: int
    top: int
    right: int
    bottom: int


def keys_of(longitude: Numbers, latitude: Numbers) -> Integers:
    """Return the key of each position, int64, in the shape given; -1 where there is none.

    Degrees (EPSG:4326) in. Longitude 180 belongs to the last column.
    """
    longitude = np.asarray(longitude, dtype=np.float64)
    latitude = np.asarray(latitude, dtype=np.float64)
    on_the_map = (np.abs(longitude) <= LONGITUDE_LIMIT) & (np.abs(latitude) <= LATITUDE_LIMIT)
    column, row = _columns_and_rows(np.where(on_the_map, longitude, 0.0), np.where(on_the_map, latitude, 0.0))
    keys: Integers = np.where(on_the_map, _spread(column) | _spread(row) << 1, NO_KEY)
    return keys


def halves_of(key: Numbers) -> tuple[Integers, Integers]:
    """Return the column and the row of each key at zoom 31: its even and its odd bits."""
    key = np.asarray(key, dtype=np.int64)
    return _gather(key), _gather(key >> 1)


def box_edges(box: Bounds) -> tuple[int, int, int, int]:
    """Return a box's first column, first row, last column and last row at zoom 31."""
    frame = _frame_of(box)
    return frame.left, frame.top, frame.right, frame.bottom


def position_of(key: Numbers) -> tuple[Floats, Floats]:
    """Return longitude and latitude of the middle of each key's square; NaN for what is no key."""
    key = np.asarray(key, dtype=np.int64)
    is_key = (key >= 0) & (key <= _LAST_KEY)
    column = np.where(is_key, _gather(key), np.nan) + 0.5
    row = np.where(is_key, _gather(key >> 1), np.nan) + 0.5
    longitude = column / _SIDE * 360 - 180
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - row / _SIDE * 2))))
    return longitude, latitude


def tile_range(z: int, x: int, y: int) -> tuple[int, int]:
    """Return the first and the last key of a tile; both belong to it.

    Raises ``NoSuchTile`` as ``check_tile`` does.
    """
    check_tile(z, x, y)
    return _keys_in(_spread(x) | _spread(y) << 1, KEY_ZOOM - z)


def tile_of(longitude: float, latitude: float, z: int) -> tuple[int, int]:
    """Return column and row of the tile at zoom ``z`` that holds a position.

    Raises ``NoSuchTile`` for a position beyond the Web Mercator square.
    """
    check_tile(z, 0, 0)
    key = int(keys_of(longitude, latitude))
    if key == NO_KEY:
        message = (
            "No tile holds the position; expected a longitude from -180 to 180 and a latitude from -85.05 to 85.05."
        )
        raise NoSuchTile(message)
    shift = KEY_ZOOM - z
    return _gather(key) >> shift, _gather(key >> 1) >> shift


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    """Return the edges of a tile in degrees. Raises ``NoSuchTile`` as ``check_tile`` does."""
    check_tile(z, x, y)
    side: int = 1 << z
    return Bounds(
        x / side * 360 - 180,
        _latitude(y + 1, side),
        (x + 1) / side * 360 - 180,
        _latitude(y, side),
    )


def box_ranges(west: float, south: float, east: float, north: float, *, most: int = 16) -> list[tuple[int, int]]:
    """Return at most ``most`` ranges of keys, first and last, in order, that cover a box.

    Degrees (EPSG:4326). Every position in the box, edges included, has its key in a range, as far
    as it has a key. The ranges take in positions outside the box as well (for a roughly square box
    about 23 % of its own area with 16 ranges, 46 % with 8, more for a sliver): compare the position
    itself afterwards.

    The box is laid out in equal squares, at most ``4 * most`` and one each way; then the smallest gaps
    between their keys are closed. Raises ``NotABox`` if west is east of east, south is north of north,
    an edge is not a number, or ``most`` is below 1.
    """
    on_earth = max(-west, east) <= LONGITUDE_LIMIT and max(-south, north) <= POLE
    if most < 1 or not (on_earth and west <= east and south <= north):
        message = (
            "The box has no inside; expected west <= east from -180 to 180, south <= north from "
            "-90 to 90, and at least one range."
        )
        raise NotABox(message)
    squares, shift = _squares_of(_frame_of(Bounds(west, south, east, north)), 4 * most)
    steps = np.diff(squares)
    gaps = np.flatnonzero(steps > 1)
    if len(gaps) >= most:
        gaps = np.sort(gaps[np.argsort(steps[gaps])[len(gaps) - most + 1 :]])
    firsts = squares[np.concatenate(([0], gaps + 1))] << 2 * shift
    lasts = (squares[np.concatenate((gaps, [len(squares) - 1]))] + 1 << 2 * shift) - 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _frame_of(box: Bounds) -> _Frame:
    """Widen a box by one column and row each way, which forgives the last digit of a degree."""
    left, right = (_column(edge) for edge in (box.west, box.east))
    top, bottom = (_row(edge) for edge in (box.north, box.south))
    return _Frame(max(left - 1, 0), max(top - 1, 0), min(right + 1, _SIDE - 1), min(bottom + 1, _SIDE - 1))


def _column(longitude: float) -> int:
    """Return the column of one position, sooner than for arrays of them; the last digit may differ from theirs."""
    return min(max(math.floor((longitude + 180) / 360 * _SIDE), 0), _SIDE - 1)


def _row(latitude: float) -> int:
    latitude = min(max(latitude, -LATITUDE_LIMIT), LATITUDE_LIMIT)
    row = (0.5 - math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)) * _SIDE
    return min(max(math.floor(row), 0), _SIDE - 1)


def _squares_of(frame: _Frame, across: int) -> tuple[Integers, int]:
    """Return the numbers of the squares that cover a frame, in order, and by how many zooms they are above 31.

    They are the smallest of which no more than ``across`` and one lie side by side.
    """
    shift = (max(frame.right - frame.left, frame.bottom - frame.top) // across).bit_length()
    columns = np.arange(frame.left >> shift, (frame.right >> shift) + 1)
    rows = np.arange(frame.top >> shift, (frame.bottom >> shift) + 1)
    squares: Integers = np.sort((_spread(columns)[:, None] | _spread(rows) << 1).ravel())
    return squares, shift


def _keys_in(square: int, shift: int) -> tuple[int, int]:
    """Return the first and the last key of the square of this number, ``shift`` zooms above 31."""
    return square << 2 * shift, (square + 1 << 2 * shift) - 1


def _columns_and_rows(longitude: Floats, latitude: Floats) -> tuple[Integers, Integers]:
    column = (longitude + 180) / 360 * _SIDE
    row = (0.5 - np.arcsinh(np.tan(np.radians(latitude))) / (2 * np.pi)) * _SIDE
    return (
        np.clip(np.floor(column), 0, _SIDE - 1).astype(np.int64),
        np.clip(np.floor(row), 0, _SIDE - 1).astype(np.int64),
    )


def _latitude(row: int, side: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / side))))


def check_tile(z: int, x: int, y: int) -> None:
    """Raise ``NoSuchTile`` unless zoom is 0 to 31 and column and row are 0 to 2**zoom - 1."""
    if not 0 <= z <= KEY_ZOOM:
        message = f"There is no zoom {z}; expected 0 to {KEY_ZOOM}."
        raise NoSuchTile(message)
    if not (0 <= x < 1 << z and 0 <= y < 1 << z):
        message = f"There is no such tile: at zoom {z}, column and row run from 0 to {(1 << z) - 1}."
        raise NoSuchTile(message)


def _spread(value: _Whole) -> _Whole:
    """Move bit i of a number below 2**31 to bit 2i."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def _gather(value: _Whole) -> _Whole:
    """Move bit 2i of a number to bit i, and drop its odd bits."""
    value = value & 0x5555555555555555
    value = (value | value >> 1) & 0x3333333333333333
    value = (value | value >> 2) & 0x0F0F0F0F0F0F0F0F
    value = (value | value >> 4) & 0x00FF00FF00FF00FF
    value = (value | value >> 8) & 0x0000FFFF0000FFFF
    return (value | value >> 16) & 0x00000000FFFFFFFF
