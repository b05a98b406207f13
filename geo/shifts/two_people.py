"""Who must not go alone, and where nobody goes at all: computed from what is known, never typed.

What is not known counts as the stricter answer. Sources: HSE INDG73 on lone working, and the owner's attend rules.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from geo.shifts.problem import Night

NIGHT: Final = Night(begins=20 * 60, ends=7 * 60)
"""From 20:00 to 07:00 nobody visits alone."""

DANGER_MONTHS: Final = 24
SENSITIVE: Final = 2
HOSTILE_OUTCOMES: Final = frozenset({"withdrew"})
"""Outcomes of a visit after which nobody goes back alone. Who chose not to speak was not hostile."""

KNOWN_OUTCOMES: Final = frozenset(
    {
        "spoke_with_someone",
        "chose_not_to_speak",
        "nobody_there",
        "closed",
        "withdrew",
        "support_offered",
    }
)
ASK_THE_OWNER: Final = "covert_op_deconflict"
"""The danger flag that says: ask the owner before anybody goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Danger:
    """A danger flag of a place: the day on which it was last in force, None if it still is."""

    flag: str
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attendance:
    """What is known about going to a place. None is unknown, and the stricter answer.

    ``visits`` are those done so far; ``last_outcome`` is how the last of them ended; ``owner_agreed`` is whether the
    owner was asked and said yes; ``asked_for_two`` whether a worker wishes to go with somebody.
    """

    attend_rule: str | None
    sensitivity: int | None
    visits: int | None
    last_outcome: str | None
    dangers: tuple[Danger, ...] | None
    owner_agreed: bool = False
    asked_for_two: bool = False


def barred(known: Attendance) -> str | None:
    """Return why nobody may go there, as a clause, or None where somebody may.

    Do-not-attend is absolute: no answer of the owner's lifts it.
    """
    if known.attend_rule == "do_not_attend":
        return "its owner says that nobody attends"
    if known.attend_rule not in {"ok", "two_people", "contact_owner_first"}:
        return "its attend rule is not known"
    if known.dangers is None:
        return "whether it is dangerous is not known"
    must_ask = known.attend_rule == "contact_owner_first" or _is_flagged(known.dangers, ASK_THE_OWNER)
    if must_ask and not known.owner_agreed:
        return "its owner is to be asked first and has not agreed"
    return None


def why_two(known: Attendance, *, on: date) -> tuple[str, ...]:
    """Return each reason why nobody goes there alone on a day, as clauses; none where somebody may.

    Beside these nobody goes alone at ``NIGHT``, which depends on the hour and so is a rule of the shift.
    """
    rules = (
        (known.attend_rule != "ok", "its owner asks for two people"),
        (not known.visits, "it is a first visit"),
        (known.sensitivity is None or known.sensitivity >= SENSITIVE, "there is a specific concern"),
        (_is_dangerous(known.dangers, on), f"it was flagged as dangerous in the last {DANGER_MONTHS} months"),
        (bool(known.visits) and _was_hostile(known.last_outcome), "the last visit ended badly, or nobody knows how"),
        (known.asked_for_two, "a worker asked for it"),
    )
    return tuple(why for holds, why in rules if holds)


def _is_flagged(dangers: tuple[Danger, ...], flag: str) -> bool:
    return any(danger.flag == flag and danger.until is None for danger in dangers)


def _is_dangerous(dangers: tuple[Danger, ...] | None, on: date) -> bool:
    """Return whether any danger flag was in force within the last 24 months."""
    return dangers is None or any(danger.until is None or _is_recent(danger.until, on) for danger in dangers)


def _is_recent(until: date, on: date) -> bool:
    """Compare months by number, then days: 24 months after 29 February are over on 29 February, or on 1 March."""
    months = (on.year - until.year) * 12 + on.month - until.month
    return (months, on.day) <= (DANGER_MONTHS, until.day)


def _was_hostile(outcome: str | None) -> bool:
    return outcome not in KNOWN_OUTCOMES or outcome in HOSTILE_OUTCOMES
