"""The words of a shift that is out: what a team says, where it is, what its contacts are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data.notices import Notice
from data.shifts import Alarm, Shift
from geo.shifts.clock import in_words

OF_LADDERS: Final = frozenset({"team_late", "buddy_call", "second_contact", "duty_manager", "help"})
"""Kinds of notices that stand on the page as an alarm, or as a line of one's own shift, and not once more."""
STATES: Final = {
    "travelling": "On the way to a stop",
    "on_site": "At a stop",
    "home_bound": "On the way home",
    "home": "Everybody is home",
    "closed": "Closed",
}
PARTS: Final = {"buddy": "buddy", "second": "second contact", "manager": "duty manager"}
BECAME: Final = (("visited", "Visited"), ("withdrew", "Withdrew: a fine outcome"), ("not_reached", "Not reached"))
ENDINGS: Final = (
    ("spoke", "I spoke to the team: they go on"),
    ("home", "I spoke to the team: they are home"),
    ("called_999", "999 was called"),
)
_RAISED: Final = {
    "late": "A team has not checked in",
    "help": "A team asks for help",
    "duress": "A team said the word that means danger",
}
_ADVICE: Final = {
    "late": "Call the team. If nobody answers, do not go there alone: tell the next contact, or call 999.",
    "help": "They asked silently: somebody may be listening. Do not ring them. Call 999.",
    "duress": "Somebody forces them to say that all is well. Do not ring them. Call 999.",
}


@dataclass(frozen=True, kw_only=True)
class AlarmCard:
    """An alarm as its contacts read it."""

    alarm: Alarm
    heading: str
    advice: str
    team: Sequence[str]


def alarm_card(alarm: Alarm, shifts: Sequence[Shift]) -> AlarmCard:
    """Return an alarm with the team that it is about."""
    team = next((shift.team for shift in shifts if shift.id == alarm.shift_id), ())
    advice = "" if alarm.closed_at else _ADVICE[alarm.kind]
    return AlarmCard(alarm=alarm, heading=_RAISED[alarm.kind], advice=advice, team=team)


def part_words(shift: Shift) -> str:
    """Return which part the session has in somebody else's shift."""
    mine = in_words([words for part, words in PARTS.items() if part in shift.parts])
    return f"You are their {mine}" if mine else "Your desk was told"


def others(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices that wait and stand nowhere else on the page."""
    return [one for one in notices if one.acknowledged_at is None and one.kind not in OF_LADDERS]
