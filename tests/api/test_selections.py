"""Selecting features: boxes, filters and reference systems, all on what is released."""

import pytest

from tests.api.pages import GRID, add_places, all_features, items
from tests.api.scene import AMBER_AT, Scene
from tests.api.seen import AMBER_LATITUDE, AMBER_LONGITUDE


@pytest.fixture(scope="module", autouse=True)
def more_places(scene: Scene) -> None:
    add_places(scene)


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
