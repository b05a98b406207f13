"""Quarters by their first day, and which may be published."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from geo.quarters import later, latest_published, quarter_in_words, quarter_of, short_quarter, span

days = st.dates(date(2000, 1, 1), date(2900, 1, 1))


@given(days)
def test_a_day_lies_in_its_quarter(day: date) -> None:
    assert quarter_of(day) <= day < later(quarter_of(day), 1)


@given(days, st.integers(-40, 40))
def test_later_and_earlier_undo_each_other(day: date, quarters: int) -> None:
    first = quarter_of(day)
    assert later(later(first, quarters), -quarters) == first
    assert quarter_of(later(first, quarters)) == later(first, quarters)


def test_a_quarter_is_published_21_days_after_its_end() -> None:
    assert latest_published(date(2026, 4, 21)) == date(2025, 10, 1)
    assert latest_published(date(2026, 4, 22)) == date(2026, 1, 1)


def test_quarters_in_words_and_in_order() -> None:
    assert quarter_in_words(date(2026, 10, 1)) == "October to December 2026"
    assert [short_quarter(one) for one in span(date(2026, 1, 1), 3)] == ["2025 Q3", "2025 Q4", "2026 Q1"]
