"""The checker finds each single thing that was made wrong in a good plan."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from geo.shifts.checking import faults
from geo.shifts.moving import scheduled
from geo.shifts.plans import Call, Plan, Route
from geo.shifts.problem import Night, Shift
from tests.geo.shifts.days import a_shift, a_stop, a_team, hours

STOPS = (a_stop("a"), a_stop("b", windows=(hours(18, 19),)), a_stop("c", prize=1))
SHIFT = a_shift(STOPS, [a_team("one"), a_team("two")])
PLAN = scheduled(SHIFT, {"one": ["a", "b"]})


def test_a_good_plan_has_no_fault() -> None:
    assert not faults(SHIFT, PLAN)
    assert PLAN.left_out == ("c",)


def with_route(**facts: Any) -> Plan:
    return replace(PLAN, routes=(replace(PLAN.routes[0], **facts),))


def with_call(**facts: Any) -> Plan:
    first, second = PLAN.routes[0].calls
    return with_route(calls=(first, replace(second, **facts)))


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (with_route(leaves=1000), "is reached at minute"),
        (with_route(returns=1100), "is back at minute"),
        (with_route(travel=1), "travels 1 minutes"),
        (with_route(team="nobody"), "unknown team or stop"),
        (with_route(calls=()), "no calls"),
        (with_call(start=1000), "is visited from 1000"),
        (with_call(leave=2000), "expected 20 minutes"),
        (with_call(stop="z"), "unknown team or stop"),
        (with_call(stop="a"), "visited 2 times"),
        (replace(PLAN, left_out=()), "stops left out"),
        (replace(PLAN, routes=PLAN.routes * 2), "2 routes"),
        (scheduled(SHIFT, {"one": ["b"], "two": ["c", "a", "b"]}), "visited 2 times"),
    ],
)
def test_what_is_written_wrong_on_a_plan_is_found(plan: Plan, fault: str) -> None:
    assert any(fault in found for found in faults(SHIFT, plan))


def with_stop(**facts: Any) -> Shift:
    return replace(SHIFT, stops=(replace(STOPS[0], **facts), *STOPS[1:]))


def with_team(**facts: Any) -> Shift:
    return replace(SHIFT, teams=(replace(SHIFT.teams[0], **facts), SHIFT.teams[1]))


@pytest.mark.parametrize(
    ("shift", "fault"),
    [
        (with_stop(barred="its owner has not answered"), "barred and visited"),
        (with_stop(teams=frozenset({"two"})), "not one of its teams"),
        (with_stop(languages=frozenset({"Romanian"})), "asks for Romanian"),
        (with_stop(skills=frozenset({"plain clothes"})), "asks for plain clothes"),
        (with_stop(windows=(hours(22, 23),)), "in none of its windows"),
        (with_stop(minutes=25), "expected 25 minutes"),
        (with_team(most_stops=1), "expected at most 1"),
        (with_team(longest=30), "minutes out"),
        (with_team(ends=1030), "expected 1020 to 1030"),
        (replace(with_stop(load=5), teams=(a_team("one", capacity=4), a_team("two"))), "to carry"),
        (replace(with_team(members=1), stops=(replace(STOPS[0], needs_two=True), *STOPS[1:])), "needs two people"),
        (replace(with_team(members=1), night=Night(begins=1105, ends=420)), "out at night"),
        (replace(with_team(members=1), night=Night(begins=0, ends=1041)), "out at night"),
        (replace(SHIFT, stops=(*STOPS[:2], replace(STOPS[2], must_go=True))), "must be visited and is not"),
    ],
)
def test_each_rule_that_is_broken_is_found(shift: Shift, fault: str) -> None:
    plan = PLAN
    assert any(fault in found for found in faults(shift, plan))


@pytest.mark.parametrize("make", [lambda: Night(begins=1110, ends=1020), lambda: Night(begins=60, ends=1040)])
def test_one_person_may_go_outside_the_night(make: Callable[[], Night]) -> None:
    assert not faults(replace(with_team(members=1), night=make()), PLAN)


def test_a_plan_handed_in_by_a_stranger_is_judged_too() -> None:
    call = Call(stop="a", arrive=1030, start=1030, leave=1050)
    stranger = Plan(
        routes=(Route(team="one", leaves=1020, calls=(call,), returns=1060, travel=20),), left_out=("c", "b")
    )
    assert not faults(SHIFT, stranger)
