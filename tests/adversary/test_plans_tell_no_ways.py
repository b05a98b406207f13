"""An insider is put on one team of a plan, and reads from the hours of another how far apart its hidden stops lie."""

import json
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.plan_searches import Search
from geo.shifts.plans import Call, Plan, Route
from layers.plan_documents import Asked, Document, TeamAsked, written
from tests import worlds
from tests.api.scene import BOROUGHS, Scene, bearer
from tests.worlds import NOON

pytestmark = pytest.mark.proof


def a_plan(scene: Scene, teams: dict[int, tuple[list[UUID], list[UUID]]]) -> UUID:
    """Write a ready plan of the worker's: by team who goes, and to which places, a quarter of an hour apart."""
    routes = tuple(
        Route(
            team=str(number), leaves=720, returns=870, travel=17 * number,
            calls=tuple(
                Call(stop=str(place), arrive=735 + 30 * n, start=735 + 30 * n, leave=750 + 30 * n)
                for n, place in enumerate(places)
            ),
        )
        for number, (_, places) in teams.items()
    )  # fmt: skip
    asked = Asked(
        easting=406_000, northing=286_000, base="", kilometres=5, starts=720, ends=900, minutes=15, most_stops=4,
        exploratory=0, teams=tuple(TeamAsked(number=n, members=tuple(who)) for n, (who, _) in teams.items()),
    )  # fmt: skip
    document = json.dumps(written(Document(asked=asked, plan=Plan(routes=routes, left_out=()))))
    id = uuid4()
    scene.conn.execute(
        "INSERT INTO access.plan VALUES (%s, %s, false, %s, %s, 'ready', %s, 1, %s)",
        [id, scene.members["worker"], NOON, NOON + timedelta(hours=3), document, NOON],
    )
    for number, (who, _) in teams.items():
        for member in who:
            scene.conn.execute("INSERT INTO access.plan_member VALUES (%s, %s, %s)", [id, member, number])
    return id


def test_the_way_of_another_team_is_told_only_to_who_knows_all_its_stops(scene: Scene) -> None:
    charity = scene.organisations["charity"]
    mate = worlds.a_membership(scene.conn, charity, areas=BOROUGHS, clearance=1)
    third = worlds.a_membership(scene.conn, charity, areas=BOROUGHS)
    amber, birch, dogwood = (scene.places[name] for name in ("amber", "birch", "dogwood"))
    worker = scene.members["worker"]
    plan = a_plan(scene, {1: ([worker], [birch, dogwood]), 2: ([mate], [birch, dogwood]), 3: ([third], [amber])})
    insider = bearer(worlds.a_session(scene.conn, mate))

    def told(kind: str | dict[str, str]) -> dict[str, int]:
        routes = scene.get(f"/api/plans/{plan}", kind).json()["routes"]
        return {route["team"]: len(route["calls"]) for route in routes}

    assert told("own") == {"1": 2, "2": 2, "3": 1}
    assert told(insider) == {"2": 2, "3": 1}, "their own team's hours, and the way whose stops they know"


def test_of_a_stop_that_ones_own_team_may_not_see_it_learns_only_that_there_is_one(scene: Scene) -> None:
    mate = worlds.a_membership(scene.conn, scene.organisations["charity"], areas=BOROUGHS, clearance=1)
    amber, birch, dogwood = (scene.places[name] for name in ("amber", "birch", "dogwood"))
    worker = scene.members["worker"]
    plan = a_plan(scene, {1: ([mate, worker], [amber, dogwood, birch])})
    insider = bearer(worlds.a_session(scene.conn, mate))

    def told(kind: str | dict[str, str]) -> tuple[list[Any], list[Any]]:
        (route,) = scene.get(f"/api/plans/{plan}", kind).json()["routes"]
        calls = [(call["place"], call["start"], call["leave"]) for call in route["calls"]]
        return [route[name] for name in ("leaves", "returns", "travel")], calls

    places = (str(amber), str(dogwood), str(birch))
    assert told("own") == ([720, 870, 17], [(place, 735 + 30 * n, 750 + 30 * n) for n, place in enumerate(places)])
    assert told(insider) == ([720, None, None], [(str(amber), 735, 750), (None, None, None), (str(birch), None, None)])
    (hidden,) = [
        call for call in scene.get(f"/api/plans/{plan}", insider).json()["routes"][0]["calls"] if not call["place"]
    ]
    assert set(hidden) == {"place", "arrive", "start", "leave"}, "it has no name, no rule, no reason"


def test_the_way_to_a_hidden_stop_moves_no_byte_that_the_team_reads(scene: Scene) -> None:
    mate = worlds.a_membership(scene.conn, scene.organisations["charity"], areas=BOROUGHS, clearance=1)
    amber, birch, dogwood = (scene.places[name] for name in ("amber", "birch", "dogwood"))
    plan = a_plan(scene, {1: ([mate, scene.members["worker"]], [amber, dogwood, birch])})
    insider = bearer(worlds.a_session(scene.conn, mate))
    ways = (f"/api/plans/{plan}", "/api/collections/plan/items")
    before = [scene.get(way, insider).content for way in ways]
    scene.conn.execute(
        "UPDATE access.plan SET document = jsonb_set(jsonb_set(jsonb_set(document,"
        " '{plan,routes,0,calls,1,leave}', '840'), '{plan,routes,0,calls,2,start}', '855'),"
        " '{plan,routes,0,returns}', '890') WHERE id = %s",
        [plan],
    )
    assert [scene.get(way, insider).content for way in ways] == before
    assert [scene.get(way, "own").content for way in ways] != before


def test_the_map_tells_no_hours_beyond_a_hidden_stop_and_nothing_of_anothers_way_past_one(scene: Scene) -> None:
    mate = worlds.a_membership(scene.conn, scene.organisations["charity"], areas=BOROUGHS, clearance=1)
    amber, birch, dogwood = (scene.places[name] for name in ("amber", "birch", "dogwood"))
    worker = scene.members["worker"]
    insider = bearer(worlds.a_session(scene.conn, mate))

    def drawn(kind: str | dict[str, str]) -> dict[str, tuple[int, bool]]:
        found = scene.get("/api/collections/plan/items", kind).json()["features"]
        return {one["id"]: (one["properties"]["number"], bool(one["properties"]["begins_at"])) for one in found}

    own = a_plan(scene, {1: ([mate], [amber, dogwood, birch])})
    assert drawn(insider) == {str(amber): (1, True), str(birch): (3, False)}
    assert drawn("own") == {str(amber): (1, True), str(dogwood): (2, True), str(birch): (3, True)}
    scene.conn.execute("DELETE FROM access.plan WHERE id = %s", [own])
    a_plan(scene, {1: ([worker], [dogwood, birch]), 2: ([mate], [amber])})
    assert drawn(insider) == {str(amber): (1, True)}
    assert drawn("own").keys() == {str(amber), str(dogwood), str(birch)}


def test_nobody_stops_the_search_for_a_plan_of_anothers(scene: Scene) -> None:
    mate = worlds.a_membership(scene.conn, scene.organisations["charity"], areas=BOROUGHS)
    plan = a_plan(scene, {1: ([scene.members["worker"], mate], [scene.places["birch"]])})
    searches, is_over = scene.backing.searches, threading.Event()

    def searching(_: Search) -> None:
        is_over.wait()

    searches.start(scene.members["worker"], plan, searching)
    insider = bearer(worlds.a_session(scene.conn, mate))
    for method, path, body in (
        ("PATCH", "", {"state": "draft"}),
        ("POST", "/improve", {}),
        ("POST", "/wishes", {"place": str(scene.places["birch"]), "wish": "must"}),
        ("POST", "/search", {}),
        ("DELETE", "/search", {}),
    ):
        for kind in (insider, bearer("a token that never was")):
            answer = scene.send(method, f"/api/plans/{plan}{path}", dict(body), kind=kind)
            assert answer.status_code in {401, 404}
            found = searches.seen(plan)
            assert found is not None
            assert not found.is_stopped.is_set(), (method, path)
    is_over.set()
