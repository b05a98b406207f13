"""Coverage as rows of a table, the widest gap first, for pages, the API and files alike."""

from typing import Any, Final

from layers.coverage import NEVER, Coverage
from layers.hotspot_questions import month_of
from layers.hotspot_tables import square_reference

STATES: Final = {
    "never": "Never visited",
    "overdue": "Overdue, nothing planned",
    "planned": "Overdue, a visit is planned",
    "in_time": "Visited in time",
}


def coverage_rows(found: Coverage, *, most: int | None = None) -> list[dict[str, Any]]:
    """Return the squares as rows; `last_month` and `days_since` are None where nobody ever went."""
    return [_row(found, int(index)) for index in found.ranked()[:most]]


def coverage_state(found: Coverage, index: int) -> str:
    """Return the state of one square as a word for machines; STATES has the sentence."""
    if found.days[index] == NEVER and found.planned[index] == 0:
        return "never"
    if found.overdue[index] == 0:
        return "in_time"
    return "overdue" if found.planned[index] == 0 else "planned"


def _row(found: Coverage, index: int) -> dict[str, Any]:
    corner = (int(found.easting[index]), int(found.northing[index]))
    was_visited = found.days[index] != NEVER
    return {
        "square": square_reference(*corner, found.metres),
        "size": found.metres,
        "easting": corner[0],
        "northing": corner[1],
        "last_month": f"{month_of(int(found.months[index])):%Y-%m}" if was_visited else None,
        "days_since": int(found.days[index]) if was_visited else None,
        "visits": int(found.visits[index]),
        "notes": int(found.notes[index]),
        "planned": int(found.planned[index]),
        "rhythm": int(found.rhythm[index]),
        "overdue": int(found.overdue[index]) if was_visited else None,
        "state": coverage_state(found, index),
    }
