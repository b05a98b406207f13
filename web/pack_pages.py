"""The pack of a plan, to be printed: its stops in order on a folium map and in a list, with hours and attend rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.plan_work import opened_plan
from data.database import entered
from data.plans import NoSuchPlan
from data.sheets import MOST, NotASheet, add_pack, cards, pack
from geo.shifts.clock import clock
from geo.shifts.plans import Call
from layers.plan_documents import Document
from layers.planning import Told
from web import facts
from web.notices import uuid_of
from web.sheet_maps import MAP_ID
from web.sheet_pages import WITHOUT_TRUSTED_TYPES
from web.visitors import VisitorNow

router = APIRouter(include_in_schema=False)
_ADDRESSED = 1
"""Up to this sensitivity an address is printed. Of any other place the number on the map has to do."""


@dataclass(frozen=True, kw_only=True)
class PackedStop:
    """A stop on paper: its number, its hours if they are told, whether two must go, and facts, None if not shown."""

    number: int
    hours: str
    check_in: str
    is_for_two: bool
    card: facts.Card | None


@dataclass(frozen=True, kw_only=True)
class PackedRoute:
    """What one team takes along. It names nobody."""

    name: str
    leaves: str
    returns: str
    """When the team is back; nothing where a stop on the way may not be shown."""
    stops: list[PackedStop]


@router.get("/plans/{id}/pack")
def pack_page(id: str, visitor: VisitorNow) -> Response:
    """Show the pack that one made of a plan, ready to print; or how to make one."""
    me, which = visitor.me(), _plan_id(id)
    plan, document, told = opened_plan((visitor.backing, visitor.token), which)
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = pack(conn, which)
        is_current = found is not None and found[1].places == _places(told)
        rows = cards(conn, visitor.backing.vault, found[1]) if found and is_current else []
    if found is None or not is_current:
        return visitor.page("pack_new.html", me=me, plan=plan, most=MOST, is_stale=found is not None, fault="")
    sheet_id, sheet = found
    answer = visitor.page(
        "pack.html",
        me=me,
        plan=plan,
        sheet=sheet,
        routes=_routes(document, told, dict(zip(sheet.places, rows, strict=True))),
        map_id=MAP_ID,
        script=f"/sheets/{sheet_id}/map.js",
    )
    answer.headers["Content-Security-Policy"] = WITHOUT_TRUSTED_TYPES
    return answer


@router.post("/plans/{id}/pack")
def make_pack(id: str, visitor: VisitorNow) -> Response:
    """Make a numbered pack of a plan's stops, and lead to it."""
    me, which = visitor.me(), _plan_id(id)
    plan, _, told = opened_plan((visitor.backing, visitor.token), which)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            add_pack(conn, visitor.backing.vault, which, _places(told))
    except NotASheet as error:
        return visitor.page("pack_new.html", me=me, status=422, plan=plan, most=MOST, is_stale=False, fault=str(error))
    return RedirectResponse(f"/plans/{which}/pack", status_code=303)


def _places(told: Told) -> list[UUID]:
    """Return the places of the plan's stops that may be shown, in order."""
    calls = [call.stop for route in told.routes for call in route.calls if call.stop]
    return list(dict.fromkeys(told.facts[id]["place_id"] for id in calls))


def _routes(document: Document, told: Told, shown: Mapping[UUID, Mapping[str, Any] | None]) -> list[PackedRoute]:
    numbers = {place: number for number, place in enumerate(shown, 1)}
    names = {team.id: team.name for team in document.asked.teams}
    return [
        PackedRoute(
            name=names[route.team],
            leaves=clock(route.leaves),
            returns=clock(route.returns) if route.returns is not None else "",
            stops=[_stop(told, call.stop, call.hours, (numbers, shown)) for call in route.calls if call.stop],
        )
        for route in told.routes
    ]


Known = tuple[Mapping[UUID, int], Mapping[UUID, Mapping[str, Any] | None]]


def _stop(told: Told, stop: str, hours: Call | None, known: Known) -> PackedStop:
    place = told.facts[stop]["place_id"]
    return PackedStop(
        number=known[0][place],
        hours=f"{clock(hours.start)} to {clock(hours.leave)}" if hours else "",
        check_in=clock(hours.start + told.check_in_minutes(stop)) if hours else "",
        is_for_two=bool(told.two.get(stop)),
        card=_card(known[1][place]),
    )


def _card(place: Mapping[str, Any] | None) -> facts.Card | None:
    """Return what is printed of a place: when to visit it, and its address where that tells nothing of a concern."""
    if place is None:
        return None
    sensitivity = place["sensitivity"]
    is_addressed = sensitivity is not None and sensitivity <= _ADDRESSED
    address = ", ".join(part for part in (place["address"], place["postcode"]) if part)
    told = (*((("Address", address),) if is_addressed and address else ()), *facts.when_to_visit(place))
    return facts.Card(name=place["name"], attend_rule=place["attend_rule"], facts=told)


def _plan_id(text: str) -> UUID:
    return uuid_of(text, NoSuchPlan("There is no such plan."))
