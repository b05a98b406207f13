"""Which reference system two columns of numbers are in, and which rows hold no position.

Degrees in the British Isles tell their own order, for no longitude there is a latitude. Grids are
harder: Irish Grid numbers (EPSG:29902, 29903) look like British ones and put Belfast on the Wirral.
What settles it is, in this order, what the file says, where the rows fall in the areas that the
caller works in, and whether they fall on land (``geo.land_squares``): a list of places is hardly
ever at sea. Where the evidence fits two systems the judgement is ``unknown``, never a guess.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple

import numpy as np
from pyproj import Transformer

from geo.arrays import Claims, Floats
from geo.land_squares import on_british_land, on_irish_land
from geo.national_grid import to_wgs84
from geo.tile_keys import Bounds

System = Literal["wgs84", "bng", "irish_grid", "web_mercator", "unknown"]

SYSTEM_NAMES: Final[dict[System, str]] = {
    "wgs84": "longitude and latitude",
    "bng": "British National Grid",
    "irish_grid": "Irish Grid",
    "web_mercator": "Web Mercator",
    "unknown": "unknown",
}

_MOST_ROWS: Final = 10_000
_HALF: Final = 0.5
_FEW: Final = 0.1
_SLACK: Final = 0.05
_SAYS_IRISH: Final = re.compile(r"irish|tm ?65|tm ?75|2990[0-3]")
_SAYS_BRITISH: Final = re.compile(r"bng|osgb|27700|british")
_BRITISH_ISLES: Final = Bounds(-11.0, 49.0, 2.0, 61.0)
_MERCATOR_ISLES: Final = Bounds(-1_225_000.0, 6_270_000.0, 225_000.0, 8_630_000.0)
_GRID: Final = Bounds(0.0, 0.0, 700_000.0, 1_300_000.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The system of two columns, whether they are exchanged, why, and how many rows are at home.

    ``swapped`` means that the first column holds the latitude or northing. ``share_inside`` is the
    share of the rows looked at that fall in the areas, None if there are no areas or no system.
    """

    system: System
    swapped: bool = False
    reason: str
    share_inside: float | None = None


class _Reading(NamedTuple):
    """What the rows would mean in one system and one order."""

    system: System
    swapped: bool
    share_on_land: float
    share_inside: float | None

    def __str__(self) -> str:
        order = ", the two columns exchanged" if self.swapped else ""
        country = "Ireland" if self.system == "irish_grid" else "Britain"
        inside = "" if self.share_inside is None else f" and {self.share_inside:.0%} in your areas"
        return (
            f"as {SYSTEM_NAMES[self.system]}{order}, {self.share_on_land:.0%} of the rows fall on "
            f"land in {country}{inside}"
        )


def judge_columns(first: Floats, second: Floats, *, said: Sequence[str] = (), areas: Bounds | None = None) -> Judgement:
    """Return the reference system of two columns, with the evidence in a sentence.

    Hand in first the column that by its name should be longitude or easting. ``said`` is what the
    file says: the names of the two columns, then anything else, such as the file's name and its own
    statement of a system. ``areas`` bounds, in degrees, where the rows should be. At most 10,000
    rows are looked at, evenly spread; those without two finite numbers, or at (0, 0), do not count.
    """
    x, y = _sample(first, second)
    if not x.size:
        return Judgement(system="unknown", reason="No row has two numbers.")
    if _share(_within(x, y, Bounds(-180, -180, 180, 180))) >= _HALF:
        return _judge_degrees(x, y, areas)
    for swapped, (east, north) in ((False, (x, y)), (True, (y, x))):
        if _share(_within(east, north, _MERCATOR_ISLES)) >= _HALF:
            reason = "The numbers are metres of Web Mercator" + _exchanged(swapped=swapped)
            return Judgement(system="web_mercator", swapped=swapped, reason=reason)
    if max(_share(_within(x, y, _GRID)), _share(_within(y, x, _GRID))) < _HALF:
        reason = (
            "The numbers are neither degrees nor metres of the British National Grid, the Irish "
            "Grid or Web Mercator in the British Isles."
        )
        return Judgement(system="unknown", reason=reason)
    return _judge_grid(_grid_readings(x, y, areas), said)


def _judge_degrees(x: Floats, y: Floats, areas: Bounds | None) -> Judgement:
    straight, crossed = _within(x, y, _BRITISH_ISLES), _within(y, x, _BRITISH_ISLES)
    swapped = _share(crossed) > _share(straight)
    longitude, latitude = (y, x) if swapped else (x, y)
    if not (straight.any() or crossed.any()):
        reason = (
            "The numbers could be degrees, but as longitude and latitude no row falls in the "
            "British Isles, in either order."
        )
        return Judgement(system="unknown", reason=reason)
    inside = None if areas is None else _share(_within(longitude, latitude, areas))
    if areas and not inside and _share(_within(-longitude, latitude, areas)) >= _HALF:
        reason = "The longitudes have lost their minus sign: with it, the rows fall in your areas."
        return Judgement(system="unknown", swapped=swapped, reason=reason, share_inside=inside)
    count = np.count_nonzero(crossed if swapped else straight)
    reason = f"{count} of {x.size} rows fall in the British Isles as longitude and latitude" + _exchanged(
        swapped=swapped
    )
    return Judgement(system="wgs84", swapped=swapped, reason=reason, share_inside=inside)


def _judge_grid(readings: list[_Reading], said: Sequence[str]) -> Judgement:
    """Weigh the four readings of a grid: what is said, then the areas, then land."""
    british, irish = readings[:2]
    words = " ".join(said).lower()
    if _SAYS_IRISH.search(words) and irish.share_on_land >= 1 - _SLACK:
        return _judgement("The file says Irish Grid", irish, readings)
    if _SAYS_BRITISH.search(words) and british.share_on_land >= _HALF:
        return _judgement("The file says British National Grid", british, readings)
    at_home = max(readings, key=_homeliness)
    if (at_home.share_inside or 0) >= (_HALF if at_home.swapped else _FEW):
        return _judgement("Your areas decide it", at_home, readings)
    return _judge_by_land(readings, order_is_said=_order_is_said(said))


def _judge_by_land(readings: list[_Reading], *, order_is_said: bool) -> Judgement:
    """Choose the reading that puts the rows on land, if only one does."""
    british, irish = readings[:2]
    best = max(reading.share_on_land for reading in readings)
    fitting = [reading for reading in readings if reading.share_on_land >= best - _SLACK]
    straight = [reading for reading in fitting if not reading.swapped]
    if best < _HALF:
        return _unknown("The numbers fit no grid of the British Isles", readings[:2])
    if straight == [british] or (straight == [irish] and order_is_said):
        return _judgement("Land and sea decide it", straight[0], readings)
    if len(fitting) == 1:
        return _judgement("Land and sea decide it", fitting[0], readings)
    return _unknown("The numbers fit more than one grid; name the grid in the file", fitting)


def _homeliness(reading: _Reading) -> float:
    """Order readings by their share inside the areas; near a tie, columns as they are win."""
    return (reading.share_inside or 0) - (_SLACK if reading.swapped else 0)


def _judgement(why: str, chosen: _Reading, readings: list[_Reading]) -> Judgement:
    others = [reading for reading in readings if reading is not chosen]
    rival = max(others, key=lambda reading: (not reading.swapped, reading.share_on_land))
    reason = f"{why}: {chosen}; {rival}."
    return Judgement(
        system=chosen.system,
        swapped=chosen.swapped,
        reason=reason,
        share_inside=chosen.share_inside,
    )


def _unknown(why: str, readings: list[_Reading]) -> Judgement:
    reason = f"{why}: {'; '.join(str(reading) for reading in readings)}."
    return Judgement(system="unknown", reason=reason)


def _grid_readings(x: Floats, y: Floats, areas: Bounds | None) -> list[_Reading]:
    """Read the rows as British and as Irish, then as both with the columns exchanged."""
    readings = []
    for swapped, (east, north) in ((False, (x, y)), (True, (y, x))):
        for system in ("bng", "irish_grid"):
            inside = None
            if areas is not None:
                degrees = to_wgs84 if system == "bng" else _irish_to_wgs84
                inside = _share(_within(*degrees(east, north), areas))
            on_land = on_british_land if system == "bng" else on_irish_land
            readings.append(_Reading(system, swapped, _share(on_land(east, north)), inside))
    return readings


def _irish_to_wgs84(easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude, good to a few metres, which is enough to place a box."""
    longitude, latitude = _irish_transformer().transform(easting, northing)
    return longitude, latitude


@cache
def _irish_transformer() -> Transformer:
    """Build the transformation once: that takes longer than 10,000 rows of it."""
    return Transformer.from_crs(29903, 4326, always_xy=True)


def _sample(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    counts = np.isfinite(first) & np.isfinite(second) & ((first != 0) | (second != 0))
    rows = np.flatnonzero(counts)
    if rows.size > _MOST_ROWS:
        rows = rows[np.linspace(0, rows.size - 1, _MOST_ROWS).astype(np.intp)]
    return first[rows], second[rows]


def _within(x: Floats, y: Floats, box: Bounds) -> Claims:
    inside: Claims = (x >= box.west) & (x <= box.east) & (y >= box.south) & (y <= box.north)
    return inside


def _share(claims: Claims) -> float:
    return float(np.count_nonzero(claims) / claims.size)


def _exchanged(*, swapped: bool) -> str:
    return " if the two columns are exchanged." if swapped else "."


def _order_is_said(said: Sequence[str]) -> bool:
    first, second = [*said, "", ""][:2]
    return "east" in first.lower() and "north" in second.lower()
