"""Cells nest, never look at the point again, and cover Britain without gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import (
    CELL_STEPS,
    STEPS,
    Corners,
    NotOnTheGrid,
    cell_centres,
    cell_key,
    cell_of_key,
    cell_polygons,
    cells_of,
)
from geo.national_grid import to_grid

eastings = st.floats(0, 700_000, exclude_max=True)
northings = st.floats(0, 1_250_000, exclude_max=True)


def corner(easting: float, northing: float, metres: int) -> tuple[int, int]:
    cell = cells_of([easting], [northing])[metres]
    return int(cell.easting[0]), int(cell.northing[0])


@given(eastings, northings)
def test_each_cell_holds_the_point_and_lies_within_the_coarser_one(easting: float, northing: float) -> None:
    inner = (easting, northing, 0.0)
    for step in CELL_STEPS:
        east, north = corner(easting, northing, step.metres)
        assert east <= inner[0] <= inner[0] + inner[2] <= east + step.metres
        assert north <= inner[1] <= inner[1] + inner[2] <= north + step.metres
        assert easting < east + step.metres
        assert northing < north + step.metres
        assert east % step.metres == north % step.metres == 0
        inner = (east, north, step.metres)


@given(eastings, northings, st.integers(0, 99_999), st.integers(0, 99_999))
def test_moving_the_point_within_a_cell_changes_nothing_coarser(
    easting: float, northing: float, right: int, up: int
) -> None:
    for index, step in enumerate(CELL_STEPS):
        east, north = corner(easting, northing, step.metres)
        moved = (east + right % step.metres, north + up % step.metres)
        for coarser in CELL_STEPS[index:]:
            here = corner(easting, northing, coarser.metres)
            assert corner(*moved, coarser.metres) == here


@given(eastings, northings)
def test_the_5_km_key_is_the_documented_number_and_leads_back(easting: float, northing: float) -> None:
    (key,) = cell_key([easting], [northing])
    assert key == int(easting) // 5_000 * 10_000 + int(northing) // 5_000
    back = cell_of_key([key])
    assert (back.easting[0], back.northing[0]) == corner(easting, northing, 5_000)


@given(st.integers(0, 6_999), st.integers(0, 12_499), st.sampled_from(["east", "north"]))
def test_the_last_number_below_an_edge_stays_in_its_own_cell(column: int, row: int, side: str) -> None:
    east, north = column * 100 + 50.0, row * 100 + 50.0
    if side == "east":
        east = float(np.nextafter((column + 1) * 100, 0))
    else:
        north = float(np.nextafter((row + 1) * 100, 0))
    assert corner(east, north, 100) == (column * 100, row * 100)


def test_the_ladder_reads_in_words_from_exact_to_5_km() -> None:
    assert [step.metres for step in STEPS] == [0, 100, 500, 1_000, 5_000]
    assert [step.words for step in STEPS][2] == "500 m square"
    assert list(cells_of([1.0], [1.0])) == [100, 500, 1_000, 5_000]


def test_a_polygon_is_a_closed_anticlockwise_ring_through_the_corners() -> None:
    corners = Corners(np.array([405_000, 410_000]), np.array([285_000, 290_000]))
    rings = cell_polygons(corners, 5_000)
    assert rings.shape == (2, 5, 2)
    np.testing.assert_array_equal(rings[:, 0], rings[:, 4])
    east, north = to_grid(rings[..., 0], rings[..., 1])
    np.testing.assert_allclose(east[0], [405_000, 410_000, 410_000, 405_000, 405_000], atol=0.002)
    np.testing.assert_allclose(north[0], [285_000, 285_000, 290_000, 290_000, 285_000], atol=0.002)
    following = np.roll(rings[:, :4], -1, axis=1)
    turn = rings[:, :4, 0] * following[..., 1] - following[..., 0] * rings[:, :4, 1]
    assert (turn.sum(axis=1) > 0).all()


def test_a_centre_is_half_a_side_from_each_edge() -> None:
    longitude, latitude = cell_centres(Corners(np.array([405_000]), np.array([285_000])), 500)
    easting, northing = to_grid(longitude, latitude)
    assert (float(easting[0]), float(northing[0])) == pytest.approx((405_250, 285_250), abs=0.002)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -0.001, 700_000.0])
def test_a_position_off_the_grid_is_refused_with_a_count_and_no_place(bad: float) -> None:
    with pytest.raises(NotOnTheGrid, match="1 of 2 positions are not on the National Grid"):
        cells_of([400_000.0, bad], [280_000.0, 280_000.0])
