"""How long shifts, plans and notices are kept: to the day, and never less than an open alarm or follow-up needs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.shift_playing import Shift, a_shift
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof

DENIED, REFUSED = psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException
TABLES = ("check_in", "shift_stop", "shift_briefing", "alarm")
DAY = 24 * 60
SET = "SELECT access.set_retention(%s, %s)"
WERE = [365, 31, 31, 90, 730]
"""Alarms, details, notices, plans, shifts."""
Expected = tuple[tuple[float, set[str]], ...]


@pytest.fixture
def shift(writer: psycopg.Connection, service: psycopg.Connection) -> Shift:
    """Give a shift that nobody else's stands beside."""
    over = "UPDATE access.shift SET state = 'closed', stop = NULL, next_due_at = NULL, closed_at = access.clock()"
    play = a_shift(writer, service, has_set_out=False)
    writer.execute(over.encode())
    play.start()
    return play


def forget(shift: Shift) -> None:
    shift.writer.execute("SELECT access.forget()")


def left(shift: Shift) -> set[str]:
    """Return what is left of the shift: names of tables, and `shift`, `plan`, `notice`."""
    found = set()
    for table in TABLES:
        query = f"SELECT count(*) FROM access.{table} WHERE shift_id = %s"
        if one(shift, query, shift.id):
            found.add(table)
    if one(shift, "SELECT count(*) FROM access.shift WHERE id = %s", shift.id):
        found.add("shift")
    if one(shift, "SELECT count(*) FROM access.plan WHERE made_by = %s", shift.people["first"]):
        found.add("plan")
    if one(shift, "SELECT count(*) FROM access.notice WHERE organisation_id = %s", shift.town.charity):
        found.add("notice")
    return found


def one(shift: Shift, query: str, *values: object) -> Any:
    row = shift.writer.execute(query.encode(), values).fetchone()
    return row and row[0]


def goes_home(shift: Shift, *, became: tuple[str, str] = ("visited", "not_reached"), again: bool = False) -> None:
    """Let the team go to its first stop, withdraw from the second, come home, and close."""
    shift.reads("first")
    for kind in ("arrived", "left", "withdrew", "home_safe"):
        shift.says("first", kind)
    shift.ask("first", "SELECT access.close_shift(%s, %s, %s)", shift.id, list(became), [again, False])
    shift.tick()


def erasures(shift: Shift) -> list[Mapping[str, Any]]:
    rows = shift.writer.execute(
        "SELECT body::jsonb FROM audit.entry WHERE organisation_id = %s AND body::jsonb ->> 'op' = 'erasure'"
        " ORDER BY seq",
        [shift.town.charity],
    ).fetchall()
    return [row[0] for row in rows]


def an_admin(shift: Shift) -> str:
    member = worlds.a_membership(shift.writer, shift.town.charity, role="admin")
    return worlds.a_session(shift.writer, member, purpose="administration", at=shift.at)


def test_details_go_after_31_days_plans_after_90_and_that_there_was_a_shift_after_730(shift: Shift) -> None:
    goes_home(shift)
    whole = {"check_in", "shift_stop", "shift_briefing", "shift", "plan"}
    expected: Expected = ((30.9, whole), (31, {"shift", "plan"}), (90.1, {"shift", "plan"}), (90.2, {"shift"}),
                (729.9, {"shift"}), (730, set()))  # fmt: skip
    for days, kept in expected:
        shift.minute(days * DAY)
        forget(shift)
        assert left(shift) == kept, days


def test_where_anybody_was_told_details_stay_a_year_and_the_notice_31_days(shift: Shift) -> None:
    shift.minute(35)
    shift.tick()
    shift.says("first", "withdrew")
    shift.ask("buddy", "SELECT access.take_alarm(%s)", shift.alarms("buddy")[0]["id"])
    shift.ask("buddy", "SELECT access.close_alarm(%s, 'home')", shift.alarms("buddy")[0]["id"])
    expected: Expected = ((30, {"check_in", "shift_stop", "alarm", "shift", "plan", "notice"}),
                (32, {"check_in", "shift_stop", "alarm", "shift", "plan"}),
                (364, {"check_in", "shift_stop", "alarm", "shift"}), (366, {"shift"}), (731, set()))  # fmt: skip
    for days, kept in expected:
        shift.minute(days * DAY)
        forget(shift)
        assert left(shift) == kept, days


def test_nothing_goes_while_a_team_is_out_or_an_alarm_is_open(shift: Shift) -> None:
    shift.minute(45)
    shift.tick()
    shift.minute(2000 * DAY)
    forget(shift)
    assert left(shift) == {"check_in", "shift_stop", "alarm", "shift", "plan", "notice"}
    assert erasures(shift) == []
    shift.writer.execute("UPDATE access.shift SET state = 'home', stop = NULL, next_due_at = NULL")
    forget(shift)
    assert left(shift) == {"check_in", "shift_stop", "alarm", "shift", "plan", "notice"}


def test_a_stop_to_which_somebody_is_to_go_again_waits_for_a_visit(shift: Shift) -> None:
    goes_home(shift, again=True)
    shift.minute(800 * DAY)
    forget(shift)
    assert left(shift) == {"shift_stop", "shift"}
    assert one(shift, "SELECT array_agg(number) FROM access.shift_stop WHERE shift_id = %s", shift.id) == [1]
    label = one(shift, "SELECT lock_id >> 5 FROM store.place WHERE id = %s", shift.places[0])
    visit = worlds.a_visit(shift.writer, label, shift.places[0])
    for status, days, kept in (("planned", 20, {"shift_stop", "shift"}), ("done", 0, {"shift_stop", "shift"}),
                               ("done", 1, set())):  # fmt: skip
        shift.writer.execute(
            "UPDATE store.visit SET status = %s, visited_on = %s WHERE id = %s",
            [status, (NOON + timedelta(days=days)).date(), visit],
        )
        forget(shift)
        assert left(shift) == kept, (status, days)


def test_a_stop_that_waits_is_let_go_when_its_place_is_closed(shift: Shift) -> None:
    goes_home(shift, again=True)
    shift.minute(32 * DAY)
    forget(shift)
    assert "shift_stop" in left(shift)
    shift.writer.execute("UPDATE store.place SET status = 'closed' WHERE id = %s", [shift.places[0]])
    forget(shift)
    assert "shift_stop" not in left(shift)


def test_a_shift_that_nobody_closed_is_closed_with_the_last_that_was_said(shift: Shift) -> None:
    for kind in ("withdrew", "withdrew", "home_safe"):
        shift.says("first", kind)
    shift.minute(31 * DAY)
    forget(shift)
    assert "check_in" in left(shift)  # Nobody has heard yet with which word.
    shift.tick()
    forget(shift)
    assert left(shift) == {"shift", "plan"}
    assert one(shift, "SELECT closed_at FROM access.shift WHERE id = %s", shift.id) == NOON


def test_an_organisation_makes_periods_shorter_and_never_longer(shift: Shift) -> None:
    goes_home(shift)
    admin = an_admin(shift)
    for days in ([366, 31, 31, 90, 730], [365, 31, 31, 90, 30], [365, 6, 31, 90, 730], [365, 31], None):
        with pytest.raises(REFUSED, match="choose from"):
            asked_by(shift, admin, SET, days, WERE)
    assert asked_by(shift, admin, SET, [31, 7, 7, 7, 31], [1, 2, 3]) == [(False,)]
    assert asked_by(shift, admin, SET, [31, 7, 7, 7, 31], WERE) == [(True,)]
    assert [row[1] for row in asked_by(shift, admin, "SELECT * FROM access.my_retention()")] == [31, 7, 7, 7, 31]
    shift.writer.execute("UPDATE access.retention SET days = 4000 WHERE rule = 'details'")
    shift.minute(8 * DAY)
    forget(shift)
    assert left(shift) == {"check_in", "shift_stop", "shift_briefing", "shift"}
    shift.minute(31 * DAY)
    forget(shift)
    assert left(shift) == set()


def asked_by(shift: Shift, token: str, query: str, *values: object) -> list[Any]:
    return list(asked(shift.service, token, query, *values))


def test_another_organisations_periods_are_its_own(shift: Shift) -> None:
    goes_home(shift)
    police = worlds.a_membership(shift.writer, shift.town.police, role="admin")
    token = worlds.a_session(shift.writer, police, purpose="administration", at=shift.at)
    asked_by(shift, token, SET, [31, 7, 7, 7, 31], WERE)
    assert [row[1] for row in asked_by(shift, an_admin(shift), "SELECT * FROM access.my_retention()")] == WERE
    shift.minute(30 * DAY)
    forget(shift)
    assert "check_in" in left(shift)


def test_the_audit_says_how_much_went_and_nothing_else(shift: Shift) -> None:
    goes_home(shift)
    shift.minute(31 * DAY)
    forget(shift)
    forget(shift)
    (entry,) = erasures(shift)
    assert set(entry) == {"op", "at", "seq", "what", "actor", "records", "counts"}
    assert entry["counts"] == {"details": 8, "shifts": 0, "plans": 0, "notices": 0, "sheets": 0}
    assert entry["records"] == 8


def test_sheets_and_packs_go_when_they_expire(shift: Shift) -> None:
    shift.ask("first", "SELECT access.add_sheet(%s, 'copy', %s)", uuid4(), [shift.places[0]])
    until = one(shift, "SELECT max(until) FROM access.sheet")
    shift.minute((until - NOON).total_seconds() / 60 + 1)
    forget(shift)
    assert one(shift, "SELECT count(*) FROM access.sheet") == 0


def test_a_check_in_is_deleted_by_nobody_before_its_time(shift: Shift) -> None:
    goes_home(shift)
    delete = "DELETE FROM access.check_in WHERE shift_id = %s"
    for days in (0, 30):
        shift.minute(days * DAY)
        with pytest.raises(psycopg.errors.CheckViolation):
            shift.writer.execute(delete, [shift.id])
    shift.minute(31 * DAY)
    shift.writer.execute(delete, [shift.id])


def test_what_somebody_writes_to_just_now_waits_for_the_next_look(shift: Shift, cluster_url: str) -> None:
    goes_home(shift)
    shift.minute(31 * DAY)
    with psycopg.connect(cluster_url) as other:
        other.execute("SELECT FROM access.shift WHERE id = %s FOR UPDATE", [shift.id])
        forget(shift)
        assert "check_in" in left(shift)
    forget(shift)
    assert "check_in" not in left(shift)


@pytest.fixture
def cluster_url(writer: psycopg.Connection) -> str:
    return psycopg.conninfo.make_conninfo(writer.info.dsn, password=writer.info.password)


@pytest.mark.parametrize("role", ["outreach", "analyst", "auditor"])
def test_periods_are_for_admins_and_forgetting_for_no_session(shift: Shift, role: str) -> None:
    purpose = {"outreach": "visit", "analyst": "analysis", "auditor": "audit"}[role]
    member: UUID = worlds.a_membership(shift.writer, shift.town.charity, role=role)
    token = worlds.a_session(shift.writer, member, purpose=purpose, at=shift.at)
    for query in ("SELECT * FROM access.my_retention()",  "SELECT access.set_retention('{}', '{}')",
                  "SELECT access.forget()", "SELECT * FROM access.retention"):  # fmt: skip
        with pytest.raises(DENIED):
            asked_by(shift, token, query)
