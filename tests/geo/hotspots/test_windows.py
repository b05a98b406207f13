"""Windows hold exactly what is near, on masked grids and among any points."""

import numpy as np
import pytest

from geo.hotspots.grids import Grid
from geo.hotspots.windows import NotAWindow, Windows, disc_windows, near_windows

GRID = Grid(west=0, south=0, cell_metres=250, columns=14, rows=9)


def dense(windows: Windows) -> np.ndarray:
    return np.asarray(windows.matrix.toarray())


@pytest.mark.parametrize("metres", [0, 249, 250, 353.6, 500, 1_250, 10_000])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_windows_of_a_grid_are_those_of_comparing_all_with_all(metres: float, share: float) -> None:
    land = np.random.default_rng(1).uniform(size=GRID.cells) < share
    easting, northing = (side[land] for side in GRID.centres())
    apart = np.hypot(easting[:, None] - easting, northing[:, None] - northing)
    expected = apart <= metres
    np.testing.assert_array_equal(dense(disc_windows(GRID, metres, land=land)), expected)
    np.testing.assert_array_equal(dense(near_windows(easting, northing, metres)), expected)


def test_a_kilometre_on_a_grid_of_250_metres_is_49_cells() -> None:
    sizes = disc_windows(GRID, 1_000, land=np.ones(GRID.cells, dtype=np.bool_)).sizes()
    assert sizes.max() == 49
    assert sizes[0] == 17  # In the corner.


def test_sums_are_of_rows_of_a_table_too() -> None:
    windows = disc_windows(GRID, 500, land=np.ones(GRID.cells, dtype=np.bool_))
    table = np.random.default_rng(2).poisson(4, (3, GRID.cells)).astype(np.float64)
    sums = windows.sums(table)
    for row, values in enumerate(table):
        np.testing.assert_allclose(sums[row], windows.sums(values))
        np.testing.assert_allclose(sums[row], dense(windows) @ values)


@pytest.mark.parametrize("metres", [0, 250, 353.6, 1_250, 10_000])
def test_running_sums_are_the_product_with_the_matrix(metres: float) -> None:
    numbers = np.random.default_rng(3)
    windows = disc_windows(GRID, metres, land=numbers.uniform(size=GRID.cells) < 0.7)
    counts = numbers.poisson(4, (2, len(windows))).astype(np.float64)
    np.testing.assert_array_equal(windows.sums(counts), counts @ windows.matrix.T)
    np.testing.assert_allclose(windows.sums(counts / 7), counts @ windows.matrix.T / 7, rtol=1e-12, atol=1e-12)


def test_nothing_in_a_whole_window_is_exactly_nothing() -> None:
    windows = disc_windows(GRID, 500, land=np.ones(GRID.cells, dtype=np.bool_))
    easting, _ = GRID.centres()
    values = np.where(easting < 1_000, 0.1, 0.0)
    assert (windows.sums(values)[easting > 1_600] == 0).all()


def test_the_cells_around_a_cell_are_without_itself() -> None:
    windows = near_windows(np.array([0.0, 1, 5]), np.zeros(3), 1)
    assert windows.without_itself().toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_no_land_has_no_windows() -> None:
    assert disc_windows(GRID, 500, land=np.zeros(GRID.cells, dtype=np.bool_)).matrix.shape == (0, 0)


@pytest.mark.parametrize("metres", [-1.0, np.nan, np.inf])
def test_a_reach_that_is_none_is_refused(metres: float) -> None:
    with pytest.raises(NotAWindow, match="0 or more"):
        near_windows(np.zeros(2), np.zeros(2), metres)
    with pytest.raises(NotAWindow, match="finite"):
        near_windows(np.array([np.nan]), np.zeros(1), 1)
