"""Planning a shift: from the places that a session sees exactly, by the pure model, to the document of a plan."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from data.database import Pool
from data.planning_settings import planning_settings
from data.plans import JointStop, PlanRefused, facts_of, facts_of_joint, joint_stops, places_in_reach
from data.reading import Row, admitted
from data.vault import Vault
from geo.national_grid import to_wgs84
from geo.shifts.clock import LOCAL
from geo.shifts.explaining import explained
from geo.shifts.need import Need
from geo.shifts.plans import Plan, score
from geo.shifts.problem import Shift
from geo.shifts.solving import NoPlan, improving, solved
from geo.shifts.wishes import impossible
from geo.tile_keys import Bounds
from layers.catalogue import layer_named
from layers.features import look_cells
from layers.map_list import looks_of
from layers.paging import window
from layers.plan_documents import ALONE, ANSWERED, DROPPED, MUST, TOGETHER, Document, ToldRoute, told_route
from layers.shift_making import Candidate, Ground, candidates, shift_of
from layers.travelling import Travelling, by_distance

FIRST_SECONDS: Final = 1.0
LONGER_SECONDS: Final = 5.0
"""How long a plan is looked for: at first, and when somebody asks for a better one."""
STOPS_A_SECOND: Final = 20
"""How many places to choose among a plan is improved for a second for, while somebody looks at it."""
MOST_WEIGHED: Final = 120
"""Places that the solver chooses among: those of the greatest need, and all that somebody wished for."""
MOST_LEFT_OUT: Final = 40
_CHECK_IN, _CHECK_IN_IN_DANGER = 30, 15
_POINTS = layer_named("places").parts[0]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a plan is looked for: in seconds, or in iterations for the same plan each time."""

    seconds: float | None = FIRST_SECONDS
    iterations: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What somebody may know of a plan at this moment: its routes; by place facts, a sentence, why two must go."""

    routes: Sequence[ToldRoute]
    facts: Mapping[str, Row]
    why: Mapping[str, str]
    two: Mapping[str, Sequence[str]]
    need: Mapping[str, Need]
    """The terms of each place's score."""

    def check_in_minutes(self, place: str) -> int:
        """Return after how many minutes at a place the team checks in: sooner where danger is known, or nothing is."""
        facts = self.facts.get(place)
        return _CHECK_IN_IN_DANGER if facts is None or facts["dangers"] else _CHECK_IN


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Who plans: a session of this service, and where its travel times come from."""

    pool: Pool
    vault: Vault
    token: str | None
    travelling: Travelling = by_distance


def planned(planner: Planner, document: Document, day: date, *, effort: Effort) -> Document:
    """Return the document with the best plan that is found with an effort, of what the session sees exactly.

    Raises PlanRefused for a wish that cannot be met, too many places in reach, or none.
    """
    task = _task(document, considered(planner, document, day))
    try:
        found = solved(task.shift, seconds=effort.seconds, iterations=effort.iterations)
    except NoPlan as error:
        raise PlanRefused(str(error)) from error
    return task.document_of(found)


def improved(
    planner: Planner, document: Document, day: date, *, is_wanted: Callable[[], bool]
) -> Iterator[tuple[Document, int]]:
    """Give documents with ever better plans, each with its score, as long as somebody wants them.

    The first is better than the document's own, or nothing is given. Raises as `planned` does.
    """
    task = _task(document, considered(planner, document, day))
    known = {stop.id for stop in task.shift.stops}
    calls = [call.stop for route in document.plan.routes for call in route.calls]
    is_alike = known.issuperset(calls) and document.is_estimate == task.shift.travel.is_estimate
    best = score(task.shift, document.plan) if is_alike else None
    seconds = 1 + len(known) / STOPS_A_SECOND
    for answer in improving(task.shift, seconds=seconds, seed=1, is_wanted=is_wanted):
        if best is None or answer.score > best:
            best = answer.score
            yield task.document_of(answer.plan), answer.score


@dataclass(frozen=True)
class _Task:
    """What is to be solved, and the document that a solution becomes."""

    document: Document
    shift: Shift
    joint: frozenset[str]

    def document_of(self, found: Plan) -> Document:
        """Return the document with a plan, of which it names not more left out than anybody reads."""
        document, prizes = self.document, {stop.id: stop.prize for stop in self.shift.stops}
        left = sorted(found.left_out, key=lambda id: (document.wishes.get(id) is None, -prizes[id], id))
        plan = Plan(routes=found.routes, left_out=tuple(left[:MOST_LEFT_OUT]))
        named = {call.stop for route in plan.routes for call in route.calls} | set(plan.left_out)
        return replace(document, plan=plan, joint=self.joint & named, is_estimate=self.shift.travel.is_estimate)


def _task(document: Document, ground: Ground) -> _Task:
    """Return what is to be solved. Raises PlanRefused for a wish that cannot be met, or where no place is in reach."""
    chosen = weighed(document, candidates(document, ground))
    if not chosen:
        raise PlanRefused("No place is in reach of this base: choose a wider area.")
    shift = _possible(shift_of(document.asked, chosen, ground), document)
    names = {str(row["id"]): row["name"] for row in ground.rows}
    wishes = [f"{names[wish.stop]}: {wish.why}" for wish in impossible(shift)]
    if wishes:
        raise PlanRefused(" ".join(wishes))
    return _Task(document, shift, frozenset(one.id for one in chosen if one.joint is not None))


def _possible(shift: Shift, document: Document) -> Shift:
    """Return the shift in which a joint visit that no team can make need not be made, unless somebody wished for it."""
    cannot = {wish.stop for wish in impossible(shift)} - set(document.wishes)
    stops = tuple(
        replace(stop, must_go=False) if stop.partner is not None and stop.id in cannot else stop for stop in shift.stops
    )
    return replace(shift, stops=stops)


def considered(planner: Planner, document: Document, day: date) -> Ground:
    """Return the facts of all places in reach, once the looks at them stand in the audit."""
    box, vault = box_around(document), planner.vault
    with admitted(planner.pool, planner.token, *looks_of(vault, look_cells(box))) as reading:
        ids = places_in_reach(reading, window(_POINTS, box, b""))
        rows, settings = facts_of(reading.conn, ids, day), planning_settings(reading.conn)
        joint = facts_of_joint(reading.conn, vault, _within(joint_stops(reading.conn), document, day), day)
    base, near = (document.asked.easting, document.asked.northing), document.asked.kilometres * 1000
    rows = [row for row in rows if math.dist((row["easting"], row["northing"]), base) <= near]
    return Ground(rows=[*joint, *rows], day=day, settings=settings, travelling=planner.travelling)


def _within(stops: Sequence[JointStop], document: Document, day: date) -> list[JointStop]:
    """Return the joint visits whose windows meet the shift."""
    midnight = datetime.combine(day, time(), LOCAL)
    starts, ends = (midnight + timedelta(minutes=at) for at in (document.asked.starts, document.asked.ends))
    return [stop for stop in stops if stop.starts_at < ends and stop.ends_at > starts]


def told_of(document: Document, ground: Ground) -> Told:
    """Return what may be told of a plan to somebody who may know these facts of its places."""
    known = candidates(document, ground)
    by_id = {candidate.id: candidate for candidate in known}
    # A route is explained as far as all its places are known: a sentence about the way would tell of the others.
    routes = tuple(route for route in document.plan.routes if all(call.stop in by_id for call in route.calls))
    named = {call.stop for route in routes for call in route.calls}
    left = tuple(id for id in document.plan.left_out if id in by_id)
    stops = [by_id[id] for id in by_id if id in named or id in left]
    way = replace(ground, travelling=by_distance) if document.is_estimate else ground
    why = explained(shift_of(document.asked, stops, way), Plan(routes=routes, left_out=left))
    facts = {str(row["id"]): row for row in ground.rows}
    return Told(
        routes=[told_route(route, facts) for route in document.plan.routes],
        facts=facts,
        why=why,
        two={candidate.id: candidate.reasons for candidate in known},
        need={candidate.id: candidate.need for candidate in known},
    )


def weighed(document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that the solver chooses among: those wished for, then those of the greatest need."""
    ordered = sorted(
        found,
        key=lambda one: (one.joint is None, one.id not in document.wishes, not one.exploratory, -one.prize, one.id),
    )
    return ordered[:MOST_WEIGHED]


def wished(document: Document, place: str, wish: str) -> Document:
    """Return the document with one wish more, or without any for a place. Raises PlanRefused."""
    known = {str(id) for id in document.places}
    numbers = {str(team.number) for team in document.asked.teams}
    if place not in known or wish not in {MUST, DROPPED, ANSWERED, TOGETHER, ALONE, "free", *numbers}:
        raise PlanRefused("Wish for a place of this plan: that it must be in, be left out, or go to one of its teams.")
    if wish == ANSWERED:
        return replace(document, agreed=document.agreed | {place})
    if wish in {TOGETHER, ALONE}:
        together = document.together | {place} if wish == TOGETHER else document.together - {place}
        return replace(document, together=together)
    others = {id: kept for id, kept in document.wishes.items() if id != place}
    return replace(document, wishes=others if wish == "free" else {**others, place: wish})


def box_around(document: Document) -> Bounds:
    """Return the box in degrees that holds everything in reach of the base."""
    asked, reach = document.asked, document.asked.kilometres * 1000
    eastings = np.array([asked.easting - reach, asked.easting + reach] * 2)
    northings = np.repeat([asked.northing - reach, asked.northing + reach], 2)
    longitudes, latitudes = to_wgs84(eastings, northings)
    west, east = float(longitudes.min()), float(longitudes.max())
    return Bounds(west, float(latitudes.min()), east, float(latitudes.max()))
