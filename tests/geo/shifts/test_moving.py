"""What a person changes by hand holds when the plan is made again."""

import pytest

from geo.shifts.checking import faults
from geo.shifts.moving import dropped, pinned, scheduled
from geo.shifts.problem import NotAShift, Window
from geo.shifts.solving import solved
from tests.geo.shifts.days import a_shift, a_stop, a_team, hours

SHIFT = a_shift([a_stop("a"), a_stop("b", windows=(hours(18, 20),)), a_stop("c")], [a_team("one"), a_team("two")])


def test_a_pinned_stop_goes_to_its_team_at_its_time() -> None:
    held = pinned(pinned(SHIFT, "a", team="two", within=hours(21, 21)), "b", team="one")
    plan = solved(held, iterations=30)
    assert {call.stop: route.team for route in plan.routes for call in route.calls} | {"c": ""} == {
        "a": "two",
        "b": "one",
        "c": "",
    }
    assert next(call.start for route in plan.routes for call in route.calls if call.stop == "a") == 21 * 60


def test_a_pin_keeps_to_the_hours_of_the_place() -> None:
    assert pinned(SHIFT, "b", team="one", within=hours(17, 19)).stops[1].windows == (hours(18, 19),)
    with pytest.raises(NotAShift, match="closed from minute 1260"):
        pinned(SHIFT, "b", team="one", within=hours(21, 22))


def test_a_dropped_stop_is_not_visited_even_if_it_was_wished_for() -> None:
    assert "a" in solved(dropped(pinned(SHIFT, "a", team="one"), "a"), iterations=30).left_out


def test_an_order_by_hand_becomes_times_and_the_checker_judges() -> None:
    good = scheduled(SHIFT, {"one": ["c", "b", "a"]})
    assert not faults(SHIFT, good)
    assert [call.stop for call in good.routes[0].calls] == ["c", "b", "a"]
    late = scheduled(SHIFT, {"one": ["b", "b"]})
    assert faults(SHIFT, late)


def test_an_order_takes_the_first_window_that_is_still_open() -> None:
    shift = a_shift([a_stop("a", windows=(hours(17, 18), hours(20, 21))), a_stop("b", minutes=90)])
    assert scheduled(shift, {"one": ["b", "a"]}).routes[0].calls[1].start == 20 * 60
    assert faults(a_shift([a_stop("a", windows=(Window(opens=0, closes=1),))]), scheduled(shift, {"one": ["a"]}))


def test_ids_that_the_shift_does_not_have_are_refused() -> None:
    for act in (
        lambda: pinned(SHIFT, "z", team="one"),
        lambda: pinned(SHIFT, "a", team="z"),
        lambda: dropped(SHIFT, "z"),
        lambda: scheduled(SHIFT, {"one": ["z"]}),
        lambda: scheduled(SHIFT, {"z": ["a"]}),
    ):
        with pytest.raises(LookupError):
            act()
