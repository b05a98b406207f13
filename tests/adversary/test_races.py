"""Two requests in one moment at each machine of states: one wins, the other is told so, nobody waits in a circle."""

import json
import threading
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from data.cluster import Cluster
from tests import worlds
from tests.adversary.at_once import together
from tests.api.scene import Scene, bearer
from tests.gate.shift_playing import MINUTE, START, Shift, a_shift
from tests.releasing import prepared, second_analyst
from tests.worlds import NOON

pytestmark = pytest.mark.proof
TIMES = 5
"""How often a race is run: it is won by either side, and by nobody twice."""


def sent(scene: Scene, path: str, body: dict[str, Any], headers: dict[str, str]) -> int:
    return scene.send("POST", path, body, kind=headers).status_code


def test_a_proposal_is_answered_once(scene: Scene) -> None:
    path, members = f"/api/joint-visits/{scene.proposal}", [str(scene.members["officer"])]
    for _ in range(TIMES):
        scene.renew_joint_visits()
        officer, owner = scene.a_session("part"), scene.a_session("own")
        codes = together([
            partial(sent, scene, f"{path}/accept", {"members": members}, officer),
            partial(sent, scene, f"{path}/accept", {"members": members}, scene.a_session("part")),
            partial(sent, scene, f"{path}/decline", {}, officer),
            partial(sent, scene, f"{path}/cancel", {}, owner),
        ])  # fmt: skip
        assert set(codes) <= {204, 422}, codes
        assert codes[:3].count(204) <= 1
        answered = "SELECT num_nonnulls(accepted_at, declined_at) FROM store.joint_visit WHERE id = %s"
        assert scene.one(answered, scene.proposal) <= 1


def test_more_time_is_given_once(scene: Scene) -> None:
    mate = worlds.a_membership(scene.conn, scene.organisations["charity"], areas=range(1, 8))
    until = {"until": (NOON + 240 * MINUTE).isoformat()}
    path = f"/api/joint-visits/{scene.joint_visit}/agree-extension"
    for _ in range(TIMES):
        scene.renew_joint_visits()
        sessions = [scene.a_session("own"), bearer(worlds.a_session(scene.conn, mate))]
        codes = together([partial(sent, scene, path, until, one) for one in sessions])
        assert sorted(codes) == [204, 422]


def test_a_release_is_approved_or_withdrawn_once(scene: Scene) -> None:
    for _ in range(TIMES):
        path, second = prepared(scene), second_analyst(scene)
        codes = together([
            partial(sent, scene, f"{path}/approve", {}, second),
            partial(sent, scene, f"{path}/approve", {}, second_analyst(scene)),
            partial(sent, scene, f"{path}/withdraw", {}, scene.a_session("ana")),
        ])  # fmt: skip
        assert set(codes) <= {204, 422}, codes
        assert codes[:2].count(204) <= 1
    numbers = scene.one("SELECT array_agg(number ORDER BY number) FROM access.release WHERE number IS NOT NULL")
    assert numbers is None or numbers == list(range(1, len(numbers) + 1))


@pytest.fixture
def play(writer: psycopg.Connection, service: psycopg.Connection) -> Shift:
    return a_shift(writer, service, has_set_out=False)


def another_plan(play: Shift) -> UUID:
    """Keep a second ready plan, with the same team."""
    team, id = [play.people["first"], play.people["other"]], uuid4()
    keep = "SELECT access.keep_plan(%s, 0, %s, %s, 'ready', %s, %s, %s)"
    play.ask("first", keep, id, NOON, NOON + 240 * MINUTE, json.dumps({}), team, [1, 1])
    return id


def test_nobody_is_out_twice_however_many_plans_they_go_by(play: Shift, cluster: Cluster, held: str) -> None:
    first = play.writer.execute("SELECT id FROM access.plan WHERE made_by = %s", [play.people["first"]]).fetchone()
    assert first is not None
    plans: list[UUID] = [first[0], *(another_plan(play) for _ in range(3))]
    contacts = [play.people[name] for name in ("buddy", "second", "manager")]
    tokens = [play.token("first") for _ in plans]

    def set_out(plan: UUID, token: str) -> bool:
        with psycopg.connect(cluster.url("waymark_app", held)) as conn:
            conn.execute("SELECT set_config('waymark.token', %s, true)", [token])
            try:
                conn.execute(START, [uuid4(), plan, play.places, ["a", "b"], [20, 20], contacts])
            except psycopg.errors.RaiseException:
                return False
            # Whoever is second asks while the first has said so, and has not committed yet.
            conn.execute("SELECT pg_sleep(0.2)")
            return True

    assert together([partial(set_out, *both) for both in zip(plans, tokens, strict=True)]).count(True) == 1


def test_nobody_sets_out_for_a_team_of_which_somebody_has_left(play: Shift) -> None:
    play.writer.execute("UPDATE access.membership SET suspended_at = %s WHERE id = %s", [NOON, play.people["other"]])
    with pytest.raises(psycopg.errors.RaiseException, match="no outreach for your organisation now"):
        play.start()


def test_a_ladder_and_two_organisations_that_act_never_wait_in_a_circle(
    writer: psycopg.Connection, service: psycopg.Connection, cluster: Cluster, held: str
) -> None:
    one, other = a_shift(writer, service), a_shift(writer, service, has_set_out=False)
    other.id = UUID(int=7)
    other.start()
    low, high = one.town.charity, other.town.charity
    worlds.set_clock(writer, NOON + 31 * MINUTE)
    failed: list[object] = []

    def climb() -> None:
        with psycopg.connect(cluster.url(database=held), autocommit=True) as conn:
            failed.append(conn.execute("SELECT access.escalate()").fetchone())

    with psycopg.connect(cluster.url(database=held)) as acting:
        acting.execute("SELECT audit.lock_chains(ARRAY[%s]::int [])", [low])
        thread = threading.Thread(target=climb)
        thread.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'escalate'"
        while writer.execute(waiting).fetchone() == (0,):
            pass
        acting.execute("SELECT audit.append_to(%s, 'alteration', '{}')", [high])
        acting.commit()
        thread.join()
    assert failed == [(0,)]
