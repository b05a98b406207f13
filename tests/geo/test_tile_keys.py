"""Keys lie in the range of every tile that holds them, and boxes are covered."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.tile_keys import (
    LATITUDE_LIMIT,
    NoSuchTile,
    NotABox,
    box_ranges,
    halves_of,
    keys_of,
    position_of,
    tile_bounds,
    tile_of,
    tile_range,
)

longitudes = st.floats(-180, 180)
latitudes = st.floats(-85.05, 85.05)
zooms = st.integers(0, 31)
keys = st.integers(0, 2**62 - 1)


def key_of(longitude: float, latitude: float) -> int:
    return int(keys_of(longitude, latitude))


def interleaved(x: int, y: int) -> int:
    """Build the key bit by bit, as the module's first paragraph says it is laid out."""
    return sum((x >> i & 1) << 2 * i | (y >> i & 1) << 2 * i + 1 for i in range(31))


@given(keys)
def test_the_halves_of_a_key_make_it_up_again(key: int) -> None:
    column, row = halves_of([key])
    assert interleaved(int(column[0]), int(row[0])) == key


@given(longitudes, latitudes)
def test_a_key_is_column_and_row_interleaved_with_row_in_the_odd_bits(longitude: float, latitude: float) -> None:
    x, y = tile_of(longitude, latitude, 31)
    assert key_of(longitude, latitude) == interleaved(x, y)


@given(st.floats(-179, 179), st.floats(-84, 84))
def test_columns_count_from_the_west_and_rows_from_the_north(longitude: float, latitude: float) -> None:
    x, y = tile_of(longitude, latitude, 31)
    assert x == pytest.approx((longitude + 180) / 360 * 2**31, abs=2)
    mercator = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    assert y == pytest.approx((1 - mercator / math.pi) / 2 * 2**31, abs=2)


@given(longitudes, latitudes, zooms)
def test_a_key_lies_in_the_range_of_its_tile_at_every_zoom(longitude: float, latitude: float, z: int) -> None:
    first, last = tile_range(z, *tile_of(longitude, latitude, z))
    assert first <= key_of(longitude, latitude) <= last
    assert last - first + 1 == 4 ** (31 - z)


@given(keys)
def test_the_middle_of_a_key_has_that_key(key: int) -> None:
    longitude, latitude = position_of(key)
    assert int(keys_of(longitude, latitude)) == key


@given(keys, st.integers(0, 19))
def test_the_pixel_is_in_the_bits_of_the_key_as_documented(key: int, z: int) -> None:
    shift = 31 - z - 12
    pixel = (key >> 2 * shift) & (4**12 - 1)
    longitude, latitude = position_of(key)
    x, y = tile_of(float(longitude), float(latitude), 31)
    assert interleaved((x >> shift) % 4096, (y >> shift) % 4096) == pixel


@given(zooms.flatmap(lambda z: st.tuples(st.just(z), *[st.integers(0, 2**z - 1)] * 2)))
def test_the_four_children_of_a_tile_make_up_its_range(tile: tuple[int, int, int]) -> None:
    z, x, y = tile
    first, last = tile_range(z, x, y)
    if z == 31:
        assert first == last
        return
    children = [tile_range(z + 1, 2 * x + i, 2 * y + j) for j in (0, 1) for i in (0, 1)]
    assert children[0][0] == first
    assert children[3][1] == last
    assert [child[0] for child in children[1:]] == [child[1] + 1 for child in children[:3]]


@given(st.floats(-179, 179), st.floats(-85, 85), st.integers(0, 20))
def test_a_tile_s_bounds_hold_the_positions_of_the_tile(longitude: float, latitude: float, z: int) -> None:
    bounds = tile_bounds(z, *tile_of(longitude, latitude, z))
    assert bounds.west - 1e-9 <= longitude <= bounds.east + 1e-9
    assert bounds.south - 1e-9 <= latitude <= bounds.north + 1e-9


def test_keys_come_as_int64_in_the_shape_given() -> None:
    found = keys_of(np.full((2, 3), -1.9), np.full((2, 3), 52.48))
    assert found.dtype == np.int64
    assert found.shape == (2, 3)
    assert found.min() == found.max() == key_of(-1.9, 52.48)


def test_the_corners_of_the_map_have_keys() -> None:
    assert key_of(-180, LATITUDE_LIMIT) == 0
    assert key_of(180, -LATITUDE_LIMIT) == 2**62 - 1


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(np.nan, 52), (-1.9, np.nan), (np.inf, 52), (-1.9, 85.06), (-1.9, -90), (180.1, 52)],
)
def test_a_position_off_the_map_has_no_key_and_no_tile(longitude: float, latitude: float) -> None:
    assert keys_of([longitude, -1.9], [latitude, 52.48]).tolist() == [-1, key_of(-1.9, 52.48)]
    with pytest.raises(NoSuchTile, match="No tile holds the position"):
        tile_of(longitude, latitude, 14)


def test_what_is_no_key_has_no_position() -> None:
    longitude, latitude = position_of([-1, 2**62, 0])
    assert np.isnan(longitude).tolist() == np.isnan(latitude).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("tile", "sentence"),
    [
        ((-1, 0, 0), "There is no zoom -1; expected 0 to 31."),
        ((32, 0, 0), "There is no zoom 32; expected 0 to 31."),
        ((1, 2, 0), "at zoom 1, column and row run from 0 to 1."),
        ((14, 0, -1), "at zoom 14, column and row run from 0 to 16383."),
    ],
)
def test_a_tile_that_does_not_exist_is_refused_with_a_sentence(tile: tuple[int, int, int], sentence: str) -> None:
    for ask in (tile_range, tile_bounds):
        with pytest.raises(NoSuchTile) as refusal:
            ask(*tile)
        assert str(refusal.value).endswith(sentence)


spans = st.floats(0, 3) | st.floats(0, 0.01) | st.just(0.0)
shares = st.floats(0, 1)


@given(
    st.tuples(st.floats(-177, 177), st.floats(-82, 82)),
    st.tuples(spans, spans),
    st.tuples(shares, shares),
    st.integers(1, 40),
)
def test_every_position_in_a_box_is_in_one_of_few_ordered_ranges(
    corner: tuple[float, float],
    span: tuple[float, float],
    share: tuple[float, float],
    most: int,
) -> None:
    west, south = corner
    east, north = west + span[0], south + span[1]
    ranges = box_ranges(west, south, east, north, most=most)
    assert 1 <= len(ranges) <= most
    flat = [key for pair in ranges for key in pair]
    assert flat == sorted(flat)
    inside = (min(west + share[0] * span[0], east), min(south + share[1] * span[1], north))
    for position in (inside, (west, south), (east, north), (west, north), (east, south)):
        key = key_of(*position)
        assert any(first <= key <= last for first, last in ranges)


@given(st.floats(-179, 178), st.floats(-80, 79), st.floats(0.001, 1))
def test_sixteen_ranges_cover_a_square_box_without_doubling_it(west: float, south: float, side: float) -> None:
    north = math.degrees(math.atan(math.sinh(math.asinh(math.tan(math.radians(south))) + math.radians(side))))
    box = (side / 360 * 2**31 + 3) ** 2
    covered = sum(last - first + 1 for first, last in box_ranges(west, south, west + side, north))
    assert box * 0.99 < covered < box * 2


def test_the_whole_world_is_one_range() -> None:
    assert box_ranges(-180, -90, 180, 90) == [(0, 2**62 - 1)]


@pytest.mark.parametrize("edges", [(1, 0, 0, 1), (0, 1, 1, 0), (-181, 0, 0, 1), (0, 0, 1, 91), (math.nan, 0, 1, 1)])
def test_a_box_with_no_inside_is_refused(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(NotABox, match="The box has no inside"):
        box_ranges(*edges)


def test_no_ranges_at_all_is_refused() -> None:
    with pytest.raises(NotABox, match="at least one range"):
        box_ranges(0, 0, 1, 1, most=0)
