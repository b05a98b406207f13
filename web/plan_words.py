"""A plan as a page shows it: times on the clock, people by address, a sentence about each place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from geo.shifts.clock import clock
from geo.shifts.need import Need
from layers.plan_documents import SKILLS, Document, TeamAsked, ToldCall
from layers.planning import Told
from web.words import in_words

_MODES = {"car": "by car", "foot": "on foot"}
_TIMES = {
    True: "Times are estimates from distances; check in late rather than hurry.",
    False: "Times are by road, for this hour of the day; check in late rather than hurry.",
}


@dataclass(frozen=True, kw_only=True)
class ShownCall:
    """A visit: where (None: may no longer be shown), why, why not alone; when, and by when to check in, if told."""

    arrives: str | None
    leaves: str | None
    check_in: str | None
    place: Mapping[str, Any] | None
    why: str
    two: str
    wish: str
    is_together: bool
    need: Need | None


@dataclass(frozen=True, kw_only=True)
class ShownRoute:
    """What one team does."""

    id: str
    name: str
    people: list[str]
    mode: str
    skills: list[str]
    leaves: str
    returns: str | None
    travel: int | None
    calls: list[ShownCall]


@dataclass(frozen=True, kw_only=True)
class ShownPlan:
    """A plan, the ids of the places it visits that may be shown, and rows about those left out."""

    routes: list[ShownRoute]
    times: str
    teams: tuple[TeamAsked, ...]
    visited: list[str]
    travel: int
    score: int | None
    """What the visits are worth, less the travel; None where one of them may no longer be shown."""
    left_out: list[dict[str, Any]]


def shown_plan(document: Document, told: Told, people: Mapping[UUID, str]) -> ShownPlan:
    """Return what a page shows of a plan to somebody who may know of its places what `told` says."""
    routes = [_route(document, told, people, team) for team in document.asked.teams]
    ids = [call.stop for route in told.routes for call in route.calls if call.stop]
    travel = sum(route.travel or 0 for route in told.routes)
    worth = sum(told.need[id].points for id in ids if id in told.need)
    return ShownPlan(
        travel=travel,
        score=worth - travel if all(route.is_whole for route in told.routes) else None,
        routes=routes,
        times=_TIMES[document.is_estimate],
        teams=document.asked.teams,
        visited=[str(told.facts[id]["place_id"]) for id in ids],
        left_out=[_left(document, told, id) for id in document.plan.left_out if id in told.facts],
    )


def _route(document: Document, told: Told, people: Mapping[UUID, str], team: TeamAsked) -> ShownRoute:
    route = next((one for one in told.routes if one.team == team.id), None)
    starts = document.asked.starts
    returns = route.returns if route else starts
    return ShownRoute(
        id=f"team-{team.number}",
        name=team.name,
        people=[people.get(member, "somebody who left") for member in team.members],
        mode=_MODES[team.mode],
        skills=[SKILLS[name] for name in sorted(team.skills)] + [in_words(one) for one in sorted(team.languages)],
        leaves=clock(route.leaves if route else starts),
        returns=None if returns is None else clock(returns),
        travel=route.travel if route else 0,
        calls=[_call(document, told, call) for call in route.calls] if route else [],
    )


def _call(document: Document, told: Told, call: ToldCall) -> ShownCall:
    stop, hours = call.stop or "", call.hours
    return ShownCall(
        arrives=clock(hours.start) if hours else None,
        leaves=clock(hours.leave) if hours else None,
        check_in=clock(hours.start + told.check_in_minutes(stop)) if hours else None,
        place=told.facts.get(stop),
        why=told.why.get(stop, ""),
        two=", ".join(told.two.get(stop, ())),
        wish=document.wishes.get(stop, ""),
        is_together=stop in document.together,
        need=told.need.get(stop),
    )


def _left(document: Document, told: Told, id: str) -> dict[str, Any]:
    rule = told.facts[id]["attend_rule"]
    wish = document.wishes.get(id, "")
    return {
        "place": told.facts[id],
        "why": told.why.get(id, ""),
        "wish": wish,
        "need": told.need.get(id),
        "may_be_asked": rule == "contact_owner_first" and id not in document.agreed,
    }
