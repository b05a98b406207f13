"""Joint visits: what this session may know of them, and what it may do with them."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from api.places import told
from data import joint_visits
from data.database import entered

router = APIRouter(tags=["joint visits"])
_STRICT = ConfigDict(extra="forbid")
_DONE = 204


class ProposalBody(BaseModel):
    """A place of one's own organisation, proposed to a partner by its id for at most 48 hours."""

    model_config = _STRICT

    place: UUID
    partner: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    help: Literal["visit_together", "keep_safe", "support", "health", "interpreter", "children"]


class AcceptanceBody(BaseModel):
    """Who goes: memberships of one's own organisation."""

    model_config = _STRICT

    members: Annotated[list[UUID], Field(min_length=1, max_length=20)]


class MoreTimeBody(BaseModel):
    """Until when a joint visit is to last."""

    model_config = _STRICT

    until: AwareDatetime


@router.get("/joint-visits")
def list_joint_visits(backing: BackingNow, token: Token) -> Response:
    """Return the joint visits that this session may know of, of the last 30 days and to come."""
    with entered(backing.pool, token) as (conn, _):
        found = joint_visits.joint_visits(conn, backing.vault)
    return json_answer({"joint_visits": [asdict(visit) for visit in found]})


@router.post("/joint-visits", status_code=201)
def propose_joint_visit(body: ProposalBody, backing: BackingNow, token: Token) -> Response:
    """Propose a place of one's own organisation to a partner."""
    with entered(backing.pool, token) as (conn, _):
        id = joint_visits.propose(conn, backing.vault, joint_visits.Proposal(**body.model_dump()))
    return json_answer({"id": str(id)}, status=201)


@router.get("/joint-visits/{id}")
def read_joint_visit(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Return a joint visit; to who sees its place now, with flags and risks, whose reading is audited."""
    with entered(backing.pool, token) as (conn, _):
        found = joint_visits.briefing(conn, backing.vault, id)
    return json_answer(_briefing(found))


@router.post("/joint-visits/{id}/accept", status_code=_DONE)
def accept_joint_visit(id: UUID, body: AcceptanceBody, backing: BackingNow, token: Token) -> Response:
    """Accept for the partner, naming who goes."""
    with entered(backing.pool, token) as (conn, _):
        joint_visits.accept(conn, backing.vault, id, members=body.members)
    return Response(status_code=_DONE)


@router.post("/joint-visits/{id}/decline", status_code=_DONE)
def decline_joint_visit(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Decline for the partner."""
    with entered(backing.pool, token) as (conn, _):
        joint_visits.decline(conn, backing.vault, id)
    return Response(status_code=_DONE)


@router.post("/joint-visits/{id}/cancel", status_code=_DONE)
def cancel_joint_visit(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Cancel for either side: what is open closes at once."""
    with entered(backing.pool, token) as (conn, _):
        joint_visits.cancel(conn, backing.vault, id)
    return Response(status_code=_DONE)


@router.post("/joint-visits/{id}/extend", status_code=_DONE)
def ask_more_time(id: UUID, body: MoreTimeBody, backing: BackingNow, token: Token) -> Response:
    """Ask for more time, as the owner; another person of the owner's must agree."""
    with entered(backing.pool, token) as (conn, _):
        joint_visits.ask_more_time(conn, backing.vault, id, until=body.until)
    return Response(status_code=_DONE)


@router.post("/joint-visits/{id}/agree-extension", status_code=_DONE)
def agree_more_time(id: UUID, body: MoreTimeBody, backing: BackingNow, token: Token) -> Response:
    """Agree to the time that somebody else of the owner's asked for."""
    with entered(backing.pool, token) as (conn, _):
        joint_visits.agree_more_time(conn, backing.vault, id, until=body.until)
    return Response(status_code=_DONE)


def _briefing(found: joint_visits.Briefing) -> dict[str, Any]:
    card = found.card
    members = [asdict(member) for member in found.members]
    place = card and {"risks": card["risks"], **told(found.flags)}
    return {**asdict(found.visit), "members": members, "briefing": place}
