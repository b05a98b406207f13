"""What a joint visit opens over HTTP, the same in every form, and what the owner's audit is told of it."""

from typing import Any

import pytest

from tests.api.scene import AMBER_AT, Scene, a_place
from tests.api.seen import layers_of, tile_path
from tests.worlds import a_point

FLAG = {"category": "forced_labour", "severity": 3, "recorded_on": "2026-02-20"}


def amber_card(scene: Scene, kind: str) -> dict[str, Any]:
    return dict(scene.get(f"/api/places/{scene.places['amber']}", kind).json())


@pytest.mark.parametrize("kind", ["own", "safe", "layr", "join"])
def test_the_card_shows_the_risk_flags_that_the_session_may_know(scene: Scene, kind: str) -> None:
    assert amber_card(scene, kind)["risks"] == [{"id": scene.note} | FLAG]


def test_the_joint_visitor_reads_flags_in_every_form_and_no_note(scene: Scene) -> None:
    items = scene.get("/api/collections/risks/items", "join").json()["features"]
    (feature,) = [one for one in items if one["id"] == scene.note]
    alone = scene.get(f"/api/collections/risks/items/{scene.note}", "join").json()
    assert (alone["geometry"], alone["properties"]) == (feature["geometry"], feature["properties"])
    exported = scene.get("/api/collections/risks/export", "join", format="geojson").json()["features"]
    assert [one["properties"] for one in exported if one["id"] == scene.note] == [feature["properties"]]
    tile = layers_of(scene.get(tile_path("risks", 15), "join").content)
    assert [one["properties"]["id"] for one in tile["risks"]["features"]] == [scene.note]
    assert scene.get(f"/api/places/{scene.places['amber']}/notes", "join").json() == {"notes": []}


def test_the_owner_is_told_that_its_opened_place_and_its_flags_were_shown(scene: Scene) -> None:
    before = len(scene.audit())
    amber_card(scene, "join")
    (entry,) = scene.audit()[before:]
    assert (entry["op"], entry["what"], entry["precision"]) == ("disclosure", "opened place", "exact")
    assert entry["record"] == scene.backing.vault.hashed_id("place", scene.places["amber"])
    assert entry["actor"] == str(scene.members["joint officer"])
    scene.get("/api/collections/risks/items", "join")
    told = [one for one in scene.audit()[before + 1 :] if one["op"] == "disclosure"]
    assert [(one["layer"], one["precision"]) for one in told] == [("risks", "exact")]


def test_reading_ones_own_card_discloses_nothing(scene: Scene) -> None:
    before = len(scene.audit())
    amber_card(scene, "own")
    assert [entry["op"] for entry in scene.audit()[before:]] == ["consultation"]


def test_own_places_and_opened_ones_are_in_one_layer_of_a_tile(scene: Scene) -> None:
    beside = a_point(AMBER_AT[0] + 1, AMBER_AT[1] + 1)
    position = {"type": "Point", "coordinates": [beside["longitude"], beside["latitude"]]}
    mine = scene.send("POST", "/api/places", a_place(geometry=position), kind="join").json()["id"]
    drawn = layers_of(scene.get(tile_path("places", 15), "join").content)["places"]["features"]
    ids = {one["properties"]["id"] for one in drawn}
    assert {mine, str(scene.places["amber"])} == ids
    assert len(ids) == len(drawn)
