"""The short way to a tile answers as the route does: the same status, headers and bytes, whatever is asked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from api import tile_path
from api.identity import COOKIE
from data.database import NotSignedIn, Unavailable
from data.tile_line import TileLine, numbered
from layers.catalogue import LAYERS
from layers.tile_cache import MadeTile
from tests.api.scene import KINDS, Scene
from tests.api.seen import shown
from tests.api.seen import tile_path as path_of
from tests.waiting import until

PLACES = path_of("places", 14)
MATRIX = "/api/collections/places/tiles/WebMercatorQuad"
Headers = dict[str, str]


def both(scene: Scene, path: str, headers: Headers, method: str = "GET") -> tuple[httpx2.Response, httpx2.Response]:
    """Return what the short way answers and what the route answers."""
    short = scene.client.request(method, path, headers=headers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tile_path, "asked_tile", lambda _: None)
        return short, scene.client.request(method, path, headers=headers)


def same(scene: Scene, path: str, headers: Headers, *, method: str = "GET") -> httpx2.Response:
    """Return the answer, which is the same both ways, headers in order."""
    short, route = both(scene, path, headers, method)
    assert (short.status_code, short.headers.raw, short.content) == (
        route.status_code,
        route.headers.raw,
        route.content,
    )
    return short


def no_route(*_: object) -> None:
    pytest.fail("The tile was asked for in a thread.")


@pytest.fixture
def only_short(scene: Scene) -> Iterator[Scene]:
    """Give the scene where a tile that is not had by the short way fails."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tile_path, "tile_of", no_route)
        yield scene


@pytest.mark.parametrize("kind", KINDS)
def test_each_session_has_the_same_tiles_both_ways(scene: Scene, kind: str) -> None:
    headers = scene.a_session(kind)
    for layer in LAYERS:
        for z in (6, 12, 14):
            assert same(scene, path_of(layer.name, z), headers).status_code == 200


def test_a_tile_already_looked_at_needs_no_thread(only_short: Scene) -> None:
    for kind in ("own", "part", "join"):
        headers = only_short.a_session(kind)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tile_path, "asked_tile", lambda _: None)
            expected = only_short.get(PLACES, headers)
        for _ in "12":
            assert only_short.get(PLACES, headers).content == expected.content


def test_a_first_look_is_written_before_the_short_way_answers(scene: Scene) -> None:
    headers = scene.a_session()
    before = scene.one("SELECT count(*) FROM audit.look")
    assert shown(scene, scene.get(PLACES, headers)) == "exact"
    assert scene.one("SELECT count(*) FROM audit.look") > before


def test_packing_and_etags_are_the_same(scene: Scene) -> None:
    headers = scene.a_session()
    wards = path_of("wards", 10)
    for accepted in ("gzip", "identity", "br", "gzip, br"):
        assert same(scene, wards, headers | {"Accept-Encoding": accepted}).status_code == 200
    etag = same(scene, PLACES, headers).headers["etag"]
    for known, status in ((etag, 304), (f"W/{etag}", 304), ("*", 304), ('"other"', 200)):
        assert same(scene, PLACES, headers | {"If-None-Match": known}).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/collections/nothing/tiles/WebMercatorQuad/14/1/1", 404),
        ("/api/collections/Places/tiles/WebMercatorQuad/14/1/1", 404),
        (f"{MATRIX}/20/1/1", 404),
        (f"{MATRIX}/0/1/0", 404),
        (f"{MATRIX}/99/0/0", 404),
        (f"{MATRIX}/14/999999/1", 404),
        (f"{MATRIX}/14/9999999/1", 404),
        (f"{MATRIX}/-1/0/0", 404),
        (f"{MATRIX}/a/0/0", 422),
        (f"{MATRIX}/1.5/0/0", 422),
        (f"{MATRIX}/9/0/%00", 422),
        (f"{MATRIX}/9/0/%D9%A1", 422),
        (f"{MATRIX}/009/00/00", 200),
        (f"{MATRIX}/9/0/0?anything=else", 200),
        (f"{MATRIX}/9/0/0/", 404),
        (f"{MATRIX}/9/0/0%0A", 200),
        ("/api/collections/pla%63es/tiles/WebMercatorQuad/9/0/0", 200),
        ("/api/collections/places/tiles/webmercatorquad/9/0/0", 404),
    ],
)
def test_addresses_are_judged_alike(scene: Scene, path: str, status: int) -> None:
    assert same(scene, path, scene.a_session()).status_code == status
    assert same(scene, path, {}).status_code in {401, 404}


def test_strangers_and_other_origins_are_refused_alike(scene: Scene) -> None:
    token = scene.a_session()["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"{COOKIE}={token}"}
    cases: list[tuple[Headers, int]] = [
        ({}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": "Bearer guessed"}, 401),
        ({"Authorization": "Basic abc"}, 401),
        ({"Authorization": f"bearer  {token} "}, 200),
        (cookie, 200),
        (cookie | {"Authorization": "Bearer guessed"}, 401),
        (cookie | {"Sec-Fetch-Site": "same-origin"}, 200),
        (cookie | {"Sec-Fetch-Site": "cross-site"}, 403),
        (cookie | {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        (cookie | {"Origin": "https://elsewhere.example"}, 200),
        ({"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "cross-site"}, 200),
    ]
    for headers, status in cases:
        assert same(scene, PLACES, headers).status_code == status, headers


def test_other_methods_go_to_the_route(scene: Scene) -> None:
    for method in ("HEAD", "POST", "DELETE", "OPTIONS"):
        assert same(scene, PLACES, scene.a_session(), method=method).status_code == 405


@pytest.mark.parametrize("error", [Unavailable("The database cannot be reached."), NotSignedIn("Sign in first.")])
def test_faults_are_told_alike(scene: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fault(*_: object) -> MadeTile:
        raise error

    async def no_line(*_: object) -> None:
        return None

    monkeypatch.setattr(TileLine, "tile", no_line)
    monkeypatch.setattr("api.tile_path.tile_of", fault)
    monkeypatch.setattr("api.tiles.tile_of", fault)
    assert same(scene, PLACES, scene.a_session()).status_code in {401, 503}


@pytest.mark.fault
def test_lost_connections_are_replaced(scene: Scene) -> None:
    headers = scene.a_session()
    expected = scene.get(PLACES, headers)
    for _ in range(3):
        scene.conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'waymark_app'")
        answers = [scene.get(PLACES, headers) for _ in range(12)]
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert answers[-1].content == expected.content
        # Tiles have connections of their own; those of everything else are replaced as well.
        others = [scene.get("/api/collections/places/items", headers).status_code for _ in range(12)]
        assert others[-1] == 200


def test_a_connection_that_ends_while_nobody_asks_is_replaced_at_the_next_tile(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = scene.a_session()
    expected = [scene.get(PLACES, headers).content for _ in "12"]
    lines = scene.backing.line
    held = lines._free[-1]
    scene.conn.execute("SELECT pg_terminate_backend(%s)", [held._conn.info.backend_pid])
    until(lambda: held.is_lost)
    monkeypatch.setattr(tile_path, "tile_of", no_route)
    assert [scene.get(PLACES, headers).content for _ in "12"] == expected
    assert held not in lines._free


def test_many_at_once_are_each_given_their_own(scene: Scene) -> None:
    asked = [(path_of("places", z), scene.a_session(kind)) for z in (9, 13, 14, 15) for kind in ("own", "part", "enf")]
    expected = [scene.get(path, headers).content for path, headers in asked]
    with ThreadPoolExecutor(12) as people:
        for _ in range(4):
            answers = list(people.map(lambda one: scene.get(*one).content, asked))
            assert answers == expected


def test_a_query_is_numbered_by_its_names() -> None:
    text, names = numbered("outline_tile")
    assert names == ["token", "known", "layer", "z", "x", "y"]
    assert b"($1, $2, $3, $4::int, $5::int, $6::int" in b" ".join(text.split()).replace(b"( ", b"(")
