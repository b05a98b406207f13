"""What an analyst asks of a hotspot map: what, when, where, in which squares, by which method."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Method = Literal["excess", "emerging", "activity"]
METHODS: Final[dict[Method, str]] = {
    "excess": "Where more notes were written than the visits there lead us to expect",
    "emerging": "Where that is new, growing or fading, month by month",
    "activity": "Where most is written down, wherever we went most (activity, not risk)",
}
Known = Literal["first_hand", "seen", "second_hand"]
KNOWN: Final[dict[Known, tuple[str, tuple[str, ...]]]] = {
    "first_hand": ("Seen, or told by the person", ("saw myself", "was told by the person")),
    "seen": ("Seen by whoever wrote it", ("saw myself",)),
    "second_hand": ("Told by someone else, or unsure", ("was told by someone else", "unsure")),
}
"""How the author of a note knew, as a question may ask: in words, and which provenances of notes that is."""
METRES: Final = (500, 1_000, 5_000)
REACH: Final = {500: 1_000, 1_000: 2_000, 5_000: 7_500}
"""Metres around the middle of a square within which others are looked at with it: twice the side, and at 5 km all
eight squares around."""
MOST_MONTHS: Final = 60
FEWEST_FOR_EMERGING: Final = 10


class QuestionRefused(ValueError):
    """A question that no map answers; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question. Months are first days; `is_confirmed` asks for the scan too.

    `category`, `area` and `known` None are all; `severity` is the lowest that counts.
    """

    first: date
    last: date
    metres: int = 500
    category: str | None = None
    severity: int = 1
    known: Known | None = None
    area: str | None = None
    method: Method = "excess"
    is_confirmed: bool = False

    @property
    def months(self) -> int:
        """Return how many months are asked about."""
        return month_number(self.last) - month_number(self.first) + 1

    @property
    def counts_every_note(self) -> bool:
        """Return whether no kind of note is left out."""
        return self.category is None and self.severity == 1 and self.known is None


def month_number(day: date) -> int:
    """Return the year times twelve and the month from 0, which counts months without gaps."""
    return day.year * 12 + day.month - 1


def month_of(number: int) -> date:
    """Return the first day of a month by its number."""
    return date(number // 12, number % 12 + 1, 1)


def usual(today: date) -> Question:
    """Return the question that is asked when nobody asked another: the last twelve months, everywhere, 500 m."""
    last = month_number(today)
    return Question(first=month_of(last - 11), last=month_of(last))


def checked(question: Question, *, today: date, areas: Collection[str], categories: Collection[str]) -> Question:
    """Return the question. Raises QuestionRefused, which repeats nothing of it, where nothing can be said."""
    if question.category is not None and question.category not in categories:
        raise QuestionRefused("There is no such kind of note.")
    if question.metres not in METRES:
        raise QuestionRefused("Squares are of 500 m, 1 km or 5 km: nothing finer is counted.")
    if question.first.day != 1 or question.last.day != 1 or question.first > question.last:
        raise QuestionRefused("Ask about whole months, the first before the last.")
    if question.last > today:
        raise QuestionRefused("Ask about months that have begun.")
    if question.months > MOST_MONTHS:
        raise QuestionRefused(f"Ask about {MOST_MONTHS} months at most.")
    if question.area is not None and question.area not in areas:
        raise QuestionRefused("Ask about one of your own areas, or about all of them.")
    if question.method == "emerging" and question.months < FEWEST_FOR_EMERGING:
        raise QuestionRefused(f"What is new or growing needs {FEWEST_FOR_EMERGING} months at least.")
    return question
