"""Gi* and local Moran's equal esda's, on the data that libpysal ships."""

import warnings
from typing import Any

import numpy as np
import pytest

from geo.hotspots.grids import Grid
from geo.hotspots.local_statistics import Quadrant, gi_star, local_moran
from geo.hotspots.windows import Windows, disc_windows, near_windows

DATA = [("columbus.shp", "CRIME"), ("baltim.shp", "PRICE"), ("sids2.shp", "SID74"), ("stl_hom.shp", "HR8893")]


def points_and_values(file: str, column: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import geopandas
    import libpysal

    table = geopandas.read_file(libpysal.examples.get_path(file))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Some tables say no CRS, some a geographic one: they are taken as planes.
        centroids = table.geometry.centroid
    return centroids.x.to_numpy(), centroids.y.to_numpy(), table[column].to_numpy(dtype=np.float64)


def neighbourhoods(easting: np.ndarray, northing: np.ndarray) -> tuple[Windows, Any]:
    """Give our windows and libpysal's weights of one reach, so large that each point has another near it."""
    from libpysal.weights import DistanceBand
    from scipy.spatial import cKDTree

    points = np.column_stack((easting, northing))
    reach = float(cKDTree(points).query(points, k=2)[0][:, 1].max()) * 1.1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Points that make several islands.
        return near_windows(easting, northing, reach), DistanceBand(points, threshold=reach, binary=True)


@pytest.mark.parametrize(("file", "column"), DATA)
def test_gi_star_is_esdas(file: str, column: str) -> None:
    from esda import G_Local
    from libpysal.weights import fill_diagonal

    easting, northing, values = points_and_values(file, column)
    windows, weights = neighbourhoods(easting, northing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = G_Local(values, fill_diagonal(weights, 1.0), transform="B", star=True, permutations=0)
    np.testing.assert_allclose(gi_star(values, windows), theirs.Zs, rtol=0, atol=1e-10)


def test_gi_star_of_six_points_is_the_published_one() -> None:
    easting = np.array([10.0, 20, 40, 15, 30, 30])
    northing = np.array([10.0, 10, 10, 20, 20, 30])
    values = np.array([2, 3, 3.2, 5, 8, 7])
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(gi_star(values, near_windows(easting, northing, 15)), expected, rtol=0, atol=5e-9)


@pytest.mark.parametrize(("file", "column"), DATA)
def test_local_moran_is_esdas(file: str, column: str) -> None:
    from esda import Moran_Local

    easting, northing, values = points_and_values(file, column)
    windows, weights = neighbourhoods(easting, northing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Moran_Local(values, weights, transformation="r", permutations=0)
    ours = local_moran(values, windows)
    np.testing.assert_allclose(ours.statistic, theirs.Is, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.expected, theirs.EI, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.variance, theirs.VI, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(ours.quadrant, theirs.q)


def test_tables_of_several_rows_are_row_by_row_the_same() -> None:
    numbers = np.random.default_rng(4)
    grid = Grid(west=0, south=0, cell_metres=100, columns=9, rows=7)
    windows = disc_windows(grid, 250, land=np.ones(grid.cells, dtype=np.bool_))
    table = numbers.poisson(3, (5, grid.cells)).astype(np.float64)
    together = gi_star(table, windows)
    for row, values in enumerate(table):
        np.testing.assert_allclose(together[row], gi_star(values, windows), atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 1.0, 1 / 3, 1e9])
def test_values_that_do_not_vary_but_by_rounding_make_nothing_hot(value: float) -> None:
    numbers = np.random.default_rng(4)
    easting, northing = numbers.uniform(0, 1e3, (2, 50))
    values = np.array(value * (1 + 1e-16 * numbers.integers(-3, 3, 50)), dtype=np.float64)
    windows = near_windows(easting, northing, 200)
    assert not gi_star(values, windows).any()
    assert not local_moran(values, windows).z.any()


def test_a_window_of_all_cells_says_nothing() -> None:
    values = np.arange(5.0)
    assert not gi_star(values, near_windows(np.arange(5.0), np.zeros(5), 10)).any()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_cells_say_nothing(count: int) -> None:
    values, windows = np.arange(float(count)), near_windows(np.arange(float(count)), np.zeros(count), 1)
    assert not gi_star(values, windows).any()
    assert not local_moran(values, windows).z.any()


def test_quadrants_tell_a_quiet_place_in_a_busy_area() -> None:
    values = np.array([9.0, 9, 1, 9, 9, 1, 1, 1, 1, 1])
    told = local_moran(values, near_windows(np.arange(10.0), np.zeros(10), 1.5))
    assert told.quadrant[2] == Quadrant.LOW_AMONG_HIGH
    assert told.quadrant[0] == Quadrant.HIGH_AMONG_HIGH
    assert told.quadrant[8] == Quadrant.LOW_AMONG_LOW
