"""Initiatives and quarters in words."""

from datetime import date
from typing import Final

from web.words import day

KIND_WORDS: Final = {"campaign": "Campaign", "training": "Training session", "event": "Event"}
SECTOR_WORDS: Final = {
    "job_centre": "Job centres",
    "healthcare": "Health care",
    "banking": "Banking",
    "education": "Education",
    "housing": "Housing",
    "transport": "Transport",
    "other": "Other",
}


def dates_in_words(first: date, last: date) -> str:
    """Return "3 March 2026", or "3 March 2026 to 5 April 2026"."""
    return day(first) if first == last else f"{day(first)} to {day(last)}"
