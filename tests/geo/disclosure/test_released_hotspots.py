"""Hotspots told from published values: honest about bands and noise, and a function of nothing else."""

from collections.abc import Mapping

import numpy as np
import pytest

from geo.disclosure.banding import Published, counts_behind, possible_values
from geo.disclosure.released_hotspots import FEWEST, LEVEL, Told, released_hotspots
from geo.hotspots.excess import State
from scripts.bench.released_honesty import equal_risk, planted, released_shares

pytestmark = pytest.mark.proof
REGIONS = 40
"""Fewer than in the benchmark, which prints the rates."""

MOST_FLAGGED = 7
ALIKE: Mapping[int, Published] = dict.fromkeys(range(20), 60)
NOTED: Mapping[int, Published] = dict.fromkeys(range(20), 10)


def state_of(told: list[Told], square: int) -> State:
    return next(one.state for one in told if one.square == square)


def test_the_same_tables_give_the_same_map_whatever_order_they_are_read_in() -> None:
    seen, found = (dict(reversed(list(table.items()))) for table in (ALIKE, NOTED))
    assert released_hotspots([ALIKE], [NOTED]) == released_hotspots([seen], [found])


def test_where_all_is_alike_nothing_is_hot() -> None:
    assert {one.state for one in released_hotspots([ALIKE], [NOTED])} <= {State.ORDINARY, State.TOO_FEW_VISITS}


def test_a_square_with_many_times_what_others_have_is_hot() -> None:
    told = released_hotspots([ALIKE], [{**NOTED, 7: 45}])
    assert [one.square for one in told if one.state == State.HOT] == [7]
    (hot,) = (one for one in told if one.square == 7)
    assert (hot.visited, hot.noted, hot.quarters) == (60, 45, 1)
    assert 8 <= hot.expected <= 13


def test_a_square_is_not_hot_where_the_most_that_its_visits_may_be_explains_it() -> None:
    # With 25 visits published, 32 may be true; 20 noted are four times what others have, and yet within chance.
    told = released_hotspots([{**ALIKE, 7: 15}], [{**NOTED, 7: 10}])
    assert state_of(told, 7) != State.HOT
    told = released_hotspots([{**ALIKE, 7: 15}], [{**NOTED, 7: 35}])
    assert state_of(told, 7) == State.HOT


def test_visits_in_the_band_say_nothing_however_much_was_noted() -> None:
    told = released_hotspots([{**ALIKE, 7: None}], [{**NOTED, 7: 50}])
    (square,) = (one for one in told if one.square == 7)
    assert square == Told(square=7, state=State.TOO_FEW_VISITS, quarters=0, visited=None, noted=None, expected=0)


def test_notes_in_the_band_are_never_hot_and_not_called_quiet_where_little_was_expected() -> None:
    told = released_hotspots([{**ALIKE, 7: 10}], [{**NOTED, 7: None}])
    assert state_of(told, 7) == State.TOO_FEW_VISITS


def test_of_few_squares_with_visits_nothing_is_said() -> None:
    few = dict.fromkeys(range(FEWEST - 1), 60)
    told = released_hotspots([few], [{**dict.fromkeys(few, 10), 3: 55}])
    assert {one.state for one in told} == {State.TOO_FEW_VISITS}


def test_where_nothing_was_noted_as_a_number_nothing_is_said() -> None:
    told = released_hotspots([ALIKE], [dict.fromkeys(ALIKE)])
    assert {one.state for one in told} == {State.TOO_FEW_VISITS}
    assert released_hotspots([{}], [{}]) == []


def test_a_square_that_only_one_of_two_tables_has_is_not_told() -> None:
    told = released_hotspots([{**ALIKE, 77: 50}], [NOTED])
    assert next(one for one in told if one.square == 77).quarters == 0


def test_quarters_add_up_where_visits_are_numbers() -> None:
    told = released_hotspots([ALIKE, {**ALIKE, 3: None}], [NOTED, {**NOTED, 3: 25}])
    third = next(one for one in told if one.square == 3)
    assert (third.quarters, third.visited, third.noted) == (1, 60, 10)
    fourth = next(one for one in told if one.square == 4)
    assert (fourth.quarters, fourth.visited, fourth.noted) == (2, 120, 20)


def test_several_quarters_find_what_one_is_too_thin_for() -> None:
    more = {**NOTED, 7: 30}
    assert state_of(released_hotspots([ALIKE], [more]), 7) != State.HOT
    assert state_of(released_hotspots([ALIKE] * 4, [more] * 4), 7) == State.HOT


def test_a_hot_square_is_hot_whatever_counts_stand_behind_what_was_published_of_its_visits() -> None:
    # The same counts of notes, published beside every number that the visits could have been published as.
    visits = 60
    for value in possible_values(visits):
        told = released_hotspots([{**ALIKE, 7: value}], [{**NOTED, 7: 50}])
        assert state_of(told, 7) == State.HOT
        assert value is not None
        assert visits in counts_behind(value)


@pytest.mark.parametrize("name", list(equal_risk(0)))
def test_equal_risk_seldom_makes_a_hot_square(name: str) -> None:
    flagged = released_shares(equal_risk(REGIONS)[name]).flagged
    print(f"equal risk, {name}: {flagged:.1f} % of {REGIONS} regions show a hot square")
    assert flagged <= MOST_FLAGGED
    assert LEVEL <= 0.05


def test_a_clear_excess_is_found_sometimes_and_oftener_with_more_quarters() -> None:
    found = {name: released_shares(drawn).found for name, drawn in planted(REGIONS // 2).items()}
    print({name: f"{share:.0f} %" for name, share in found.items()})
    assert found["4 times the risk in one square, one quarter"] >= 10
    assert found["4 times the risk in one square, four quarters"] >= 30
    assert np.all(np.diff([found[f"{risk} times the risk in one square, one quarter"] for risk in (3, 4)]) >= 0)
