"""Days and moments as pages say them: by the clock in Britain, whatever the hour is in UTC."""

from datetime import UTC, date, datetime

import pytest

from geo.shifts.clock import first_day, last_day
from web import days
from web.briefing_views import moment_in_words
from web.words import day

AFTER_MIDNIGHT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", [AFTER_MIDNIGHT, AFTER_MIDNIGHT.isoformat(), date(2026, 7, 2), "2026-07-02"])
def test_half_past_midnight_in_summer_is_said_as_the_new_day(value: object) -> None:
    assert day(value) == "2 July 2026"


def test_a_moment_that_is_said_in_utc_keeps_its_day() -> None:
    assert moment_in_words("2026-07-01T23:30:00Z") == "1 July 2026, 23:30 UTC"


def test_a_term_that_ends_at_midnight_holds_on_the_day_before() -> None:
    assert last_day(days.end("2026-12-31")) == date(2026, 12, 31)
    assert first_day(AFTER_MIDNIGHT) == date(2026, 7, 2)
