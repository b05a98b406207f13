"""Only a live token opens anything, and only until the second it dies."""

from datetime import timedelta

import psycopg
import pytest

from tests import worlds
from tests.gate.town import a_layer_token, a_town, asked, finest_seen, seen
from tests.gate.writing import TABLES
from tests.worlds import EXACT, NOON

pytestmark = pytest.mark.proof

TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("token", ["", " ", "garbage", "0", "null", "\U0001f511", "x" * 100_000])
def test_no_token_and_a_wrong_one_open_nothing(
    writer: psycopg.Connection, service: psycopg.Connection, token: str
) -> None:
    a_town(writer)
    assert {table: seen(service, token, table) for table in TABLES} == dict.fromkeys(TABLES, 0)
    assert asked(service, token, "SELECT access.keyring(), access.shelves(0, true), access.opened()") == [
        (None, [], None)
    ]
    assert asked(service, token, "SELECT access.enter(%s)", token) == [(None,)]


OWN = ("own_keys", "own_looks")
"""The views that show a session what is its own."""


@pytest.mark.parametrize("token", ["", "garbage"])
def test_no_token_and_a_wrong_one_own_nothing(
    writer: psycopg.Connection, service: psycopg.Connection, token: str
) -> None:
    worlds.a_session(writer, a_town(writer).worker)
    for view in OWN:
        assert asked(service, token, f"SELECT count(*) FROM access.{view}") == [(0,)]
        assert service.execute(f"SELECT count(*) FROM access.{view}".encode()).fetchone() == (0,)


def test_a_token_shows_the_keys_and_the_windows_of_its_own_session_only(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token, other = worlds.a_session(writer, town.worker), worlds.a_session(writer, town.worker)
    for one, cell in ((token, 1), (other, 2)):
        writer.execute(
            "INSERT INTO audit.look SELECT s.id, 'places', %s, %s FROM access.session AS s "
            "WHERE s.token_hash = sha256(convert_to(%s, 'UTF8'))",
            [cell, NOON + timedelta(minutes=5), one],
        )
    for one, cell in ((token, 1), (other, 2)):
        asked(service, one, "SELECT access.freshen(%s)", one)
        assert asked(service, one, "SELECT bits = access.keyring() FROM access.own_keys") == [(True,)]
        assert asked(service, one, "SELECT layer, cell FROM access.own_looks") == [("places", cell)]
    worlds.set_clock(writer, NOON + timedelta(minutes=5))
    assert asked(service, token, "SELECT layer, cell FROM access.own_looks") == []


def test_a_statement_without_any_transaction_or_setting_sees_nothing(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    a_town(writer)
    for table in TABLES:
        assert service.execute(f"SELECT count(*) FROM store.{table}".encode()).fetchone() == (0,)


def test_what_the_database_keeps_of_a_session_is_not_its_token(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    kept = writer.execute(
        "SELECT id::text, encode(token_hash, 'hex'), '\\x' || encode(token_hash, 'hex'), membership_id::text "
        "FROM access.session"
    )
    guesses = [guess for row in kept for guess in row]
    assert len(guesses) >= 4
    for guess in (*guesses, token.upper(), token[:-1], token + " "):
        assert finest_seen(service, guess) == -1
    assert finest_seen(service, token) == EXACT


def test_a_token_does_not_outlive_its_transaction(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    with service.transaction():
        service.execute("SELECT access.enter(%s)", [token])
        assert service.execute("SELECT count(*) > 0 FROM store.place").fetchone() == (True,)
    assert service.execute("SELECT count(*) FROM store.place").fetchone() == (0,)


def test_a_session_idle_for_fifteen_minutes_is_dead_at_that_second(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    worlds.set_clock(writer, NOON + timedelta(minutes=15) - TICK)
    assert finest_seen(service, token) == EXACT
    worlds.set_clock(writer, NOON + timedelta(minutes=15))
    assert finest_seen(service, token) == -1
    assert asked(service, token, "SELECT access.enter(%s)", token) == [(None,)]


def test_entering_keeps_a_session_awake_for_ten_hours_and_no_longer(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    for minutes in range(14, 600, 14):
        worlds.set_clock(writer, NOON + timedelta(minutes=minutes))
        assert asked(service, token, "SELECT (access.enter(%s)).session_id IS NOT NULL", token) == [(True,)]
    worlds.set_clock(writer, NOON + timedelta(hours=10) - TICK)
    assert finest_seen(service, token) == EXACT
    worlds.set_clock(writer, NOON + timedelta(hours=10))
    assert finest_seen(service, token) == -1


@pytest.mark.parametrize("at", [NOON, NOON + timedelta(hours=1) - TICK])
def test_a_membership_is_in_force_from_its_first_moment_to_before_its_last(
    writer: psycopg.Connection, service: psycopg.Connection, at: object
) -> None:
    town = a_town(writer)
    brief = worlds.a_membership(writer, town.charity, valid_from=NOON, valid_until=NOON + timedelta(hours=1))
    for moment, finest in ((NOON - TICK, -1), (at, EXACT), (NOON + timedelta(hours=1), -1)):
        token = worlds.a_session(writer, brief, at=moment)  # type: ignore[arg-type]
        worlds.set_clock(writer, moment)  # type: ignore[arg-type]
        assert finest_seen(service, token) == finest, moment


def test_signing_out_ends_the_session_and_the_layer_tokens_opened_from_it(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    for_maps, _ = a_layer_token(service, token)
    assert finest_seen(service, for_maps) == EXACT
    asked(service, token, "SELECT access.end_session()")
    assert finest_seen(service, token) == -1
    assert finest_seen(service, for_maps) == -1


def test_a_layer_token_reads_places_and_no_visit_or_note_and_opens_no_other(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    for_maps, _ = a_layer_token(service, token)
    for table in ("place", "place_point", "place_cell", "visit_point", "risk_point"):
        assert seen(service, for_maps, table) > 0, table
    for table in ("visit", "note", "note_key", "note_grade"):
        assert seen(service, token, table) > 0, table
        assert seen(service, for_maps, table) == 0, table
    assert a_layer_token(service, for_maps)[1] is None
    assert asked(service, for_maps, "SELECT access.may_record(%s)", a_town(writer).label * 32 + 5) == [(False,)]


def test_a_layer_token_lasts_no_longer_than_its_session(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    token = worlds.a_session(writer, a_town(writer).worker)
    assert a_layer_token(service, token, minutes=100_000)[1] == NOON + timedelta(hours=10)


@pytest.mark.parametrize(
    ("role", "purpose", "kind"),
    [
        ("outreach", "analysis", "charity"),
        ("outreach", "enforcement", "charity"),
        ("outreach", "enforcement", "council"),
        ("outreach", "administration", "charity"),
        ("analyst", "visit", "charity"),
        ("analyst", "enforcement", "police"),
        ("admin", "visit", "charity"),
        ("admin", "audit", "charity"),
        ("auditor", "administration", "charity"),
        ("outreach", "curiosity", "charity"),
        ("outreach", None, "charity"),
    ],
)
def test_no_session_opens_under_a_purpose_the_role_may_not_choose(
    writer: psycopg.Connection, service: psycopg.Connection, role: str, purpose: str | None, kind: str
) -> None:
    organisation = worlds.an_organisation(writer, kind=kind)
    member = worlds.a_membership(writer, organisation, role=role)
    opened = service.execute("SELECT access.let_in(%s, %s, sha256('a'), NULL)", [member, purpose]).fetchone()
    assert opened == (None,)
    if purpose is not None:
        worlds.a_label(writer, organisation)
        token = worlds.a_session(writer, member, purpose=purpose)
        assert asked(service, token, "SELECT access.enter(%s)", token) == [(None,)]


def test_a_session_opens_for_a_member_in_force_and_not_for_one_suspended_disabled_or_expired(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    charity = worlds.an_organisation(writer)
    suspended, disabled, in_force = (worlds.a_membership(writer, charity) for _ in range(3))
    expired = worlds.a_membership(writer, charity, valid_until=NOON)
    writer.execute("UPDATE access.membership SET suspended_at = %s WHERE id = %s", [NOON, suspended])
    writer.execute(
        "UPDATE access.person SET disabled_at = %s WHERE id = (SELECT person_id FROM access.membership WHERE id = %s)",
        [NOON, disabled],
    )
    query = "SELECT access.let_in(%s, 'visit', sha256(%s), NULL) IS NOT NULL"
    for member, opens in ((suspended, False), (disabled, False), (expired, False), (in_force, True)):
        assert service.execute(query, [member, member.bytes]).fetchone() == (opens,)


def test_thousands_of_failed_sign_ins_make_nobody_wait_longer_than_a_minute(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    writer.execute("INSERT INTO access.attempt SELECT 'somebody', %s FROM generate_series(1, 5000)", [NOON])
    assert service.execute("SELECT access.seconds_to_wait(ARRAY['somebody'::bytea])").fetchone() == (60,)
