"""Calendar quarters, by their first day."""

from datetime import date, timedelta

DAYS_UNTIL_PUBLISHED = 21
"""A quarter is published so many days after its end at the earliest, when late records have come in."""


def quarter_of(day: date) -> date:
    """Return the first day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def later(quarter: date, quarters: int) -> date:
    """Return the first day of the quarter so many later, or earlier where it is negative."""
    months = quarter.year * 12 + quarter.month - 1 + 3 * quarters
    return date(months // 12, months % 12 + 1, 1)


def span(last: date, quarters: int) -> list[date]:
    """Return so many quarters in order, the last one being `last`."""
    return [later(last, -back) for back in range(quarters - 1, -1, -1)]


def latest_published(today: date) -> date:
    """Return the latest quarter that ended so long ago that it may be published."""
    return later(quarter_of(today - timedelta(days=DAYS_UNTIL_PUBLISHED)), -1)


def quarter_in_words(quarter: date) -> str:
    """Return "January to March 2026"."""
    last = date(quarter.year, quarter.month + 2, 1)
    return f"{quarter:%B} to {last:%B %Y}"


def short_quarter(quarter: date) -> str:
    """Return "2026 Q1"."""
    return f"{quarter.year} Q{(quarter.month + 2) // 3}"
