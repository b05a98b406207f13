"""The form of a hotspot map: what, when, where, in which squares and how, and a second period beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from layers.hotspot_questions import (
    KNOWN,
    METHODS,
    METRES,
    MOST_MONTHS,
    Known,
    Method,
    Question,
    month_number,
    month_of,
)
from layers.hotspot_words import metres_in_words
from web.forms import read

Beside = Literal["", "before", "year"]
BESIDE: Final = (
    ("", "Nothing"),
    ("before", "The same number of months before"),
    ("year", "The same months a year earlier"),
)
SQUARES: Final = tuple(
    (metres, metres_in_words(metres), words)
    for metres, words in zip(
        METRES, ("Finest that is counted", "Steadier where visits are few", "By town"), strict=True
    )
)
SEVERITY_CHOICES: Final = (("2", "2 or more"), ("3", "3 or more"), ("4", "4 or more"), ("5", "5"))
KNOWN_CHOICES: Final = tuple((known, words) for known, (words, _) in KNOWN.items())
METHOD_CHOICES: Final = tuple((method, words, "") for method, words in METHODS.items())
_MONTH: Final = r"^(19|20)\d\d-(0[1-9]|1[0-2])$"
_SENTENCES: Final = {
    "first": "Choose the first month.",
    "last": "Choose the last month.",
    "metres": "Choose squares of 500 m, 1 km or 5 km.",
    "category": "Choose one of the kinds of note, or all.",
    "severity": "Choose a severity from 1 to 5, or all.",
    "known": "Choose how the notes are known, or all.",
    "area": "Choose one of your areas, or all.",
    "method": "Choose how the squares are compared.",
    "beside": "Choose which months to set beside these.",
}


class TypedQuestion(BaseModel):
    """What a form asks; what is left out is as usual."""

    first: Annotated[str, Field(pattern=_MONTH)] | None = None
    last: Annotated[str, Field(pattern=_MONTH)] | None = None
    metres: Literal["500", "1000", "5000"] = "500"
    category: Annotated[str, Field(max_length=40)] | None = None
    severity: Annotated[int, Field(ge=1, le=5)] = 1
    known: Known | None = None
    area: Annotated[str, Field(max_length=100)] | None = None
    method: Method = "excess"
    confirm: Literal["yes"] | None = None
    hide_small: Literal["yes"] | None = None
    beside: Beside = ""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asked: how the question is made from the usual one, what is set beside it, and what is hidden."""

    question: Callable[[Question], Question]
    beside: Beside = ""
    hides_small: bool = False


def read_wish(values: Mapping[str, object], categories: Mapping[str, str]) -> Wish | dict[str, str]:
    """Return what a form asks, or its faults by field."""
    typed = read(TypedQuestion, values, _SENTENCES)
    if isinstance(typed, dict):
        return typed
    if typed.category is not None and typed.category not in categories:
        return {"category": _SENTENCES["category"]}

    def question(usual: Question) -> Question:
        return Question(
            first=_month(typed.first) or usual.first,
            last=_month(typed.last) or usual.last,
            metres=int(typed.metres),
            category=typed.category,
            severity=typed.severity,
            known=typed.known,
            area=typed.area,
            method=typed.method,
            is_confirmed=typed.confirm is not None,
        )

    return Wish(question=question, beside=typed.beside, hides_small=typed.hide_small is not None)


def earlier(question: Question, beside: Beside) -> Question:
    """Return the question about the months that are set beside it; the second method is for the first map alone."""
    back = question.months if beside == "before" else 12
    first, last = (month_of(month_number(day) - back) for day in (question.first, question.last))
    return replace(question, first=first, last=last, is_confirmed=False)


def values_of(question: Question, *, beside: Beside, hides_small: bool) -> dict[str, Any]:
    """Return a question as the values of the form."""
    return {
        "first": f"{question.first:%Y-%m}",
        "last": f"{question.last:%Y-%m}",
        "metres": str(question.metres),
        "category": question.category or "",
        "severity": str(question.severity) if question.severity > 1 else "",
        "known": question.known or "",
        "area": question.area or "",
        "method": question.method,
        "confirm": "yes" if question.is_confirmed else "",
        "hide_small": "yes" if hides_small else "",
        "beside": beside,
    }


def months_offered(today: date) -> list[tuple[str, str]]:
    """Return the months that may be asked about, the latest first, as pairs of value and words."""
    latest = month_number(today)
    days = [month_of(latest - back) for back in range(MOST_MONTHS)]
    return [(f"{day:%Y-%m}", f"{day:%B %Y}") for day in days]


def _month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None
