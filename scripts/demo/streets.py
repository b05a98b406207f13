"""Where the demo's places are: invented streets around invented centres, inside the seven boroughs."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import shapely

from geo.arrays import Floats, Integers
from geo.national_grid import to_grid, to_wgs84

SHARES: Final = {
    "E08000025": 0.38,
    "E08000026": 0.14,
    "E08000027": 0.10,
    "E08000028": 0.12,
    "E08000029": 0.08,
    "E08000030": 0.08,
    "E08000031": 0.10,
}
"""The share of the streets in each borough."""

CENTRES: Final = 90
PLACES_PER_STREET: Final = 11
ROAD_HALF_WIDTH: Final = 9.0

CHARACTERS: Final = ("centre", "estate", "homes", "lane")
CHARACTER_SHARES: Final = (0.34, 0.26, 0.34, 0.06)
SPREAD_METRES: Final = np.array([450.0, 900.0, 1_300.0, 3_000.0])
STREET_METRES: Final = np.array([(80, 350), (150, 600), (100, 400), (600, 2_500)])


class Spots(NamedTuple):
    """Positions along streets: National Grid metres, degrees, and the street, borough and character of each."""

    easting: Floats
    northing: Floats
    longitude: Floats
    latitude: Floats
    street: Integers
    centre: Integers
    borough: Integers
    character: Integers

    def chosen(self, rows: Integers) -> "Spots":
        """Return the spots at these positions, in this order."""
        return Spots._make(column[rows] for column in self)


class _Streets(NamedTuple):
    easting: Floats
    northing: Floats
    bearing: Floats
    metres: Floats
    centre: Integers
    borough: Integers
    character: Integers
    weight: Floats


def spots(random: np.random.Generator, count: int, outlines: Mapping[str, shapely.Polygon]) -> Spots:
    """Return `count` positions within the outlines (degrees, by borough code, in the order of SHARES)."""
    inside = [outlines[code] for code in SHARES]
    shapely.prepare(inside)
    streets = _lay_streets(random, max(count // PLACES_PER_STREET, 200), inside)
    found: list[Spots] = []
    while sum(len(batch.street) for batch in found) < count:
        batch = _along(random, streets, count + count // 4)
        is_inside = np.zeros(len(batch.street), dtype=np.bool_)
        for borough, outline in enumerate(inside):
            here = np.flatnonzero(batch.borough == borough)
            is_inside[here] = shapely.contains_xy(outline, batch.longitude[here], batch.latitude[here])
        found.append(batch.chosen(np.flatnonzero(is_inside)))
    columns = zip(*found, strict=True)
    together = Spots._make(np.concatenate(batches) for batches in columns)
    return together.chosen(np.arange(count))


def _lay_streets(random: np.random.Generator, count: int, outlines: list[shapely.Polygon]) -> _Streets:
    """Lay streets around centres, of which a few are large and most are small."""
    borough = random.choice(len(SHARES), size=CENTRES, p=list(SHARES.values()))
    borough[: len(SHARES)] = np.arange(len(SHARES))
    centres = np.array([_somewhere_in(random, outlines[number]) for number in borough])
    size = random.pareto(1.6, size=CENTRES) + 0.3
    for number, share in enumerate(SHARES.values()):
        size[borough == number] *= share / size[borough == number].sum()
    centre = random.choice(CENTRES, size=count, p=size / size.sum())
    character = random.choice(len(CHARACTERS), size=count, p=CHARACTER_SHARES)
    offset = random.normal(size=(count, 2)) * SPREAD_METRES[character, None]
    lengths = STREET_METRES[character]
    grain = random.uniform(0, np.pi / 2, size=CENTRES)
    return _Streets(
        easting=centres[centre, 0] + offset[:, 0],
        northing=centres[centre, 1] + offset[:, 1],
        bearing=grain[centre] + random.integers(0, 4, size=count) * np.pi / 2 + random.normal(scale=0.08, size=count),
        metres=random.uniform(lengths[:, 0], lengths[:, 1]),
        centre=centre,
        borough=borough[centre],
        character=character,
        weight=random.gamma(1.2, size=count),
    )


def _somewhere_in(random: np.random.Generator, outline: shapely.Polygon) -> tuple[float, float]:
    """Return National Grid metres of a random point of an outline in degrees, not close to its edge."""
    kernel = outline.buffer(-0.012)
    west, south, east, north = kernel.bounds
    while True:
        longitude, latitude = random.uniform(west, east), random.uniform(south, north)
        if shapely.contains_xy(kernel, longitude, latitude):
            easting, northing = to_grid(longitude, latitude)
            return float(easting), float(northing)


def _along(random: np.random.Generator, streets: _Streets, count: int) -> Spots:
    """Return positions on both sides of streets, to the decimetre."""
    street = random.choice(len(streets.weight), size=count, p=streets.weight / streets.weight.sum())
    along = random.uniform(size=count) * streets.metres[street]
    side = random.choice([-1.0, 1.0], size=count) * (ROAD_HALF_WIDTH + random.exponential(3, size=count))
    sine, cosine = np.sin(streets.bearing[street]), np.cos(streets.bearing[street])
    easting = np.round(streets.easting[street] + along * sine + side * cosine, 1)
    northing = np.round(streets.northing[street] + along * cosine - side * sine, 1)
    longitude, latitude = to_wgs84(easting, northing)
    return Spots(
        easting=easting,
        northing=northing,
        longitude=longitude,
        latitude=latitude,
        street=street,
        centre=streets.centre[street],
        borough=streets.borough[street],
        character=streets.character[street],
    )
