"""The short way to items answers as the route does, and one statement as several: the same bytes, whatever is asked."""

import httpx2
import pytest

from api import items_path
from layers import features
from layers.catalogue import LAYERS
from tests.api.scene import KINDS, Scene
from tests.api.test_tile_path import Headers

WIDE = "-2.3,52.3,-1.4,52.7"
ITEMS = "/api/collections/places/items"


def same(scene: Scene, path: str, headers: Headers) -> httpx2.Response:
    """Return the answer, which is the same by the short way, by the route, and read in several statements."""
    short = scene.client.get(path, headers=headers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(items_path, "asked_items", lambda _: None)
        route = scene.client.get(path, headers=headers)
        patch.setattr(features, "first_rows", lambda *_: None)
        several = scene.client.get(path, headers=headers)
    told = [(one.status_code, one.headers.raw, one.content) for one in (short, route, several)]
    assert told[0] == told[1] == told[2]
    return short


@pytest.mark.parametrize("kind", KINDS)
def test_each_session_has_the_same_items_every_way(scene: Scene, kind: str) -> None:
    headers = scene.a_session(kind)
    for layer in LAYERS:
        path = f"/api/collections/{layer.name}/items"
        for asked in (f"bbox={WIDE}", f"bbox={WIDE}&limit=1", f"limit=2&bbox={WIDE}", "limit=3"):
            assert same(scene, f"{path}?{asked}", headers).status_code in {200, 404}


def test_pages_follow_one_another_alike(scene: Scene) -> None:
    for kind in ("own", "part", "join"):
        headers, path, pages = scene.a_session(kind), f"{ITEMS}?bbox={WIDE}&limit=1", 0
        while path:
            answer = same(scene, path, headers).json()
            following = [link["href"] for link in answer["links"] if link["rel"] == "next"]
            path, pages = (following[0].partition("/api/")[2] if following else ""), pages + 1
            path = f"/api/{path}" if path else ""
        assert pages > 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bbox=", 400),
        ("bbox=1,2,3", 400),
        ("bbox=1,2,3,4,5", 400),
        ("bbox=-2,52,-1,53,0,9", 400),
        ("bbox=-2,52,0,-1,53,9", 200),
        ("bbox=-1,52,-2,53", 400),
        ("bbox=--1,52,-2,53", 400),
        ("bbox=nan,52,-2,53", 400),
        (f"bbox={WIDE}&limit=0", 422),
        (f"bbox={WIDE}&limit=9999", 200),
        (f"bbox={WIDE}&limit=10001", 422),
        (f"bbox={WIDE}&limit=1&limit=2", 200),
        (f"limit=1&bbox={WIDE}&limit=2", 200),
        (f"bbox={WIDE}&bbox=-2,52,-1,53", 200),
        (f"bbox={WIDE}&anything=else", 200),
        (f"bbox={WIDE}&filter=status='active'", 200),
        (f"bbox={WIDE}&filter=nonsense", 400),
        (f"bbox={WIDE}&next=guessed", 400),
        (f"bbox={WIDE}&crs=http://www.opengis.net/def/crs/EPSG/0/27700", 200),
        (f"bbox={'1' * 201}", 422),
    ],
)
def test_questions_are_judged_alike(scene: Scene, asked: str, status: int) -> None:
    assert same(scene, f"{ITEMS}?{asked}", scene.a_session()).status_code == status
    assert same(scene, f"{ITEMS}?{asked}", {}).status_code in {401, 422}
    assert same(scene, f"/api/collections/nothing/items?{asked}", scene.a_session()).status_code in {404, 422}


def test_a_first_look_is_written_before_items_leave_by_the_short_way(scene: Scene) -> None:
    headers, path = scene.a_session(), f"{ITEMS}?bbox={WIDE}"
    before = scene.one("SELECT count(*) FROM audit.look")
    assert scene.client.get(path, headers=headers).json()["features"]
    assert scene.one("SELECT count(*) FROM audit.look") > before


def test_a_plain_question_needs_one_statement_alone(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    headers, path = scene.a_session(), f"{ITEMS}?bbox={WIDE}&limit=1"
    expected = scene.client.get(path, headers=headers)

    def several(*_: object, **__: object) -> None:
        pytest.fail("It was read in several statements.")

    monkeypatch.setattr(features, "admitted", several)
    assert scene.client.get(path, headers=headers).content == expected.content
