"""Teams of one's own organisation, over the API: named by its admin, chosen by who records."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.answers import json_answer
from api.identity import BackingNow, Token
from data import teams
from data.database import entered

router = APIRouter(tags=["teams"])
Number = Annotated[int, Path(ge=1, le=teams.MOST)]


class TeamBody(BaseModel):
    """A team to name: words about a team, never about a person."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[
        str,
        StringConstraints(min_length=teams.SHORTEST, max_length=teams.LONGEST, pattern=r"^[^\x00-\x1f\x7f]*$"),
    ]


class TeamStateBody(BaseModel):
    """Whether a team is open: a closed one is offered no more, and what it recorded keeps its name."""

    model_config = ConfigDict(extra="forbid")

    is_open: Annotated[bool, Field(strict=True)]


@router.get("/teams")
def list_teams(backing: BackingNow, token: Token) -> Response:
    """List the teams of one's own organisation, closed ones too."""
    with entered(backing.pool, token) as (conn, _):
        found = teams.my_teams(conn)
    return json_answer({"teams": [vars(team) for team in found]})


@router.post("/teams", status_code=201)
def name_team(body: TeamBody, backing: BackingNow, token: Token) -> Response:
    """Name a team; `warnings` say where its name may point at a person."""
    with entered(backing.pool, token) as (conn, _):
        number = teams.add_team(conn, body.name)
    return json_answer({"number": number, "warnings": teams.look_over_name(body.name)}, status=201)


@router.put("/teams/{number}", status_code=204)
def set_team_state(number: Number, body: TeamStateBody, backing: BackingNow, token: Token) -> Response:
    """Close a team, or open it again."""
    with entered(backing.pool, token) as (conn, _):
        teams.set_team_open(conn, number, is_open=body.is_open)
    return Response(status_code=204)
