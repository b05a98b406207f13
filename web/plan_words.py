"""A plan as a page shows it: times on the clock, people by address, a sentence about each place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from geo.shifts.clock import clock
from geo.shifts.need import Need
from geo.shifts.plans import Call
from layers.plan_documents import SKILLS, Document, TeamAsked
from layers.planning import Told
from web.words import in_words

_MODES = {"car": "by car", "foot": "on foot"}
_TIMES = {
    True: "Times are estimates from distances; check in late rather than hurry.",
    False: "Times are by road, for this hour of the day; check in late rather than hurry.",
}


@dataclass(frozen=True, kw_only=True)
class ShownCall:
    """A visit: when, where (None: may no longer be shown), why, why not alone, and by when to check in."""

    arrives: str
    leaves: str
    check_in: str
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
    returns: str
    travel: int
    calls: list[ShownCall]


@dataclass(frozen=True, kw_only=True)
class ShownPlan:
    """A plan, the ids of the places it visits that may be shown, and rows about those left out."""

    routes: list[ShownRoute]
    times: str
    teams: tuple[TeamAsked, ...]
    visited: list[str]
    travel: int
    score: int
    """What the visits that may be shown are worth, less the travel."""
    left_out: list[dict[str, Any]]


def shown_plan(document: Document, told: Told, people: Mapping[UUID, str]) -> ShownPlan:
    """Return what a page shows of a plan to somebody who may know of its places what `told` says."""
    routes = [_route(document, told, people, team) for team in document.asked.teams]
    ids = [call.stop for route in document.plan.routes for call in route.calls]
    travel = sum(route.travel for route in document.plan.routes)
    return ShownPlan(
        travel=travel,
        score=sum(told.need[id].points for id in ids if id in told.need) - travel,
        routes=routes,
        times=_TIMES[document.is_estimate],
        teams=document.asked.teams,
        visited=[str(told.facts[id]["place_id"]) for id in ids if id in told.facts],
        left_out=[_left(document, told, id) for id in document.plan.left_out if id in told.facts],
    )


def _route(document: Document, told: Told, people: Mapping[UUID, str], team: TeamAsked) -> ShownRoute:
    route = next((one for one in document.plan.routes if one.team == team.id), None)
    return ShownRoute(
        id=f"team-{team.number}",
        name=team.name,
        people=[people.get(member, "somebody who left") for member in team.members],
        mode=_MODES[team.mode],
        skills=[SKILLS[name] for name in sorted(team.skills)] + [in_words(one) for one in sorted(team.languages)],
        leaves=clock(route.leaves if route else document.asked.starts),
        returns=clock(route.returns if route else document.asked.starts),
        travel=route.travel if route else 0,
        calls=[_call(document, told, call) for call in route.calls] if route else [],
    )


def _call(document: Document, told: Told, call: Call) -> ShownCall:
    return ShownCall(
        arrives=clock(call.start),
        leaves=clock(call.leave),
        check_in=clock(call.start + told.check_in_minutes(call.stop)),
        place=told.facts.get(call.stop),
        why=told.why.get(call.stop, ""),
        two=", ".join(told.two.get(call.stop, ())),
        wish=document.wishes.get(call.stop, ""),
        is_together=call.stop in document.together,
        need=told.need.get(call.stop),
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
