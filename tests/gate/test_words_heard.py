"""A word of duress is put down when it is said, and heard with the next tick, of whichever process still ticks."""

import psycopg
import pytest

from tests.gate.shift_playing import Shift, a_shift

pytestmark = pytest.mark.proof


@pytest.fixture
def shift(writer: psycopg.Connection, service: psycopg.Connection) -> Shift:
    writer.execute("DELETE FROM access.word_said")
    return a_shift(writer, service)


def count(shift: Shift, what: str) -> int:
    row = shift.writer.execute(f"SELECT count(*) FROM access.{what}".encode()).fetchone()
    return int(row[0]) if row else -1


def test_it_is_heard_with_the_next_tick_and_the_manager_sees_the_stop(shift: Shift) -> None:
    shift.says("first", "fine", duress=True)
    assert shift.kinds("manager") == []
    shift.tick()
    assert shift.kinds("manager") == ["help"]
    assert shift.points("manager") == {1}
    assert count(shift, "word_said") == 0


def test_a_safe_word_is_heard_and_raises_nothing(shift: Shift) -> None:
    shift.says("first", "fine")
    assert count(shift, "word_said") == 1
    shift.tick()
    assert count(shift, "word_said") == 0
    assert shift.kinds("manager") == []


def test_the_watchdog_hears_it_where_nobody_escalates(shift: Shift) -> None:
    shift.says("first", "fine", duress=True)
    for minute in (1, 2, 3):
        shift.minute(minute)
        shift.writer.execute("SELECT access.watch()")
    assert shift.kinds("manager") == ["help", "watchdog"]


def test_it_is_heard_though_everybody_is_said_to_be_home_and_the_shift_closed(shift: Shift) -> None:
    for kind in ("withdrew", "withdrew"):
        shift.says("first", kind)
    shift.says("first", "home_safe", duress=True)
    shift.ask("first", "SELECT access.close_shift(%s, %s, %s)", shift.id, ["withdrew"] * 2, [False] * 2)
    shift.tick()
    assert shift.kinds("manager") == ["help"]


def test_one_that_cannot_be_heard_holds_up_no_other_and_waits_for_the_next_tick(shift: Shift) -> None:
    shift.says("first", "fine", duress=True)
    dsn = psycopg.conninfo.make_conninfo(shift.writer.info.dsn, password=shift.writer.info.password)
    with psycopg.connect(dsn) as other:
        other.execute("SELECT FROM access.shift WHERE id = %s FOR UPDATE", [shift.id])
        shift.tick()
        assert count(shift, "word_said") == 1
    shift.tick()
    assert shift.kinds("manager") == ["help"]


def test_a_watchdog_that_has_just_started_tells_nobody(shift: Shift) -> None:
    watch = "SELECT access.watch()"
    shift.writer.execute("DELETE FROM access.heartbeat")
    expected = ((0, True), (1, True), (1.5, False), (2, False), (30, True), (31, True), (32, False))
    for minute, is_well in expected:  # It did not look from minute 2 to 30.
        shift.minute(minute)
        assert shift.writer.execute(watch).fetchone() == (is_well,), minute
    shift.tick()
    assert shift.writer.execute(watch).fetchone() == (True,)
