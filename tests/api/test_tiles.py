"""Vector tiles: what is drawn in them, for whom, and how they are cached."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import httpx2
import pytest

from geo.tile_keys import tile_of
from tests import worlds
from tests.api.scene import AMBER_AT, Scene, a_note, a_place, a_visit
from tests.api.seen import AMBER_LATITUDE, AMBER_LONGITUDE, layers_of, shown, tile_path
from tests.worlds import a_point

LAYERS = ("places", "risks", "visits")


def drawn(answer: httpx2.Response) -> dict[str, list[dict[str, Any]]]:
    assert answer.status_code == 200
    return {name: layer["features"] for name, layer in layers_of(answer.content).items()}


def test_a_worker_of_the_owner_sees_points_where_they_are(scene: Scene) -> None:
    point = a_point(*AMBER_AT)
    for z in range(13, 20):
        features = drawn(scene.get(tile_path("places", z)))["places"]
        (amber,) = [one for one in features if one["properties"]["id"] == str(scene.places["amber"])]
        assert amber["geometry"]["type"] == "Point"
        expected = [(point["x"] >> (19 - z)) & 4095, (point["y"] >> (19 - z)) & 4095]
        assert list(amber["geometry"]["coordinates"]) == expected
        assert amber["properties"] == {
            "id": str(scene.places["amber"]),
            "kind": "car_wash",
            "attend_rule": "two_people",
        }


def test_risks_and_visits_say_what_and_nothing_more(scene: Scene) -> None:
    (risk,) = drawn(scene.get(tile_path("risks", 15)))["risks"]
    assert risk["properties"] == {
        "id": scene.note, "place": str(scene.places["amber"]), "category": "forced_labour", "severity": 3,
    }  # fmt: skip
    (visit,) = drawn(scene.get(tile_path("visits", 15)))["visits"]
    assert visit["properties"] == {
        "id": scene.visit, "outcome": "spoke_with_someone", "visited_on": "2026-02-20",
    }  # fmt: skip


@pytest.mark.parametrize("z", range(6, 20))
def test_a_partner_is_drawn_squares_without_counts_at_every_zoom(scene: Scene, z: int) -> None:
    for layer in LAYERS:
        layers = drawn(scene.get(tile_path(layer, z), "part"))
        assert set(layers) == {f"{layer}_cells"}
        for one in layers[f"{layer}_cells"]:
            assert one["geometry"]["type"] == "Polygon"
            assert "places" not in one["properties"]
            assert one["properties"]["size"] >= 500


@pytest.mark.parametrize(("z", "size"), [(6, 5000), (10, 5000), (11, 1000), (12, 1000)])
def test_low_zooms_count_what_the_session_knows_exactly(scene: Scene, z: int, size: int) -> None:
    squares = drawn(scene.get(tile_path("places", z)))["places_cells"]
    assert {one["properties"]["size"] for one in squares} == {size}
    assert all(one["properties"]["places"] == 1 for one in squares)


def test_a_layer_of_open_data_is_the_same_for_everybody(scene: Scene) -> None:
    for path in (tile_path("boroughs", 9), tile_path("wards", 12), tile_path("sites", 13)):
        bodies = {scene.get(path, kind).content for kind in ("own", "part", "none", "adm", "aud", "layr")}
        assert len(bodies) == 1
        assert any(drawn(scene.get(path)).values())


def test_the_same_tile_twice_is_the_same_bytes(scene: Scene) -> None:
    for layer, z, kind in product(LAYERS, (6, 9, 12, 14, 17), ("own", "part", "join")):
        first, again = (scene.get(tile_path(layer, z), kind) for _ in "12")
        assert first.content == again.content
        assert first.headers["etag"] == again.headers["etag"]


def test_a_client_that_has_the_tile_is_told_so(scene: Scene) -> None:
    etag = ""
    for kind in ("own", "part", "join", "none"):
        headers = scene.a_session(kind)
        etag = scene.get(tile_path("places", 14), headers).headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = scene.get(tile_path("places", 14), headers | {"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == etag
        assert scene.get(tile_path("places", 14), headers | {"If-None-Match": '"other"'}).status_code == 200
    assert scene.get(tile_path("places", 14), {"If-None-Match": etag}).status_code == 401


def test_a_long_tile_is_packed_for_who_can_unpack_it(scene: Scene) -> None:
    headers = scene.a_session() | {"Accept-Encoding": "identity"}
    plain = scene.get(tile_path("wards", 10), headers)
    assert "content-encoding" not in plain.headers
    packed = scene.get(tile_path("wards", 10), headers | {"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] == plain.headers["etag"]
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert "Accept-Encoding" in packed.headers["vary"]


def test_a_tile_off_the_map_is_empty(scene: Scene) -> None:
    for layer in (*LAYERS, "sites", "boroughs", "wards"):
        for z, row, column in ((14, 0, 0), (19, 2**19 - 1, 2**19 - 1), (9, 511, 0)):
            path = f"/api/collections/{layer}/tiles/WebMercatorQuad/{z}/{row}/{column}"
            assert not any(drawn(scene.get(path)).values())


@pytest.mark.parametrize(
    "address",
    ["20/1/1", "-1/0/0", "0/1/0", "0/0/1", "14/-1/0", "14/0/16384", "14/16384/0", "40/0/0", f"9/{2**80}/1"],
)
def test_a_tile_outside_the_matrix_is_not_there(scene: Scene, address: str) -> None:
    answer = scene.get(f"/api/collections/places/tiles/WebMercatorQuad/{address}")
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["a/0/0", "1.5/0/0", "9/0/%00", "9/0/0x1"])
def test_a_tile_address_of_nonsense_is_refused(scene: Scene, address: str) -> None:
    answer = scene.get(f"/api/collections/places/tiles/WebMercatorQuad/{address}")
    assert answer.status_code == 422


def test_a_tile_of_half_the_country_counts_everything_in_it(scene: Scene) -> None:
    squares = drawn(scene.get(tile_path("places", 5)))["places_cells"]
    assert sum(one["properties"]["places"] for one in squares) == 3


def test_no_kept_tile_is_given_to_another_session(scene: Scene) -> None:
    path = tile_path("places", 14)
    bodies = {kind: scene.get(path, kind).content for kind in ("own", "part", "enf", "excl", "none", "join", "ana")}
    for kind in (*reversed(bodies), *bodies):
        assert scene.get(path, kind).content == bodies[kind]
    assert len({bodies[kind] for kind in ("own", "part", "enf", "excl", "join")}) == 5


def test_a_new_place_is_in_the_next_tile(scene: Scene) -> None:
    longitude, latitude = AMBER_LONGITUDE + 0.001, AMBER_LATITUDE
    headers, partner = scene.a_session("safe"), scene.a_session("part")
    path, wide = tile_path("places", 14), tile_path("places", 9)
    before = [scene.get(path, who).content for who in (headers, partner)]
    counted = scene.get(wide, headers).content
    body = a_place(geometry={"type": "Point", "coordinates": [longitude, latitude]}, sensitivity=1)
    made = scene.send("POST", "/api/places", body, kind=headers).json()["id"]
    after = scene.get(path, headers)
    assert made in {one["properties"]["id"] for one in drawn(after)["places"]}
    assert after.content != before[0]
    assert scene.get(wide, headers).content != counted
    stricter = {"version": 1, "attend_rule": "do_not_attend"}
    assert scene.send("PATCH", f"/api/places/{made}", stricter, kind=headers).status_code == 200
    rules = {one["properties"]["attend_rule"] for one in drawn(scene.get(path, headers))["places"]}
    assert "do_not_attend" in rules
    squares = drawn(scene.get(path, partner))["places_cells"]
    assert "do_not_attend" in {one["properties"]["attend_rule"] for one in squares}


def test_a_new_visit_and_a_new_note_are_in_the_next_tile(scene: Scene) -> None:
    place = f"/api/places/{scene.places['birch']}"
    x, y = tile_of(*position_of("birch", scene), 14)
    for layer, what in (("visits", a_visit()), ("risks", a_note())):
        path = f"/api/collections/{layer}/tiles/WebMercatorQuad/14/{y}/{x}"
        headers = scene.a_session("own")
        assert layer not in drawn(scene.get(path, headers))
        kind = "notes" if layer == "risks" else "visits"
        made = scene.send("POST", f"{place}/{kind}", what, kind=headers).json()["id"]
        assert [one["properties"]["id"] for one in drawn(scene.get(path, headers))[layer]] == [made]


def position_of(name: str, scene: Scene) -> tuple[float, float]:
    row = scene.conn.execute(
        "SELECT longitude, latitude FROM store.place_point WHERE place_id = %s", [scene.places[name]]
    ).fetchone()
    assert row is not None
    return float(row[0]), float(row[1])


def test_a_suspended_agreement_is_felt_by_the_next_tile(scene: Scene) -> None:
    headers, path = scene.a_session("part"), tile_path("places", 14)
    assert shown(scene, scene.get(path, headers)) == "500"
    known = scene.get(path, headers).headers["etag"]
    scene.conn.execute("UPDATE access.agreement SET suspended_at = now() WHERE id = %s", [scene.agreement])
    answer = scene.get(path, headers | {"If-None-Match": known})
    assert (answer.status_code, shown(scene, answer)) == (200, "nothing")
    scene.conn.execute("UPDATE access.agreement SET suspended_at = NULL WHERE id = %s", [scene.agreement])
    assert shown(scene, scene.get(path, headers)) == "500"


def test_an_agreement_ends_to_the_second(scene: Scene) -> None:
    path = tile_path("places", 14)
    for seconds, expected in ((-1, "500"), (0, "nothing"), (-1, "500")):
        worlds.set_clock(scene.conn, worlds.FAR_AHEAD + timedelta(seconds=seconds))
        scene.conn.execute("UPDATE access.membership SET valid_until = 'infinity'")
        assert shown(scene, scene.get(path, "part")) == expected
    worlds.set_clock(scene.conn, worlds.NOON)


def test_a_joint_visit_opens_and_closes_by_the_clock(scene: Scene) -> None:
    path = tile_path("places", 14)
    row = scene.conn.execute(
        "SELECT starts_at - interval '24 hours', ends_at + interval '24 hours' FROM store.joint_visit"
    ).fetchone()
    assert row is not None
    second = timedelta(seconds=1)
    for moment, expected in (
        (row[0] - second, "500"), (row[0], "exact"), (row[1] - second, "exact"), (row[1], "500"),
    ):  # fmt: skip
        worlds.set_clock(scene.conn, moment)
        headers = scene.a_session("join")
        assert shown(scene, scene.get(path, headers)) == expected
        assert scene.get(f"/api/places/{scene.places['amber']}", headers).status_code == (
            200 if expected == "exact" else 404
        )
    worlds.set_clock(scene.conn, worlds.NOON)


@pytest.mark.parametrize("change", ["cancelled_at = now()", "partner_id = owner_id + 2"])
def test_a_joint_visit_that_is_called_off_closes_at_once(scene: Scene, change: str) -> None:
    headers, path = scene.a_session("join"), tile_path("places", 14)
    assert shown(scene, scene.get(path, headers)) == "exact"
    scene.conn.execute(f"UPDATE store.joint_visit SET {change}".encode())
    assert shown(scene, scene.get(path, headers)) == "500"
    scene.conn.execute(
        "UPDATE store.joint_visit SET cancelled_at = NULL, partner_id = %s", [scene.organisations["police"]]
    )
    assert shown(scene, scene.get(path, headers)) == "exact"


def test_what_joins_a_visit_is_only_its_place(scene: Scene) -> None:
    opened = {
        UUID(one["id"])
        for one in scene.get("/api/collections/places/items", "join").json()["features"]
        if one["geometry"]["type"] == "Point" and one["properties"]["name"] != "Cedar Yard"
    }
    assert opened == {scene.places["amber"]}
