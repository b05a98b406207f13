"""The word of duress: what the team is answered and shown is what the safe word would have brought, byte for byte."""

from collections.abc import Iterator

import httpx2
import pytest

from data.cluster import Cluster
from tests.api.scene import Scene, a_scene
from tests.conftest import clone
from tests.night.playing import Night, a_night

pytestmark = pytest.mark.proof


@pytest.fixture
def scene(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(cluster, clone(cluster), tmp_path_factory.mktemp("words")) as made:
        yield made


SEEN = ("/today", "/today?saved", "/api/shifts", "/api/notices", "/api/alarms", "/plans")
Told = list[tuple[int, list[tuple[str, str]], bytes]]


def told(answers: list[httpx2.Response]) -> Told:
    return [
        (one.status_code, [pair for pair in one.headers.items() if pair[0] != "date"], one.content) for one in answers
    ]


def seen(night: Night) -> Told:
    """Return all that the team is shown."""
    client, token, place = night.scene.client, night.token("team"), night.places[0]
    paths = (*SEEN, f"/api/shifts/{night.id}", f"/api/places/{place}", f"/places/{place}")
    return told([client.get(path, headers=token) for path in paths])


def answers(night: Night, word: str) -> Told:
    """Say that all is well with a word, on the page and over the API; all that the team is answered and shown.

    It is shown again once the word was heard.
    """
    client, token = night.scene.client, night.token("team")
    form = {"kind": "fine", "word": word}
    said = [
        client.post(f"/today/{night.id}/check-in", headers=token, data=form, follow_redirects=False),
        client.post(f"/api/shifts/{night.id}/check-ins", headers=token, json=form),
    ]
    before = seen(night)
    night.scene.conn.execute("SELECT access.escalate()")
    return [*told(said), *before, *seen(night)]


def tries(night: Night, word: str) -> httpx2.Response:
    form = {"kind": "fine", "word": word}
    return night.scene.client.post(f"/api/shifts/{night.id}/check-ins", headers=night.token("team"), json=form)


@pytest.mark.parametrize("minute", [10, 40, 56])
def test_both_words_are_answered_alike_on_the_way_at_a_stop_and_late(scene: Scene, minute: int) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    night.go_to(5)
    for act in ("reads", "arrived") if minute > 30 else ():
        night.acts(f"team {act}")
    night.go_to(minute)
    night.acts("team fine")
    safe = answers(night, "blue heron")
    assert [status for status, _, _ in safe[:2]] == [303, 204]
    assert answers(night, " Green  KETTLE") == safe
    assert scene.one("SELECT count(*) FROM access.alarm WHERE kind = 'duress' AND step = 3") == 1
    assert tries(night, "red fox").status_code == 422


def test_both_words_write_the_same_rows_and_move_nothing_that_keys_depend_on(scene: Scene) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    night.acts("team fine")
    written = []
    for word in ("blue heron", "green kettle"):
        before = rows_of(scene)
        assert tries(night, word).status_code == 204
        written.append({name: count - before[name] for name, count in rows_of(scene).items()})
    assert written[0] == written[1]
    assert {name for name, count in written[0].items() if count} == {"check_in", "entry", "word_said"}


def rows_of(scene: Scene) -> dict[str, int]:
    """Return how many rows each table has that a shift or an alarm writes to, and where the policy epochs stand."""
    tables = ("alarm", "alarm_step", "attempt", "check_in", "notice", "opening", "shift_stop", "word_said")
    found = {table: int(scene.one(f"SELECT count(*) FROM access.{table}")) for table in tables}
    epochs = int(scene.one("SELECT sum(epoch) FROM access.policy_epoch"))
    return {**found, "entry": int(scene.one("SELECT count(*) FROM audit.entry")), "epochs": epochs}


def test_wrong_words_must_wait_and_whoever_waits_is_answered_alike_to_any(scene: Scene) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    assert [tries(night, "red fox").status_code for _ in range(5)] == [422] * 5
    waits = [tries(night, word) for word in ("red fox", "blue heron", "green kettle", "")]
    assert {one.status_code for one in waits} == {429}
    assert len({one.content for one in waits}) == 1
    assert waits[0].headers["retry-after"] == "2"
    page = night.scene.client.post(
        f"/today/{night.id}/check-in", headers=night.token("team"), data={"kind": "fine", "word": "blue heron"}
    )
    assert page.status_code == 429
    assert "Wait 2 seconds" in page.text
    assert night.due() == "30"
    night.scene.conn.execute("SELECT access.escalate()")
    assert scene.one("SELECT count(*) FROM access.alarm WHERE kind = 'duress'") == 1


@pytest.mark.parametrize("act", ["help", "more_time", "withdrew"])
def test_whoever_must_wait_calls_for_help_and_checks_in_without_a_word(scene: Scene, act: str) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    for _ in range(9):
        tries(night, "red fox")
    night.acts(f"team {act}")


def test_nobody_is_locked_out_and_a_right_word_begins_anew(scene: Scene) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    for _ in range(9):
        tries(night, "red fox")
    night.go_to(1)
    assert tries(night, "blue heron").status_code == 204
    assert [tries(night, "red fox").status_code for _ in range(5)] == [422] * 5


def test_the_desk_is_told_of_wrong_words_once_an_hour_and_the_team_is_not(scene: Scene) -> None:
    night = a_night(scene)
    scene.conn.execute("INSERT INTO access.duty_desk_member SELECT organisation_id, id FROM access.membership"
                       " WHERE id = %s", [night.members["team"]])  # fmt: skip
    night.acts("team sets out")
    for tick in range(3):
        for _ in range(2 if tick else 5):
            tries(night, "red fox")
        night.go_to(tick + 1)
    notices = {who: night.get(who, "/api/notices").json()["notices"] for who in ("team", "desk", "buddy", "manager")}
    assert {who: [one["kind"] for one in found] for who, found in notices.items()} == {
        "team": [], "desk": ["wrong_words"], "buddy": [], "manager": [],
    }  # fmt: skip
    shifts = night.get("desk", "/api/shifts").json()["shifts"]
    assert [(one["parts"], one["stop"], one["stops"]) for one in shifts] == [(["desk"], None, 0)]
    assert night.send("desk", f"/api/notices/{notices['desk'][0]['id']}/acknowledge").status_code == 204
    assert night.get("desk", "/api/shifts").json()["shifts"] == []


def test_where_nobody_is_at_the_desk_the_duty_manager_is_told(scene: Scene) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    scene.conn.execute("DELETE FROM access.duty_desk_member")
    for _ in range(5):
        tries(night, "red fox")
    night.go_to(1)
    assert [one["kind"] for one in night.get("manager", "/api/notices").json()["notices"]] == ["wrong_words"]


@pytest.mark.parametrize(
    ("asleep", "is_called"),
    [("last_seen_at = access.clock() - interval '20 minutes'", True), ("ended_at = access.clock()", False),
     ("expires_at = access.clock()", False)],
)  # fmt: skip
def test_help_is_called_from_a_session_that_fell_asleep_and_from_no_other(
    scene: Scene, asleep: str, *, is_called: bool
) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    token, colleague = night.token("team"), night.token("colleague")
    scene.conn.execute(f"UPDATE access.session SET {asleep}".encode())
    for who in (token, colleague, {}):
        late = night.scene.client.post(f"/today/{night.id}/check-in", headers=who, data={"kind": "help"})
        api = night.scene.client.post(f"/api/shifts/{night.id}/check-ins", headers=who, json={"kind": "help"})
        assert (late.status_code, api.status_code) == (401, 401)
        fine = night.scene.client.post(f"/api/shifts/{night.id}/check-ins", headers=who, json={"kind": "more_time"})
        assert fine.content == api.content
    assert scene.one("SELECT count(*) FROM access.alarm WHERE kind = 'help' AND step = 3") == int(is_called)
    assert scene.one("SELECT count(*) FROM access.check_in WHERE kind = 'help'") == (2 if is_called else 0)
