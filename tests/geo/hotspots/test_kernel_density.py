"""Densities are the exact sums to 0.2 % of the highest, in the open and at edges; too coarse cells are refused."""

import numpy as np
import pytest
from sklearn.neighbors import KernelDensity

from geo.hotspots.grids import Grid
from geo.hotspots.kernel_density import CellTooCoarse, density

GRID = Grid(west=400_000, south=280_000, cell_metres=250, columns=40, rows=32)
CLOSE = 0.002


def points(count: int, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Give clustered points well within the grid."""
    numbers = np.random.default_rng(seed)
    middle = numbers.uniform(0.3, 0.7, (8, 2))[numbers.integers(0, 8, count)]
    spread = numbers.normal(0, 0.03, (count, 2))
    return GRID.west + 10_000 * (middle + spread)[:, 0], GRID.south + 8_000 * (middle + spread)[:, 1]


def exact(easting: np.ndarray, northing: np.ndarray, bandwidth: float, at: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    apart = (at[0][:, None] - easting) ** 2 + (at[1][:, None] - northing) ** 2
    return np.asarray(np.exp(-apart / (2 * bandwidth**2)).sum(axis=1) / (2 * np.pi * bandwidth**2) * 1e6)


@pytest.mark.parametrize("bandwidth", [250, 500, 733])
@pytest.mark.parametrize("count", [1, 7, 3_000])
def test_the_density_is_the_exact_sum(bandwidth: float, count: int) -> None:
    easting, northing = points(count)
    true = exact(easting, northing, bandwidth, GRID.centres())
    mass = exact_mass(bandwidth, np.ones(GRID.cells, dtype=np.bool_))
    ours = density(GRID, easting, northing, bandwidth_metres=bandwidth)
    assert np.abs(ours - true / mass).max() <= CLOSE * true.max()


def exact_mass(bandwidth: float, land: np.ndarray) -> np.ndarray:
    """Give the mass of the kernel around the middle of each cell that is on land, cell by cell in closed form."""
    from scipy.special import ndtr

    def side(centres: np.ndarray, first: float, cells: int) -> np.ndarray:
        edges = first + 250 * np.arange(cells + 1)
        return np.diff(ndtr((edges - centres[:, None]) / bandwidth), axis=1)

    easting, northing = GRID.centres()
    east = side(easting, GRID.west, GRID.columns)
    north = side(northing, GRID.south, GRID.rows)
    return np.asarray(
        np.einsum("ir,irc,ic->i", north, np.broadcast_to(land.reshape(1, 32, 40), (GRID.cells, 32, 40)), east)
    )


def test_the_density_is_scikit_learns() -> None:
    easting, northing = points(2_000)
    inner = np.hypot(*(side - side.mean() for side in GRID.centres())) < 2_000
    at = np.column_stack(GRID.centres())[inner]
    theirs = KernelDensity(bandwidth=500, rtol=1e-6).fit(np.column_stack((easting, northing))).score_samples(at)
    ours = density(GRID, easting, northing, bandwidth_metres=500)[inner]
    true = np.exp(theirs) * 2_000 * 1e6
    assert np.abs(ours - true).max() <= CLOSE * true.max()


def test_an_even_spread_is_even_up_to_the_edge_of_the_land() -> None:
    land = np.zeros((32, 40), dtype=np.bool_)
    land[4:20, 3:30] = True
    side = np.stack([axis.ravel() for axis in np.meshgrid(np.arange(400) * 25 + 12.5, np.arange(320) * 25 + 12.5)])
    easting, northing = GRID.west + side[0], GRID.south + side[1]
    even = density(GRID, easting, northing, bandwidth_metres=500, land=land.ravel())
    np.testing.assert_allclose(even[land.ravel()], 1_600, rtol=CLOSE)
    assert not even[~land.ravel()].any()


def test_edges_of_any_land_are_divided_by_the_kernel_on_it() -> None:
    land = np.random.default_rng(3).uniform(size=GRID.cells) < 0.8
    easting, northing = points(500)
    kept = land[GRID.numbers(easting, northing)]
    true = exact(easting[kept], northing[kept], 500, GRID.centres()) / exact_mass(500, land)
    ours = density(GRID, easting, northing, bandwidth_metres=500, land=land)
    assert np.abs(ours - true)[land].max() <= CLOSE * true.max()


def test_weights_count_points_as_often() -> None:
    easting, northing = points(50)
    twice = density(GRID, np.repeat(easting, 2), np.repeat(northing, 2), bandwidth_metres=500)
    np.testing.assert_allclose(density(GRID, easting, northing, bandwidth_metres=500, weights=np.full(50, 2.0)), twice)


def test_points_off_the_grid_change_nothing() -> None:
    easting, northing = points(50)
    far = np.append(easting, [0.0, np.nan]), np.append(northing, [0.0, 280_100])
    np.testing.assert_allclose(
        density(GRID, *far, bandwidth_metres=500), density(GRID, easting, northing, bandwidth_metres=500)
    )


@pytest.mark.parametrize("bandwidth", [249.9, 0, -5, np.nan])
def test_cells_too_coarse_for_the_bandwidth_are_refused(bandwidth: float) -> None:
    with pytest.raises(CellTooCoarse, match="too coarse for a bandwidth"):
        density(GRID, *points(5), bandwidth_metres=bandwidth)


def test_a_bandwidth_too_small_for_so_wide_a_grid_is_refused() -> None:
    wide = Grid(west=0, south=0, cell_metres=250, columns=1_000, rows=1_000)
    with pytest.raises(CellTooCoarse, match="choose a larger one"):
        density(wide, *points(5), bandwidth_metres=250)
