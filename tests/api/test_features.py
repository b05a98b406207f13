"""Pages of features, single features, boxes, filters and the National Grid."""

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.catalogue import LAYERS
from tests import worlds
from tests.api.pages import GRID, add_places, all_features, items, paged
from tests.api.scene import BOROUGHS, Scene


@pytest.fixture(scope="module", autouse=True)
def more_places(scene: Scene) -> None:
    add_places(scene)


@pytest.mark.parametrize("layer", ["places", "risks", "visits", "sites", "boroughs"])
@pytest.mark.parametrize("kind", ["own", "part"])
def test_pages_give_every_feature_exactly_once(scene: Scene, layer: str, kind: str) -> None:
    everything = all_features(scene, layer, kind)
    assert everything
    for limit in range(1, 8):
        assert paged(scene, layer, kind, limit=limit) == everything
    ids = [one["id"] for one in everything]
    assert len(set(ids)) == len(ids)


def test_pages_of_a_box_and_a_filter_give_every_feature_exactly_once(scene: Scene) -> None:
    for asked in (
        {"bbox": "-2,52.3,-1.8,52.5"},
        {"filter": "attend_rule = 'ok'"},
        {"filter": "attend_rule IN ('ok', 'two_people')", "bbox": "-2,52.3,-1.8,52.5"},
        {"crs": GRID},
    ):
        for kind, limit in itertools.product(("own", "part"), (1, 2, 5)):
            everything = all_features(scene, "places", kind, **asked)
            assert everything
            assert paged(scene, "places", kind, limit=limit, **asked) == everything


def test_pages_with_an_opened_place_give_every_feature_exactly_once(scene: Scene) -> None:
    everything = all_features(scene, "places", "join")
    assert {one["geometry"]["type"] for one in everything} == {"Point", "Polygon"}
    for limit in (1, 2, 3):
        assert paged(scene, "places", "join", limit=limit) == everything


def test_wards_are_paged_by_their_codes(scene: Scene) -> None:
    everything = all_features(scene, "wards", "aud")
    assert len(everything) > 100
    assert paged(scene, "wards", "aud", limit=40) == everything


def test_what_is_listed_is_what_the_database_lets_be_seen(scene: Scene) -> None:
    exact = {one["id"] for one in all_features(scene, "places", "own")}
    own = scene.conn.execute(
        "SELECT p.id::text FROM store.place AS p JOIN access.label AS l ON l.id = p.lock_id >> 5 WHERE l.owner_id = %s",
        [scene.organisations["charity"]],
    )
    assert exact == {row[0] for row in own}
    steps = {
        one["properties"]["size"]
        for one in all_features(scene, "places", "part")
        if one["geometry"]["type"] == "Polygon"
    }
    assert steps == {500}


@pytest.mark.parametrize("limit", [0, -1, 10_001, "x", "1.5", "", "9" * 40])
def test_a_limit_that_is_none_is_refused(scene: Scene, limit: object) -> None:
    assert scene.get(items("places"), limit=limit).status_code == 422


def test_a_page_reference_is_good_for_its_layer_only(scene: Scene) -> None:
    body = scene.get(items("places"), limit=1).json()
    (following,) = [link["href"] for link in body["links"] if link["rel"] == "next"]
    reference = parse_qs(urlsplit(following).query)["next"][0]
    assert scene.get(items("places"), next=reference).status_code == 200
    flipped = ("B" if reference[0] == "A" else "A") + reference[1:]
    bad = [flipped, reference[:-1], reference + "A", "", "x", "é", "\x00", "A" * 400]
    for text in bad:
        assert scene.get(items("places"), next=text).status_code == 400, text
    for layer in ("risks", "visits", "sites", "boroughs", "wards"):
        assert scene.get(items(layer), next=reference).status_code == 400, layer
    assert scene.get(items("places"), next="A" * 501).status_code == 422


@pytest.mark.parametrize("kind", ["own", "part", "enf", "ana", "join"])
def test_each_listed_feature_is_found_by_its_id(scene: Scene, kind: str) -> None:
    for layer in ("places", "risks", "visits", "sites", "boroughs"):
        for one in all_features(scene, layer, kind):
            alone = scene.get(f"{items(layer)}/{one['id']}", kind).json()
            assert {name: alone[name] for name in one} == one


def test_hidden_and_missing_features_are_told_alike(scene: Scene) -> None:
    missing = scene.get(f"{items('places')}/00000000-0000-4000-8000-000000000000", "part")
    square = next(one["id"] for one in all_features(scene, "places", "part") if len(one["id"]) != 36)
    for layer, id in itertools.product(("places", "risks", "visits"), (scene.places["amber"], scene.note, scene.visit)):
        hidden = scene.get(f"{items(layer)}/{id}", "part")
        assert (hidden.status_code, hidden.content, hidden.headers) == (404, missing.content, missing.headers)
    for id in (square[:-1], square + "A", "x", "%00", "A" * 3000, "0" * 36):
        answer = scene.get(f"{items('places')}/{id}", "part")
        assert (answer.status_code, answer.content) == (404, missing.content), id
    for layer in ("risks", "visits", "sites", "boroughs", "wards", "nowhere"):
        answer = scene.get(f"{items(layer)}/{square}", "part")
        assert (answer.status_code, answer.content) == (404, missing.content), layer
    assert scene.get(f"{items('boroughs')}/%00", "part").status_code == 404


def test_a_square_is_told_as_the_strictest_of_its_places(scene: Scene) -> None:
    label = worlds.a_label(scene.conn, scene.organisations["charity"], sensitivity=1)
    worlds.a_place(scene.conn, label, at=(409_100.0, 288_100.0), attend_rule=0)
    worlds.a_place(scene.conn, label, at=(409_200.0, 288_200.0), attend_rule=2)
    where = {"filter": "attend_rule = 'contact_owner_first'"}
    assert [one["properties"]["size"] for one in all_features(scene, "places", "part", **where)] == [500]


def test_every_layer_of_the_catalogue_is_listed_with_what_it_holds(scene: Scene) -> None:
    documents = scene.get("/api/collections").json()["collections"]
    assert [one["id"] for one in documents] == [layer.name for layer in LAYERS if "visit" in layer.purposes]
    for one in documents:
        assert one == scene.get(f"/api/collections/{one['id']}").json()
        assert scene.get(f"/api/collections/{one['id']}/queryables").json()["properties"]
    assert [one["id"] for one in scene.get("/api/collections", "adm").json()["collections"]] == [
        "sites", "boroughs", "wards",
    ]  # fmt: skip
    assert len(BOROUGHS) == len(all_features(scene, "boroughs", "own"))
