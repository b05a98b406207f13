"""A calendar file of a shift (RFC 5545): it says "Shift" and when, so that a stolen calendar tells nothing."""

from datetime import UTC, datetime

from data.plans import Plan


def calendar(plan: Plan) -> str:
    """Return the file: one event without a place, a description, a link or anybody's name."""
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Waymark//Shift//EN", "BEGIN:VEVENT", f"UID:{plan.id}",
        f"DTSTAMP:{_moment(plan.starts_at)}", f"DTSTART:{_moment(plan.starts_at)}", f"DTEND:{_moment(plan.ends_at)}",
        "SUMMARY:Shift", "CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
