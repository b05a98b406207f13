"""Days as forms ask for them, and the moments that the database keeps: a day begins at midnight in Britain."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator

from geo.shifts.clock import LOCAL, first_day, last_day

_DAYS: Final = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y")
_MOMENTS: Final = tuple(f"{day}{gap}%H:%M" for day in _DAYS for gap in (" ", ", "))
"""How people write a day, and a day and time; a browser's own field hands over 2027-03-31, whatever it shows."""


class NotADay(ValueError):
    """A text that is no day; the message says how one is written."""


def today() -> date:
    """Return the day that it is in Britain, where whoever fills in a form looks at the clock."""
    return datetime.now(LOCAL).date()


def day_text(text: str) -> str:
    """Return the text of a form's field that is a day, such as "2027-03-31" or "31 March 2027". Raises NotADay."""
    _day(text)
    return text


def beginning(text: str, kept: datetime | None = None) -> datetime:
    """Return the moment at which a day begins; `kept` itself when it began on that day. Raises NotADay."""
    day = _day(text)
    return kept if kept and first_day(kept) == day else _midnight(day)


def end(text: str, kept: datetime | None = None) -> datetime:
    """Return the moment at which a day is over; `kept` itself when that was the last day. Raises NotADay."""
    day = _day(text)
    return kept if kept and last_day(kept) == day else _midnight(day + timedelta(days=1))


def moment_text(text: str) -> str:
    """Return the text of a form's field that is a day and a time, such as "2027-03-31T18:00". Raises NotADay."""
    moment(text)
    return text


def moment(text: str) -> datetime:
    """Return the moment that a form's field says, by the clock in Britain unless it names an offset. Raises NotADay."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        said = _written(text, _MOMENTS, "A day and time are written as 31 March 2027 18:00.")
    if not 2000 <= said.year < 2900 or len(text.strip()) <= len("2027-03-31"):
        raise NotADay("A day and time are of our time, such as 31 March 2027 18:00.")
    return said if said.tzinfo else said.replace(tzinfo=LOCAL)


def moment_field(moment: datetime) -> str:
    """Return a moment as a form's field of day and time takes it: "2027-03-31T18:00"."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%dT%H:%M}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _day(text: object) -> date:
    try:
        day = date.fromisoformat(str(text).strip())
    except ValueError:
        day = _written(str(text), _DAYS, "A day is written as 31 March 2027.").date()
    if not 2000 <= day.year < 2900:
        raise NotADay("A day is one of our time, such as 31 March 2027.")
    return day


def _written(text: str, forms: Sequence[str], otherwise: str) -> datetime:
    for form in forms:
        with suppress(ValueError):
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - by the clock on the wall, which LOCAL is
    raise NotADay(otherwise)


Day = Annotated[date, BeforeValidator(_day)]
"""The type of a form's field that is a day, however people write it."""
