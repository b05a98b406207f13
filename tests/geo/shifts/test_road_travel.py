"""Travel by road keeps what an engine found, busy hours, parking, slack, and says where there is no way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.shifts.travel import CAR, FOOT, UNREACHED, Speeds, by_road
from geo.shifts.wishes import impossible, unreachable
from tests.geo.shifts.days import a_shift, a_stop

seconds = arrays(np.float64, st.integers(1, 9).map(lambda n: (n, n)), elements=st.floats(0, 20_000) | st.just(np.nan))


def test_a_way_takes_what_the_roads_say_and_longer_in_a_busy_hour() -> None:
    found = np.array([[0, 600.0], [660.0, 0]])
    night, day = (by_road({CAR: found, FOOT: found}, hour=hour, speeds=Speeds(slack=0)) for hour in (2, 17))
    assert night.minutes[CAR].tolist() == [[0, 13], [11, 0]]
    assert day.minutes[CAR].tolist() == [[0, 18], [17, 0]]
    assert night.minutes[FOOT].tolist() == day.minutes[FOOT].tolist() == [[0, 10], [11, 0]]
    assert not night.is_estimate
    assert by_road({FOOT: found}, speeds=Speeds(slack=0.5)).minutes[FOOT].tolist() == [[0, 15], [17, 0]]


@given(seconds, st.integers(0, 47))
def test_rounding_leaves_no_way_longer_than_a_way_round_it(found: np.ndarray, hour: int) -> None:
    minutes = by_road({CAR: found}, hour=hour).minutes[CAR]
    assert minutes.dtype == np.int64
    assert (np.diag(minutes) == 0).all()
    assert (minutes[:, None, :] <= minutes[:, :, None] + minutes[None, :, :]).all()
    assert minutes.max() <= UNREACHED


def test_a_place_without_a_way_is_named_as_such_and_one_with_a_way_round_is_none() -> None:
    found = np.array([[0, 60.0, np.nan, np.nan], [60, 0, 60, np.nan], [60, 60, 0, np.nan], [np.nan] * 4])
    travel = by_road({CAR: found, FOOT: found})
    assert travel.minutes[FOOT][0, 2] == 4
    stops = [a_stop("near"), a_stop("round"), a_stop("island", must_go=True)]
    shift = a_shift(stops, travel=travel)
    assert [(wish.stop, wish.why) for wish in impossible(shift)] == [
        ("island", "The road map knows no way there and back from where the team sets out.")
    ]
    assert impossible(shift) == unreachable(shift)
