"""Opening hours as OpenStreetMap writes them, in their simple forms: "Mo-Fr 09:00-17:00; Sa 10:00-14:00".

Rules stand between semicolons, and a later one holds instead of an earlier for the days that it names: "Mo-Su
10:00-18:00; We off". A rule is days and times, each a list with commas, or "24/7". What is said of public and school
holidays is left out, for no holidays are kept. Everything else the specification allows (months, weeks, sunset,
comments) is refused.

Source: OpenStreetMap wiki, Key:opening_hours/specification.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from geo.shifts.hours import MOST, NotHours, Stretch
from geo.shifts.problem import DAY

EXPECTED: Final = "opening hours such as Mo-Fr 09:00-17:00; Sa 10:00-14:00"
_DAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_DAY: Final = r"(?:mo|tu|we|th|fr|sa|su)[a-z]*"
_DAYS_OF: Final = rf"{_DAY}(?:\s*-\s*{_DAY})?"
_SPAN: Final = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
_RULE: Final = re.compile(
    rf"^(?:(?P<days>{_DAYS_OF}(?:\s*,\s*{_DAYS_OF})*)\s*)?(?P<times>{_SPAN}(?:\s*,\s*{_SPAN})*|off|closed)$"
)
_HOLIDAYS: Final = re.compile(r"^(?:ph|sh)\b[^a-z]*(?:off|closed)?$")


def read_opening_hours(text: str) -> tuple[Stretch, ...]:
    """Return the stretches of a week that a text says, in order; none for a blank one. Raises NotHours."""
    rules = [rule.strip() for rule in text.lower().replace("\N{EN DASH}", "-").split(";") if rule.strip()]
    by_day: dict[int, tuple[Stretch, ...]] = {}
    for rule in rules:
        if not _HOLIDAYS.match(rule):
            by_day.update(_of_rule(rule))
    found = tuple(sorted(stretch for stretches in by_day.values() for stretch in stretches))
    if (rules and not found) or len(found) > MOST:
        raise NotHours(f"Expected {EXPECTED}.")
    return found


def _of_rule(rule: str) -> dict[int, tuple[Stretch, ...]]:
    """Return what a rule says of each weekday that it names."""
    if rule == "24/7":
        return {weekday: (Stretch(weekday, 0, DAY),) for weekday in range(1, 8)}
    match = _RULE.match(rule)
    if match is None:
        raise NotHours(f"Expected {EXPECTED}.")
    spans = [] if match["times"] in {"off", "closed"} else [_span(one) for one in match["times"].split(",")]
    return {weekday: _stretches(weekday, spans) for weekday in _weekdays(match["days"])}


def _stretches(weekday: int, spans: Sequence[tuple[int, int]]) -> tuple[Stretch, ...]:
    return tuple(sorted({Stretch(weekday, opens, closes) for opens, closes in spans}))


def _weekdays(days: str | None) -> Iterator[int]:
    if days is None:
        yield from range(1, 8)
        return
    for part in days.split(","):
        first, _, last = (name.strip()[:2] for name in part.partition("-"))
        here, there = _DAYS.index(first), _DAYS.index(last or first)
        yield from ((here + step) % 7 + 1 for step in range((there - here) % 7 + 1))


def _span(text: str) -> tuple[int, int]:
    opens, closes = (_minute(clock) for clock in text.split("-"))
    if opens >= DAY:
        raise NotHours(f"Expected {EXPECTED}.")
    return opens, closes if closes > opens else closes + DAY


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if minute > 59 or hour * 60 + minute > 2 * DAY:
        raise NotHours(f"Expected {EXPECTED}.")
    return hour * 60 + minute
