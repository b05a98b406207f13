"""An insider plans near a hidden visit and then sits down at the desk that is told, or hears what is conditional."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests import worlds
from tests.gate.clashing import HOUR, Side, a_place_of, a_plan, a_side, alone_at_noon, looked, near, told, told_of, two
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof
MY_NOTICES = "SELECT kind FROM access.my_notices()"
ACKNOWLEDGE = "SELECT access.acknowledge_notice(n.id) FROM (SELECT %s::uuid AS id) AS n"


@pytest.fixture(autouse=True)
def alone(writer: psycopg.Connection) -> None:
    alone_at_noon(writer)


def sits_down(conn: psycopg.Connection, side: Side, membership: UUID) -> str:
    """Let somebody be named to the desk; their session."""
    conn.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [side.organisation, membership])
    return worlds.a_session(conn, membership)


def test_who_planned_it_reads_nothing_by_joining_the_desk_later(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, other = two(writer)
    assert looked(writer) == 2
    insider = sits_down(writer, one, one.planner)
    notice = writer.execute("SELECT id FROM access.notice WHERE organisation_id = %s", [one.organisation]).fetchone()
    assert notice is not None
    assert asked(service, insider, MY_NOTICES) == []
    assert asked(service, insider, ACKNOWLEDGE, notice[0]) == [(False,)]
    colleague = sits_down(writer, one, worlds.a_membership(writer, one.organisation))
    assert asked(service, colleague, MY_NOTICES) == [("plans_near",)]
    assert told(service, one) == [near(other)]


def test_a_notice_is_gone_with_what_says_whom_not_to_show_it(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, _ = two(writer)
    looked(writer)
    worlds.set_clock(writer, NOON + timedelta(days=4))
    looked(writer)
    writer.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [one.organisation, one.planner])
    insider = worlds.a_session(writer, one.planner, at=NOON + timedelta(days=4))
    assert asked(service, insider, MY_NOTICES) == []


def theirs_and_ours(conn: psycopg.Connection, **handling: Any) -> tuple[Side, Side]:
    one, other = a_side(conn), a_side(conn, "police")
    if handling.get("excluded") == "at both":
        found = conn.execute("SELECT person_id FROM access.membership WHERE id = %s", [other.on_desk]).fetchone()
        assert found is not None
        handling = {"excluded": [worlds.a_membership(conn, one.organisation, person=found[0])]}
    elif handling.get("excluded") == "own":
        handling = {"excluded": [one.on_desk]}
    place = a_place_of(conn, one, handling=worlds.a_handling(conn, **handling))
    a_plan(conn, one.planner, [place])
    a_plan(conn, other.planner, [a_place_of(conn, other, metres=100)], starts=NOON + 8 * HOUR)
    return one, other


@pytest.mark.parametrize(
    ("handling", "hears"),
    [
        ({"conditions": {"recipients": []}}, False),
        ({"conditions": {"purposes": ["analysis"]}}, False),
        ({"conditions": {"a name nobody knows": 1}}, False),
        ({"excluded": "at both"}, False),
        ({"excluded": "own"}, True),
    ],
    ids=str,
)
def test_what_is_shared_under_conditions_alone_is_told_to_its_own_desk_alone(
    writer: psycopg.Connection, handling: dict[str, Any], *, hears: bool
) -> None:
    one, other = theirs_and_ours(writer, **handling)
    looked(writer)
    assert told_of(writer, one, other) == sorted([one.organisation, *([other.organisation] if hears else [])])
