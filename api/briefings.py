"""Briefings for the commissioner's office, over the API: their data; the pages print them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from data import briefings
from data.briefings import BriefingHead
from data.database import entered
from layers.briefings import approve, make_briefing

router = APIRouter(tags=["briefings"])
_STRICT = ConfigDict(extra="forbid")


class BriefingBody(BaseModel):
    """For which quarter a briefing is prepared, by its first day."""

    model_config = _STRICT

    quarter: date


class ApprovalBody(BaseModel):
    """The checksum of the briefing that was read."""

    model_config = _STRICT

    checksum: Annotated[str, Field(max_length=64)]


@router.get("/briefings")
def list_briefings(backing: BackingNow, token: Token) -> Response:
    """List the briefings of one's own organisation, and those approved for one's office."""
    with entered(backing.pool, token) as (conn, who):
        found = briefings.briefings(conn, who)
    return json_answer({"briefings": [_head(one) for one in found]})


@router.post("/briefings", status_code=201)
def prepare_briefing(body: BriefingBody, backing: BackingNow, token: Token) -> Response:
    """Prepare a briefing from what the analyst's own session counts, after disclosure control."""
    with entered(backing.pool, token) as (conn, who):
        document, checksum = make_briefing((conn, who, backing.vault), body.quarter)
        made = briefings.add_briefing(conn, who, (body.quarter, document, checksum))
    return json_answer({"id": str(made), "checksum": checksum}, status=201)


@router.get("/briefings/{id}")
def read_briefing(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Read a briefing: its frozen data, with the query and checksum of each figure."""
    with entered(backing.pool, token) as (conn, who):
        head, document = briefings.opened(conn, who, id, form="json")
    return json_answer({**_head(head), "document": document})


@router.post("/briefings/{id}/approve", status_code=204)
def approve_briefing(id: UUID, body: ApprovalBody, backing: BackingNow, token: Token) -> Response:
    """Approve a briefing that another person prepared, as it was read."""
    with entered(backing.pool, token) as (conn, who):
        approve(conn, who, (id, body.checksum))
    return Response(status_code=204)


@router.post("/briefings/{id}/withdraw", status_code=204)
def withdraw_briefing(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Withdraw a briefing: nobody else opens it from now on."""
    with entered(backing.pool, token) as (conn, who):
        briefings.withdraw_briefing(conn, who, id)
    return Response(status_code=204)


def _head(one: BriefingHead) -> dict[str, Any]:
    return {name: value for name, value in vars(one).items() if name != "agreement"}
