"""What pages and the API do with a shift that is out: set out by a plan, and read what is next of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.plan_work import Asker, day_of, travelling_of
from data import flags, plans, shifts
from data.database import NotSignedIn, entered
from data.planning_settings import planning_settings
from data.plans import JointStop
from data.reading import Row
from data.shifts import (
    WITH_WORD,
    Contacts,
    Departure,
    Leg,
    NoSuchShift,
    Shift,
    ShiftRefused,
    Stop,
    TooManyWords,
)
from geo.shifts.clock import first_day
from geo.shifts.plans import Route
from layers.plan_documents import read_document
from layers.planning import Told, told_of
from layers.shift_making import Ground

LONGEST_MINUTES = 600


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What is told of a stop before it opens: how to attend, its flags, why, and whether two must go; no address.

    None of it is there for a stop that may no longer be shown.
    """

    attend_rule: str
    flags: Sequence[dict[str, Any]]
    why: str
    two_people: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class OnShift:
    """One's own shift: its stops, and the briefing of the one where the team is or goes; None on the way home.

    `names` are those of the stops whose briefing one has read, by number.
    """

    shift: Shift
    stops: Sequence[Stop]
    briefing: Briefing | None
    names: Mapping[int, str]

    @property
    def stop(self) -> Stop | None:
        """Return the stop where the team is, or to which it goes."""
        return next((stop for stop in self.stops if stop.number == self.shift.stop), None)


def set_out(asker: Asker, plan_id: UUID, contacts: Contacts) -> UUID:
    """Set out with one's team of a ready plan; the shift's id. Raises NoSuchPlan, ShiftRefused, NotAllowed."""
    backing, token = asker
    with entered(backing.pool, token) as (conn, who):
        document = read_document(plans.my_plan(conn, plan_id).document)
        number = next((team.number for team in document.asked.teams if who.membership_id in team.members), None)
        if number is None:
            raise ShiftRefused("You are in no team of this plan: somebody who goes sets out.")
        route = next((route for route in document.plan.routes if route.team == str(number)), None)
        if route is None or not route.calls:
            raise ShiftRefused("Your team has no stop in this plan.")
        departure = Departure(
            plan=plan_id, team=number, legs=_legs(route, plans.joint_stops(conn)), contacts=contacts,
            home_minutes=_minutes(route.calls[-1].leave, route.returns),
        )  # fmt: skip
        return shifts.start_shift(conn, backing.vault, departure)


def check_in(asker: Asker, id: UUID, kind: str, *, word: str = "") -> None:
    """Check in, with one's word where one is asked for and was set; the word of duress is answered as the safe one is.

    Help is called even where the session fell asleep meanwhile. Raises NotSignedIn, NoSuchShift, ShiftRefused for a
    word that is neither, TooManyWords.
    """
    backing, token = asker
    is_duress = _judged(asker, id, word) if kind in WITH_WORD else False
    try:
        with entered(backing.pool, token) as (conn, _):
            shifts.check_in(conn, id, kind, is_duress=is_duress)
    except NotSignedIn:
        if kind == "help":
            shifts.call_for_help(backing.pool, token, id)
        raise


def _judged(asker: Asker, id: UUID, word: str) -> bool:
    """Return whether a word means danger. Whoever must wait is answered alike to any word, but danger is heard."""
    backing, token = asker
    with entered(backing.pool, token) as (conn, _):
        tried = shifts.try_word(conn, id)
    if tried is None:
        return False
    is_duress = tried.is_duress(word)
    if tried.seconds:
        with entered(backing.pool, token) as (conn, _):
            shifts.say_word(conn, id, is_duress=bool(is_duress))
        raise TooManyWords(tried.seconds)
    if is_duress is None:
        raise ShiftRefused("This is not your word. Type it again; nothing was changed.")
    return is_duress


def on_shift(asker: Asker, id: UUID) -> OnShift:
    """Return a shift that one goes on; what it tells of the stop stands in the audit. Raises NoSuchShift."""
    backing, token = asker
    with entered(backing.pool, token) as (conn, _):
        shift = shifts.my_shift(conn, id)
        if not shift.is_mine:
            raise NoSuchShift("There is no such shift of yours.")
        stops = shifts.stops_of(conn, id)
        plan = next((plan for plan in plans.my_plans(conn) if plan.id == shift.plan_id), None)
        day = day_of(plan) if plan else first_day(shift.started_at)
        now = next((stop.place_id for stop in stops if stop.number == shift.stop), None)
        # A sentence about a stop tells of the way to it: it is made only where all stops may be known.
        rows = plans.facts_of_stops(conn, backing.vault, [stop.place_id for stop in stops], day)
        facts = next((row for row in rows if row["place_id"] == now), None)
        found = flags.flags(conn, facts["place_id"]) if facts else []
        settings = planning_settings(conn)
    ground = Ground(rows=rows, day=day, settings=settings, travelling=travelling_of(backing, token))
    told = told_of(read_document(plan.document), ground) if plan and rows else None
    known = {row["place_id"]: row["name"] for row in rows}
    names = {stop.number: known[stop.place_id] for stop in stops if stop.is_briefed and stop.place_id in known}
    return OnShift(
        shift=shift, stops=stops, briefing=_briefing(facts, found, told) if facts else None, names=names
    )  # fmt: skip


def _briefing(facts: Row, found: Sequence[dict[str, Any]], told: Told | None) -> Briefing:
    id = str(facts["id"])
    return Briefing(
        attend_rule=facts["attend_rule"], flags=found,
        why=told.why.get(id, "") if told else "", two_people=told.two.get(id, ()) if told else (),
    )  # fmt: skip


def _legs(route: Route, joint: Sequence[JointStop]) -> list[Leg]:
    """Return the places in order with the minutes to each; a joint visit stands in a plan by its own id."""
    places = {str(stop.id): stop.place_id for stop in joint}
    left = [route.leaves, *(call.leave for call in route.calls)]
    return [
        Leg(place=places.get(call.stop) or UUID(call.stop), minutes=_minutes(before, call.arrive))
        for before, call in zip(left, route.calls, strict=False)
    ]


def _minutes(begins: int, ends: int) -> int:
    return max(0, min(ends - begins, LONGEST_MINUTES))
