"""Hours as people write them, and when a visit may start in them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shifts.hours import NotHours, Stretch, read_hours, windows_of, written_hours
from geo.shifts.problem import DAY, Window

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Mon-Fri 09:00-17:00, Sat 10:00-14:00", "Mon-Fri 09:00-17:00, Sat 10:00-14:00"),
        ("monday - friday 9:00 - 17:00; saturday 10:00–14:00", "Mon-Fri 09:00-17:00, Sat 10:00-14:00"),  # noqa: RUF001
        ("10:00-18:00", "Mon-Sun 10:00-18:00"),
        ("Fri-Mon 20:00-02:00", "Mon 20:00-02:00, Fri-Sun 20:00-02:00"),
        ("Sun 00:00-24:00", "Sun 00:00-24:00"),
        ("Tue 09:00-12:00\nTue 13:00-17:00", "Tue 09:00-12:00, Tue 13:00-17:00"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(said: str, written: str) -> None:
    assert written_hours(read_hours(said)) == written
    assert read_hours(written) == read_hours(said)


@pytest.mark.parametrize(
    "said",
    ["always", "Mon", "Mon 9-17", "25:00-26:00", "24:00-25:00", "Mon 09:60-10:00", "Moon 09:00-10:00",
     "Mon-Xyz 1:00-2:00",
     ", ".join(f"{hour:02}:00-{hour:02}:30" for hour in range(5))],
)  # fmt: skip
def test_what_says_no_hours_is_refused(said: str) -> None:
    with pytest.raises(NotHours):
        read_hours(said)


@given(st.lists(st.builds(Stretch, st.integers(1, 7), st.integers(0, 1439), st.integers(1, 1440)), max_size=28))
def test_what_is_written_reads_back(stretches: list[Stretch]) -> None:
    good = sorted({one if one.closes > one.opens else one._replace(closes=one.opens + DAY) for one in stretches})
    assert sorted(read_hours(written_hours(good))) == good


def windows(minutes: int = 20, **hours: str) -> list[tuple[int, int]] | None:
    found = windows_of({kind: read_hours(text) for kind, text in hours.items()}, THURSDAY, minutes=minutes)
    return None if found is None else [(one.opens, one.closes) for one in found if one.opens < DAY]


def test_a_visit_is_over_when_a_place_closes_and_within_safe_hours_and_while_one_may_knock() -> None:
    assert windows() is None
    assert windows(open="Thu 09:00-17:00") == [(540, 1000)]
    assert windows(open="Thu 09:00-12:00, Thu 13:00-17:00") == [(540, 700), (780, 1000)]
    assert windows(open="Thu 09:00-17:00", safe="Thu 15:00-20:00") == [(900, 1000)]
    assert windows(open="Thu 09:00-17:00", no_knock="12:00-13:00") == [(540, 700), (780, 1000)]
    assert windows(open="Thu 09:00-09:10") == []
    assert windows(open="Mon 09:00-17:00") == []
    assert windows(open="Wed 22:00-03:00") == [(0, 160)]
    assert windows(no_knock="00:00-24:00") == []
    assert windows(120, open="Thu 22:00-03:00") == [(1320, 1500)]


def test_hours_run_on_past_midnight_into_the_next_day() -> None:
    found = windows_of({"open": read_hours("Thu 20:00-24:00, Fri 00:00-02:00")}, THURSDAY, minutes=30)
    assert found == (Window(opens=1200, closes=1530),)
