"""Near pairs are exactly those that comparing every row with every other would find."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distances import NotADistance, near_pairs

coordinates = st.floats(0, 60) | st.integers(0, 60).map(float) | st.floats(-1e6, 1e6) | st.just(math.nan)
points = st.lists(st.tuples(coordinates, coordinates), max_size=40)


def columns(rows: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def compared(rows: list[tuple[float, float]], metres: float) -> list[tuple[int, int]]:
    return [
        (i, j)
        for i, (east, north) in enumerate(rows)
        for j in range(i + 1, len(rows))
        if (east - rows[j][0]) ** 2 + (north - rows[j][1]) ** 2 <= metres * metres
    ]


@given(points, st.sampled_from([0.25, 1.0, 5.0, 10.0, 33.3, 1_000.0, 1e7]))
def test_the_pairs_are_those_of_comparing_all_with_all(rows: list[tuple[float, float]], metres: float) -> None:
    i, j = near_pairs(*columns(rows), metres)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == compared(rows, metres)


def test_many_portions_find_what_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(5)
    easting, northing = numbers.uniform(0, 500, (2, 2_000))
    whole = near_pairs(easting, northing, 20)
    monkeypatch.setattr("geo.distances._CANDIDATES_AT_ONCE", 97)
    portions = near_pairs(easting, northing, 20)
    np.testing.assert_array_equal(whole, portions)
    assert len(whole[0]) > 2_000


def test_the_search_ends_at_the_limit_with_pairs_that_are_near() -> None:
    easting, northing = np.zeros(50_000), np.zeros(50_000)
    easting[::2] = 1_000
    i, j = near_pairs(easting, northing, 1, most=5_000)
    assert len(i) == len(set(zip(i.tolist(), j.tolist(), strict=True))) == 5_000
    assert (easting[i] == easting[j]).all()
    assert (i < j).all()
    np.testing.assert_array_equal((i, j), near_pairs(easting, northing, 1, most=5_000))


def test_no_rows_have_no_pairs() -> None:
    i, j = near_pairs(np.array([]), np.array([]), 10)
    assert i.size == j.size == 0


@pytest.mark.parametrize("metres", [0, -1, math.nan, math.inf])
def test_a_distance_that_is_none_is_refused(metres: float) -> None:
    with pytest.raises(NotADistance, match="metres above 0"):
        near_pairs(np.zeros(2), np.zeros(2), metres)


@pytest.mark.parametrize("far", [1e7, -1e12, math.inf])
def test_a_point_off_the_earth_is_refused(far: float) -> None:
    with pytest.raises(NotADistance, match="10,000 km or more"):
        near_pairs(np.array([0, far]), np.zeros(2), 10)
