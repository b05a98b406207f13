"""PostgreSQL goes away and comes back: problem documents meanwhile, and then everything acknowledged is there."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data.cluster import Cluster, temporary_cluster
from data.migrate import migrate, set_application_password
from tests.api.scene import Scene, a_place, a_scene
from tests.api.seen import shown, tile_path

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def durable() -> Iterator[Cluster]:
    """Give a cluster of our own that keeps what it acknowledged."""
    with temporary_cluster(durable=True) as running:
        running.ensure_database("outage")
        with psycopg.connect(running.url(database="outage")) as conn:
            migrate(conn)
            set_application_password(conn, running.password("waymark_app"))
        yield running


@pytest.fixture
def served(durable: Cluster, tmp_path: Path) -> Iterator[Scene]:
    with a_scene(durable, "outage", tmp_path) as made:
        yield made


def test_the_service_outlives_its_database(durable: Cluster, served: Scene) -> None:
    headers = served.a_session()
    made = served.send("POST", "/api/places", a_place(name="Acknowledged Yard"), kind=headers).json()["id"]
    paths = ["/api/health", "/api/session", f"/api/places/{made}", tile_path("places", 14)]
    expected = [served.get(path, headers) for path in paths]
    assert {answer.status_code for answer in expected} == {200}
    durable.stop(immediately=True)
    for path in paths[:3]:
        answer = served.get(path, headers)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert shown(served, answer) == "nothing"
        assert not any(word in answer.text for word in ("socket", "waymark_app", "psycopg", "Traceback"))
    durable.start()
    after = [next(a for a in (served.get(path, headers) for _ in range(20)) if a.status_code != 503) for path in paths]
    assert [answer.status_code for answer in after] == [200] * 4
    assert after[2].json()["name"] == "Acknowledged Yard"
    assert after[3].content == expected[3].content
