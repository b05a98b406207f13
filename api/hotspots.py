"""Hotspot maps, over the API: for analysts, of their own organisation's counts."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from data.sessions import SessionFacts, my_session
from layers.hotspot_questions import KNOWN, METHODS, Question, QuestionRefused, month_number, month_of
from layers.hotspot_tables import rows
from layers.hotspot_words import choices, warnings
from layers.hotspots import Answer, ask, look_at_work, stop

router = APIRouter(tags=["hotspots"])
Month = Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")]


class QuestionBody(BaseModel):
    """A question; whatever is left out is as usual: the last twelve months, all notes and areas, 500 m.

    `severity` is the lowest that counts; `known` is `first_hand` (seen, or told by the person), `seen`, `second_hand`.
    """

    model_config = ConfigDict(extra="forbid")

    first: Month | None = None
    last: Month | None = None
    metres: Annotated[int, Field(strict=True)] = 500
    category: Annotated[str, Field(max_length=40)] | None = None
    severity: Annotated[int, Field(ge=1, le=5, strict=True)] = 1
    known: Annotated[str, Field(max_length=20)] | None = None
    area: Annotated[str, Field(max_length=100)] | None = None
    method: Annotated[str, Field(max_length=20)] = "excess"
    confirm: Annotated[bool, Field(strict=True)] = False
    hide_small: Annotated[bool, Field(strict=True)] = False

    def question(self, usual: Question) -> Question:
        """Return the question. Raises QuestionRefused for an unknown method or way of knowing."""
        if self.known is not None and self.known not in KNOWN:
            raise QuestionRefused(f"How notes are known is one of {', '.join(KNOWN)}, or left out.")
        if self.method not in METHODS:
            raise QuestionRefused(f"There is no such method; expected one of {', '.join(METHODS)}.")
        return Question(
            first=_month(self.first) or usual.first,
            last=_month(self.last) or usual.last,
            metres=self.metres,
            category=self.category,
            severity=self.severity,
            known=self.known,
            area=self.area,
            method=self.method,
            is_confirmed=self.confirm,
        )


@router.post("/hotspots")
def ask_for_hotspots(body: QuestionBody, backing: BackingNow, token: Token) -> Response:
    """Return a hotspot map, or the work on one that takes longer: ask the same again when it is done."""
    me = my_session(backing.pool, token)
    answer = ask((backing.pool, backing.hotspots), me, body.question, token)
    if answer.work is not None:
        told = {"work": str(answer.work.id), "state": answer.work.state, "share": answer.work.share}
        made = json_answer(told, status=HTTPStatus.ACCEPTED)
        made.headers["Location"] = f"/api/hotspots/work/{answer.work.id}"
        return made
    return json_answer(_told(me, answer, hides_small=body.hide_small))


@router.get("/hotspots/work/{id}")
def look_at_hotspot_work(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Say how far the work on a map is."""
    work = look_at_work((backing.pool, backing.hotspots), id, token)
    return json_answer({"work": str(work.id), "state": work.state, "share": round(work.share, 2)})


@router.delete("/hotspots/work/{id}", status_code=204)
def stop_hotspot_work(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Stop the work on a map."""
    stop((backing.pool, backing.hotspots), id, token)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _told(me: SessionFacts, answer: Answer, *, hides_small: bool) -> dict[str, Any]:
    question, found = answer.question, answer.found
    if found is None:
        raise QuestionRefused("The map could not be made. Ask again, or ask for less at once.")
    category = answer.categories.get(question.category or "", "All categories")
    how = choices(found, organisation=me.organisation, category=category, hides_small=hides_small)
    first = month_number(question.first)
    return {
        "months": [f"{month_of(first + number):%Y-%m}" for number in range(question.months)],
        "method": question.method,
        "squares": rows(found, answer.areas, hides_small=hides_small),
        "how_this_was_made": [{"name": name, "words": words} for name, words in how],
        "warnings": warnings(found, this_month=month_number(answer.today), hides_small=hides_small),
    }


def _month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None
