"""Each wish that nobody can meet is named alone, with the reason that leaves no team."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from geo.shifts.problem import Night, Shift, Stop
from geo.shifts.solving import solved
from geo.shifts.wishes import impossible, unreachable
from tests.geo.shifts.days import a_shift, a_stop, a_team, hours, shifts, wished_away

ALONE = a_team("alone", members=1, languages=frozenset({"Romanian"}), longest=120, most_stops=3)


@pytest.mark.parametrize(
    ("stop", "why"),
    [
        (a_stop("s", barred="its owner has not answered"), "Nobody may go: its owner has not answered."),
        (a_stop("s", teams=frozenset({"x"})), "Only certain teams may go, and none of them is on this shift."),
        (a_stop("s", needs_two=True), "It needs two people, and no team that may go has two."),
        (a_stop("s", languages=frozenset({"Polish", "Arabic"})), "No team that may go speaks Arabic and Polish."),
        (a_stop("s", skills=frozenset({"plain clothes"})), "No team that may go has plain clothes."),
        (
            a_stop("s", minutes=101),
            "Going there, the visit and coming back take 121 minutes; a team is out for 120 at most.",
        ),
        (
            a_stop("s", windows=(hours(9, 10), hours(20, 21))),
            (
                "A visit may start from 09:00 to 10:00 or from 20:00 to 21:00; no team that may go can be there then, "
                "stay 20 minutes and be back in time. The nearest needs 10 minutes to get there."
            ),
        ),
    ],
)
def test_a_reason_is_one_plain_sentence(stop: Stop, why: str) -> None:
    found = unreachable(a_shift([stop, a_stop("fine")], [ALONE], night=Night(begins=1200, ends=420)))
    assert [(wish.stop, wish.why) for wish in found] == [("s", why)]


@pytest.mark.parametrize(
    ("team", "facts", "said"),
    [
        (a_team(members=1, starts=1210, ends=1600), {}, "nobody goes alone at night"),
        (a_team(most_stops=0), {}, "no room for one more"),
        (a_team(capacity=1), {"load": 2}, "no room for one more"),
    ],
)
def test_teams_that_cannot_go_at_all_are_told_apart(team: Any, facts: dict[str, Any], said: str) -> None:
    (wish,) = unreachable(a_shift([a_stop("s", **facts)], [team], night=Night(begins=1200, ends=420)))
    assert said in wish.why


def test_only_wishes_are_named_as_impossible() -> None:
    stops = [a_stop("a", needs_two=True), a_stop("b", needs_two=True, must_go=True), a_stop("c", must_go=True)]
    assert [wish.stop for wish in impossible(a_shift(stops, [ALONE]))] == ["b"]


def test_nobody_on_the_shift_is_said() -> None:
    assert unreachable(replace(a_shift([a_stop("s")]), teams=()))[0].why == "No team is on this shift."


@given(shifts(most_stops=3))
@settings(max_examples=40, deadline=None)
def test_a_stop_is_unreachable_exactly_where_it_is_left_out_of_a_shift_of_its_own(shift: Shift) -> None:
    never = {wish.stop for wish in unreachable(shift)}
    for stop in shift.stops:
        alone = [
            one if one.id == stop.id else replace(one, barred="it is another's turn", must_go=False)
            for one in shift.stops
        ]
        wanted = replace(wished_away(shift), stops=tuple(alone), points_per_minute=0)
        wanted = replace(wanted, stops=tuple(replace(one, prize=1, must_go=False) for one in wanted.stops))
        assert (stop.id in solved(wanted, iterations=10).left_out) == (stop.id in never)
