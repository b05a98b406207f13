"""What a page asks by itself keeps no session awake; what a person asks does."""

from datetime import timedelta

import pytest

from tests import worlds
from tests.api.scene import Scene

pytestmark = pytest.mark.proof


def asked(scene: Scene, path: str, *, minutes: int) -> int:
    """Ask every five minutes from noon on; the status of the last answer."""
    worlds.set_clock(scene.conn, worlds.NOON)
    headers = scene.a_session("own")
    answers = []
    for minute in range(0, minutes + 1, 5):
        worlds.set_clock(scene.conn, worlds.NOON + timedelta(minutes=minute))
        answers.append(scene.client.get(path, headers=headers).status_code)
    worlds.set_clock(scene.conn, worlds.NOON)
    return answers[-1]


def test_an_open_page_that_asks_for_notices_is_signed_out_after_15_minutes(scene: Scene) -> None:
    assert asked(scene, "/api/notices", minutes=10) == 200
    assert asked(scene, "/api/notices", minutes=15) == 401


@pytest.mark.parametrize("path", ["/api/session", "/api/shifts", "/api/alarms"])
def test_what_a_person_asks_keeps_the_session(scene: Scene, path: str) -> None:
    assert asked(scene, path, minutes=30) == 200


def test_the_ladder_goes_on_for_whoever_is_signed_out(scene: Scene) -> None:
    """Nothing of it knows of sessions: it reads shifts, and writes notices to memberships."""
    found = scene.conn.execute(
        "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'access'::regnamespace"
        " AND p.proname IN ('escalate', 'climb', 'take_step', 'remind', 'watch', 'claim_notices', 'hear_words')"
        " AND p.prosrc ~ 'session'"
    ).fetchall()
    assert found == []
