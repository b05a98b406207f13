"""The register of initiatives, over the API."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from data import initiatives
from data.database import entered
from data.initiatives import MOST_REACHED, Initiative, InitiativeEdit

router = APIRouter(tags=["initiatives"])
_STRICT = ConfigDict(extra="forbid")
Kind = Literal["campaign", "training", "event"]
Sector = Literal["job_centre", "healthcare", "banking", "education", "housing", "transport", "other"]


class InitiativeBody(BaseModel):
    """An initiative: what it was, for whom, when, in which boroughs (by number), and how many people it reached."""

    model_config = _STRICT

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=200)]
    sector: Sector
    audience: Annotated[str, Field(max_length=200)] = ""
    starts_on: date
    ends_on: date
    areas: Annotated[list[Annotated[int, Field(ge=1, lt=2**31, strict=True)]], Field(min_length=1, max_length=50)]
    site_id: UUID | None = None
    reach: Annotated[int, Field(ge=0, le=MOST_REACHED, strict=True)] | None = None
    is_published: bool = False

    def edit(self) -> InitiativeEdit:
        """Return the same for what is stored."""
        return InitiativeEdit(**{name: getattr(self, name) for name in InitiativeEdit.__dataclass_fields__})


class ChangedInitiativeBody(InitiativeBody):
    """The same, changed; `version` is the one that was read."""

    version: Annotated[int, Field(ge=1, lt=2**31, strict=True)]


@router.get("/initiatives")
def list_initiatives(backing: BackingNow, token: Token) -> Response:
    """List initiatives of one's own organisation, and for the commissioner's analysts what others published."""
    with entered(backing.pool, token) as (conn, who):
        found = initiatives.initiatives(conn, who)
    return json_answer({"initiatives": [_told(one) for one in found]})


@router.post("/initiatives", status_code=201)
def add_initiative(body: InitiativeBody, backing: BackingNow, token: Token) -> Response:
    """Add an initiative to the register of the analyst's organisation."""
    with entered(backing.pool, token) as (conn, who):
        made = initiatives.add_initiative(conn, who, body.edit())
    return json_answer({"id": str(made)}, status=201)


@router.get("/initiatives/{id}")
def read_initiative(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Read an initiative; one's own with what it was before each change."""
    with entered(backing.pool, token) as (conn, who):
        found = initiatives.initiative(conn, who, id)
        past = initiatives.initiative_past(conn, id)
    return json_answer({**_told(found), "history": [vars(one) for one in past]})


@router.put("/initiatives/{id}")
def change_initiative(id: UUID, body: ChangedInitiativeBody, backing: BackingNow, token: Token) -> Response:
    """Keep another version of an initiative."""
    with entered(backing.pool, token) as (conn, who):
        version = initiatives.change_initiative(conn, who, (id, body.version), body.edit())
    return json_answer({"version": version})


@router.delete("/initiatives/{id}", status_code=204)
def withdraw_initiative(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Take an initiative out of the register."""
    with entered(backing.pool, token) as (conn, who):
        found = initiatives.initiative(conn, who, id)
        initiatives.withdraw_initiative(conn, who, (id, found.version))
    return Response(status_code=204)


def _told(one: Initiative) -> dict[str, Any]:
    return {name: value for name, value in vars(one).items() if name != "agreement"}
