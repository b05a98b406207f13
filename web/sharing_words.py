"""Who may know what, in words: roles, sensitivities, steps of the ladder, kinds of record, terms in a sentence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from geo.shifts.clock import first_day, last_day
from web.words import day, purpose_title

ROLES = {
    "outreach": "Outreach worker",
    "analyst": "Analyst",
    "admin": "Admin",
    "auditor": "Auditor",
}
ROLE_MEANINGS = {
    "outreach": "Sees places, visits and notes up to the clearance, records visits.",
    "analyst": "Sees squares and counts. No exact places, no notes.",
    "admin": "Manages people, agreements and imports. Sees no records.",
    "auditor": "Reads who saw what. Sees no records. Not for an outreach worker: whoever plans visits reads no audit.",
}
SENSITIVITIES = (
    "public-facing site that asked for outreach",
    "routine",
    "specific concern",
    "a child, immediate danger, or covert",
)
STEPS = ("5 km", "1 km", "500 m", "100 m", "exact")
KINDS = ("places", "visits", "risk notes")
KIND_SLUGS = ("place", "visit", "note")
STATES = {"live": "Live", "suspended": "Suspended", "disabled": "Shut out by the operator", "expired": "Ended"}


class Shares(Protocol):
    """What an agreement says, wherever it is read from."""

    @property
    def provider(self) -> str: ...  # noqa: D102
    @property
    def recipient(self) -> str: ...  # noqa: D102
    @property
    def purposes(self) -> list[str]: ...  # noqa: D102
    @property
    def areas(self) -> list[str]: ...  # noqa: D102
    @property
    def kinds(self) -> list[int]: ...  # noqa: D102
    @property
    def max_sensitivity(self) -> int: ...  # noqa: D102
    @property
    def finest_step(self) -> int: ...  # noqa: D102
    @property
    def valid_from(self) -> datetime: ...  # noqa: D102
    @property
    def valid_until(self) -> datetime: ...  # noqa: D102


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: "one, two and three"."""
    return " and ".join([*[", ".join(words[:-1])] * (len(words) > 1), *words[-1:]])


def step_in_words(step: int) -> str:
    """Return a step of the precision ladder: "500 m square", "exact", "nothing"."""
    if step < 0:
        return "nothing"
    return STEPS[step] if step == len(STEPS) - 1 else f"{STEPS[step]} square"


def sensitivity_in_words(sensitivity: int) -> str:
    """Return a sensitivity with its number: "2, specific concern"."""
    return f"{sensitivity}, {SENSITIVITIES[sensitivity]}"


def terms_in_a_sentence(terms: Shares, *, all_areas: int = 0) -> str:
    """Return what an agreement says: from when until when who lets whom see what, where and how precisely.

    `all_areas` is how many areas there are: an agreement on each of them says "every area".
    """
    lasting = f"From {day(first_day(terms.valid_from))} until {day(last_day(terms.valid_until))}"
    what = joined([KINDS[kind] for kind in terms.kinds])
    where = "every area" if len(terms.areas) == all_areas else joined(terms.areas)
    why = joined([purpose_title(purpose) for purpose in terms.purposes])
    return (
        f"{lasting}, {terms.provider} lets {terms.recipient} see {what} in {where}, "
        f"at {STEPS[terms.finest_step]} at the finest and up to sensitivity {terms.max_sensitivity}, "
        f"for the purpose{'s' * (len(terms.purposes) > 1)} {why}."
    )
