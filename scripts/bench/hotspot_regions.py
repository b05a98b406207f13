"""Invented regions of which the truth is known: where teams go, what they write down, and where risk is truly higher.

20 by 15 km in cells of 500 m. Visits are clustered and uneven, log-normal, so that most cells have few and some have
many; 8 % of visits give a note, or more within a disc when one is planted. Four teams go mostly to their own patch.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter

from geo.arrays import Claims, Floats
from geo.hotspots.grids import Grid
from geo.hotspots.windows import Windows, disc_windows

GRID: Final = Grid(west=400_000, south=280_000, cell_metres=500, columns=40, rows=30)
WINDOW_METRES: Final = 1_500
VISITS: Final = 10.0
"""The mean number of visits to a cell."""

NOTES: Final = 0.08
"""The share of visits that give a note."""

DISC_METRES: Final = 2_000
BASES: Final = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
PATCH_METRES: Final = 4_000
HABITS: Final = (0.5, 0.8, 1.25, 2.0)
"""How many notes each team writes to what others would have written."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Region:
    """Notes and visits of each team, shape (teams, cells), and where risk is truly higher, shape (cells,)."""

    notes: Floats
    visits: Floats
    disc: Claims


def windows() -> Windows:
    """Return the windows of a region's cells."""
    return disc_windows(GRID, WINDOW_METRES, land=np.ones(GRID.cells, dtype=np.bool_))


def region(seed: int, *, habits: bool = False, risk: float = 1.0, effort: float = 1.0) -> Region:
    """Return a region, the same for a seed: with teams' habits, a disc of so many times the risk, less effort in it."""
    numbers = np.random.default_rng(seed)
    uneven = gaussian_filter(numbers.normal(size=(GRID.rows, GRID.columns)), 2).ravel()
    intensity = np.exp(uneven / uneven.std())
    intensity *= VISITS / intensity.mean()
    disc = _disc(numbers, intensity)
    visits = numbers.poisson(_patches() * np.where(disc, effort, 1.0) * intensity).astype(np.float64)
    factors = numbers.permutation(HABITS) if habits else np.ones(len(BASES))
    chance = NOTES * factors[:, None] * np.where(disc, risk, 1.0)
    notes = numbers.binomial(visits.astype(np.int64), np.minimum(chance, 1)).astype(np.float64)
    return Region(notes=notes, visits=visits, disc=disc)


def _disc(numbers: np.random.Generator, intensity: Floats) -> Claims:
    """Return a disc off the edge in which effort is ordinary: its mean intensity from half to twice the region's."""
    easting, northing = GRID.centres()
    while True:
        east = GRID.west + numbers.uniform(3_000, GRID.columns * GRID.cell_metres - 3_000)
        north = GRID.south + numbers.uniform(3_000, GRID.rows * GRID.cell_metres - 3_000)
        disc = np.hypot(easting - east, northing - north) <= DISC_METRES
        if VISITS / 2 <= intensity[disc].mean() <= VISITS * 2:
            return np.asarray(disc)


def _patches() -> Floats:
    """Return which share of the visits to each cell each team makes, shape (teams, cells)."""
    easting, northing = GRID.centres()
    away = [
        np.hypot(
            easting - GRID.west - east * GRID.columns * GRID.cell_metres,
            northing - GRID.south - north * GRID.rows * GRID.cell_metres,
        )
        for east, north in BASES
    ]
    near = np.exp(-0.5 * (np.array(away) / PATCH_METRES) ** 2)
    return np.asarray(near / near.sum(axis=0))
