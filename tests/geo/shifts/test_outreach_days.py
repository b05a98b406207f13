"""Outreach days as the benchmark draws them: the same each time, possible, and planned at least as well as by greed."""

import pytest

from geo.shifts.checking import faults
from geo.shifts.greedy import greedy_plan
from geo.shifts.plans import score
from geo.shifts.solving import solved
from geo.shifts.wishes import impossible
from scripts.bench.plan_days import SIX_DAYS, OutreachDay, outreach_day
from scripts.bench.plan_rivals import question


@pytest.mark.parametrize("day", SIX_DAYS[:4], ids=str)
def test_a_plan_is_at_least_as_good_as_the_greedy_one(day: OutreachDay) -> None:
    shift = outreach_day(day)
    assert shift.stops == outreach_day(day).stops
    assert not impossible(shift)
    greedy = greedy_plan(shift)
    assert not faults(shift, greedy)
    assert score(shift, solved(shift, iterations=40)) >= score(shift, greedy) > 0


def test_rivals_are_asked_the_same() -> None:
    shift = outreach_day(SIX_DAYS[1])
    asked = question(shift)
    assert len(asked["stops"]) == 30
    assert [stop["prize"] for stop in asked["stops"]] == [stop.prize for stop in shift.stops]
    joint = next(number for number, stop in enumerate(shift.stops) if stop.teams is not None)
    assert asked["stops"][joint]["teams"] in ([], [0])
