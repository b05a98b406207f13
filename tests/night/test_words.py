"""The word of duress: what the team is answered and shown is what the safe word would have brought, byte for byte."""

from collections.abc import Iterator

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


def answers(night: Night, word: str) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    """Say that all is well with a word, on the page and over the API; all that the team is answered and shown."""
    client, token = night.scene.client, night.token("team")
    form = {"kind": "fine", "word": word}
    found = [
        client.post(f"/today/{night.id}/check-in", headers=token, data=form, follow_redirects=False),
        client.post(f"/api/shifts/{night.id}/check-ins", headers=token, json=form),
        *(
            client.get(path, headers=token)
            for path in ("/today", "/today?saved", "/api/shifts", f"/api/shifts/{night.id}", "/api/notices",
                         "/api/alarms", f"/api/places/{night.places[0]}", f"/places/{night.places[0]}", "/plans")
        ),
    ]  # fmt: skip
    return [
        (one.status_code, [pair for pair in one.headers.items() if pair[0] != "date"], one.content) for one in found
    ]


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
    wrong = night.scene.client.post(
        f"/api/shifts/{night.id}/check-ins", headers=night.token("team"), json={"kind": "fine", "word": "red fox"}
    )
    assert wrong.status_code == 422
