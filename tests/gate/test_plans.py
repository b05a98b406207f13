"""Plans of shifts in SQL: who opens one, who changes one, and what colleagues there are."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_layer_token, a_town, asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof

KEEP = "SELECT access.keep_plan(%s, %s, %s, %s, %s, %s, %s, %s)"
REFUSED = psycopg.errors.InsufficientPrivilege


def kept(conn: psycopg.Connection, token: str, **more: Any) -> tuple[UUID, int | None]:
    """Keep a plan as the service does; its id and version."""
    id: UUID = more.get("id", uuid4())
    starts: datetime = more.get("starts", NOON)
    values = [
        id, more.get("version", 0), starts, starts + timedelta(hours=4), more.get("state", "ready"),
        json.dumps(more.get("document", {})), more.get("members", []), [1] * len(more.get("members", [])),
    ]  # fmt: skip
    return id, asked(conn, token, KEEP, *values)[0][0]


def plans(conn: psycopg.Connection, token: str) -> set[UUID]:
    return {row[0] for row in asked(conn, token, "SELECT id FROM access.my_plans()")}


def a_colleague(conn: psycopg.Connection, town: Town, **more: Any) -> UUID:
    return worlds.a_membership(conn, town.charity, **more)


def test_a_plan_opens_to_its_maker_and_once_ready_to_who_goes(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    goes, stays = a_colleague(writer, town), a_colleague(writer, town)
    mine, theirs, elsewhere, partner = (
        worlds.a_session(writer, who) for who in (town.worker, goes, stays, town.officer)
    )
    id, version = kept(service, mine, state="draft", members=[town.worker, goes])
    assert version == 1
    assert [id in plans(service, token) for token in (mine, theirs, elsewhere, partner)] == [True, False, False, False]
    assert kept(service, mine, id=id, version=1, members=[town.worker, goes]) == (id, 2)
    assert [id in plans(service, token) for token in (mine, theirs, elsewhere, partner)] == [True, True, False, False]
    kept(service, mine, id=id, version=2, members=[town.worker])
    assert plans(service, theirs) == set()


def test_nobody_else_changes_or_drops_it_and_the_last_reader_wins_nothing(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    goes = a_colleague(writer, town)
    mine, theirs = worlds.a_session(writer, town.worker), worlds.a_session(writer, goes)
    id, _ = kept(service, mine, members=[goes])
    assert kept(service, theirs, id=id, version=1) == (id, None)
    assert kept(service, mine, id=id, version=7) == (id, None)
    assert asked(service, theirs, "SELECT access.drop_plan(%s)", id) == [(False,)]
    assert plans(service, theirs) == {id}
    assert asked(service, mine, "SELECT access.drop_plan(%s)", id) == [(True,)]
    assert plans(service, mine) == plans(service, theirs) == set()


def test_a_plan_for_enforcement_and_one_for_welfare_never_meet(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    visit = worlds.a_session(writer, town.officer)
    safeguarding = worlds.a_session(writer, town.officer, purpose="safeguarding")
    enforcement = worlds.a_session(writer, town.officer, purpose="enforcement")
    of_visit, _ = kept(service, visit)
    of_enforcement, _ = kept(service, enforcement)
    assert plans(service, visit) == plans(service, safeguarding) == {of_visit}
    assert plans(service, enforcement) == {of_enforcement}
    assert kept(service, enforcement, id=of_visit, version=1) == (of_visit, None)
    assert asked(service, enforcement, "SELECT access.drop_plan(%s)", of_visit) == [(False,)]


def test_only_people_who_do_outreach_for_the_organisation_now_can_go(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    over = a_colleague(writer, town, valid_until=NOON - timedelta(days=1))
    analyst = a_colleague(writer, town, role="analyst")
    mine = worlds.a_session(writer, town.worker)
    there = {row[0] for row in asked(service, mine, "SELECT id FROM access.colleagues()")}
    assert there == {town.worker}
    for other in (over, analyst, town.officer, uuid4()):
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            kept(service, mine, members=[other])


@pytest.mark.parametrize("who", ["analyst", "admin", "auditor", "layer token", "nobody"])
def test_who_does_no_outreach_plans_nothing(writer: psycopg.Connection, service: psycopg.Connection, who: str) -> None:
    town = a_town(writer)
    purpose = {"analyst": "analysis", "admin": "administration", "auditor": "audit"}.get(who)
    if purpose:
        token = worlds.a_session(writer, a_colleague(writer, town, role=who), purpose=purpose)
    else:
        token = a_layer_token(service, worlds.a_session(writer, town.worker))[0] if who == "layer token" else "nonsense"
    for call in ("access.my_plans()", "access.colleagues()", f"access.drop_plan('{uuid4()}')"):
        with pytest.raises(REFUSED):
            asked(service, token, f"SELECT {call}")
    with pytest.raises(REFUSED):
        kept(service, token)


def test_the_tables_themselves_are_closed_to_the_service(service: psycopg.Connection) -> None:
    for table in ("plan", "plan_member"):
        with pytest.raises(REFUSED):
            service.execute(f"SELECT * FROM access.{table}".encode())
