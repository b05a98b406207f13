"""What was published stays until the count has moved by three since it was drawn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.disclosure.releasing import Count, released
from geo.disclosure.sticky import Before, stays
from tests.geo.disclosure.histories import KEY, history, records_of


@pytest.mark.parametrize(
    ("then", "now", "is_kept"),
    [(10, 10, True), (10, 12, True), (10, 8, True), (10, 13, False), (10, 7, False), (0, 2, True), (0, 3, False)],
)
def test_a_value_stays_for_a_change_of_less_than_three(then: int, now: int, *, is_kept: bool) -> None:
    assert stays(Before(value=10, count=then), now) is is_kept


def test_a_slow_drift_is_drawn_again_once_it_is_three_from_where_it_was_drawn() -> None:
    drawn = [cell.is_drawn for cell in history([20, 21, 22, 23, 24, 25, 26, 24, 23])]
    assert drawn == [True, False, False, True, False, False, True, False, True]


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_a_value_is_that_of_the_count_it_was_drawn_from(counts: list[int]) -> None:
    cells = history(counts)
    drawn_from = 0
    for count, cell in zip(counts, cells, strict=True):
        if cell.is_drawn:
            drawn_from = count
            alone = released([Count(square=1, places=count, records=records_of(count))], {}, key=KEY, heading="visited")
            assert cell.value == alone[0].value
        assert abs(count - drawn_from) < 3
