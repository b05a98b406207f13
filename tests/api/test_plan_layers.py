"""Plans on the map: one's own next one numbered, the organisation's ready ones as planned visits, nobody else's."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.api.scene import Scene
from tests.api.seen import tile_path
from tests.api.test_tiles import drawn


@pytest.fixture
def plan(scene: Scene) -> Iterator[str]:
    """Give the plan of the owner's worker, a draft, with one stop at Amber Yard in an hour."""
    id = str(uuid4())
    call = {"stop": str(scene.places["amber"]), "arrive": 700, "start": 700, "leave": 720}
    hidden = call | {"stop": str(uuid4())}
    route = {"team": "1", "leaves": 690, "returns": 760, "travel": 20, "calls": [hidden, call]}
    scene.conn.execute(
        "INSERT INTO access.plan SELECT %s, m.id, false, access.clock(), access.clock() + interval '4 hours', 'draft',"
        " %s, 1, access.clock() FROM access.membership AS m JOIN access.person AS p ON p.id = m.person_id"
        " WHERE p.email LIKE 'worker@%%'",
        [id, json.dumps({"plan": {"routes": [route], "left_out": []}})],
    )
    yield id
    scene.conn.execute("DELETE FROM access.plan WHERE id = %s", [id])


def items(scene: Scene, layer: str, kind: str = "own") -> list[dict[str, Any]]:
    return list(scene.get(f"/api/collections/{layer}/items", kind).json()["features"])


def planned(scene: Scene, kind: str = "own") -> list[dict[str, Any]]:
    return [one for one in items(scene, "visits", kind) if one["properties"].get("outcome") == "planned"]


@pytest.mark.usefixtures("plan")
def test_my_next_plan_is_drawn_with_its_numbers_and_nobody_else_sees_it(scene: Scene) -> None:
    (stop,) = items(scene, "plan")
    assert stop["id"] == str(scene.places["amber"])
    assert (stop["properties"]["number"], stop["properties"]["team"]) == (2, "1")
    assert stop["properties"]["begins_at"] is None, "a stop before it is hidden: its hour would tell how far away"
    (tile,) = drawn(scene.get(tile_path("plan", 15)))["plan"]
    assert tile["properties"]["number"] == 2
    assert scene.get(f"/api/collections/plan/items/{stop['id']}").json()["properties"] == stop["properties"]
    for kind in ("part", "none", "join", "excl", "ana", "enf"):
        assert items(scene, "plan", kind) == [], kind
    assert planned(scene) == []


def test_a_ready_plan_shows_its_stops_as_planned_visits_to_who_may_see_the_place(scene: Scene, plan: str) -> None:
    before = drawn(scene.get(tile_path("visits", 15)))["visits"]
    scene.conn.execute("UPDATE access.plan SET state = 'ready' WHERE id = %s", [plan])
    for kind in ("own", "safe"):
        (visit,) = planned(scene, kind)
        assert visit["properties"]["place"] == str(scene.places["amber"])
        one = scene.get(f"/api/collections/visits/items/{visit['id']}", kind)
        assert one.json()["properties"] == visit["properties"]
    tiles = drawn(scene.get(tile_path("visits", 15)))["visits"]
    assert [one["properties"]["outcome"] for one in tiles].count("planned") == 1
    assert len(tiles) == len(before) + 1
    for kind in ("part", "none", "join", "excl", "ana", "enf"):
        assert planned(scene, kind) == [], kind
    scene.conn.execute("UPDATE access.plan SET state = 'draft' WHERE id = %s", [plan])
    assert planned(scene) == []
    assert drawn(scene.get(tile_path("visits", 15)))["visits"] == before
