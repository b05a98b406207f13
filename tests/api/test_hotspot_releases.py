"""The life of a released hotspot map: made of published counts alone, read by their readers, gone with any of them."""

from collections.abc import Iterator

import pytest

from data.releases import Wanted, approved_releases, audited_approvals
from geo.quarters import span
from layers.release_verifying import verify
from tests import worlds
from tests.api.scene import AMBER_AT, BIRCH_AT, CEDAR_AT, Scene
from tests.releasing import (
    AMBER_SQUARE,
    BEFORE,
    QUARTER,
    a_hotspot_map,
    approved,
    forget_places,
    forget_releases,
    noted,
    prepared,
    published,
    second_analyst,
    visited_places,
)

pytestmark = pytest.mark.proof
MAP = {"heading": "concern", "kind": "hotspots"}


@pytest.fixture(autouse=True)
def records(scene: Scene) -> Iterator[None]:
    """Begin each test with 23 places visited at Amber Yard's square, of which 11 were noted."""
    label = worlds.a_label(scene.conn, scene.organisations["charity"], sensitivity=1)
    for place in visited_places(scene.conn, label, 23, at=AMBER_AT)[:11]:
        noted(scene.conn, label, place, at=AMBER_AT)
    yield
    forget_releases(scene.conn)
    forget_places(scene.conn, but=scene.places.values())


def counts(scene: Scene, **more: object) -> list[str]:
    """Release what a map of the quarter is made of; their paths."""
    return [approved(scene, heading=heading, **more) for heading in ("visited", "concern")]


def document(scene: Scene, path: str) -> str:
    return str(scene.one("SELECT document FROM access.release WHERE id = %s", path.rsplit("/", 1)[1]))


def ways(path: str) -> tuple[str, ...]:
    """Return every way to read a map."""
    layer = f"/api/collections/release-{path.rsplit('/', 1)[1]}"
    return (path, layer, f"{layer}/items", f"{layer}/tiles/WebMercatorQuad/9/168/253", f"{layer}/export?format=csv")


def test_a_map_is_made_of_counts_that_its_readers_have_and_of_no_others(scene: Scene) -> None:
    for missing in ("places visited in October to December 2025", "where this was noted in October to December 2025"):
        answer = scene.send("POST", "/api/releases", a_hotspot_map(scene), kind="ana")
        assert (answer.status_code, missing in answer.json()["detail"]) == (422, True), answer.text
        approved(scene, heading="visited" if "visited" in missing else "concern")
    prepared(scene, **MAP)
    for_everybody = scene.send(
        "POST", "/api/releases", a_hotspot_map(scene, audience="public", agreement=None), kind="ana"
    )
    assert for_everybody.status_code == 422
    two = scene.send("POST", "/api/releases", a_hotspot_map(scene, quarters=2), kind="ana")
    assert "July to September 2025" in two.json()["detail"]


def test_what_everybody_may_read_serves_a_map_for_one_partner(scene: Scene) -> None:
    counts(scene, audience="public", agreement=None)
    path = approved(scene, **MAP)
    assert [scene.get(path, kind).status_code for kind in ("part", "pana", "own", "none")] == [200, 200, 404, 404]


def test_the_same_published_documents_make_the_same_bytes_whatever_is_recorded(scene: Scene) -> None:
    counts(scene)
    before = document(scene, prepared(scene, **MAP))
    label = worlds.a_label(scene.conn, scene.organisations["charity"], sensitivity=1)
    for at, number in ((AMBER_AT, 60), (BIRCH_AT, 90), (CEDAR_AT, 40)):
        for place in visited_places(scene.conn, label, number, at=at):
            noted(scene.conn, label, place, at=at)
    assert document(scene, prepared(scene, **MAP)) == before
    forget_places(scene.conn, but=scene.places.values())
    assert document(scene, prepared(scene, **MAP)) == before


def test_a_map_has_every_square_and_only_sums_of_published_numbers(scene: Scene) -> None:
    counts(scene)
    answer = scene.get(approved(scene, **MAP), "pana").json()
    assert (answer["kind"], answer["quarters"], answer["heading"]) == ("hotspots", 1, "concern")
    cells = scene.one("SELECT count(*) FROM reference.cell_area WHERE area_id BETWEEN 1 AND 7")
    assert len(answer["squares"]) == cells
    corner = {"easting": AMBER_SQUARE // 10_000 * 5000, "northing": AMBER_SQUARE % 10_000 * 5000}
    (amber,) = (one for one in answer["squares"] if corner.items() <= one.items())
    assert amber["visited"] in {20, 25}
    assert amber["noted"] in {10, 15}
    assert {one["state"] for one in answer["squares"]} == {"too few to say"}  # One square alone has visits.


def test_a_clear_excess_is_hot_on_every_way_out(scene: Scene) -> None:
    squares = dict.fromkeys(range(AMBER_SQUARE, AMBER_SQUARE + 12), 60)
    for heading, values in (("visited", squares), ("concern", dict.fromkeys(squares, 10) | {AMBER_SQUARE: 45})):
        wanted = Wanted(audience="public", agreement=None, heading=heading, quarter=QUARTER)
        published(scene.conn, scene.members["analyst"], wanted, values)
    path = approved(scene, **MAP, audience="public", agreement=None)
    hot = [one for one in scene.get(path, "own").json()["squares"] if one["state"] == "hot"]
    assert [(one["visited"], one["noted"]) for one in hot] == [(60, 45)]
    items = scene.get(ways(path)[2], "none").json()["features"]
    assert [one["properties"]["noted"] for one in items if one["properties"]["state"] == "hot"] == [45]
    assert "hot" in scene.get(ways(path)[4], "part").text


def test_two_people_make_a_map_and_until_then_nobody_else_reads_it(scene: Scene) -> None:
    counts(scene)
    path = prepared(scene, **MAP)
    assert [scene.get(path, kind).status_code for kind in ("ana", "adm", "part", "pana", "own")] == [200] * 2 + [
        404
    ] * 3
    assert scene.send("POST", f"{path}/approve", {}, kind="ana").status_code == 422
    assert scene.send("POST", f"{path}/approve", {}, kind=second_analyst(scene)).status_code == 204
    assert [scene.get(way, "pana").status_code for way in ways(path)] == [200] * 5


@pytest.mark.parametrize("which", [0, 1])
def test_a_map_is_gone_with_either_of_its_counts_for_the_next_request(scene: Scene, which: int) -> None:
    made_of = counts(scene)
    path = approved(scene, **MAP)
    reader = scene.a_session("pana")
    assert [scene.get(way, reader).status_code for way in ways(path)] == [200] * 5
    told = "SELECT count(*) FROM audit.entry WHERE body LIKE '%%withdrew a release%%'"
    before = scene.one(told)
    assert scene.send("POST", f"{made_of[which]}/withdraw", {}, kind=second_analyst(scene)).status_code == 204
    assert [scene.get(way, reader).status_code for way in ways(path)] == [404] * 5
    assert scene.one(told) == before + 4  # Of the counts and of the map, in the owner's chain and in the partner's.
    listed = {one["id"]: one["state"] for one in scene.get("/api/releases", "ana").json()["releases"]}
    assert listed[path.rsplit("/", 1)[1]] == "withdrawn"


def test_a_map_is_gone_with_the_version_of_its_counts(scene: Scene) -> None:
    counts(scene)
    path, waiting = approved(scene, **MAP), prepared(scene, **MAP)
    approved(scene, heading="visited")
    assert scene.get(path, "pana").status_code == 404
    answer = scene.send("POST", f"{waiting}/approve", {}, kind=second_analyst(scene))
    assert (answer.status_code, "withdrawn or replaced" in answer.text) == (422, True)
    again = approved(scene, **MAP)
    assert scene.get(again, "pana").json()["version"] == 2


def test_a_map_whose_counts_are_withdrawn_behind_its_back_is_not_read(scene: Scene) -> None:
    made_of = counts(scene)
    path = approved(scene, **MAP)
    scene.conn.execute(
        "UPDATE access.release SET state = 'withdrawn', withdrawn_at = approved_at, withdrawn_by = approved_by "
        "WHERE id = %s",
        [made_of[0].rsplit("/", 1)[1]],
    )
    assert scene.get(path, "pana").status_code == 404
    assert scene.get("/api/releases", "pana").json()["releases"][0]["kind"] == "counts"


def test_a_map_for_a_partner_ends_with_the_agreement(scene: Scene) -> None:
    counts(scene)
    path = approved(scene, **MAP)
    scene.conn.execute("UPDATE access.agreement SET suspended_at = access.clock() WHERE id = %s", [scene.agreement])
    try:
        assert scene.get(path, "pana").status_code == 404
        answer = scene.send("POST", "/api/releases", a_hotspot_map(scene), kind="ana")
        assert "No live agreement" in answer.json()["detail"]
    finally:
        scene.conn.execute("UPDATE access.agreement SET suspended_at = NULL WHERE id = %s", [scene.agreement])


def test_several_quarters_are_added_up_and_named(scene: Scene) -> None:
    for quarter in span(QUARTER, 2):
        counts(scene, quarter=quarter.isoformat())
    path = approved(scene, **MAP, quarters=2)
    layer = scene.get(ways(path)[1], "pana").json()
    assert layer["title"] == "Where more risk was noted than visits explain, July to December 2025"
    assert scene.get(path, "pana").json()["quarters"] == 2
    assert span(QUARTER, 2)[0] == BEFORE


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"heading": "visited"}, "choose what was noted"),
        ({"kind": "counts", "quarters": 2}, "quarter by quarter"),
        ({"audience": "public"}, "under an agreement, to commissioners, or to everybody"),
        ({"quarter": "2025-11-01"}, "calendar quarters"),
    ],
)
def test_what_cannot_be_a_map_is_refused_in_a_sentence(scene: Scene, more: dict[str, object], sentence: str) -> None:
    answer = scene.send("POST", "/api/releases", a_hotspot_map(scene, **more), kind="ana")
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_verifying_makes_the_map_that_stands_in_the_database_again(scene: Scene) -> None:
    counts(scene)
    approved(scene, **MAP)
    found = verify(approved_releases(scene.conn), audited_approvals(scene.conn)[-3:])
    assert (found.releases, found.faults) == (3, [])
