"""More rules of a shift in SQL: joint visits in their windows, the hours of places, the languages spoken there."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests import worlds
from tests.gate.test_plan_rules import REFUSED, Stage, Written, stage
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof
__all__ = ["stage"]


def test_a_joint_visit_is_a_stop_for_who_is_named_in_its_window_alone(stage: Stage) -> None:
    town, service = stage.town, stage.service
    mate, stranger = (worlds.a_membership(stage.writer, town.police) for _ in range(2))
    joint = worlds.a_joint_visit(
        stage.writer, town.place, town.charity, town.police, members=[town.officer, mate],
        starts_at=NOON, ends_at=NOON + timedelta(hours=2),
    )  # fmt: skip
    token, other = (worlds.a_session(stage.writer, who) for who in (town.officer, stranger))
    stops = "SELECT id, place_id, members FROM access.my_joint_stops()"
    assert asked(service, token, stops) == [(joint, town.place, sorted([town.officer, mate]))]
    assert asked(service, other, stops) == asked(service, stage.token, stops) == []
    enforcement = worlds.a_session(stage.writer, town.officer, purpose="enforcement")
    assert asked(service, enforcement, stops) == []

    both = Written(town, [town.officer, mate], joint)
    assert both.kept(service, token) == 1
    refusals = [
        (Written(town, [town.officer, mate], town.place), token, "may not see this place exactly"),
        (Written(town, [town.officer, mate], joint), other, "may not see this place exactly"),
        (Written(town, [town.officer, stranger], joint), token, "not named on the joint visit"),
        (Written(town, [town.officer], joint), token, "it is a first visit"),
        (Written(town, [town.officer, mate], joint, start=13 * 60 + 41), token, "outside the window"),
    ]
    for written, who, why in refusals:
        with pytest.raises(REFUSED, match=why):
            written.kept(service, who)
    stage.change("UPDATE store.place SET attend_rule = 2 WHERE id = %s", town.place)
    assert both.kept(service, token) == 1  # Its owner proposed it, and so agreed.
    stage.change("UPDATE store.place SET attend_rule = 3 WHERE id = %s", town.place)
    with pytest.raises(REFUSED, match="nobody attends"):
        both.kept(service, token)
    stage.change("UPDATE store.place SET attend_rule = 0 WHERE id = %s", town.place)
    stage.change("UPDATE store.joint_visit SET cancelled_at = access.clock() WHERE id = %s", joint)
    assert asked(service, token, stops) == []
    with pytest.raises(REFUSED, match="may not see this place exactly"):
        both.kept(service, token)


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ({"open": [[7, 600, 840]]}, None),
        ({"open": [[7, 600, 799]]}, "it is not open then"),
        ({"open": [[6, 600, 840]]}, "it is not open then"),
        ({"open": [[7, 600, 790], [7, 790, 900]]}, "it is not open then"),
        ({"open": [[7, 600, 840]], "safe": [[7, 600, 700]]}, "it is not safe then"),
        ({"safe": [[6, 1000, 2240]]}, None),
        ({"no_knock": [[7, 799, 900]]}, "nobody is to knock then"),
        ({"no_knock": [[7, 800, 900]]}, None),
    ],
)
def test_hours_of_a_place_are_kept(stage: Stage, hours: dict[str, Any], why: str | None) -> None:
    stage.change("UPDATE store.place SET hours = %s WHERE id = %s", json.dumps(hours), stage.town.place)
    plan = stage.written(2)  # A Sunday, from 13:00 to 13:20.
    if why is None:
        assert plan.kept(stage.service, stage.token) == 1
    else:
        assert why in stage.refused(plan)


def test_a_team_speaks_what_the_place_asks_for(stage: Stage) -> None:
    stage.change("UPDATE store.place SET languages = '{polish}' WHERE id = %s", stage.town.place)
    assert "does not speak" in stage.refused(stage.written(2))
    assert "does not speak" in stage.refused(stage.written(2, spoken=["thai"]))
    assert stage.written(2, spoken=["thai", "polish"]).kept(stage.service, stage.token) == 1


@pytest.mark.parametrize(
    "hours", [[], {"ever": []}, {"open": [[8, 1, 2]]}, {"open": [[1, 5, 5]]}, {"open": [[1, 2]]}, {"open": 5}]
)
def test_what_are_no_hours_has_no_room(stage: Stage, hours: object) -> None:
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.DataError)):
        stage.change("UPDATE store.place SET hours = %s WHERE id = %s", json.dumps(hours), stage.town.place)
