"""Duty desks and notices in SQL: who is told, who reads it, who says that they see to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_layer_token, a_town, asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof

REFUSED = psycopg.errors.InsufficientPrivilege
SET_DESK = "SELECT access.set_duty_desk(%s, %s, %s, false, NULL)"


def a_desk(writer: psycopg.Connection, service: psycopg.Connection, town: Town, *members: UUID) -> str:
    """Give the charity a duty desk, as its admin does; the admin's token."""
    admin = worlds.a_membership(writer, town.charity, role="admin")
    token = worlds.a_session(writer, admin, purpose="administration")
    asked(service, token, SET_DESK, "0121 496 0001", "desk@charity.example", list(members))
    return token


def told(writer: psycopg.Connection, town: Town, to: UUID | None, **more: Any) -> str:
    """Send a notice as the functions of the gate do; its reference."""
    row = writer.execute(
        "SELECT access.notify(%s, %s, 'watchdog', %s, %s, %s, %s)",
        [town.charity, to, uuid4(), town.charity, more.get("enforcement", False), more.get("due", NOON)],
    ).fetchone()
    return str(row[0]) if row else ""


def read(service: psycopg.Connection, token: str) -> set[str]:
    return {row[0] for row in asked(service, token, "SELECT reference FROM access.my_notices()")}


def test_a_notice_is_read_by_whom_it_is_for_and_by_nobody_else(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    on_desk, colleague = worlds.a_membership(writer, town.charity), worlds.a_membership(writer, town.charity)
    admin = a_desk(writer, service, town, on_desk)
    tokens = [worlds.a_session(writer, who) for who in (town.worker, on_desk, colleague, town.officer)]
    mine, to_desk = told(writer, town, town.worker), told(writer, town, None)
    assert [read(service, token) for token in tokens] == [{mine}, {to_desk}, set(), set()]
    assert read(service, admin) == set()
    later = told(writer, town, town.worker, due=NOON + timedelta(minutes=5))
    assert later not in read(service, tokens[0])


def test_an_acknowledgement_is_kept_once_and_a_strangers_finds_nothing(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    mine, other = worlds.a_session(writer, town.worker), worlds.a_session(writer, town.officer)
    told(writer, town, town.worker)
    (id, telephone), *_ = asked(service, mine, "SELECT id, telephone FROM access.my_notices()")
    assert telephone is None
    assert asked(service, other, "SELECT access.acknowledge_notice(%s)", id) == [(False,)]
    assert asked(service, mine, "SELECT access.acknowledge_notice(%s)", id) == [(True,)]
    assert asked(service, mine, "SELECT access.acknowledge_notice(%s)", id) == [(True,)]
    assert asked(service, mine, "SELECT acknowledged_at FROM access.my_notices()") == [(NOON,)]


def test_what_is_for_enforcement_and_what_is_for_people_never_meet(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    visit = worlds.a_session(writer, town.officer)
    enforcement = worlds.a_session(writer, town.officer, purpose="enforcement")
    for is_enforcement in (True, False):
        writer.execute(
            "SELECT access.notify(%s, %s, 'watchdog', %s, %s, %s, %s)",
            [town.police, town.officer, uuid4(), town.police, is_enforcement, NOON],
        )
    assert len(read(service, visit)) == len(read(service, enforcement)) == 1
    assert read(service, visit) != read(service, enforcement)


def test_only_an_admin_sets_a_desk_and_only_of_workers_of_their_own(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    admin = a_desk(writer, service, town, town.worker)
    mine, partner = worlds.a_session(writer, town.worker), worlds.a_session(writer, town.officer)
    shown = "SELECT telephone, cardinality(members) FROM access.my_duty_desk()"
    assert asked(service, admin, shown) == [("0121 496 0001", 1)]
    assert asked(service, mine, shown) == [("0121 496 0001", 1)]
    assert asked(service, partner, shown) == []
    with pytest.raises(REFUSED):
        asked(service, mine, SET_DESK, "999", None, [])
    for stranger in (town.officer, uuid4()):
        with pytest.raises(psycopg.errors.RaiseException):
            asked(service, admin, SET_DESK, "999", None, [stranger])
    with pytest.raises(psycopg.errors.CheckViolation):
        asked(service, admin, SET_DESK, "call Ann", None, [])


def test_workers_are_told_who_is_on_duty_admins_who_was_named_and_others_nothing(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    gone = worlds.a_membership(writer, town.charity)
    admin = a_desk(writer, service, town, town.worker, gone)
    writer.execute("UPDATE access.membership SET suspended_at = access.clock() WHERE id = %s", [gone])
    analyst = worlds.a_session(writer, worlds.a_membership(writer, town.charity, role="analyst"), purpose="analysis")
    shown = "SELECT cardinality(members), facts_hash IS NOT NULL FROM access.my_duty_desk()"
    mine = worlds.a_session(writer, town.worker)
    assert [asked(service, token, shown) for token in (admin, mine, analyst)] == [
        [(2, True)], [(1, False)], [(0, False)],
    ]  # fmt: skip


def test_nobody_overwrites_a_desk_that_they_have_not_read(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    admin = a_desk(writer, service, town)
    as_read = "SELECT access.set_duty_desk('999', NULL, '{}', true, %s)"
    ((read_hash,),) = asked(service, admin, "SELECT facts_hash FROM access.my_duty_desk()")
    for old in (None, "", "nonsense"):
        assert asked(service, admin, as_read, old) == [(False,)]
    assert asked(service, admin, as_read, read_hash) == [(True,)]
    assert asked(service, admin, as_read, read_hash) == [(False,)]
    assert asked(service, admin, "SELECT telephone FROM access.my_duty_desk()") == [("999",)]


@pytest.mark.parametrize("who", ["layer token", "nobody"])
def test_a_token_that_is_not_ones_own_reads_nothing(
    writer: psycopg.Connection, service: psycopg.Connection, who: str
) -> None:
    town = a_town(writer)
    token = a_layer_token(service, worlds.a_session(writer, town.worker))[0] if who == "layer token" else "nonsense"
    for call in ("access.my_notices()", f"access.acknowledge_notice('{uuid4()}')", "access.my_duty_desk()"):
        with pytest.raises(REFUSED):
            asked(service, token, f"SELECT {call}")


def test_the_tables_and_the_sending_are_closed_to_the_service(service: psycopg.Connection) -> None:
    for table in ("notice", "duty_desk", "duty_desk_member", "notice_kind"):
        with pytest.raises(REFUSED):
            service.execute(f"SELECT * FROM access.{table}".encode())
    with pytest.raises(REFUSED):
        service.execute("SELECT access.notify(1, NULL, 'watchdog', gen_random_uuid(), 1, false, now())")
