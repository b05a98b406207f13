"""Each rule of who must not go alone, and where nobody goes; what is not known counts as the stricter answer."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geo.shifts.solving import solved
from geo.shifts.two_people import NIGHT, Attendance, Danger, barred, why_two
from tests.geo.shifts.days import a_shift, a_stop, a_team, hours

TODAY = date(2026, 11, 26)
CALM = Attendance(attend_rule="ok", sensitivity=1, visits=3, last_outcome="spoke_with_someone", dangers=())


def test_a_calm_place_needs_nobody_beside() -> None:
    assert not why_two(CALM, on=TODAY)
    assert barred(CALM) is None


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"attend_rule": "two_people"}, "its owner asks for two people"),
        ({"visits": 0}, "it is a first visit"),
        ({"visits": None}, "it is a first visit"),
        ({"sensitivity": 2}, "there is a specific concern"),
        ({"sensitivity": None}, "there is a specific concern"),
        ({"dangers": (Danger(flag="dogs"),)}, "it was flagged as dangerous in the last 24 months"),
        (
            {"dangers": (Danger(flag="dogs", until=date(2024, 11, 26)),)},
            "it was flagged as dangerous in the last 24 months",
        ),
        ({"dangers": None}, "it was flagged as dangerous in the last 24 months"),
        ({"last_outcome": "withdrew"}, "the last visit ended badly, or nobody knows how"),
        ({"last_outcome": "something_new"}, "the last visit ended badly, or nobody knows how"),
        ({"last_outcome": None}, "the last visit ended badly, or nobody knows how"),
        ({"asked_for_two": True}, "a worker asked for it"),
    ],
)
def test_each_reason_alone_asks_for_two(facts: dict[str, Any], why: str) -> None:
    assert why_two(replace(CALM, **facts), on=TODAY) == (why,)


def test_a_danger_that_ended_more_than_24_months_ago_is_over() -> None:
    for until in (date(2024, 11, 25), date(2024, 10, 31), date(2020, 12, 31)):
        assert not why_two(replace(CALM, dangers=(Danger(flag="dogs", until=until),)), on=TODAY)


def test_choosing_not_to_speak_is_not_hostile() -> None:
    assert not why_two(replace(CALM, last_outcome="chose_not_to_speak"), on=TODAY)


def test_several_reasons_are_all_said() -> None:
    unknown = Attendance(attend_rule=None, sensitivity=None, visits=None, last_outcome=None, dangers=None)
    assert len(why_two(unknown, on=TODAY)) == 4


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"attend_rule": "do_not_attend"}, "its owner says that nobody attends"),
        ({"attend_rule": "do_not_attend", "owner_agreed": True}, "its owner says that nobody attends"),
        ({"attend_rule": "contact_owner_first"}, "its owner is to be asked first and has not agreed"),
        ({"attend_rule": "contact_owner_first", "owner_agreed": True}, None),
        ({"dangers": (Danger(flag="covert_op_deconflict"),)}, "its owner is to be asked first and has not agreed"),
        ({"dangers": (Danger(flag="covert_op_deconflict"),), "owner_agreed": True}, None),
        ({"dangers": (Danger(flag="covert_op_deconflict", until=TODAY),)}, None),
        ({"attend_rule": "a new rule", "owner_agreed": True}, "its attend rule is not known"),
        ({"attend_rule": None}, "its attend rule is not known"),
        ({"dangers": None}, "whether it is dangerous is not known"),
        ({"attend_rule": "two_people"}, None),
    ],
)
def test_where_nobody_goes_is_said(facts: dict[str, Any], why: str | None) -> None:
    assert barred(replace(CALM, **facts)) == why


@pytest.mark.parametrize(
    ("opens", "closes", "left_out"), [(17, 19, ()), (20, 23, ("s",)), (31, 33, ()), (28, 30, ("s",))]
)
def test_from_20_00_to_07_00_nobody_visits_alone(opens: int, closes: int, left_out: tuple[str, ...]) -> None:
    stop = a_stop("s", windows=(hours(opens, closes),))
    alone, two = (a_team(members=members, ends=34 * 60) for members in (1, 2))
    assert (
        solved(a_shift([stop], [replace(alone, starts=opens * 60 - 10)], night=NIGHT), iterations=5).left_out
        == left_out
    )
    assert not solved(a_shift([stop], [two], night=NIGHT), iterations=5).left_out
