"""Positions as people type them: coordinates of either system in either order, and grid references.

A text may be read in more than one way; each reading says what it took the text for, so that a page can say it
too. Positions outside Great Britain are no reading. Postcodes are data, and are looked up elsewhere.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geo.cells import Corners, cell_polygons
from geo.grid_references import NotAGridReference, parse
from geo.land_squares import on_british_land
from geo.national_grid import EASTING_LIMIT, NORTHING_LIMIT, to_grid, to_wgs84
from geo.tile_keys import Bounds

Kind = Literal["latitude first", "longitude first", "easting first", "northing first", "square"]

_LONGEST: Final = 100
_NEAR_METRES: Final = 100
_WIDEST_METRES: Final = 10_000
"""Two letters alone name a square of 100 km, but are rather the beginning of a name."""

_NUMBER: Final = r"([NSEW]?) *([+-]?\d{1,7}(?:\.\d{1,12})?) *°? *([NSEW]?)"
_PAIR: Final = re.compile(rf"{_NUMBER}(?: *[,;/] *| +){_NUMBER}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One way to read a text: what it was taken for, the middle in both systems, and the box to show, in degrees.

    `metres` is the side of the square that was named, 0 for a point.
    """

    kind: Kind
    easting: float
    northing: float
    longitude: float
    latitude: float
    box: Bounds
    metres: int = 0


def readings(text: str) -> list[Reading]:
    """Return the ways in which a text is a position in Great Britain, the likeliest first; none for other texts."""
    if len(text) > _LONGEST:
        return []
    plain = " ".join(text.upper().replace("º", "°").replace("−", "-").split())  # noqa: RUF001 - as people paste them
    pair = _PAIR.fullmatch(plain)
    if pair is None:
        return _square(plain)
    first, second = (_Number.of(*pair.groups()[start : start + 3]) for start in (0, 3))
    return _degrees(first, second) or _metres(first, second)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number with its point of the compass, if it has one."""

    value: float
    towards: str

    @classmethod
    def of(cls, before: str, digits: str, after: str) -> "_Number":
        towards = before or after
        return cls(-float(digits) if towards in {"S", "W"} else float(digits), towards)


def _degrees(first: _Number, second: _Number) -> list[Reading]:
    """Return two numbers as degrees: in Britain no longitude is a latitude, so that they tell their own order."""
    for kind, latitude, longitude in (("latitude first", first, second), ("longitude first", second, first)):
        says_otherwise = latitude.towards in {"E", "W"} or longitude.towards in {"N", "S"}
        easting, northing = to_grid(longitude.value, latitude.value)
        if not says_otherwise and np.isfinite(easting) and np.isfinite(northing):
            return [_point(kind, float(easting), float(northing))]  # type: ignore[arg-type]  # one of the two above
    return []


def _metres(first: _Number, second: _Number) -> list[Reading]:
    """Return two numbers as metres of the National Grid: easting first, unless only the other order is on land."""
    for kind, easting, northing in (("easting first", first, second), ("northing first", second, first)):
        is_on_grid = 0 < easting.value < EASTING_LIMIT and 0 < northing.value < NORTHING_LIMIT
        says_otherwise = easting.towards in {"N", "S"} or northing.towards in {"E", "W"}
        if is_on_grid and not says_otherwise and _is_on_land(easting.value, northing.value):
            return [_point(kind, easting.value, northing.value)]  # type: ignore[arg-type]  # as above
    return []


def _square(text: str) -> list[Reading]:
    try:
        square = parse(text)
    except NotAGridReference:
        return []
    if square.metres > _WIDEST_METRES:
        return []
    easting, northing = square.centre
    corner = Corners(np.array([square.easting]), np.array([square.northing]))
    return [_read("square", (easting, northing), _box_of(corner, square.metres), square.metres)]


def _point(kind: Kind, easting: float, northing: float) -> Reading:
    corner = Corners(np.array([round(easting) - _NEAR_METRES]), np.array([round(northing) - _NEAR_METRES]))
    return _read(kind, (easting, northing), _box_of(corner, 2 * _NEAR_METRES), 0)


def near(easting: int, northing: int) -> Bounds:
    """Return the box in degrees that shows a position of the National Grid and what is around it."""
    return _point("easting first", easting, northing).box


def _read(kind: Kind, at: tuple[float, float], box: Bounds, metres: int) -> Reading:
    longitude, latitude = to_wgs84(*at)
    return Reading(
        kind=kind, easting=at[0], northing=at[1], longitude=float(longitude), latitude=float(latitude), box=box,
        metres=metres,
    )  # fmt: skip


def _box_of(corner: Corners, metres: int) -> Bounds:
    ring = cell_polygons(corner, metres)[0].round(6)
    (west, south), (east, north) = ring.min(axis=0).tolist(), ring.max(axis=0).tolist()
    return Bounds(west, south, east, north)


def _is_on_land(easting: float, northing: float) -> bool:
    return bool(on_british_land(np.array([easting]), np.array([northing]))[0])
