"""Teams: named by an admin, carried by records of their own organisation, told to nobody else, counted for analysts."""

import json
from typing import Any

import psycopg
import pytest

from tests import worlds
from tests.gate.shift_playing import a_shift
from tests.gate.town import Town, a_layer_token, a_town, asked
from tests.teams import a_team
from tests.worlds import CONTENT, VISIT, lock_of

pytestmark = pytest.mark.proof

TEAMS = "SELECT number, name, is_open FROM access.my_teams()"
AT = "SELECT record, team FROM store.teams_at(%s)"
RECORD = (
    "INSERT INTO store.visit (id, place_id, lock_id, status, visited_on, team, changed_by, changed_at)"
    " VALUES (gen_random_uuid(), %s, %s, 'planned', '2026-03-01', %s, gen_random_uuid(), now())"
)


def an_admin(conn: psycopg.Connection, organisation: int) -> str:
    admin = worlds.a_membership(conn, organisation, role="admin")
    return worlds.a_session(conn, admin, purpose="administration")


def named(service: psycopg.Connection, token: str, name: str) -> int:
    return int(asked(service, token, "SELECT access.add_team(%s, NULL)", name)[0][0])


@pytest.fixture
def town(writer: psycopg.Connection) -> Town:
    return a_town(writer)


@pytest.mark.parametrize("table", ["visit", "visit_point", "note", "risk_point"])
def test_the_service_cannot_read_which_team_a_record_is_of(service: psycopg.Connection, table: str) -> None:
    columns = ("team", "provenance") if table == "risk_point" else ("team",)
    for column in columns:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), service.transaction():
            service.execute(f"SELECT {column} FROM store.{table}".encode())
    others = "SELECT count(*) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    readable = f"{others} AND has_column_privilege('waymark_app', attrelid, attnum, 'SELECT')"
    counts = [service.execute(query.encode(), [f"store.{table}"]).fetchone() for query in (others, readable)]
    assert counts[0] == ((counts[1] or (0,))[0] + len(columns),)


def test_teams_are_named_by_an_admin_and_told_to_the_own_organisation_alone(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    token = an_admin(writer, town.charity)
    assert [named(service, token, name) for name in ("Night team", "Day team")] == [1, 2]
    own = worlds.a_session(writer, town.worker)
    assert asked(service, own, TEAMS) == [(2, "Day team", True), (1, "Night team", True)]
    assert asked(service, worlds.a_session(writer, town.officer), TEAMS) == []
    layers, _ = a_layer_token(service, own)
    for stranger in (layers, "no token"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(service, stranger, TEAMS)
    for who in (own, an_admin(writer, town.police)):
        with pytest.raises(psycopg.errors.Error, match=r"admin|no such team"):
            asked(service, who, "SELECT access.set_team_open(1, false)")


def test_a_name_stays_with_its_team_and_there_are_forty_at_most(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    token = an_admin(writer, town.charity)
    named(service, token, "Night team")
    asked(service, token, "SELECT access.set_team_open(1, false)")
    assert asked(service, token, TEAMS) == [(1, "Night team", False)]
    with pytest.raises(psycopg.errors.RaiseException, match="open it again"):
        named(service, token, "night TEAM")
    for number in range(39):
        named(service, token, f"Team of square {number}")
    with pytest.raises(psycopg.errors.RaiseException, match="cannot name more"):
        named(service, token, "One more")
    said = writer.execute("SELECT body FROM audit.entry WHERE organisation_id = %s", [town.charity]).fetchall()
    assert not any("Night team" in body for (body,) in said), "the audit names no team but by number"


def test_a_record_carries_a_team_of_its_own_organisation_or_none(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    a_team(writer, town.charity)
    a_team(writer, town.police, "Night team")
    a_team(writer, town.police, "Licensing team")
    token, lock = worlds.a_session(writer, town.worker), lock_of(town.label, VISIT, CONTENT)
    for team in (1, None):
        asked(service, token, f"{RECORD} RETURNING 1", town.place, lock, team)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(service, token, f"{RECORD} RETURNING 1", town.place, lock, 2)
    for_record = "SELECT access.team_for(%s, NULL)"
    assert asked(service, token, for_record, 1) == [(1,)]
    assert asked(service, token, for_record, 0) == [(None,)]
    with pytest.raises(psycopg.errors.RaiseException, match="open teams"):
        asked(service, token, for_record, 2)
    writer.execute("UPDATE access.team SET closed_at = now() WHERE organisation_id = %s", [town.charity])
    with pytest.raises(psycopg.errors.RaiseException, match="open teams"):
        asked(service, token, for_record, 1)
    asked(service, token, f"{RECORD} RETURNING 1", town.place, lock, 1)


def test_a_note_takes_the_team_of_its_visit_and_else_the_one_chosen(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    for name in ("Night team", "Day team"):
        a_team(writer, town.charity, name)
    visit = worlds.a_visit(writer, town.label, town.place, team=2)
    token = worlds.a_session(writer, town.worker)
    query = "SELECT access.team_for(%s, %s)"
    assert asked(service, token, query, 1, visit) == [(2,)]
    assert asked(service, token, query, 1, town.visit) == [(None,)], "its visit says none"
    assert asked(service, token, query, 1, None) == [(1,)]


def test_who_made_a_visit_is_told_to_its_owner_with_the_visit_and_to_nobody_else(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    a_team(writer, town.charity)
    a_team(writer, town.police, "Licensing team")
    covert = worlds.a_label(writer, town.charity, sensitivity=3)
    visit = worlds.a_visit(writer, town.label, town.place, team=1)
    worlds.a_visit(writer, covert, town.place, team=1)
    token = worlds.a_session(writer, worlds.a_membership(writer, town.charity, clearance=2))
    assert asked(service, token, AT, town.place) == [(visit, "Night team")]
    layers, _ = a_layer_token(service, token)
    enforcing = worlds.a_session(writer, town.officer, purpose="enforcement")
    for stranger in (worlds.a_session(writer, town.officer), enforcing, layers, "no token"):
        assert asked(service, stranger, AT, town.place) == []


def test_what_was_chosen_is_offered_again_in_that_session_alone(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    for name in ("Night team", "Day team"):
        a_team(writer, town.charity, name)
    one, other = (worlds.a_session(writer, town.worker) for _ in range(2))
    offered = "SELECT access.my_team()"
    assert asked(service, one, offered) == [(0,)]
    asked(service, one, "SELECT access.team_for(2, NULL)")
    assert asked(service, one, offered) == [(2,)]
    asked(service, one, "SELECT access.team_for(NULL, NULL)")
    assert asked(service, one, offered) == [(2,)], "not asked is not an answer"
    assert asked(service, other, offered) == [(0,)]
    asked(service, one, "SELECT access.team_for(0, NULL)")
    assert asked(service, one, offered) == [(0,)]
    writer.execute("DELETE FROM access.session")
    assert writer.execute("SELECT count(*) FROM access.session_team").fetchone() == (0,)


@pytest.mark.parametrize("known_as", [1, 2, "1", None])
def test_a_shift_offers_the_team_that_its_plan_calls_it(
    writer: psycopg.Connection, service: psycopg.Connection, known_as: Any
) -> None:
    shift = a_shift(writer, service, has_set_out=False)
    a_team(writer, shift.town.charity)
    asked_for = json.dumps([{"number": 1, "known_as": known_as}, {"number": 2, "known_as": 1}])
    writer.execute(
        "UPDATE access.plan SET document = jsonb_set(document, '{asked}', jsonb_build_object('teams', %s::jsonb))",
        [asked_for],
    )
    shift.start()
    offered = {who: shift.ask(who, "SELECT access.my_team()") for who in ("first", "buddy")}
    assert offered == {"first": [(1 if known_as == 1 else 0,)], "buddy": [(0,)]}


def test_another_team_is_felt_by_the_owners_analysts_and_not_by_a_partner(
    writer: psycopg.Connection, service: psycopg.Connection, town: Town
) -> None:
    analyst = worlds.a_session(writer, worlds.a_membership(writer, town.charity, role="analyst"), purpose="analysis")
    partner = worlds.a_session(writer, worlds.a_membership(writer, town.police, role="analyst"), purpose="analysis")
    officer = worlds.a_session(writer, town.officer)

    def keys() -> list[Any]:
        for token in (analyst, partner, officer):
            service.execute("SELECT access.freshen(%s)", [token])
        tokens = (analyst, partner, officer)
        return [asked(service, token, "SELECT (access.enter(%s)).ring_key", token)[0][0] for token in tokens]

    first = keys()
    writer.execute("SELECT access.stamp_counting_rings(ARRAY[%s])", [lock_of(town.label, VISIT, 2)])
    second = keys()
    assert all(first)
    assert second[0] != first[0]
    assert second[1:] == first[1:]
