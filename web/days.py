"""Days as forms ask for them, and the moments that the database keeps: a day begins at midnight in Britain."""

from datetime import date, datetime, time, timedelta

from geo.shifts.clock import LOCAL

_INSTANT = timedelta(microseconds=1)


class NotADay(ValueError):
    """A text that is no day; the message says how one is written."""


def today() -> date:
    """Return the day that it is in Britain, where whoever fills in a form looks at the clock."""
    return datetime.now(LOCAL).date()


def day_text(text: str) -> str:
    """Return the text of a form's field that is a day, such as "2027-03-31". Raises NotADay."""
    _day(text)
    return text


def first_day(moment: datetime) -> date:
    """Return the day on which something begins."""
    return moment.astimezone(LOCAL).date()


def last_day(moment: datetime) -> date:
    """Return the last day on which something that ends at a moment still holds."""
    return (moment - _INSTANT).astimezone(LOCAL).date()


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
        raise NotADay("A day and time are written as 2027-03-31 18:00.") from None
    if not 2000 <= said.year < 2900 or len(text.strip()) <= len("2027-03-31"):
        raise NotADay("A day and time are of our time, such as 2027-03-31 18:00.")
    return said if said.tzinfo else said.replace(tzinfo=LOCAL)


def moment_field(moment: datetime) -> str:
    """Return a moment as a form's field of day and time takes it: "2027-03-31T18:00"."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%dT%H:%M}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NotADay("A day is written as 2027-03-31.") from None
    if not 2000 <= day.year < 2900:
        raise NotADay("A day is one of our time, such as 2027-03-31.")
    return day
