"""An analyst prepares two papers of one quarter side by side, each harmless, and has both approved to subtract them."""

import threading
from uuid import UUID

import psycopg
import pytest

from data.cluster import Cluster
from tests import worlds
from tests.api.reporting import an_office, analysing, some_notes
from tests.api.scene import Scene
from tests.releasing import AMBER_SQUARE, release_squares

pytestmark = pytest.mark.proof
QUARTER = "2025-10-01"
APPROVE = "SELECT access.approve_briefing(%s, %s)"


def a_label(scene: Scene) -> int:
    with scene.conn.transaction():
        return worlds.a_label(scene.conn, scene.organisations["charity"])


def prepared(scene: Scene) -> tuple[str, str]:
    """Prepare a briefing; its id and checksum."""
    answer = scene.send("POST", "/api/briefings", {"quarter": QUARTER}, kind="ana")
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["checksum"]


def approve(scene: Scene, second: UUID, one: tuple[str, str]) -> tuple[int, str]:
    session = analysing(scene, second)
    answer = scene.send("POST", f"/api/briefings/{one[0]}/approve", {"checksum": one[1]}, kind=session)
    return answer.status_code, answer.text


def test_two_briefings_of_one_quarter_are_never_both_approved_with_other_values(scene: Scene) -> None:
    second = an_office(scene).second
    label = a_label(scene)
    some_notes(scene.conn, label, 10)
    first = prepared(scene)
    some_notes(scene.conn, label, 30)
    other = prepared(scene)
    assert approve(scene, second, first)[0] == 204
    status, words = approve(scene, second, other)
    assert (status, "published meanwhile" in words) == (422, True)
    again = prepared(scene)
    assert approve(scene, second, again)[0] == 204, "and one that keeps what was published is"


def test_a_briefing_that_waited_is_held_against_squares_released_meanwhile(scene: Scene) -> None:
    second = an_office(scene).second
    some_notes(scene.conn, a_label(scene), 2)
    waiting = prepared(scene)
    release_squares(scene, {AMBER_SQUARE: 40})
    status, words = approve(scene, second, waiting)
    assert (status, "released meanwhile" in words) == (422, True)


def test_the_database_itself_refuses_another_value(scene: Scene, cluster: Cluster) -> None:
    second = an_office(scene).second
    label = a_label(scene)
    some_notes(scene.conn, label, 10)
    first = prepared(scene)
    some_notes(scene.conn, label, 30)
    other = prepared(scene)
    assert approve(scene, second, first)[0] == 204
    token = analysing(scene, second)["Authorization"].removeprefix("Bearer ")
    with psycopg.connect(cluster.url("waymark_app", scene.conn.info.dbname)) as service:
        service.execute("SELECT set_config('waymark.token', %s, true)", [token])
        with pytest.raises(psycopg.errors.RaiseException, match="published meanwhile"):
            service.execute(APPROVE, [UUID(other[0]), other[1]])


def test_two_that_are_approved_in_one_moment_are_approved_one_after_the_other(scene: Scene) -> None:
    second = an_office(scene).second
    label = a_label(scene)
    some_notes(scene.conn, label, 10)
    papers = [prepared(scene)]
    some_notes(scene.conn, label, 30)
    papers.append(prepared(scene))
    sessions = [analysing(scene, second) for _ in papers]
    found: list[int] = []

    def act(paper: tuple[str, str], session: dict[str, str]) -> None:
        answer = scene.send("POST", f"/api/briefings/{paper[0]}/approve", {"checksum": paper[1]}, kind=session)
        found.append(answer.status_code)

    threads = [threading.Thread(target=act, args=both) for both in zip(papers, sessions, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [204, 422]
