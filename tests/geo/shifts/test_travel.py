"""Estimated travel follows the curve, rounds up, and no way is longer than a way round it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shifts.travel import CAR, FOOT, NotASpeed, Speeds, detour, estimated

points = st.lists(st.tuples(st.floats(0, 30_000), st.floats(0, 30_000)), min_size=1, max_size=12)


def test_ten_kilometres_by_car_are_as_long_as_england_s_roads_make_them() -> None:
    assert detour(np.array([10.0]))[0] == pytest.approx(1.4, abs=0.005)
    assert detour(np.array([0.0, 0.001, 1e6])).tolist() == [1.7, 1.7, 1.2]
    travel = estimated([0, 10_000], [0, 0], hour=12, speeds=Speeds(slack=0))
    assert travel.minutes[CAR][0, 1] == np.ceil(10 * (1.72 - 0.14 * np.log(10)) / 25 * 60 + 3)
    assert travel.minutes[FOOT][0, 1] == np.ceil(10 * 1.15 / 4.8 * 60)
    assert travel.is_estimate


def test_the_hour_the_parking_and_the_slack_count() -> None:
    slow, fast = (estimated([0, 5_000], [0, 0], hour=hour).minutes[CAR] for hour in (17, 26))
    assert slow[0, 1] > fast[0, 1]
    assert fast[0, 1] - fast[1, 0] == pytest.approx(3 * 1.15, abs=1)
    without = estimated([0, 5_000], [0, 0], hour=17, speeds=Speeds(slack=0)).minutes[CAR]
    assert slow[0, 1] == pytest.approx(without[0, 1] * 1.15, abs=1.2)


@given(points, st.integers(0, 47), st.integers(1, 3))
def test_no_way_is_longer_than_a_way_round_it(at: list[tuple[float, float]], hour: int, bases: int) -> None:
    east, north = np.array(at).T
    for minutes in estimated(east, north, bases=bases, hour=hour).minutes.values():
        assert minutes.dtype == np.int64
        assert (np.diag(minutes) == 0).all()
        assert (minutes[:, None, :] <= minutes[:, :, None] + minutes[None, :, :]).all()


def test_speeds_are_a_day_of_them() -> None:
    for wrong in ({"car": (30.0,) * 23}, {"car": (0.0,) * 24}, {"foot": 0}):
        with pytest.raises(NotASpeed):
            Speeds(**wrong)
