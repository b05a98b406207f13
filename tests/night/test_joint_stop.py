"""A shift to the place of a joint visit: its team sets out, and a missed check-in opens the place to their manager."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from data.cluster import Cluster
from data.database import entered
from data.plans import PlanEdit, PlanRefused, add_plan
from data.shifts import set_words
from geo.shifts.plans import Call, Plan, Route
from layers.plan_documents import Asked, Document, TeamAsked, written
from tests import worlds
from tests.api.scene import BOROUGHS, CHEAP, Scene, a_scene, bearer
from tests.conftest import clone
from tests.worlds import NOON

pytestmark = pytest.mark.proof
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CONTACTS = ("buddy", "second", "manager")


@pytest.fixture
def scene(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Give the scene with the police's contacts of a shift, and one joint visit to Amber Yard for two officers."""
    with a_scene(cluster, clone(cluster), tmp_path_factory.mktemp("night")) as made:
        police = made.organisations["police"]
        for name in (*CONTACTS, "mate"):
            made.members[name] = worlds.a_membership(made.conn, police, areas=BOROUGHS)
        made.conn.execute("INSERT INTO access.duty_desk VALUES (%s, '0121 496 0002', NULL, %s)", [police, NOON])
        made.conn.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [police, made.members["second"]])
        made.conn.execute("DELETE FROM store.joint_visit")
        made.joint_visit = worlds.a_joint_visit(
            made.conn, made.places["amber"], made.organisations["charity"], police,
            members=[made.members["officer"], made.members["mate"]], starts_at=NOON, ends_at=NOON + 4 * HOUR,
        )  # fmt: skip
        yield made


def session(scene: Scene, member: str) -> str:
    return worlds.a_session(scene.conn, scene.members[member], at=scene.one("SELECT access.clock()"))


def at(scene: Scene, minute: int) -> None:
    worlds.set_clock(scene.conn, NOON + minute * MINUTE)
    scene.conn.execute("SELECT access.escalate()")


def card(scene: Scene, member: str) -> int:
    return scene.get(f"/api/places/{scene.places['amber']}", bearer(session(scene, member))).status_code


def a_plan(scene: Scene, *members: str, of: UUID | None = None) -> UUID:
    """Keep a ready plan of the officer's with these members: 20 minutes to the one stop, 40 there, 20 home."""
    team = tuple(scene.members[name] for name in members)
    call = Call(stop=str(of or scene.joint_visit), arrive=740, start=740, leave=780)
    plan = Plan(routes=(Route(team="1", leaves=720, calls=(call,), returns=800, travel=40),), left_out=())
    asked = Asked(
        easting=406_000, northing=286_000, base="", kilometres=5, starts=720, ends=900, minutes=40, most_stops=4,
        exploratory=0, teams=(TeamAsked(number=1, members=team),),
    )  # fmt: skip
    document = written(Document(asked=asked, plan=plan, joint=frozenset({str(scene.joint_visit)})))
    edit = PlanEdit(
        starts_at=NOON, ends_at=NOON + 3 * HOUR, state="ready", document=json.loads(json.dumps(document)),
        members=dict.fromkeys(team, 1),
    )  # fmt: skip
    with entered(scene.backing.pool, session(scene, "officer")) as (conn, who):
        set_words(conn, "blue heron", "green kettle", cost=CHEAP)
        return add_plan(conn, who, edit)


def test_the_place_opens_to_the_manager_when_the_check_in_there_is_missed_and_closes_with_the_joint_visit(
    scene: Scene,
) -> None:
    at(scene, 0)
    plan = a_plan(scene, "officer", "mate")
    officer = bearer(session(scene, "officer"))
    contacts = {name: str(scene.members[name]) for name in CONTACTS}
    answer = scene.send("POST", "/api/shifts", {"plan": str(plan), **contacts}, kind=officer)
    assert answer.status_code == 201, answer.text
    told = scene.get(f"/api/shifts/{answer.json()['id']}", officer)
    assert told.status_code == 200
    assert card(scene, "manager") == 404
    at(scene, 29)
    assert card(scene, "manager") == 404
    before = len(scene.audit())
    at(scene, 46)
    assert {entry["what"] for entry in scene.audit()[before:]} >= {"opened a stop to a duty manager"}
    assert card(scene, "manager") == 200
    assert [card(scene, name) for name in ("buddy", "second")] == [404, 404]
    assert "opened place" in {entry.get("what") for entry in scene.audit()[before:]}
    cancelled = scene.send("POST", f"/api/joint-visits/{scene.joint_visit}/cancel", {})
    assert cancelled.status_code == 204, cancelled.text
    assert card(scene, "manager") == 404


def test_nobody_sets_out_to_it_whose_mate_is_not_named(scene: Scene) -> None:
    at(scene, 0)
    with pytest.raises(PlanRefused, match="not named on the joint visit"):
        a_plan(scene, "officer", "buddy")
    plan = a_plan(scene, "officer", "mate")
    scene.conn.execute("DELETE FROM store.joint_visit_member WHERE membership_id = %s", [scene.members["mate"]])
    contacts = {name: str(scene.members[name]) for name in CONTACTS}
    answer = scene.send("POST", "/api/shifts", {"plan": str(plan), **contacts}, kind=bearer(session(scene, "officer")))
    assert (answer.status_code, "plan again" in answer.text) == (422, True)


def test_a_place_of_anothers_is_no_stop_by_its_own_id(scene: Scene) -> None:
    at(scene, 0)
    with pytest.raises(PlanRefused, match="may not see this place exactly"):
        a_plan(scene, "officer", "mate", of=scene.places["amber"])
