"""A place stays hot on moved and resized grids; an accident of one grid does not."""

import numpy as np

from geo.hotspots.grids import Grid, grid_over
from geo.hotspots.shifted import robustness, variants

GRID = grid_over((400_000, 280_000, 404_000, 283_000), 250)


def test_four_grids_of_each_size_cover_the_grid() -> None:
    grids = list(variants(GRID, [250, 500]))
    assert [grid.cell_metres for grid in grids] == [250] * 4 + [500] * 4
    assert len(set(grids)) == 8
    for grid in grids:
        assert (grid.numbers(*GRID.centres()) >= 0).all()


def test_a_wide_place_is_hot_on_every_grid() -> None:
    def hot(grid: Grid) -> np.ndarray:
        easting, northing = grid.centres()
        return np.asarray(np.hypot(easting - 402_000, northing - 281_500) <= 900)

    share = robustness(GRID, hot, sizes=[250, 500])
    easting, northing = GRID.centres()
    away = np.hypot(easting - 402_000, northing - 281_500)
    assert (share[away < 400] == 1).all()
    assert (share[away > 1_400] == 0).all()


def test_an_accident_of_one_grid_is_hot_on_that_grid_alone() -> None:
    def hot(grid: Grid) -> np.ndarray:
        return np.arange(grid.cells) == 30 if grid == GRID else np.zeros(grid.cells, dtype=np.bool_)

    share = robustness(GRID, hot, sizes=[250, 500])
    assert share[30] == 1 / 8
    assert share.sum() == 1 / 8
