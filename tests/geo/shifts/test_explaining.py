"""Every place has one plain sentence."""

import re
from dataclasses import replace

from hypothesis import given, settings

from geo.shifts.explaining import explained
from geo.shifts.greedy import greedy_plan
from geo.shifts.moving import dropped, scheduled
from geo.shifts.problem import Shift
from tests.geo.shifts.days import a_shift, a_stop, a_team, hours, on_a_line, shifts


@given(shifts())
@settings(max_examples=40, deadline=None)
def test_each_stop_of_any_day_has_a_sentence_that_names_no_place(shift: Shift) -> None:
    said = explained(shift, greedy_plan(shift))
    assert list(said) == [stop.id for stop in shift.stops] or set(said) == {stop.id for stop in shift.stops}
    assert all(re.fullmatch(r"[A-Z].+\.", sentence) for sentence in said.values())
    assert not any(re.search(r"\bs\d\b", sentence) for sentence in said.values())


def test_a_visit_says_what_brought_it_and_what_it_costs() -> None:
    stops = [
        a_stop("worth", why="2 requests"),
        a_stop("wish", must_go=True, windows=(hours(20, 21),)),
        a_stop("joint", partner="the charity"),
        a_stop("new", exploratory=True),
    ]
    shift = a_shift(stops, travel=on_a_line(5, 6, 7, 8))
    said = explained(shift, scheduled(shift, {"one": [stop.id for stop in stops]}))
    assert said == {
        "worth": "Worth the way (2 requests): 0 minutes of travel for a score of 50.",
        "wish": "Wished for: 0 minutes of travel for a score of 50.",
        "joint": "A visit together with the charity: 0 minutes of travel for a score of 50.",
        "new": "To look where we seldom go: 2 minutes of travel for a score of 50.",
    }


def test_a_wait_is_said() -> None:
    shift = a_shift([a_stop("a", windows=(hours(17, 18),)), a_stop("b", windows=(hours(20, 21),))])
    said = explained(shift, scheduled(shift, {"one": ["a", "b"]}))
    assert said["b"] == "Worth the way: 10 minutes of travel for a score of 50, after a wait of 90 minutes."


def test_a_place_left_out_says_why() -> None:
    shift = a_shift([a_stop("in"), a_stop("far", prize=3), a_stop("out", windows=(hours(17, 18),)), a_stop("when")])
    plan = scheduled(shift, {"one": ["in"]})
    said = explained(shift, plan)
    assert said["far"] == "Left out: 10 minutes of travel for a score of 3; it is not worth the way."
    assert said["out"].endswith("a score of 50; the time from 17:00 to 18:00 went to visits that score more together.")
    assert said["when"].endswith("a score of 50; the time went to visits that score more together.")
    full = replace(shift, teams=(a_team(most_stops=1),))
    assert explained(full, plan)["out"].endswith("the teams that may go have as many stops as they may.")
    assert (
        explained(dropped(shift, "far"), plan)["far"] == "Left out: nobody may go: it was taken off this plan by hand."
    )
