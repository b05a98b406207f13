"""The clock on the wall, and minutes and lists as people say them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from geo.shifts.problem import DAY

LOCAL: Final = ZoneInfo("Europe/London")
"""Where shifts are: the clock on the wall in Britain."""
_INSTANT: Final = timedelta(microseconds=1)


def first_day(moment: datetime) -> date:
    """Return the day in Britain on which a moment falls, and on which what begins at it begins."""
    return moment.astimezone(LOCAL).date()


def last_day(moment: datetime) -> date:
    """Return the last day in Britain on which something that ends at a moment still holds."""
    return first_day(moment - _INSTANT)


def clock(minute: int) -> str:
    """Return the time of day of a minute of the shift, as 22:05; a minute after midnight is the next day's."""
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def in_words(parts: Sequence[str], *, last: str = "and") -> str:
    """Return a list as a phrase: a, b and c."""
    return f" {last} ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])


def minutes_in_words(minutes: int) -> str:
    """Return a number of minutes with its noun."""
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
