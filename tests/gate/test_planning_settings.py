"""How an organisation plans, in SQL: who reads it, who sets it, and that nobody else's counts."""

import json
from dataclasses import asdict
from typing import Any

import psycopg
import pytest

from geo.shifts.settings import Settings
from tests import worlds
from tests.gate.town import Town, a_layer_token, a_town, asked

pytestmark = pytest.mark.proof
KEEP, READ = "SELECT access.keep_planning_settings(%s, %s)", "SELECT access.my_planning_settings()"
REFUSED = psycopg.errors.InsufficientPrivilege


def an_admin(conn: psycopg.Connection, town: Town) -> str:
    member = worlds.a_membership(conn, town.charity, role="admin", areas=())
    return worlds.a_session(conn, member, purpose="administration")


def some(**more: Any) -> str:
    return json.dumps(asdict(Settings()) | more)


def test_an_admin_sets_them_and_the_organisation_alone_plans_by_them(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    admin, worker, officer = (
        an_admin(writer, town), worlds.a_session(writer, town.worker), worlds.a_session(writer, town.officer)
    )  # fmt: skip
    assert asked(service, worker, READ) == [(None,)]
    assert asked(service, admin, KEEP, some(risk=77, rhythms={"street": 7}), 0) == [(1,)]
    for token in (admin, worker):
        found = asked(service, token, READ)[0][0]
        assert (found["risk"], found["rhythms"], found["version"]) == (77, {"street": 7}, 1)
        assert not {"organisation_id", "changed_by"} & set(found)
    assert asked(service, officer, READ) == [(None,)]
    assert asked(service, admin, KEEP, some(risk=5), 0) == asked(service, admin, KEEP, some(), 4) == [(None,)]
    assert asked(service, admin, KEEP, some(risk=5), 1) == [(2,)]
    assert asked(service, worker, READ)[0][0]["risk"] == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"risk": -1}, {"risk": 1001}, {"severity_shares": [1, 2, 3]}, {"severity_shares": [0, 0, 0, 0, 101]},
        {"half_life": 0}, {"minutes": 4}, {"exploratory": 51}, {"car_speeds": [0, 1, 1, 1, 1]}, {"foot_speed": 0},
        {"risk": None}, {"rhythms": {"street": 0}}, {"rhythms": {"street": "x"}}, {"rhythms": {"moon": 5}},
        {"rhythms": []},
    ],
)  # fmt: skip
def test_what_nothing_can_be_planned_by_is_refused(
    writer: psycopg.Connection, service: psycopg.Connection, wrong: dict[str, Any]
) -> None:
    admin = an_admin(writer, a_town(writer))
    with pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.RaiseException, psycopg.DataError)):
        asked(service, admin, KEEP, some(**wrong), 0)
    assert asked(service, admin, READ) == [(None,)]


@pytest.mark.parametrize("who", ["outreach", "analyst", "auditor", "layer token", "nobody"])
def test_nobody_but_an_admin_sets_them(writer: psycopg.Connection, service: psycopg.Connection, who: str) -> None:
    town = a_town(writer)
    purpose = {"analyst": "analysis", "auditor": "audit", "outreach": "visit"}.get(who)
    if purpose:
        member = worlds.a_membership(writer, town.charity, role=who)
        token = worlds.a_session(writer, member, purpose=purpose)
    else:
        token = a_layer_token(service, worlds.a_session(writer, town.worker))[0] if who == "layer token" else "nonsense"
    with pytest.raises(REFUSED):
        asked(service, token, KEEP, some(), 0)
    if who != "outreach":
        with pytest.raises(REFUSED):
            asked(service, token, READ)


def test_the_table_itself_is_closed_to_the_service(service: psycopg.Connection) -> None:
    with pytest.raises(REFUSED):
        service.execute("SELECT * FROM access.planning_settings")
