"""Hand cases of PAI, PEI and hit rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.hold_out import NotAHoldOut, hold_out


def test_a_quarter_of_events_in_a_tenth_of_the_area_is_two_and_a_half() -> None:
    later = np.array([25.0, *[75 / 9] * 9])
    told = hold_out(np.arange(10.0)[::-1], later, share=0.1)
    assert told.hit_rate == pytest.approx(0.25)
    assert told.pai == pytest.approx(2.5)
    assert told.pei == pytest.approx(1)


def test_marking_as_much_as_it_catches_is_one() -> None:
    told = hold_out(np.arange(5.0), np.ones(5), share=0.2)
    assert told.pai == pytest.approx(1)


def test_the_worst_map_has_an_efficiency_of_nothing() -> None:
    told = hold_out(np.array([0.0, 1, 2]), np.array([4.0, 0, 0]), share=1 / 3)
    assert (told.hit_rate, told.pei) == (0, 0)


def test_cells_of_one_score_are_marked_alike() -> None:
    later = np.array([8.0, 0, 0, 0])
    assert hold_out(np.zeros(4), later, share=0.25).pai == pytest.approx(1)
    assert hold_out(np.array([1.0, 1, 0, 0]), later, share=0.25).hit_rate == pytest.approx(0.5)


def test_areas_that_differ_are_counted_by_their_size() -> None:
    told = hold_out(np.array([2.0, 1]), np.array([3.0, 1]), share=0.75, area=np.array([3.0, 1]))
    assert told.hit_rate == pytest.approx(0.75)
    assert told.pai == pytest.approx(1)


cells = st.lists(
    st.tuples(st.floats(-5, 5) | st.just(np.nan), st.integers(0, 20), st.floats(0.1, 9)), min_size=1, max_size=40
)


@given(cells, st.floats(0.01, 1))
def test_efficiency_is_at_most_one_and_the_best_map_has_it(rows: list[tuple[float, int, float]], share: float) -> None:
    score, later, area = np.array(rows, dtype=np.float64).T
    if not later.sum() > 0:
        return
    told = hold_out(score, later, share=share, area=area)
    assert 0 <= told.pei <= 1 + 1e-9
    assert 0 <= told.hit_rate <= 1 + 1e-9
    assert hold_out(later / area, later, share=share, area=area).pei == pytest.approx(1)


def test_no_later_events_are_refused() -> None:
    with pytest.raises(NotAHoldOut, match="some events"):
        hold_out(np.ones(3), np.zeros(3), share=0.1)
