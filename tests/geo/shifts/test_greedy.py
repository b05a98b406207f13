"""The greedy plan sets out for a quarter far away if its stops together are worth it, and for nothing that is not."""

from geo.shifts.checking import faults
from geo.shifts.greedy import greedy_plan
from geo.shifts.plans import score
from geo.shifts.problem import Window
from tests.geo.shifts.days import a_shift, a_stop, a_team, on_a_line


def test_several_stops_share_a_long_way() -> None:
    shift = a_shift([a_stop(f"s{number}", prize=50) for number in range(3)], travel=on_a_line(40, 41, 42))
    plan = greedy_plan(shift)
    assert not plan.left_out
    assert score(shift, plan) == 150 - 84


def test_nobody_sets_out_for_less_than_the_way() -> None:
    shift = a_shift([a_stop("s", prize=50)], travel=on_a_line(40))
    assert not greedy_plan(shift).routes


def test_wishes_come_first_at_any_price() -> None:
    hour = (Window(opens=1060, closes=1060),)
    stops = [a_stop("rich", prize=100, windows=hour), a_stop("wish", prize=1, must_go=True, windows=hour)]
    shift = a_shift(stops, travel=on_a_line(1, 40))
    assert greedy_plan(shift).left_out == ("rich",)


def test_a_team_is_not_out_for_longer_than_it_may() -> None:
    stops = [a_stop(f"s{number}", minutes=30) for number in range(6)]
    shift = a_shift(stops, [a_team(longest=125), a_team("two", longest=60, most_stops=1)])
    plan = greedy_plan(shift)
    assert not faults(shift, plan)
    assert [len(route.calls) for route in plan.routes] == [2, 1]
