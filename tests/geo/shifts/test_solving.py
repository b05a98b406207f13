"""Every plan passes the checker, is never below the greedy plan, and at small sizes is the best there is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from geo.shifts.checking import faults
from geo.shifts.greedy import greedy_plan
from geo.shifts.plans import score, travelled
from geo.shifts.problem import Night, Shift, Window
from geo.shifts.solving import NoPlan, improving, solved
from geo.shifts.wishes import impossible
from tests.geo.shifts.days import (
    EVENING,
    a_shift,
    a_stop,
    a_team,
    best_score,
    hours,
    on_a_line,
    shifts,
    wished_away,
)


@given(shifts())
@settings(max_examples=60, deadline=None)
def test_every_plan_passes_the_checker_and_is_no_worse_than_greedy(shift: Shift) -> None:
    greedy = greedy_plan(shift)
    assert not faults(wished_away(shift), greedy)
    try:
        plan = solved(shift, iterations=20)
    except NoPlan:
        assert faults(shift, greedy)
    else:
        assert not faults(shift, plan)
        assert faults(shift, greedy) or score(shift, plan) >= score(shift, greedy)


@given(shifts(most_stops=4))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_small_days_are_solved_to_the_optimum(shift: Shift) -> None:
    best = best_score(shift)
    if best is not None:
        assert score(shift, solved(shift, iterations=100)) == best
        return
    with pytest.raises(NoPlan) as refusal:
        solved(shift, iterations=100)
    assert refusal.value.stops
    assert set(refusal.value.stops) <= {stop.id for stop in shift.stops if stop.must_go}


def test_a_seed_and_iterations_give_the_same_plan_each_time() -> None:
    stops = [a_stop(f"s{number}", prize=20 + number % 7, windows=(hours(17 + number % 5, 22),)) for number in range(25)]
    shift = a_shift(stops, [a_team("one"), a_team("two")])
    assert solved(shift, iterations=30, seed=7) == solved(shift, iterations=30, seed=7)


def test_a_search_ends_by_one_of_both() -> None:
    with pytest.raises(ValueError, match="one of both"):
        solved(a_shift([a_stop("s")]))
    with pytest.raises(ValueError, match="one of both"):
        solved(a_shift([a_stop("s")]), seconds=1, iterations=1)


def test_improving_gives_better_and_better_plans() -> None:
    stops = [a_stop(f"s{number}", prize=20 + number % 7, windows=(hours(17 + number % 5, 22),)) for number in range(25)]
    shift = a_shift(stops, [a_team("one"), a_team("two")])
    answers = list(improving(shift, seconds=0.3, first=0.0))
    scores = [answer.score for answer in answers]
    assert scores == sorted(set(scores))
    assert all(not faults(shift, answer.plan) for answer in answers)
    assert scores[0] >= score(shift, greedy_plan(shift))


def test_whoever_stops_listening_stops_the_search() -> None:
    answers = improving(a_shift([a_stop("s")]), seconds=3600, first=0.0)
    assert next(answers).plan.routes
    answers.close()
    assert next(answers, None) is None


def test_a_search_that_is_not_wanted_any_more_ends_with_what_it_has() -> None:
    asked = iter([True, True])
    answers = list(improving(a_shift([a_stop("s")]), seconds=3600, first=0.0, is_wanted=lambda: next(asked, False)))
    assert answers[-1].plan.routes


def test_nothing_to_visit_and_nobody_to_go_is_an_empty_plan() -> None:
    assert not solved(a_shift([]), iterations=1).routes
    assert solved(a_shift([a_stop("s", barred="its owner has not answered")]), iterations=1).left_out == ("s",)
    nobody = replace(a_shift([a_stop("s")]), teams=())
    assert solved(nobody, iterations=1).left_out == ("s",)


def test_a_place_not_worth_the_way_is_left_out_unless_wished_for() -> None:
    far = a_shift([a_stop("far", prize=50)], minutes_apart=30)
    assert solved(far, iterations=20).left_out == ("far",)
    assert solved(replace(far, points_per_minute=0), iterations=20).routes
    wished = a_shift([a_stop("far", prize=50, must_go=True)], minutes_apart=30)
    assert score(wished, solved(wished, iterations=20)) == 50 - 60


def test_a_visit_may_start_after_midnight() -> None:
    shift = a_shift([a_stop("late", windows=(hours(25, 26),))], [a_team(ends=27 * 60)])
    call = solved(shift, iterations=20).routes[0].calls[0]
    assert call.start == 25 * 60
    assert call.arrive == call.start


def test_three_windows_of_a_stop_are_no_contradiction() -> None:
    # PyVRP's issue 836: an instance with three windows was said to be infeasible.
    windows = (Window(opens=1020, closes=1030), Window(opens=1140, closes=1150), Window(opens=1260, closes=1270))
    stops = [a_stop(f"s{number}", must_go=True, windows=windows) for number in range(3)]
    plan = solved(a_shift(stops), iterations=50)
    assert not plan.left_out
    assert sorted(call.start for call in plan.routes[0].calls) == [1030, 1140, 1260]


def test_nobody_alone_goes_where_two_are_needed_nor_at_night() -> None:
    stops = [a_stop("two", needs_two=True), a_stop("late", windows=(hours(21, 23),)), a_stop("early")]
    shift = a_shift(stops, [a_team(members=1)], night=Night(begins=1200, ends=420))
    plan = solved(shift, iterations=20)
    assert plan.left_out == ("two", "late")
    assert plan.routes[0].returns <= 1200


def test_teams_keep_to_their_limits() -> None:
    stops = [a_stop(f"s{number}") for number in range(9)]
    assert [len(route.calls) for route in solved(a_shift(stops, [a_team(most_stops=4)]), iterations=20).routes] == [4]
    route = solved(a_shift(stops, [a_team(longest=100)]), iterations=20).routes[0]
    assert route.returns - route.leaves <= 100
    assert len(route.calls) == 3


def test_a_team_waits_at_its_base_and_not_in_the_street() -> None:
    shift = a_shift([a_stop("s", windows=(hours(20, 21),))], [a_team(longest=60)])
    route = solved(shift, iterations=20).routes[0]
    assert (route.leaves, route.calls[0].arrive, route.returns) == (1190, 1200, 1230)


def test_a_joint_visit_goes_to_its_team_in_its_window() -> None:
    joint = a_stop("joint", teams=frozenset({"two"}), partner="the charity", windows=(hours(18, 19),))
    shift = a_shift([joint, a_stop("other")], [a_team("one"), a_team("two")])
    plan = solved(shift, iterations=50)
    assert [route.team for route in plan.routes for call in route.calls if call.stop == "joint"] == ["two"]


def test_teams_may_end_elsewhere_than_they_began() -> None:
    bases = (a_shift([]).bases[0],) * 2
    shift = replace(
        a_shift([], travel=on_a_line()),
        bases=bases,
        stops=(a_stop("s"),),
        teams=(a_team(end_base=1),),
        travel=on_a_line(30, 20),
    )
    assert travelled(solved(shift, iterations=20)) == 30


def test_wishes_that_exclude_one_another_are_named() -> None:
    stops = [a_stop(f"s{number}", must_go=True, prize=number, windows=(hours(18, 18),)) for number in range(2)]
    shift = a_shift([*stops, a_stop("s2", must_go=True)])
    assert not impossible(shift)
    with pytest.raises(NoPlan, match="without 1 of them") as refusal:
        solved(shift, iterations=20)
    assert refusal.value.stops == ("s0",)
    with pytest.raises(NoPlan):
        next(improving(shift, seconds=0.2, first=0.1))


def test_an_impossible_wish_is_refused_before_solving() -> None:
    shift = a_shift([a_stop("s", must_go=True, windows=(Window(opens=EVENING - 60, closes=EVENING - 30),))])
    with pytest.raises(NoPlan, match="impossible") as refusal:
        solved(shift, iterations=20)
    assert refusal.value.stops == ("s",)
