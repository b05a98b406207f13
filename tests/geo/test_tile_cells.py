"""The quick list of cells covers the exact one everywhere on the National Grid."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cells import cell_key
from geo.national_grid import to_grid, to_wgs84
from geo.tile_cells import TileTooWide, cells_touched
from geo.tile_keys import NoSuchTile, tile_bounds, tile_of


@settings(max_examples=1_000)
@given(st.floats(200, 699_800), st.floats(200, 1_249_800), st.integers(9, 22), st.sampled_from([0, 1]))
def test_a_tile_touches_the_cell_of_every_position_on_it(easting: float, northing: float, z: int, snapped: int) -> None:
    if snapped:
        easting = max(easting // 5_000 * 5_000, 200)
    longitude, latitude = (float(degree) for degree in to_wgs84(easting, northing))
    (cell,) = cell_key([easting], [northing])
    assert cell in cells_touched(z, *tile_of(longitude, latitude, z))


@given(
    st.floats(-7.5, 1.7),
    st.floats(50, 60.8),
    st.integers(9, 18),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_tile_touches_the_cells_of_its_corners_edges_and_inside(
    longitude: float, latitude: float, z: int, share: tuple[float, float]
) -> None:
    tile = tile_of(longitude, latitude, z)
    west, south, east, north = tile_bounds(z, *tile)
    across = [west, (west + east) / 2, east, west + share[0] * (east - west)]
    upwards = [south, (south + north) / 2, north, south + share[1] * (north - south)]
    eastings, northings = to_grid([x for x in across for _ in upwards], [y for _ in across for y in upwards])
    on_grid = (eastings >= 0) & (northings >= 0)
    exact = set(cell_key(eastings[on_grid], northings[on_grid]).tolist())
    assert exact <= set(cells_touched(z, *tile))


@given(st.floats(-7.5, 1.7), st.floats(50, 60.8), st.integers(13, 20))
def test_a_tile_smaller_than_a_cell_touches_no_more_than_four(longitude: float, latitude: float, z: int) -> None:
    assert 1 <= len(cells_touched(z, *tile_of(longitude, latitude, z))) <= 4


@given(st.floats(-180, 180), st.floats(-85, 85), st.integers(9, 31))
def test_a_tile_away_from_the_grid_touches_nothing(longitude: float, latitude: float, z: int) -> None:
    touched = cells_touched(z, *tile_of(longitude, latitude, z))
    if not (-11 < longitude < 5 and 48 < latitude < 62.5):
        assert touched == []


@pytest.mark.parametrize("z", range(9))
def test_a_tile_wider_than_80_km_is_refused(z: int) -> None:
    with pytest.raises(TileTooWide, match=f"zoom 9 or more; this one is of {z}"):
        cells_touched(z, 0, 0)


def test_a_tile_that_does_not_exist_is_refused() -> None:
    with pytest.raises(NoSuchTile, match="column and row run from 0 to 16383"):
        cells_touched(14, 1 << 14, 0)
