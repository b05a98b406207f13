"""Grids lie on the National Grid's own lines, hold each point once, and know what is land."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.grids import Grid, NotAGrid, grid_over, visitable

GRID = grid_over((400_100, 280_300, 405_000, 283_100), 250)


def test_a_grid_lies_on_multiples_of_its_cells_and_covers_what_was_asked() -> None:
    assert (GRID.west, GRID.south, GRID.columns, GRID.rows) == (400_000, 280_250, 20, 12)
    assert GRID.cells == 240
    assert GRID.square_km == 0.0625


def test_cells_are_numbered_row_by_row_from_the_south_west() -> None:
    easting, northing = GRID.centres()
    np.testing.assert_array_equal(GRID.numbers(easting, northing), np.arange(GRID.cells))
    assert (easting[0], northing[0]) == (400_125, 280_375)
    assert (easting[1], northing[20]) == (400_375, 280_625)


@given(st.floats(399_000, 406_000) | st.just(np.nan), st.floats(279_000, 284_000))
def test_a_point_is_in_the_cell_that_holds_it(east: float, north: float) -> None:
    number = int(GRID.numbers(np.array([east]), np.array([north]))[0])
    inside = 400_000 <= east < 405_000 and 280_250 <= north < 283_250
    assert (number >= 0) == inside
    if inside:
        corner = GRID.corners()
        assert 0 <= east - corner[0][number] < 250
        assert 0 <= north - corner[1][number] < 250


def test_counts_are_of_the_points_on_the_grid() -> None:
    east, north = np.array([400_010.0, 400_020, 404_999, 9]), np.array([280_260.0, 280_270, 283_249, 9])
    counts = GRID.counts(east, north)
    assert counts.sum() == 3
    assert (counts[0], counts[-1]) == (2, 1)
    assert GRID.counts(east, north, np.array([0.5, 2, 1, 9]))[0] == 2.5


def test_a_shifted_grid_covers_the_grid() -> None:
    other = GRID.shifted(125, 0)
    assert (other.west, other.columns, other.rows) == (399_875, 21, 12)
    assert (other.numbers(*GRID.centres()) >= 0).all()
    with pytest.raises(NotAGrid, match="less than a cell"):
        GRID.shifted(250, 0)


def test_only_cells_with_their_middle_on_land_can_be_visited() -> None:
    land, lake = shapely.box(400_000, 280_250, 402_500, 283_250), shapely.box(400_000, 280_250, 400_500, 280_500)
    claims = visitable(GRID, land, water=lake)
    assert claims.sum() == 10 * 12 - 2
    assert not claims[[0, 1, 10]].any()
    assert claims[2]


@pytest.mark.parametrize("bounds", [(1, 0, 0, 1), (0, 1, 1, 0), (0, 0, np.nan, 1), (0, 0, np.inf, 1), (5, 0, 5, 1)])
def test_bounds_out_of_order_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(NotAGrid, match="west below east"):
        grid_over(bounds, 250)


def test_a_grid_too_fine_is_refused_before_it_is_made() -> None:
    with pytest.raises(NotAGrid, match="too fine"):
        grid_over((0, 0, 700_000, 1_250_000), 10)


def test_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Grid(west=0, south=0, cell_metres=1, columns=1, rows=1).west = 5  # type: ignore[misc]
