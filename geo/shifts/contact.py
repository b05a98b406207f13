"""What contact-safety flags ask of a team, and which ways of getting in touch they leave open.

They fail closed: a flag that this version does not know bars the visit, a team that does not say that it has something
does not have it, and what was not said to be safe is forbidden. A card that the wrong person finds may get somebody
hurt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

NO_KNOCK: Final = "no_knock"
SKILLS: Final[Mapping[str, str]] = {
    "no_uniform": "plain clothes",
    "no_marked_vehicle": "an unmarked vehicle",
    "women_workers_only": "women only",
    "interpreter_needed": "an interpreter",
    "interpreter_from_elsewhere": "an interpreter from another community",
}
"""The skill that each flag asks of a team."""

TOLD: Final = frozenset(
    {
        "no_letter",
        "no_card_through_door",
        "no_voicemail",
        "no_text",
        "no_email",
        "no_phone",
        "no_org_name",
        "children_may_be_present",
        "perpetrator_may_answer",
        "withheld_number_only",
        "letter_safe",
        "card_safe",
        "voicemail_safe",
    }
)
"""Flags that say how to behave or get in touch, and ask nothing of who goes."""

WAYS: Final[Mapping[str, tuple[str, str]]] = {
    "letter": ("letter_safe", "no_letter"),
    "card": ("card_safe", "no_card_through_door"),
    "voicemail": ("voicemail_safe", "no_voicemail"),
}
"""Ways to leave something behind: the flag that allows it, and the one that forbids it."""

SAFE_DAYS: Final = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactFlag:
    """A contact-safety flag that is in force, and the day on which it was said."""

    flag: str
    since: date


def skills_asked(flags: Collection[ContactFlag]) -> frozenset[str]:
    """Return the skills that a team must have to go there."""
    return frozenset(SKILLS[one.flag] for one in flags if one.flag in SKILLS)


def barred_by_contact(flags: Collection[ContactFlag] | None) -> str | None:
    """Return why nobody may go there, as a clause, or None; None for ``flags`` is that they are not known."""
    if flags is None:
        return "how to make contact safely is not known"
    if any(one.flag == NO_KNOCK for one in flags):
        return "nobody is to knock there"
    if any(one.flag not in SKILLS and one.flag not in TOLD for one in flags):
        return "it has a contact-safety flag that this version cannot read"
    return None


def may_leave(what: str, flags: Collection[ContactFlag] | None, *, on: date) -> bool:
    """Return whether a letter, a card or a voicemail may be left: only if it was said to be safe within 90 days.

    False for anything else, and where a flag forbids it as well.
    """
    if what not in WAYS or flags is None:
        return False
    safe, forbidden = WAYS[what]
    return any(
        one.flag == safe and timedelta() <= on - one.since <= timedelta(days=SAFE_DAYS) for one in flags
    ) and not any(one.flag == forbidden for one in flags)
