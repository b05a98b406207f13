"""Shifts in SQL: who sets out, who says what, who is told, and what a stranger finds."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.shift_playing import Shift, a_shift
from tests.gate.town import a_layer_token, asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof

DENIED, MISSING = psycopg.errors.InsufficientPrivilege, psycopg.errors.NoDataFound
REFUSED = psycopg.errors.RaiseException


@pytest.fixture
def shift(writer: psycopg.Connection, service: psycopg.Connection) -> Shift:
    return a_shift(writer, service)


@pytest.fixture
def before(writer: psycopg.Connection, service: psycopg.Connection) -> Shift:
    return a_shift(writer, service, has_set_out=False)


def test_a_team_that_set_out_is_known_to_itself_and_its_contacts_alone(shift: Shift) -> None:
    told = {who for who in shift.people if shift.sees(who)}
    assert told == {"first", "other", "buddy", "second", "manager"}
    assert shift.sees("first", purpose="safeguarding")
    stops = shift.ask("buddy", "SELECT * FROM access.shift_stops(%s)", shift.id)
    assert stops == []
    assert (shift.sees("buddy") or {})["stop"] is None


@pytest.mark.parametrize(
    "contacts",
    [("first", "second", "manager"), ("buddy", "buddy", "manager"), ("buddy", "second", "buddy"),
     ("buddy", "officer", "manager"), ("buddy", "second", "other")],
)  # fmt: skip
def test_contacts_are_colleagues_who_stay(before: Shift, contacts: tuple[str, str, str]) -> None:
    with pytest.raises(REFUSED, match="Choose a buddy"):
        before.start(contacts=contacts)


def test_nobody_sets_out_while_nobody_watches_nor_outside_the_hours_nor_twice(before: Shift) -> None:
    before.minute(1.6)
    with pytest.raises(REFUSED, match="not being watched"):
        before.start()
    before.minute(300)
    before.tick()
    with pytest.raises(REFUSED, match="two hours before"):
        before.start()
    before.minute(10)
    before.tick()
    before.start()
    for again in ("first", "other"):
        before.id = uuid4()
        with pytest.raises(REFUSED, match="set out already"):
            before.start(again)
    with pytest.raises(MISSING):
        before.start("colleague")


def test_nobody_sets_out_while_nobody_who_stays_is_at_the_desk(before: Shift) -> None:
    desk = "UPDATE access.duty_desk_member SET membership_id = %s WHERE organisation_id = %s"
    before.writer.execute(desk, [before.people["other"], before.town.charity])
    with pytest.raises(REFUSED, match="at your duty desk"):
        before.start()
    before.writer.execute(desk, [before.people["desk"], before.town.charity])
    suspend = "UPDATE access.membership SET suspended_at = %s WHERE id = %s"
    before.writer.execute(suspend, [NOON, before.people["desk"]])
    with pytest.raises(REFUSED, match="at your duty desk"):
        before.start()
    before.writer.execute(suspend, [None, before.people["desk"]])
    before.start()


def test_a_stop_that_the_session_does_not_see_or_nobody_attends_stops_the_start(before: Shift) -> None:
    for places in ([uuid4()], [before.places[0], uuid4()], []):
        kept, before.places = before.places, places
        with pytest.raises(REFUSED, match="may no longer be shown"):
            before.start()
        before.places = kept
    before.writer.execute("UPDATE store.place SET attend_rule = 3 WHERE id = %s", [before.places[1]])
    with pytest.raises(REFUSED, match="may no longer be shown"):
        before.start()


def test_the_next_check_in_follows_from_what_was_said(shift: Shift) -> None:
    assert shift.due() == 30
    shift.minute(10)
    with pytest.raises(REFUSED, match="Read the briefing"):
        shift.says("first", "arrived")
    shift.reads("first")
    with pytest.raises(REFUSED, match="Read the briefing"):
        shift.says("other", "arrived")
    shift.says("first", "arrived")
    assert shift.due() == 40
    for _ in range(2):
        shift.says("other", "more_time")
    assert shift.due() == 60
    with pytest.raises(REFUSED, match="twice"):
        shift.says("first", "more_time")
    shift.says("first", "left")
    assert shift.due() == 40
    shift.reads("first", 2)
    shift.says("first", "arrived")
    assert shift.due() == 25  # A danger flag that the team sees: 15 minutes.
    with pytest.raises(REFUSED, match="left the stop"):
        shift.says("first", "home_safe")
    shift.says("first", "withdrew")
    assert shift.due() == 45
    shift.says("first", "home_safe")
    assert shift.due() is None


def test_the_way_to_or_from_a_stop_that_is_hidden_is_a_quarter_of_an_hour_for_everybody(shift: Shift) -> None:
    label = worlds.a_label(shift.writer, shift.town.charity, sensitivity=3, area=2)
    with shift.writer.transaction():
        for table, column, step in (("place", "id", worlds.CONTENT), ("place_point", "place_id", worlds.EXACT)):
            shift.writer.execute(
                f"UPDATE store.{table} SET lock_id = %s WHERE {column} = %s".encode(),
                [worlds.lock_of(label, worlds.PLACE, step), shift.places[1]],
            )
    shift.minute(10)
    shift.says("first", "withdrew")
    assert shift.due() == 25
    shift.says("first", "withdrew")
    assert shift.due() == 25


def test_a_hidden_flag_changes_no_moment(shift: Shift) -> None:
    shift.writer.execute(
        "UPDATE store.place_flag SET lock_id = %s WHERE place_id = %s",
        [worlds.lock_of(worlds.a_label(shift.writer, shift.town.police, sensitivity=3), 0, 5), shift.places[1]],
    )
    shift.says("first", "withdrew")
    shift.reads("first", 2)
    shift.says("first", "arrived")
    assert shift.due() == 30


def test_who_withdrew_is_kept_nowhere(shift: Shift) -> None:
    shift.says("first", "withdrew")
    rows = shift.writer.execute(
        "SELECT by_membership FROM access.check_in WHERE shift_id = %s AND kind = 'withdrew'", [shift.id]
    ).fetchall()
    assert rows == [(None,)]
    bodies = shift.writer.execute(
        "SELECT body FROM audit.entry WHERE organisation_id = %s", [shift.town.charity]
    ).fetchall()
    assert not any("withdr" in row[0] for row in bodies)


def test_what_was_said_is_never_changed(shift: Shift) -> None:
    for change in ("UPDATE access.check_in SET kind = 'fine'", "DELETE FROM access.check_in"):
        with pytest.raises(psycopg.errors.CheckViolation):
            shift.writer.execute(change.encode())


@pytest.mark.parametrize("who", ["colleague", "officer", "buddy", "manager"])
def test_whoever_does_not_go_says_nothing_for_the_team(shift: Shift, who: str) -> None:
    for act in (
        lambda: shift.says(who, "home_safe"),
        lambda: shift.says(who, "help"),
        lambda: shift.reads(who),
        lambda: shift.ask(who, "SELECT access.close_shift(%s, %s, %s)", shift.id, ["visited"] * 2, [False] * 2),
    ):
        with pytest.raises(MISSING):
            act()


def test_an_alarm_is_taken_and_closed_only_by_who_was_told(shift: Shift) -> None:
    shift.minute(35)
    shift.tick()
    (alarm,) = shift.alarms("buddy")
    take, close = "SELECT access.take_alarm(%s)", "SELECT access.close_alarm(%s, %s)"
    for who in ("first", "second", "manager", "desk", "colleague", "officer"):
        with pytest.raises(MISSING):
            shift.ask(who, take, alarm["id"])
        with pytest.raises(MISSING):
            shift.ask(who, close, alarm["id"], "home")
    with pytest.raises(REFUSED, match="Take it first"):
        shift.ask("buddy", close, alarm["id"], "spoke")
    shift.ask("buddy", take, alarm["id"])
    for how in ("checked_in", "forgot", None):
        with pytest.raises(REFUSED, match="how it ended"):
            shift.ask("buddy", close, alarm["id"], how)
    shift.ask("buddy", close, alarm["id"], "spoke")
    assert shift.due() == 50
    with pytest.raises(REFUSED, match="closed this already"):
        shift.ask("buddy", take, alarm["id"])


def test_no_statement_closes_what_others_were_told_of_without_somebody_who_took_it(shift: Shift) -> None:
    shift.minute(35)
    shift.tick()
    for how in ("checked_in", "spoke"):
        with pytest.raises(psycopg.errors.CheckViolation):
            shift.writer.execute(
                "UPDATE access.alarm SET closed_at = access.clock(), closed_by = %s, closed_how = %s",
                [shift.people["buddy"], how],
            )
    with pytest.raises(psycopg.errors.CheckViolation):
        shift.writer.execute("UPDATE access.shift SET next_due_at = NULL WHERE id = %s", [shift.id])


def test_an_alarm_that_was_taken_and_not_closed_climbs_on(shift: Shift) -> None:
    shift.minute(35)
    shift.tick()
    shift.ask("buddy", "SELECT access.take_alarm(%s)", shift.alarms("buddy")[0]["id"])
    shift.minute(49)
    shift.tick()
    assert shift.kinds("second") == []
    shift.minute(50)
    shift.tick()
    assert (shift.kinds("second"), shift.kinds("manager")) == (["second_contact"], [])
    shift.minute(55)
    shift.tick()
    assert shift.kinds("manager") == ["duty_manager"]


def test_an_opening_ends_with_its_alarm_or_after_a_day(shift: Shift) -> None:
    shift.minute(45)
    shift.tick()
    assert shift.points("manager") == {1}
    assert shift.ask("manager", "SELECT count(*) FROM store.place_point WHERE place_id = ANY (%s)", shift.places) == [
        (1,)
    ]
    shift.minute(45 + 24 * 60)
    assert shift.points("manager") == set()


def test_the_opening_stands_in_the_audit_before_anybody_opens_it(shift: Shift) -> None:
    shift.minute(45)
    shift.tick()
    rows = shift.writer.execute(
        "SELECT body::jsonb ->> 'record' FROM audit.entry WHERE organisation_id = %s"
        " AND body::jsonb ->> 'what' = 'opened a stop to the duty manager'",
        [shift.town.charity],
    ).fetchall()
    assert rows == [("record 0",)]


def test_what_was_collected_for_welfare_never_opens_for_enforcement(shift: Shift) -> None:
    shift.minute(45)
    shift.tick()
    shift.writer.execute("UPDATE access.opening SET is_enforcement = true")
    assert shift.points("manager") == set()


def test_two_words_are_set_at_home_by_who_signed_in_just_now(shift: Shift) -> None:
    words = ("$argon2id$a", "$argon2id$b")
    with pytest.raises(REFUSED, match="while you are out"):
        shift.ask("first", "SELECT access.set_words(%s, %s)", *words)
    token = worlds.a_session(shift.writer, shift.people["colleague"], at=NOON)
    worlds.set_clock(shift.writer, NOON + timedelta(minutes=16))
    shift.writer.execute("UPDATE access.session SET last_seen_at = access.clock()")
    with pytest.raises(REFUSED, match="15 minutes"):
        asked(shift.service, token, "SELECT access.set_words(%s, %s)", *words)
    shift.minute(17)
    shift.ask("colleague", "SELECT access.set_words(%s, %s)", *words)
    assert shift.ask("colleague", "SELECT * FROM access.my_words()") == [words]
    assert shift.ask("buddy", "SELECT * FROM access.my_words()") == []


@pytest.mark.parametrize("who", ["analyst", "admin", "layer token", "nobody"])
def test_who_does_no_outreach_is_refused(shift: Shift, who: str) -> None:
    purpose = {"analyst": "analysis", "admin": "administration"}.get(who)
    if purpose:
        member = worlds.a_membership(shift.writer, shift.town.charity, role=who)
        token = worlds.a_session(shift.writer, member, purpose=purpose)
    else:
        token = a_layer_token(shift.service, shift.token("first"))[0] if who == "layer token" else "nonsense"
    for call in (
        "my_shifts()", "my_alarms()", "my_words()", f"shift_stops('{shift.id}')",
        f"check_in('{shift.id}', 'help', false)", f"read_briefing('{shift.id}', 1)", f"take_alarm('{uuid4()}')",
    ):  # fmt: skip
        with pytest.raises(DENIED):
            asked(shift.service, token, f"SELECT access.{call}")


def test_the_tables_and_the_ladder_are_closed_to_the_service(service: psycopg.Connection) -> None:
    tables = ("shift", "shift_member", "shift_stop", "check_in", "alarm", "alarm_step", "opening", "safe_word")
    for table in tables:
        with pytest.raises(DENIED):
            service.execute(f"SELECT * FROM access.{table}".encode())
    for call in ("escalate()", "watch()", "claim_notices(1)", f"notice_sent('{uuid4()}')", f"remind('{uuid4()}')"):
        with pytest.raises(DENIED):
            service.execute(f"SELECT access.{call}".encode())
