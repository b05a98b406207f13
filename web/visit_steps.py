"""The steps of recording a visit: what each screen asks, and what the answers make. Nothing is stored on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from data.teams import MOST
from data.visits import NewVisit, RiskCheck
from web.days import Day, today
from web.forms import read
from web.note_pages import read_note

Answer = Literal["yes", "no"]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
MANY = ("indicators", "needs", "add", "end")
"""The fields that hold several words."""
QUESTIONS = (
    ("unexpected", "Is anyone here whom you did not expect?"),
    ("exit_clear", "Is your way out clear?"),
    ("aggression", "Is anyone intoxicated or aggressive?"),
    ("children", "Are children here?"),
    ("control", "Does anyone seem to control others?"),
)
_EASY = {"unexpected": "no", "exit_clear": "yes", "aggression": "no", "control": "no"}
"""The answers under which nothing speaks for leaving."""
_NUMBER = "Give a number from 0 to 500, or leave it empty."
_CHOICE = "Choose from the list."


class _Door(BaseModel):
    unexpected: Answer | None = None
    exit_clear: Answer | None = None
    aggression: Answer | None = None
    children: Answer | None = None
    control: Answer | None = None
    decision: Literal["continue", "shorten", "withdraw"]


class _Outcome(BaseModel):
    outcome: Word
    visited_on: Day
    team: Annotated[int | None, Field(ge=0, le=MOST)] = None


class _People(BaseModel):
    people_met: Annotated[int | None, Field(ge=0, le=500)] = None
    children_met: Annotated[int | None, Field(ge=0, le=500)] = None


class _Needs(BaseModel):
    needs: Annotated[list[Word], Field(max_length=20)] = []
    indicators: Annotated[list[Word], Field(max_length=20)] = []


class _Flags(BaseModel):
    add: Annotated[list[Word], Field(max_length=40)] = []
    end: Annotated[list[Word], Field(max_length=40)] = []


@dataclass(frozen=True, kw_only=True)
class Step:
    """A screen: its name, its heading, the model of its fields (None: read otherwise) and what was expected."""

    name: str
    title: str
    model: type[BaseModel] | None
    sentences: Mapping[str, str]
    fields: tuple[str, ...]


def _step(name: str, title: str, model: type[BaseModel], **sentences: str) -> Step:
    return Step(name=name, title=title, model=model, sentences=sentences, fields=tuple(model.model_fields))


STEPS = (
    _step("door", "At the door", _Door, decision="Choose whether you continue, shorten or withdraw."),
    _step(
        "outcome",
        "What came of it",
        _Outcome,
        outcome="Choose what came of it.",
        visited_on="Give the day.",
        team=_CHOICE,
    ),
    _step("people", "People met", _People, people_met=_NUMBER, children_met=_NUMBER),
    _step("needs", "Needs and signs", _Needs, needs=_CHOICE, indicators=_CHOICE),
    _step("flags", "For whoever goes next", _Flags, add=_CHOICE, end=_CHOICE),
    Step(
        name="note",
        title="A risk note, if there is one",
        model=None,
        sentences={},
        fields=(
            *("text", "category", "severity", "provenance", "review_on", "sensitivity"),
            *("source", "intelligence", "handling", "looked"),
        ),
    ),
    Step(name="check", title="Check and save", model=None, sentences={}, fields=()),
)
NAMES = tuple(step.name for step in STEPS)


def step_named(name: object) -> Step:
    """Return a step; the first for a name that is none."""
    return next((step for step in STEPS if step.name == name), STEPS[0])


def faults_of(step: Step, values: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong with the answers of one step, by field."""
    if step.name == "note":
        note = read_note(values) if has_note(values) else {}
        return note if isinstance(note, dict) else {}
    given = read(step.model, values, step.sentences) if step.model else {}
    if isinstance(given, _Outcome) and given.visited_on > today():
        return {"visited_on": "Give a day that is not after today."}
    return given if isinstance(given, dict) else {}


def faulty_step(values: Mapping[str, object], steps: Sequence[str]) -> Step | None:
    """Return the first of these steps whose answers will not do, however they came."""
    return next((step for step in STEPS if step.name in steps and faults_of(step, values)), None)


def has_note(values: Mapping[str, object]) -> bool:
    """Return whether a note was written."""
    return bool(values.get("text"))


def is_withdrawal(values: Mapping[str, object]) -> bool:
    """Return whether the team withdrew at the door: then nothing more is asked."""
    return values.get("decision") == "withdraw"


def steps_for(values: Mapping[str, object], *, is_own: bool) -> tuple[str, ...]:
    """Return the steps that are asked; flags are set at places of the own organisation alone."""
    if is_withdrawal(values):
        return ("door", "check")
    return tuple(name for name in NAMES if is_own or name != "flags")


def may_leave_now(values: Mapping[str, object]) -> bool:
    """Return whether an answer at the door speaks for leaving."""
    return any(values.get(name, easy) != easy for name, easy in _EASY.items())


def visit_of(values: Mapping[str, object], purpose: str) -> NewVisit:
    """Return the visit that faultless answers make. A withdrawal has no other outcome and needs no reason."""
    door = _Door.model_validate(_given(values))
    answers = {name: None if (said := getattr(door, name)) is None else said == "yes" for name, _ in QUESTIONS}
    check = RiskCheck(**answers, decision=door.decision)
    collected_for = "enforcement" if purpose == "enforcement" else "welfare"
    if is_withdrawal(values):
        return NewVisit(
            status="abandoned",
            visited_on=today(),
            outcome="withdrew",
            risk_check=check,
            collected_for=collected_for,
        )
    outcome = _Outcome.model_validate(_given(values))
    people, needs = _People.model_validate(_given(values)), _Needs.model_validate(_given(values))
    return NewVisit(
        **outcome.model_dump() | people.model_dump() | needs.model_dump(),
        status="abandoned" if outcome.outcome == "withdrew" else "done",
        risk_check=check,
        collected_for=collected_for,
    )


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value not in ("", [])}
