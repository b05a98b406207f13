"""The rules of a shift in SQL: documents written by hand, as no planner of ours would write them, are refused."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.test_plans import KEEP
from tests.gate.town import Town, a_town, asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof
REFUSED = psycopg.errors.RaiseException
AFTERNOON = 13 * 60


@dataclass
class Written:
    """A plan written by hand: one team of these members, one call at a place; everything may be lied about."""

    town: Town
    members: list[UUID]
    stop: UUID
    start: int = AFTERNOON
    at: datetime = NOON
    hours: int = 4
    skills: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    said: list[UUID] | None = None
    state: str = "ready"

    def document(self) -> dict[str, Any]:
        call = {"stop": str(self.stop), "arrive": self.start, "start": self.start, "leave": self.start + 20}
        route = {"team": "1", "leaves": self.start - 10, "returns": self.start + 30, "travel": 20, "calls": [call]}
        members = self.members if self.said is None else self.said
        team = {"number": 1, "members": [str(id) for id in members], "skills": self.skills, "languages": self.spoken}
        return {"asked": {"teams": [team]}, "plan": {"routes": [route], "left_out": []}, **self.more}

    def kept(self, service: psycopg.Connection, token: str, *, id: UUID | None = None, version: int = 0) -> int:
        values = [
            id or uuid4(), version, self.at, self.at + timedelta(hours=self.hours), self.state,
            json.dumps(self.document()), self.members, [1] * len(self.members),
        ]  # fmt: skip
        return int(asked(service, token, KEEP, *values)[0][0])


@dataclass
class Stage:
    """A place that one person may go to by day, two workers of its owner, and the session that plans."""

    writer: psycopg.Connection
    service: psycopg.Connection
    town: Town
    mate: UUID
    token: str

    def change(self, query: str, *values: object) -> None:
        self.writer.execute(query.encode(), values)

    def flag(self, list_: str, code: int, *, ended: str | None = None) -> None:
        self.change(
            "INSERT INTO store.place_flag SELECT gen_random_uuid(), p.id, p.lock_id, %s, %s, '2023-01-01',"
            " '2023-06-01', %s, gen_random_uuid(), access.clock() FROM store.place AS p WHERE p.id = %s",
            list_, code, ended, self.town.place,
        )  # fmt: skip

    def written(self, people: int = 1, **more: Any) -> Written:
        members = [self.town.worker, self.mate][:people]
        return Written(**{"town": self.town, "members": members, "stop": self.town.place, **more})

    def refused(self, written: Written) -> str:
        with pytest.raises(REFUSED) as error:
            written.kept(self.service, self.token)
        return str(error.value.diag.message_primary)


@pytest.fixture
def stage(writer: psycopg.Connection, service: psycopg.Connection) -> Stage:
    town = a_town(writer)
    writer.execute("DELETE FROM store.place_flag WHERE place_id = %s", [town.place])
    mate = worlds.a_membership(writer, town.charity)
    return Stage(writer, service, town, mate, worlds.a_session(writer, town.worker))


def test_what_one_person_may_do_by_day_is_kept(stage: Stage) -> None:
    assert stage.written().kept(stage.service, stage.token) == 1
    assert stage.written(2).kept(stage.service, stage.token) == 1


def test_a_place_that_is_not_seen_exactly_is_refused_like_one_that_never_was(stage: Stage) -> None:
    secret = worlds.a_place(stage.writer, worlds.a_label(stage.writer, stage.town.charity, sensitivity=3))
    theirs = worlds.a_place(stage.writer, worlds.a_label(stage.writer, stage.town.police))
    stage.change("UPDATE access.membership SET clearance = 2 WHERE id = %s", stage.town.worker)
    sentences = {stage.refused(stage.written(2, stop=stop)) for stop in (secret, theirs, uuid4())}
    assert sentences == {"Visit 1 of team 1: you may not see this place exactly."}
    assert stage.written(2).kept(stage.service, stage.token) == 1


def test_do_not_attend_is_absolute_and_an_owner_who_is_asked_first_has_to_agree(stage: Stage) -> None:
    stage.change("UPDATE store.place SET attend_rule = 3 WHERE id = %s", stage.town.place)
    agreed = {"agreed": [str(stage.town.place)]}
    for more in ({}, agreed):
        assert "nobody attends" in stage.refused(stage.written(2, more=more))
    stage.change("UPDATE store.place SET attend_rule = 2 WHERE id = %s", stage.town.place)
    assert "has not agreed" in stage.refused(stage.written(2))
    assert "has not agreed" in stage.refused(stage.written(2, more={"agreed": [str(uuid4())]}))
    assert stage.written(2, more=agreed).kept(stage.service, stage.token) == 1
    assert "its owner asks for two people" in stage.refused(stage.written(1, more=agreed))
    stage.change("UPDATE store.place SET attend_rule = 0 WHERE id = %s", stage.town.place)
    stage.flag("danger_flag", 10)
    assert "has not agreed" in stage.refused(stage.written(2))
    stage.change("UPDATE store.place SET status = 'closed' WHERE id = %s", stage.town.place)
    assert "it is closed" in stage.refused(stage.written(2))


def never_visited(stage: Stage) -> None:
    stage.change("DELETE FROM store.visit_point WHERE place_id = %s", stage.town.place)


def hostile(stage: Stage) -> None:
    stage.change("UPDATE store.visit_point SET outcome = 5 WHERE place_id = %s", stage.town.place)


def unreadable_outcome(stage: Stage) -> None:
    stage.change("UPDATE store.visit_point SET outcome = 99 WHERE place_id = %s", stage.town.place)


def sensitive(stage: Stage) -> None:
    label = worlds.a_label(stage.writer, stage.town.charity, sensitivity=2)
    place = worlds.a_place(stage.writer, label)
    stage.change("DELETE FROM store.place_flag WHERE place_id = %s", place)
    worlds.a_visit(stage.writer, label, place)
    stage.town = replace(stage.town, place=place)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda s: s.change("UPDATE store.place SET attend_rule = 1 WHERE id = %s", s.town.place), "asks for two"),
        (never_visited, "first visit"),
        (sensitive, "specific concern"),
        (lambda s: s.flag("danger_flag", 3), "flagged as dangerous"),
        (lambda s: s.flag("danger_flag", 99, ended="2024-03-03"), "flagged as dangerous"),
        (hostile, "ended badly"),
        (unreadable_outcome, "ended badly"),
    ],
)
def test_where_two_must_go_one_is_refused(stage: Stage, make: Callable[[Stage], None], why: str) -> None:
    make(stage)
    assert why in stage.refused(stage.written())
    assert why in stage.refused(stage.written(state="draft"))
    assert stage.written(2).kept(stage.service, stage.token) == 1


def test_a_danger_of_more_than_24_months_ago_is_over(stage: Stage) -> None:
    stage.flag("danger_flag", 3, ended="2024-02-29")
    assert stage.written().kept(stage.service, stage.token) == 1


def test_a_worker_s_wish_not_to_go_alone_is_kept(stage: Stage) -> None:
    wish = {"together": [str(stage.town.place)]}
    assert "a worker asked for it" in stage.refused(stage.written(more=wish))
    assert stage.written(2, more=wish).kept(stage.service, stage.token) == 1


@pytest.mark.parametrize("start", [19 * 60 + 45, 20 * 60, 23 * 60, 24 * 60 + 60, 6 * 60 + 50, 7 * 60])
def test_nobody_is_out_alone_by_night(stage: Stage, start: int) -> None:
    at = NOON.replace(hour=5) if start < 12 * 60 else NOON.replace(hour=18)
    alone = stage.written(start=start, at=at, hours=12)
    assert "nobody goes alone from 20:00 to 07:00" in stage.refused(alone)
    assert stage.written(2, start=start, at=at, hours=12).kept(stage.service, stage.token) == 1


def test_hours_that_are_not_those_of_the_shift_are_refused(stage: Stage) -> None:
    for start in (11 * 60, 16 * 60 - 10, 40 * 60):
        assert "beyond the hours" in stage.refused(stage.written(2, start=start))
    long = stage.written(2).document()
    long["plan"]["routes"][0]["calls"][0]["leave"] += 60
    assert "outside the time that the team is out" in stage.refused(stage.written(2, more={"plan": long["plan"]}))


def test_people_who_are_said_to_go_but_are_not_named_do_not_count(stage: Stage) -> None:
    stage.flag("danger_flag", 3)
    town, mate = stage.town, stage.mate
    lies = [
        stage.written(1, said=[town.worker, mate]), stage.written(2, said=[town.worker]), stage.written(2, said=[]),
        stage.written(1, said=[mate]), stage.written(0, said=[]), stage.written(more={"asked": {"teams": []}}),
    ]  # fmt: skip
    for lie in lies:
        assert stage.refused(lie) == "The teams of the plan are not those that were named for it."
    twice = stage.written(1)
    twice.members = [town.worker, town.worker]
    assert "needs two people" in stage.refused(twice)


def test_contact_safety_flags_fail_closed(stage: Stage) -> None:
    stage.flag("contact_flag", 10)
    assert stage.written().kept(stage.service, stage.token) == 1
    stage.flag("contact_flag", 11)
    assert "contact-safety flag asks for" in stage.refused(stage.written(2))
    women = stage.written(2, skills=["women_workers_only"])
    assert women.kept(stage.service, stage.token) == 1
    for code, why in ((99, "cannot be read"), (9, "nobody is to knock")):
        stage.flag("contact_flag", code)
        assert why in stage.refused(women)
        stage.change("DELETE FROM store.place_flag WHERE code = %s", code)


def test_what_the_session_does_not_see_changes_nothing(stage: Stage) -> None:
    town = stage.town
    hidden = worlds.a_label(stage.writer, town.charity, sensitivity=3)
    stage.change("UPDATE access.membership SET clearance = 2 WHERE id = %s", town.worker)
    later = worlds.a_visit(stage.writer, hidden, town.place)
    stage.change("UPDATE store.visit_point SET outcome = 5, visited_on = '2026-03-01' WHERE visit_id = %s", later)
    assert stage.written().kept(stage.service, stage.token) == 1
    never_visited(stage)
    worlds.a_visit(stage.writer, hidden, town.place)
    assert "first visit" in stage.refused(stage.written())


def test_a_plan_is_judged_again_when_it_is_made_ready_and_can_always_be_taken_back(stage: Stage) -> None:
    id, plan = uuid4(), stage.written(2)
    assert plan.kept(stage.service, stage.token, id=id) == 1
    stage.change("UPDATE store.place SET attend_rule = 3 WHERE id = %s", stage.town.place)
    plan.state = "draft"
    assert plan.kept(stage.service, stage.token, id=id, version=1) == 2
    plan.state = "ready"
    with pytest.raises(REFUSED):
        plan.kept(stage.service, stage.token, id=id, version=2)


def test_nonsense_is_refused_and_keeps_nothing(stage: Stage) -> None:
    good = stage.written(2).document()
    for path, value in (("routes", 5), ("routes", [{"team": "1"}]), ("routes", [[]]), ("routes", [{"team": "x"}])):
        nonsense = stage.written(2, more={"plan": {**good["plan"], path: value}})
        with pytest.raises((REFUSED, psycopg.DataError)):
            nonsense.kept(stage.service, stage.token)
    bad = stage.written(2, more=json.loads(json.dumps(good).replace(str(stage.town.place), "not an id")))
    with pytest.raises((REFUSED, psycopg.DataError)):
        bad.kept(stage.service, stage.token)
    assert asked(stage.service, stage.token, "SELECT count(*) FROM access.my_plans()") == [(0,)]
