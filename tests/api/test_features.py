"""Pages of features, single features, boxes, filters and the National Grid."""

import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.catalogue import LAYERS
from tests import worlds
from tests.api.scene import AMBER_AT, BOROUGHS, Scene
from tests.api.seen import AMBER_LATITUDE, AMBER_LONGITUDE

GRID = "http://www.opengis.net/def/crs/EPSG/0/27700"
Features = list[dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def more_places(scene: Scene) -> None:
    """Add places so that pages have something to cut: three on one spot, one hidden, some known as squares."""
    owner = scene.organisations
    with scene.conn.transaction():
        routine = worlds.a_label(scene.conn, owner["charity"], sensitivity=0)
        hidden = worlds.a_label(scene.conn, owner["council"])
        labels = [routine, routine, routine, hidden, routine, worlds.a_label(scene.conn, owner["charity"])]
        for number, label in enumerate(labels):
            at = (407_900.0 + 640 * max(0, number - 2), 285_900.0)
            place = worlds.a_place(scene.conn, label, at=at)
            worlds.a_visit(scene.conn, label, place, at=at)
            worlds.a_note(scene.conn, label, place, at=at)


def items(layer: str) -> str:
    return f"/api/collections/{layer}/items"


def all_features(scene: Scene, layer: str, kind: str, **params: object) -> Features:
    body = scene.get(items(layer), kind, limit=10_000, **params).json()
    assert [link["rel"] for link in body["links"]] == ["self"]
    return list(body["features"])


def paged(scene: Scene, layer: str, kind: str, **params: object) -> Features:
    """Follow next links until there is none."""
    headers, found = scene.a_session(kind), []
    path, asked = items(layer), {name: str(value) for name, value in params.items()}
    for _ in range(100):
        body = scene.client.get(path, headers=headers, params=asked).json()
        assert set(body) == {"type", "features", "numberReturned", "links"}
        assert body["numberReturned"] == len(body["features"]) <= int(asked["limit"])
        found += body["features"]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        if not following:
            return found
        asked = {name: values[0] for name, values in parse_qs(urlsplit(following[0]).query).items()}
    pytest.fail("the pages have no end")


@pytest.mark.parametrize("layer", ["places", "risks", "visits", "sites", "boroughs"])
@pytest.mark.parametrize("kind", ["own", "part", "join"])
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


def test_a_box_takes_what_is_on_its_edge_and_nothing_beside_it(scene: Scene) -> None:
    x, y, away = AMBER_LONGITUDE, AMBER_LATITUDE, 0.00001
    amber = str(scene.places["amber"])
    on = [(x, y, x, y), (x - away, y - away, x, y), (x, y, x + away, y + away), (-180, -90, 180, 90)]
    off = [(x + away, y, x + 1, y), (x, y + away, x, y + 1), (x - 1, y, x - away, y), (x, y - 1, x, y - away)]
    for boxes, is_in in ((on, True), (off, False)):
        for box in boxes:
            found = all_features(scene, "places", "own", bbox=",".join(f"{edge:.8f}" for edge in box))
            assert (amber in {one["id"] for one in found}) is is_in, box


def test_a_box_meets_squares_where_they_are_drawn(scene: Scene) -> None:
    """A box far from the point, but in its square, finds it as well."""
    (square,) = [
        one for one in all_features(scene, "places", "part", bbox=box_around(AMBER_LONGITUDE, AMBER_LATITUDE))
        if one["geometry"]["type"] == "Polygon"
    ]  # fmt: skip
    for longitude, latitude in square["geometry"]["coordinates"][0]:
        inside = ((longitude + AMBER_LONGITUDE) / 2, (latitude + AMBER_LATITUDE) / 2)
        ids = {one["id"] for one in all_features(scene, "places", "part", bbox=box_around(*inside))}
        assert square["id"] in ids


def box_around(longitude: float, latitude: float) -> str:
    return f"{longitude},{latitude},{longitude},{latitude}"


def test_a_box_with_heights_is_read_without_them(scene: Scene) -> None:
    flat = all_features(scene, "places", "own", bbox="-2,52.3,-1.8,52.5")
    assert all_features(scene, "places", "own", bbox="-2,52.3,0,-1.8,52.5,100") == flat


@pytest.mark.parametrize(
    "box",
    [
        "",
        "1,2,3",
        "a,b,c,d",
        "nan,nan,nan,nan",
        "inf,0,1,1",
        "2,52,1,53",
        "1,53,2,52",
        "-181,0,1,1",
        "0,-91,1,1",
        "0,0,0,0,0",
        "1,2,3,4,5,6,7",
        "1e400,0,1,1",
        "1;2;3;4",
        "0,0,0,0\x00",
    ],
)
def test_a_box_that_is_none_is_refused(scene: Scene, box: str) -> None:
    answer = scene.get(items("places"), bbox=box)
    assert answer.status_code == 400
    assert "bbox takes west,south,east,north" in answer.json()["detail"]


def test_a_huge_box_is_answered(scene: Scene) -> None:
    assert len(all_features(scene, "places", "own", bbox="-180,-90,180,90")) == len(
        all_features(scene, "places", "own")
    )
    assert all_features(scene, "places", "own", bbox="10,10,11,11") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name = 'Amber Yard'", {"Amber Yard"}),
        ("name LIKE '%Yard'", {"Amber Yard", "Birch Yard", "Dogwood Yard"}),
        ("casei(name) = casei('amber yard')", {"Amber Yard"}),
        ("name = 'Amber Yard' OR name = 'Birch Yard'", {"Amber Yard", "Birch Yard"}),
        ("name = 'Amber Yard' AND kind = 'farm'", set()),
        ("NOT (name = 'A place' OR name = 'Birch Yard')", {"Amber Yard", "Dogwood Yard"}),
        ("name IN ('Amber Yard', 'Nowhere')", {"Amber Yard"}),
        ("name BETWEEN 'Amber' AND 'Birch Z'", {"Amber Yard", "Birch Yard"}),
        ("review_on IS NULL AND name <> 'A place'", {"Amber Yard", "Birch Yard", "Dogwood Yard"}),
        ("name = '''; DROP TABLE store.place; --'", set()),
        ("review_on > DATE('2026-01-01')", set()),
        ("TRUE AND name = 'Amber Yard'", {"Amber Yard"}),
    ],
)
def test_a_filter_selects_by_properties(scene: Scene, text: str, names: set[str]) -> None:
    found = all_features(scene, "places", "own", filter=text)
    assert {one["properties"]["name"] for one in found} == names


def test_a_filter_runs_on_what_is_released_only(scene: Scene) -> None:
    for text in ("name = 'Amber Yard'", "name <> 'Amber Yard'", "name LIKE 'A%'"):
        found = all_features(scene, "places", "part", filter=text)
        assert {one["properties"].get("name") for one in found} <= {"Cedar Yard"}
    assert all_features(scene, "places", "part", filter="size = 500")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        "name =",
        "owner = 'x'",
        "lock_id = 1",
        "easting > 0",
        "kind = 3",
        "name = 1",
        "size = 'x'",
        "S_INTERSECTS(geom, POINT(0 0))",
        "name || 'x' = 'y'",
        "pg_sleep(1) = 1",
        "name = 'a' = 'b'",
        "1 = name; DROP",
        "NOT " * 30 + "name = 'a'",
        "name",
        "NOT name",
        "casei(name)",
        "name AND TRUE",
        "name + 1 = 2",
        "review_on = 'not a day'",
        "attend_rule IN (1, 'a')",
        "name = 'a\x00b'",
        "name LIKE 5",
        "T_AFTER(review_on, DATE('2026-01-01'))",
        "review_on > DATE('2026-99-99')",
    ],
)
def test_a_filter_that_is_none_is_refused(scene: Scene, text: str) -> None:
    answer = scene.get(items("places"), filter=text)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith("The ")


def test_the_national_grid_gives_metres(scene: Scene) -> None:
    answer = scene.get(items("places"), "own", crs=GRID, filter="name = 'Amber Yard'")
    assert answer.headers["content-crs"] == f"<{GRID}>"
    (amber,) = answer.json()["features"]
    assert amber["geometry"]["coordinates"] == [
        pytest.approx(AMBER_AT[0], abs=0.01),
        pytest.approx(AMBER_AT[1], abs=0.01),
    ]
    squares = [one for one in all_features(scene, "places", "part", crs=GRID) if one["geometry"]["type"] == "Polygon"]
    for one in squares:
        corners = one["geometry"]["coordinates"][0]
        assert all(number % 500 == 0 for corner in corners for number in corner)
    birmingham = all_features(scene, "boroughs", "own", crs=GRID)[0]["geometry"]
    assert 380_000 < birmingham["coordinates"][0][0][0][0] < 460_000


@pytest.mark.parametrize("crs", ["", "EPSG:27700", "http://www.opengis.net/def/crs/EPSG/0/4326", "\x00"])
def test_another_reference_system_is_refused(scene: Scene, crs: str) -> None:
    assert scene.get(items("places"), crs=crs).status_code == 400


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
    assert [one["id"] for one in documents] == [layer.name for layer in LAYERS]
    for one in documents:
        assert one == scene.get(f"/api/collections/{one['id']}").json()
        assert scene.get(f"/api/collections/{one['id']}/queryables").json()["properties"]
    assert [one["id"] for one in scene.get("/api/collections", "adm").json()["collections"]] == [
        "sites", "boroughs", "wards",
    ]  # fmt: skip
    assert len(BOROUGHS) == len(all_features(scene, "boroughs", "own"))
