"""Shifts that are out, the notices and the alarms of those who are told, over the API."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from api.shift_work import OnShift, on_shift, set_out
from api.shift_work import check_in as checked_in
from data import notices, shifts
from data.database import entered
from data.shifts import BECAME, ENDINGS, SAID, Contacts, Outcome, Shift

router = APIRouter(tags=["shifts"])
_STRICT = ConfigDict(extra="forbid")


class DepartureBody(BaseModel):
    """A ready plan that one goes by, and who is told when the team does not check in, by membership."""

    model_config = _STRICT

    plan: UUID
    buddy: UUID
    second: UUID
    manager: UUID


class CheckInBody(BaseModel):
    """What the team says; with one's word where one has set words and says that all is well."""

    model_config = _STRICT

    kind: Literal[SAID]  # type: ignore[valid-type]  # the words of a table
    word: Annotated[str, Field(max_length=64)] = ""


class BriefingBody(BaseModel):
    """The number of the stop whose briefing one has read."""

    model_config = _STRICT

    stop: Annotated[int, Field(ge=1, le=30, strict=True)]


class OutcomeBody(BaseModel):
    """What became of a stop, and whether somebody is to go again."""

    model_config = _STRICT

    became: Literal[BECAME]  # type: ignore[valid-type]  # the words of a table
    is_follow_up: bool = False


class ClosingBody(BaseModel):
    """What became of each stop, in order."""

    model_config = _STRICT

    stops: Annotated[list[OutcomeBody], Field(min_length=1, max_length=30)]


class EndingBody(BaseModel):
    """How an alarm ended: one spoke to the team, they are home, or 999 was called."""

    model_config = _STRICT

    how: Literal[ENDINGS]  # type: ignore[valid-type]  # the words of a table


class WordsBody(BaseModel):
    """One's two words: that all is well, and that one is in danger, which is answered alike."""

    model_config = _STRICT

    safe: Annotated[str, Field(max_length=64)]
    duress: Annotated[str, Field(max_length=64)]


@router.get("/shifts")
def list_shifts(backing: BackingNow, token: Token) -> Response:
    """List the shifts that one goes on or is a contact of, whether anybody watches, and who is on duty."""
    with entered(backing.pool, token) as (conn, _):
        found = shifts.my_shifts(conn)
        watched, desk = shifts.is_watched(conn), notices.my_duty_desk(conn)
    on_duty = desk and {"telephone": desk.telephone, "members": desk.members}
    return json_answer({"is_watched": watched, "duty_desk": on_duty, "shifts": [_head(shift) for shift in found]})


@router.post("/shifts", status_code=201)
def start_shift(body: DepartureBody, backing: BackingNow, token: Token) -> Response:
    """Set out with one's team of a ready plan."""
    contacts = Contacts(buddy=body.buddy, second=body.second, manager=body.manager)
    return json_answer({"id": set_out((backing, token), body.plan, contacts)}, status=201)


@router.get("/shifts/{id}")
def read_shift(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Read a shift that one goes on: the stop that is next with its briefing, and once that was read its place."""
    return json_answer(_told(on_shift((backing, token), id)))


@router.post("/shifts/{id}/briefings", status_code=204)
def read_briefing(id: UUID, body: BriefingBody, backing: BackingNow, token: Token) -> Response:
    """Say that one has read the briefing of the stop that is next."""
    with entered(backing.pool, token) as (conn, _):
        shifts.read_briefing(conn, id, body.stop)
    return Response(status_code=204)


@router.post("/shifts/{id}/check-ins", status_code=204)
def check_in(id: UUID, body: CheckInBody, backing: BackingNow, token: Token) -> Response:
    """Say where the team is, or that all is well, or that it needs help."""
    checked_in((backing, token), id, body.kind, word=body.word)
    return Response(status_code=204)


@router.post("/shifts/{id}/close", status_code=204)
def close_shift(id: UUID, body: ClosingBody, backing: BackingNow, token: Token) -> Response:
    """Say what became of each stop, once everybody is home."""
    with entered(backing.pool, token) as (conn, _):
        outcomes = [Outcome(became=one.became, is_follow_up=one.is_follow_up) for one in body.stops]
        shifts.close_shift(conn, id, outcomes)
    return Response(status_code=204)


@router.put("/account/words", status_code=204)
def set_words(body: WordsBody, backing: BackingNow, token: Token) -> Response:
    """Set one's two words, within 15 minutes of signing in and not while out."""
    with entered(backing.pool, token) as (conn, _):
        shifts.set_words(conn, body.safe, body.duress)
    return Response(status_code=204)


@router.get("/alarms")
def list_alarms(backing: BackingNow, token: Token) -> Response:
    """List the alarms that one was told of."""
    with entered(backing.pool, token) as (conn, _):
        found = shifts.my_alarms(conn)
    return json_answer({"alarms": [vars(alarm) for alarm in found]})


@router.post("/alarms/{id}/take", status_code=204)
def take_alarm(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Take an alarm: from now on it is one's own to see to."""
    with entered(backing.pool, token) as (conn, _):
        shifts.take_alarm(conn, id)
    return Response(status_code=204)


@router.post("/alarms/{id}/close", status_code=204)
def close_alarm(id: UUID, body: EndingBody, backing: BackingNow, token: Token) -> Response:
    """Say how an alarm that one took ended."""
    with entered(backing.pool, token) as (conn, _):
        shifts.close_alarm(conn, id, body.how)
    return Response(status_code=204)


@router.get("/notices")
def list_notices(backing: BackingNow, token: Token) -> Response:
    """List what waits for one, and what one acknowledged in the last day. Asking does not keep the session awake."""
    with entered(backing.pool, token, quietly=True) as (conn, _):
        found = notices.my_notices(conn)
    return json_answer({"notices": [vars(notice) for notice in found]})


@router.post("/notices/{id}/acknowledge", status_code=204)
def acknowledge(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Say that one has read a notice and sees to it."""
    with entered(backing.pool, token) as (conn, _):
        notices.acknowledge(conn, id)
    return Response(status_code=204)


def _head(shift: Shift) -> dict[str, Any]:
    return vars(shift) | {"is_out": shift.is_out}


def _told(on: OnShift) -> dict[str, Any]:
    """Return a shift as its team may read it: the place of a stop only once its briefing was read."""
    stops = [
        {
            "number": stop.number, "arrived_at": stop.arrived_at, "left_at": stop.left_at, "became": stop.became,
            "is_follow_up": stop.is_follow_up, "is_briefed": stop.is_briefed,
            "place": stop.place_id if stop.is_briefed else None,
        }
        for stop in on.stops
    ]  # fmt: skip
    told = on.briefing
    briefing = told and {
        "attend_rule": told.attend_rule, "flags": told.flags, "why": told.why, "two_people": told.two_people
    }  # fmt: skip
    return _head(on.shift) | {"stops": stops, "briefing": briefing}
