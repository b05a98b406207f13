"""The fields of a place as forms take them: one rule and one sentence for each, whichever form it is on."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from geo.postcodes import is_postcode
from geo.shifts.hours import read_hours, written_hours
from web.days import today


def as_hours(text: str) -> str:
    """Return hours as they are written everywhere. Raises NotHours."""
    return written_hours(read_hours(text))


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x08\x0e-\x1f\x7f]*$")
]
Postcode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)]
HOURS = ("open_hours", "safe_hours", "no_knock_hours")
HoursText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(as_hours)]
AttendRule = Literal["ok", "two_people", "contact_owner_first", "do_not_attend"]
SENTENCES = {
    "name": "Give it a name, in at most 200 characters: of the place, never of a person.",
    "kind": "Choose what kind of place it is.",
    "address": "Give an address of at most 500 characters, or leave it empty.",
    "postcode": "Give a postcode such as B1 1AY, or leave it empty.",
    "status": "Choose a status.",
    "attend_rule": "Choose how to attend.",
    "sensitivity": "Choose how sensitive it is.",
    "collected_for": "Choose what it is recorded for.",
    "operation": "Choose one of your operations, or none.",
    **dict.fromkeys(HOURS, "Write hours as Mon-Fri 09:00-17:00, Sat 10:00-14:00, or leave it empty."),
    "languages": "Choose at most ten languages.",
    "review_on": "Give a day after today, or leave it empty.",
}


def further_faults(postcode: str, review_on: date | None) -> dict[str, str]:
    """Return what is wrong with a postcode and a review date that have the right form."""
    found = {} if not postcode or is_postcode(postcode) else {"postcode": SENTENCES["postcode"]}
    is_past = review_on is not None and review_on <= today()
    return found | ({"review_on": SENTENCES["review_on"]} if is_past else {})
