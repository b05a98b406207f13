"""A plan by road, on the pages and over the API: its times say what they are, and a place without a way says so."""

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from data.road_times import RoadTimes
from tests.web.recording import a_client
from tests.web.test_plan_pages import left_out, made, visited, wish
from tests.web.world import World

# Every way takes four minutes, but none leads beyond the longitude of an island.
ENGINE = """#!{python}
import json, sys
asked = json.load(sys.stdin)
apart = [[None if max(a["lon"], b["lon"]) > {island} else 240 for b in asked["targets"]] for a in asked["sources"]]
for number, row in enumerate(apart):
    row[number] = 0
print(json.dumps({{"sources_to_targets": [[{{"time": one}} for one in row] for row in apart],
                   "sources": asked["sources"]}}))
"""
STATION_CORNER_LIES_BEYOND = -1.8935


@pytest.fixture
def by_road(world: World, tmp_path: Path) -> Iterator[Path]:
    """Give the service an engine that knows no way to Station Corner; the program."""
    program = tmp_path / "engine"
    program.write_text(ENGINE.format(python=sys.executable, island=STATION_CORNER_LIES_BEYOND))
    program.chmod(stat.S_IRWXU)
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "engine.json").write_text(json.dumps({"service": str(program)}))
    (tmp_path / "current").symlink_to("map")
    before = world.app.state.backing
    world.app.state.backing = replace(before, roads=RoadTimes(tmp_path))
    yield program
    world.app.state.backing = before


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


@pytest.mark.usefixtures("by_road")
def test_times_by_road_are_called_so_and_a_place_without_a_way_too(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    page = worker.get(plan).text
    assert "Times are by road" in page
    assert "estimates" not in page
    assert visited(page) == [str(world.places["Amber Yard"])]
    no_way = "the road map knows no way there and back from where the team sets out"
    assert no_way in left_out(page)
    assert worker.get(f"/api{plan}").json()["is_estimate"] is False
    refused = wish(worker, plan, world.places["Station Corner"], "must")
    assert refused.status_code == 422
    assert f"Station Corner: {no_way[0].upper()}{no_way[1:]}." in refused.text


def test_a_plan_is_an_estimate_again_once_the_engine_fails(worker: httpx2.Client, world: World, by_road: Path) -> None:
    plan = made(worker)
    by_road.write_text("#!/bin/sh\nexit 1\n")
    with a_client(world) as again:
        other = made(again, kilometres="5")
        assert "Times are estimates" in again.get(other).text
        assert again.get(f"/api{other}").json()["is_estimate"] is True
        assert "Times are by road" in again.get(plan).text
