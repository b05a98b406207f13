"""From midnight to one in summer UTC still has the day before: what is asked then is answered for Britain's day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_town, asked

HALF_AN_HOUR = timedelta(minutes=30)
MAY = datetime(2026, 4, 30, 23, tzinfo=UTC)
"""Midnight in Britain, at which 1 May begins there: a new day and a new month."""
RELEASED = datetime(2026, 4, 21, 23, tzinfo=UTC)
"""The beginning of 22 April, 21 days after the end of a quarter."""
TOO_OLD = datetime(2026, 3, 31, 23, tzinfo=UTC)
"""The beginning of 1 April, three years after that of a quarter."""


@dataclass(frozen=True)
class Stage:
    """A town, and who asks there as a new session at a moment."""

    writer: psycopg.Connection
    service: psycopg.Connection
    town: Town

    def ask(self, role: str, purpose: str, query: str, *values: object) -> list[Any]:
        member = worlds.a_membership(self.writer, self.town.charity, role=role)
        now = self.writer.execute("SELECT access.clock()").fetchone()
        token = worlds.a_session(self.writer, member, purpose=purpose, at=now[0] if now else MAY)
        by_gate_alone = "minutes_at" in query
        return list(asked(self.writer if by_gate_alone else self.service, token, query, *values))


@pytest.fixture
def stage(writer: psycopg.Connection, service: psycopg.Connection) -> Stage:
    return Stage(writer, service, a_town(writer))


def the_day(stage: Stage) -> object:
    ((today, day_of_now),) = stage.ask("outreach", "visit", "SELECT access.today(), access.day_of(access.clock())")
    assert today == day_of_now
    return today


def reviews_of_30_april(stage: Stage) -> object:
    for place in [stage.town.place, *(worlds.a_place(stage.writer, stage.town.label) for _ in range(4))]:
        stage.writer.execute("UPDATE store.place SET review_on = '2026-04-30' WHERE id = %s", [place])
    return stage.ask("admin", "administration", "SELECT * FROM store.review_numbers(0)")[0]


def the_day_on_which_a_card_was_opened(stage: Stage) -> object:
    details = """SELECT audit.append('consultation', '{"kind": "place", "record": "abc"}')"""
    stage.ask("outreach", "visit", details)
    ((seen_on,),) = stage.ask("outreach", "visit", "SELECT seen_on FROM audit.seen_by(%s, 'abc', 8)", stage.town.place)
    return seen_on


def entries_of_either_day(stage: Stage) -> object:
    """Return how many entries that are written now are found from 1 May on, and to 30 April."""
    stage.ask("outreach", "visit", """SELECT audit.append('erasure', '{"what": "then"}')""")
    find = "SELECT count(*)::int FROM audit.find(1000, 9, '{erasure}', NULL, NULL, %s, %s)"
    new, old = date(2026, 5, 1), date(2026, 4, 30)
    days = ((new, None), (None, old), (old, old), (new, new), (None, None))
    return [stage.ask("auditor", "audit", find, *each)[0][0] for each in days]


def days_since_march(stage: Stage) -> object:
    return stage.ask("analyst", "analysis", "SELECT layers.days_since('2026-03-01')")[0][0]


def visits_of_last_may_that_count(stage: Stage) -> object:
    stage.writer.execute("UPDATE store.visit SET visited_on = '2025-05-10' WHERE id = %s", [stage.town.visit])
    stage.writer.execute(
        "UPDATE store.visit_point SET visited_on = '2025-05-10' WHERE visit_id = %s", [stage.town.visit]
    )
    return stage.ask("analyst", "analysis", "SELECT sum(visits)::int FROM layers.counted_squares(2, NULL)")[0][0]


def minutes_beside_a_danger_that_ends_on_1_may(stage: Stage) -> object:
    stage.writer.execute("UPDATE store.place_flag SET ended_on = '2026-05-01' WHERE place_id = %s", [stage.town.place])
    return stage.ask("outreach", "visit", "SELECT access.minutes_at(%s)", stage.town.place)[0][0]


def may_be_released(stage: Stage, quarter: str) -> bool:
    ground = "SELECT access.release_ground('public', NULL, 'visited', %s)"
    try:
        stage.ask("analyst", "analysis", ground, quarter)
    except psycopg.errors.RaiseException:
        return False
    return True


def the_first_quarter_is_released(stage: Stage) -> object:
    return may_be_released(stage, "2026-01-01")


def a_quarter_of_2023_is_released(stage: Stage) -> object:
    return may_be_released(stage, "2023-04-01")


@pytest.mark.parametrize(
    ("answer", "midnight", "before", "after"),
    [
        (the_day, MAY, date(2026, 4, 30), date(2026, 5, 1)),
        (reviews_of_30_april, MAY, ("places", 0, 5), ("places", 5, 0)),
        (the_day_on_which_a_card_was_opened, MAY, date(2026, 4, 30), date(2026, 5, 1)),
        (entries_of_either_day, MAY, [0, 1, 1, 0, 1], [1, 0, 0, 1, 1]),
        (days_since_march, MAY, 30, 31),
        (visits_of_last_may_that_count, MAY, 1, 0),
        (minutes_beside_a_danger_that_ends_on_1_may, MAY, 15, 30),
        (the_first_quarter_is_released, RELEASED, False, True),
        (a_quarter_of_2023_is_released, TOO_OLD, True, False),
    ],
)
def test_a_day_begins_at_midnight_in_britain(
    stage: Stage, answer: Callable[[Stage], object], midnight: datetime, *, before: object, after: object
) -> None:
    worlds.set_clock(stage.writer, midnight - HALF_AN_HOUR)
    assert answer(stage) == before
    again = Stage(stage.writer, stage.service, a_town(stage.writer))
    worlds.set_clock(stage.writer, midnight + HALF_AN_HOUR)
    assert answer(again) == after


def test_the_services_role_asks_for_the_day_without_a_call(service: psycopg.Connection) -> None:
    plan = service.execute("EXPLAIN (VERBOSE, FORMAT TEXT) SELECT access.today()").fetchall()
    assert not [line for (line,) in plan if "today" in line or "day_of" in line], "both are inlined"
