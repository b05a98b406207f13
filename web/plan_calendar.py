"""A calendar file of a shift (RFC 5545): it says "Shift" and when, so that a stolen calendar tells nothing."""

from datetime import UTC, datetime
from typing import Final

from data.plans import Plan

_SAYS: Final = "SUMMARY:Shift"


def calendar(plan: Plan) -> str:
    """Return the file: one event without a place, a description, a link or anybody's name."""
    starts, ends = _moment(plan.starts_at), _moment(plan.ends_at)
    event = _part("VEVENT", f"UID:{plan.id}", f"DTSTAMP:{starts}", f"DTSTART:{starts}", f"DTEND:{ends}", _SAYS)
    return "".join(f"{line}\r\n" for line in _part("VCALENDAR", "VERSION:2.0", "PRODID:-//Waymark//Shift//EN", *event))


def _part(name: str, *lines: str) -> list[str]:
    """Return a component: its lines between the two that name it."""
    return [f"BEGIN:{name}", *lines, f"END:{name}"]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
