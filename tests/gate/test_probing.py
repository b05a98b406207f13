"""A curious insider makes and drops plans to learn where others go, and learns little: as ADR 0018 counts it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.clashing import HERE, HOUR, Side, a_place_of, a_plan, a_side, alone_at_noon, looked, near, told, told_of
from tests.worlds import NOON

pytestmark = pytest.mark.proof

FAR = 8_000
"""Metres to another 5 km square."""


@pytest.fixture(autouse=True)
def alone(writer: psycopg.Connection) -> None:
    alone_at_noon(writer)


def a_victim(conn: psycopg.Connection, *, metres: Sequence[float] = (0,)) -> Side:
    """Make a side that plans visits so many metres east of here, from noon until tomorrow."""
    side = a_side(conn, "council")
    for number in range(6):
        places = [a_place_of(conn, side, metres=at + number) for at in metres]
        a_plan(conn, side.planner, places, starts=NOON + number * 4 * HOUR)
    return side


def drop(conn: psycopg.Connection, plan: UUID) -> None:
    conn.execute("DELETE FROM access.plan WHERE id = %s", [plan])


def test_a_plan_that_does_not_stand_at_the_full_hour_finds_nothing(writer: psycopg.Connection) -> None:
    victim, insider = a_victim(writer), a_side(writer)
    place = a_place_of(writer, insider)
    for minutes in (1, 20, 59):
        at = NOON + timedelta(minutes=minutes)
        worlds.set_clock(writer, at)
        plan = a_plan(writer, insider.planner, [place], starts=NOON + 9 * HOUR, changed=NOON + timedelta(minutes=1))
        assert looked(writer) == 0
        drop(writer, plan)
    worlds.set_clock(writer, NOON + HOUR)
    assert looked(writer) == 0
    a_plan(writer, insider.planner, [place], starts=NOON + 9 * HOUR, changed=NOON + timedelta(minutes=59))
    assert looked(writer) == 2
    assert told_of(writer, victim, insider) == sorted([victim.organisation, insider.organisation])


def test_one_that_starts_within_the_hour_is_told_at_once(writer: psycopg.Connection) -> None:
    a_victim(writer)
    insider = a_side(writer)
    a_plan(writer, insider.planner, [a_place_of(writer, insider)], starts=NOON + HOUR / 2, changed=NOON)
    assert looked(writer) == 2


def test_a_desk_hears_of_another_once_in_six_hours_and_of_a_pair_of_places_once_a_day(
    writer: psycopg.Connection,
) -> None:
    a_victim(writer, metres=(0, 2_000))
    insider = a_side(writer)
    first, second = a_place_of(writer, insider), a_place_of(writer, insider, metres=2_000)
    heard = []
    for hour, place in enumerate([first, first, second, second, second, second, second, first]):
        worlds.set_clock(writer, NOON + hour * HOUR)
        plan = a_plan(writer, insider.planner, [place], starts=NOON + hour * HOUR)
        heard.append(looked(writer))
        drop(writer, plan)
    assert heard == [2, 0, 0, 0, 0, 0, 0, 0], "and six plans are a day's ration: the seventh counts no more"


def test_another_clash_is_told_of_after_six_hours(writer: psycopg.Connection) -> None:
    a_victim(writer, metres=(0, 2_000))
    insider = a_side(writer)
    a_plan(writer, insider.planner, [a_place_of(writer, insider)])
    assert looked(writer) == 2
    colleague = worlds.a_membership(writer, insider.organisation)
    a_plan(writer, colleague, [a_place_of(writer, insider, metres=2_000)])
    for hours, heard in ((1, 0), (5, 0), (7, 2)):
        worlds.set_clock(writer, NOON + hours * HOUR)
        assert looked(writer) == heard


@pytest.mark.parametrize("squares", [False, True], ids=["plans", "squares"])
def test_what_is_beyond_a_persons_ration_finds_nothing_even_if_dropped(
    writer: psycopg.Connection, *, squares: bool
) -> None:
    victim, insider = a_victim(writer), a_side(writer)
    away = [a_place_of(writer, insider, metres=FAR * (number + 1)) for number in range(12 if squares else 6)]
    for places in [away] if squares else [[place] for place in away]:
        plan = a_plan(writer, insider.planner, places)
        assert looked(writer) == 0
        drop(writer, plan)
    here = [a_place_of(writer, insider)]
    a_plan(writer, insider.planner, here, changed=NOON - HOUR)
    assert looked(writer) == 0
    colleague = worlds.a_membership(writer, insider.organisation)
    with writer.transaction(force_rollback=True):
        a_plan(writer, colleague, here)
        assert looked(writer) == 2
    worlds.set_clock(writer, NOON + timedelta(days=1))
    a_plan(writer, victim.planner, [a_place_of(writer, victim)], starts=NOON + 30 * HOUR)
    a_plan(writer, insider.planner, here, starts=NOON + 30 * HOUR)
    assert looked(writer) == 2, "the next day is another day"


def test_whoever_planned_is_not_told_but_the_others_at_the_desk_are(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    victim, insider = a_victim(writer), a_side(writer)
    writer.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [insider.organisation, insider.planner])
    a_plan(writer, insider.planner, [a_place_of(writer, insider)])
    assert looked(writer) == 2
    mine = Side(**{**vars(insider), "desk": worlds.a_session(writer, insider.planner)})
    assert told(service, mine, insider, victim) == [[], near(victim), near(insider)]


def test_who_works_for_both_finds_nothing_with_plans_of_their_own(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, other = a_side(writer), a_side(writer)
    person = writer.execute("SELECT person_id FROM access.membership WHERE id = %s", [one.planner]).fetchone()
    assert person is not None
    also = worlds.a_membership(writer, other.organisation, person=person[0])
    plan = a_plan(writer, also, [a_place_of(writer, other)])
    a_plan(writer, one.planner, [a_place_of(writer, one)])
    assert looked(writer) == 0
    drop(writer, plan)
    writer.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [other.organisation, also])
    a_plan(writer, other.planner, [a_place_of(writer, other, metres=9)])
    assert looked(writer) == 2
    there = Side(**{**vars(other), "desk": worlds.a_session(writer, also)})
    assert told(service, there, other) == [[], near(one)]


def test_a_plan_that_names_anothers_places_or_nonsense_finds_nothing(writer: psycopg.Connection) -> None:
    victim, insider = a_victim(writer), a_side(writer)
    theirs = [row[0] for row in writer.execute(
        "SELECT p.id FROM store.place AS p JOIN access.label AS l ON l.id = p.lock_id >> 5 WHERE l.owner_id = %s",
        [victim.organisation],
    )]  # fmt: skip
    plan = a_plan(writer, insider.planner, [*theirs, uuid4()])
    assert looked(writer) == 0
    for document in ('{"plan": 7}', '{"plan": {"routes": [{"calls": [{"stop": "x"}, {"stop": {}}, 3]}]}}', "[]"):
        writer.execute("UPDATE access.plan SET document = %s WHERE id = %s", [document, plan])
        assert looked(writer) == 0


def test_a_day_of_trying_every_hour_teaches_a_desk_four_bits_at_most(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    """The worst insider: a whole team of colleagues, each with a plan of their own where somebody is always near."""
    victim, insider = a_victim(writer), a_side(writer)
    heard = 0
    for hour in range(24):
        worlds.set_clock(writer, NOON + hour * HOUR)
        colleague = worlds.a_membership(writer, insider.organisation)
        places = [a_place_of(writer, insider, metres=metres) for metres in (0, 30, 60)]
        plan = a_plan(writer, colleague, places, starts=NOON + hour * HOUR)
        heard += looked(writer) > 0
        drop(writer, plan)
    assert heard == 4
    desk = Side(**{**vars(insider), "desk": worlds.a_session(writer, insider.on_desk, at=NOON + 23 * HOUR)})
    assert told(service, desk) == [near(victim) * 4], "four notices that are one and the same"


def test_here_is_far_from_there() -> None:
    assert int(HERE[0] // 5000) != int((HERE[0] + FAR) // 5000)
