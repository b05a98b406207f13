"""When a place may be visited: opening hours, safe hours and hours in which nobody knocks, as stretches of a week.

People write them as "Mon-Fri 09:00-17:00, Sat 10:00-14:00"; "24:00" is the end of a day, and a stretch that ends before
it begins runs past midnight.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from geo.shifts.problem import DAY, Window

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
KINDS: Final = ("open", "safe", "no_knock")
MOST: Final = 28
_SPAN: Final = 3 * DAY
_PART: Final = re.compile(
    r"^(?:(?P<first>[a-z]{3})[a-z]*(?:\s*[-\u2013]\s*(?P<last>[a-z]{3})[a-z]*)?\s+)?"
    r"(?P<from>\d{1,2}:\d{2})\s*[-\u2013]\s*(?P<to>\d{1,2}:\d{2})$"
)


class NotHours(ValueError):
    """A text that says no hours; the message says what was expected."""


class Stretch(NamedTuple):
    """From a minute to a minute of a weekday (1 is Monday); ``closes`` may lie past midnight."""

    weekday: int
    opens: int
    closes: int


def read_hours(text: str) -> tuple[Stretch, ...]:
    """Return the stretches that a text says, in the order of the week; none for a blank one. Raises ``NotHours``."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text.lower()) if part.strip()]
    found = sorted({stretch for part in parts for stretch in _stretches(part)})
    if len(found) > MOST:
        message = f"These are {len(found)} stretches of hours; expected at most {MOST}."
        raise NotHours(message)
    return tuple(found)


def written_hours(stretches: Sequence[Stretch]) -> str:
    """Return stretches as people write them, days of the same hours in a row together."""
    by_hours: dict[tuple[int, int], list[int]] = {}
    for stretch in sorted(stretches):
        by_hours.setdefault((stretch.opens, stretch.closes), []).append(stretch.weekday)
    parts = [
        (days[0], opens, f"{_days(days)} {_clock(opens)}-{_clock(closes)}")
        for (opens, closes), weekdays in by_hours.items()
        for days in _runs(weekdays)
    ]
    return ", ".join(text for _, _, text in sorted(parts))


def windows_of(hours: Mapping[str, Sequence[Stretch]], day: date, *, minutes: int) -> tuple[Window, ...] | None:
    """Return when a visit of ``minutes`` may start, counted from the midnight of a day over two days.

    It must be over when the place closes, lie in safe hours where any are said, and meet none in which nobody knocks.
    None: at any time, for nothing is said. Empty: at none.
    """
    said = {kind: hours[kind] for kind in KINDS if hours.get(kind)}
    if not said:
        return None
    masks = {kind: _mask(stretches, day) for kind, stretches in said.items()}
    free = [
        all(masks[kind][minute] for kind in ("open", "safe") if kind in masks)
        and not ("no_knock" in masks and masks["no_knock"][minute])
        for minute in range(_SPAN)
    ]
    found = (Window.ending_by(opens, ends, minutes=minutes) for opens, ends in _free_runs(free))
    return tuple(window for window in found if window is not None)


def _stretches(part: str) -> Iterator[Stretch]:
    match = _PART.match(part)
    if match is None:
        raise NotHours(_EXPECTED)
    opens, closes = _minute(match["from"]), _minute(match["to"])
    if opens >= DAY:
        raise NotHours(_EXPECTED)
    for weekday in _weekdays(match["first"], match["last"]):
        yield Stretch(weekday, opens, closes if closes > opens else closes + DAY)


_EXPECTED: Final = "Write hours as Mon-Fri 09:00-17:00, Sat 10:00-14:00; without a day they hold every day."


def _weekdays(first: str | None, last: str | None) -> Iterator[int]:
    if first is None:
        yield from range(1, 8)
        return
    names = [name.lower() for name in DAYS]
    if first not in names or (last or first) not in names:
        raise NotHours(_EXPECTED)
    here, there = names.index(first), names.index(last or first)
    yield from ((here + step) % 7 + 1 for step in range((there - here) % 7 + 1))


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > DAY:
        raise NotHours(_EXPECTED)
    return hour * 60 + minute


def _clock(minute: int) -> str:
    of_day = minute if minute <= DAY else minute - DAY
    return f"{of_day // 60:02}:{of_day % 60:02}"


def _days(weekdays: Sequence[int]) -> str:
    first, last = DAYS[weekdays[0] - 1], DAYS[weekdays[-1] - 1]
    return first if len(weekdays) == 1 else f"{first}-{last}"


def _runs(weekdays: Sequence[int]) -> Iterator[list[int]]:
    for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0]):
        yield [weekday for _, weekday in run]


def _mask(stretches: Sequence[Stretch], day: date) -> list[bool]:
    """Return for each minute from the midnight of a day whether it lies in a stretch."""
    within = [False] * _SPAN
    for offset in range(-1, 3):
        weekday = (day.isoweekday() - 1 + offset) % 7 + 1
        for stretch in stretches:
            if stretch.weekday == weekday:
                first, last = max(0, offset * DAY + stretch.opens), min(_SPAN, offset * DAY + stretch.closes)
                within[first : max(first, last)] = [True] * max(0, last - first)
    return within


def _free_runs(free: Sequence[bool]) -> Iterator[tuple[int, int]]:
    for is_free, run in groupby(range(len(free)), key=lambda minute: free[minute]):
        if is_free:
            minutes = list(run)
            yield minutes[0], minutes[-1] + 1
