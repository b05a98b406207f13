"""Plans of shifts, over the API."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from api.plan_work import (
    make_plan,
    opened_plan,
    plan_again,
    search_so_far,
    set_state,
    start_search,
    stop_search,
)
from data import plans
from data.database import entered
from data.places import NotInBritain
from data.planning_settings import planning_settings
from data.plans import PlanRefused
from data.teams import MOST
from geo.national_grid import to_grid
from geo.shifts.problem import DAY
from geo.shifts.settings import Settings
from layers.plan_documents import LONGEST_HOURS, SKILLS, Asked, TeamAsked, ToldCall
from layers.planning import Told

router = APIRouter(tags=["plans"])
_STRICT = ConfigDict(extra="forbid")
Minute = Annotated[int, Field(ge=0, lt=2 * DAY, strict=True)]


class TeamBody(BaseModel):
    """A team: members by membership (see /api/colleagues), how it travels, what it speaks, which flags it answers.

    `known_as` is which of /api/teams goes, 0 where nobody says: visits are offered it.
    """

    model_config = _STRICT

    members: Annotated[list[UUID], Field(min_length=1, max_length=12)]
    mode: Literal["car", "foot"] = "car"
    languages: Annotated[list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]], Field(max_length=20)] = []
    skills: list[Literal[tuple(SKILLS)]] = []  # type: ignore[valid-type]  # the words of a table
    known_as: Annotated[int, Field(ge=0, le=MOST, strict=True)] = 0


class PlanBody(BaseModel):
    """What a shift is asked to be: times in minutes since the day's midnight, the base in longitude and latitude.

    `minutes` and `exploratory` are those of the organisation's settings where they are left out.
    """

    model_config = _STRICT

    day: date
    starts: Annotated[int, Field(ge=0, lt=DAY, strict=True)]
    ends: Minute
    base: Annotated[list[float], Field(min_length=2, max_length=2)]
    kilometres: Annotated[int, Field(ge=1, le=20, strict=True)] = 5
    minutes: Annotated[int, Field(ge=5, le=120, strict=True)] | None = None
    most_stops: Annotated[int, Field(ge=1, le=30, strict=True)] = 8
    exploratory: Annotated[int, Field(ge=0, le=50, strict=True)] | None = None
    teams: Annotated[list[TeamBody], Field(min_length=1, max_length=4)]

    def asked(self, settings: Settings) -> Asked:
        """Return the same for the model. Raises PlanRefused, NotInBritain."""
        if not self.starts < self.ends <= self.starts + LONGEST_HOURS * 60:
            raise PlanRefused(f"A shift ends after it starts, {LONGEST_HOURS} hours later at most.")
        easting, northing = (float(axis) for axis in to_grid(*self.base))
        if easting != easting:  # noqa: PLR0124  # It is not a number.
            raise NotInBritain("The base is no position in Great Britain; expected longitude and latitude.")
        teams = tuple(
            TeamAsked(
                number=number, members=tuple(team.members), mode=team.mode, skills=frozenset(team.skills),
                languages=frozenset(team.languages), known_as=team.known_as,
            )
            for number, team in enumerate(self.teams, 1)
        )  # fmt: skip
        usual = {"minutes": settings.minutes, "exploratory": settings.exploratory}
        given = {**usual, **self.model_dump(exclude={"day", "base", "teams"}, exclude_none=True)}
        base = f"{self.base[1]}, {self.base[0]}"
        return Asked(easting=round(easting), northing=round(northing), base=base, teams=teams, **given)


class WishBody(BaseModel):
    """A wish: that a place must be in, is never in, is free again, its owner answered, or a team's number."""

    model_config = _STRICT

    place: UUID
    wish: Annotated[str, Field(max_length=10)]


class StateBody(BaseModel):
    """Whether a plan is ready to be seen by who goes."""

    model_config = _STRICT

    state: Literal["draft", "ready"]


@router.get("/colleagues")
def list_colleagues(backing: BackingNow, token: Token) -> Response:
    """List the people of one's own organisation who can go."""
    with entered(backing.pool, token) as (conn, _):
        return json_answer({"colleagues": [vars(person) for person in plans.colleagues(conn)]})


@router.get("/plans")
def list_plans(backing: BackingNow, token: Token) -> Response:
    """List the plans that one made, or goes by."""
    with entered(backing.pool, token) as (conn, _):
        found = plans.my_plans(conn)
    return json_answer({"plans": [_head(plan) for plan in found]})


@router.post("/plans", status_code=201)
def add_plan(body: PlanBody, backing: BackingNow, token: Token) -> Response:
    """Plan a shift, from the places that the session sees exactly."""
    with entered(backing.pool, token) as (conn, _):
        settings = planning_settings(conn)
        plans.refuse_strangers(conn, (member for team in body.teams for member in team.members))
    made = make_plan((backing, token), body.day, body.asked(settings))
    return json_answer({"id": str(made)}, status=201)


@router.get("/plans/{id}")
def read_plan(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Read a plan: routes with a sentence about each stop, and what was left out."""
    plan, document, told = opened_plan((backing, token), id)
    routes = [
        {"team": route.team, "leaves": route.leaves, "returns": route.returns, "travel": route.travel,
         "calls": [_call(told, call) for call in route.calls]}
        for route in told.routes
    ]  # fmt: skip
    left_out = _told(told, document.plan.left_out) if plan.is_mine else []
    return json_answer({**_head(plan), "is_estimate": document.is_estimate, "routes": routes, "left_out": left_out})


@router.post("/plans/{id}/wishes", status_code=204)
def add_wish(id: UUID, body: WishBody, backing: BackingNow, token: Token) -> Response:
    """Wish something of a place of the plan, and plan again."""
    plan_again((backing, token), id, (str(body.place), body.wish))
    return Response(status_code=204)


@router.post("/plans/{id}/improve", status_code=204)
def improve_plan(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Look for a better plan for some seconds more."""
    plan_again((backing, token), id)
    return Response(status_code=204)


@router.post("/plans/{id}/search", status_code=204)
def start_a_search(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Let a better plan be looked for while somebody asks how far it is; each better one is kept at once."""
    start_search((backing, token), id)
    return Response(status_code=204)


@router.get("/plans/{id}/search")
def read_search(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Read how far the search for a better plan is: visits, minutes of travel, the version kept, and the score."""
    plan, document, search = search_so_far((backing, token), id)
    routes = document.plan.routes
    return json_answer(
        {
            "is_over": search is None, "version": plan.version, "score": search.score if search else None,
            "visits": sum(len(route.calls) for route in routes), "travel": sum(route.travel for route in routes),
        }
    )  # fmt: skip


@router.delete("/plans/{id}/search", status_code=204)
def end_search(id: UUID, backing: BackingNow, token: Token) -> Response:
    """End the search for a better plan."""
    stop_search((backing, token), id)
    return Response(status_code=204)


@router.patch("/plans/{id}", status_code=204)
def change_state(id: UUID, body: StateBody, backing: BackingNow, token: Token) -> Response:
    """Say that a plan is ready, or a draft again."""
    set_state((backing, token), id, body.state)
    return Response(status_code=204)


@router.delete("/plans/{id}", status_code=204)
def drop_plan(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Throw a plan away."""
    with entered(backing.pool, token) as (conn, _):
        plans.drop_plan(conn, id)
    return Response(status_code=204)


def _head(plan: plans.Plan) -> dict[str, Any]:
    return {
        "id": plan.id, "is_mine": plan.is_mine, "state": plan.state, "starts_at": plan.starts_at,
        "ends_at": plan.ends_at, "version": plan.version,
    }  # fmt: skip


def _call(told: Told, call: ToldCall) -> dict[str, Any]:
    """Return a visit of a plan; one whose place may no longer be shown tells nothing, and those after it no hours."""
    hours = call.hours
    times = {name: getattr(hours, name) if hours else None for name in ("arrive", "start", "leave")}
    return times | (_told(told, [call.stop])[0] if call.stop else {"place": None})


def _told(told: Told, ids: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "place": told.facts[id]["place_id"], "joint_visit": id if told.facts[id]["joint"] else None,
            "name": told.facts[id]["name"], "attend_rule": told.facts[id]["attend_rule"],
            "why": told.why.get(id, ""), "two_people": list(told.two.get(id, ())), **_need(told, id),
        }
        for id in ids
        if id in told.facts
    ]  # fmt: skip


def _need(told: Told, id: str) -> dict[str, Any]:
    """Return the score of a place and its terms; nothing of one that is closed meanwhile."""
    need = told.need.get(id)
    if need is None:
        return {}
    terms = [{"words": term.words, "points": round(term.points, 1)} for term in need.terms]
    return {"need": {"points": need.points, "terms": terms}}
