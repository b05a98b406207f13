"""GDAL, and so QGIS, as a client: it lists the layers and reads what the session may see, and nothing else."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from api.app import create_api
from tests.api.scene import Scene
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo (Debian's gdal-bin) is not installed")
GRID = "http://www.opengis.net/def/crs/EPSG/0/27700"


@pytest.fixture(scope="module")
def address(scene: Scene) -> Iterator[str]:
    """Serve the scene on a port of loopback."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_api(scene.backing), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        server.should_exit = True
        thread.join()


def gdal(scene: Scene, kind: str, *words: str) -> str:
    """Run a GDAL program with the layer token of a session of this kind."""
    session = scene.a_session(kind)
    token = scene.send("POST", "/api/session/tokens", {"minutes": 5}, kind=session).json()["token"]
    environment = {**os.environ, "GDAL_HTTP_HEADERS": f"Authorization: Bearer {token}", "no_proxy": "127.0.0.1"}
    finished = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "ERROR" not in finished.stderr
    return finished.stdout


def features(scene: Scene, kind: str, address: str, layer: str, *words: str) -> list[dict[str, Any]]:
    """Return the features of a layer as ogr2ogr writes them."""
    words = ("ogr2ogr", "-f", "GeoJSON", *words, "/vsistdout/", f"OAPIF:{address}", layer)
    return list(json.loads(gdal(scene, kind, *words))["features"])


@pytest.mark.parametrize(
    ("kind", "layers"),
    [
        ("own", {"places", "risks", "visits", "plan", "sites", "boroughs", "wards"}),
        ("part", {"places", "risks", "visits", "plan", "sites", "boroughs", "wards"}),
        ("adm", {"sites", "boroughs", "wards"}),
    ],
)
def test_ogrinfo_lists_the_layers(scene: Scene, address: str, kind: str, layers: set[str]) -> None:
    said = gdal(scene, kind, "ogrinfo", "-q", f"OAPIF:{address}")
    assert {line.split(": ")[1].split(" ")[0] for line in said.splitlines() if line[:1].isdigit()} == layers


@pytest.mark.parametrize("layer", ["places", "risks", "visits", "sites", "boroughs"])
@pytest.mark.parametrize("kind", ["own", "part", "enf", "none"])
def test_gdal_reads_every_feature_and_no_other(scene: Scene, address: str, kind: str, layer: str) -> None:
    asked = scene.get(f"/api/collections/{layer}/items", kind, limit=10_000).json()["features"]
    for paging in ((), ("-oo", "PAGE_SIZE=1")):
        found = features(scene, kind, address, layer, *paging)
        assert [one["properties"]["id"] for one in found] == [one["id"] for one in asked]
        assert [one["geometry"]["type"] for one in found] == [one["geometry"]["type"] for one in asked]


def test_gdal_reads_exactly_the_places_that_the_database_opens(scene: Scene, address: str) -> None:
    rows = scene.conn.execute(
        "SELECT p.id::text FROM store.place AS p JOIN access.label AS l ON l.id = p.lock_id >> 5 WHERE l.owner_id = %s",
        [scene.organisations["charity"]],
    )
    assert {one["properties"]["id"] for one in features(scene, "own", address, "places")} == {row[0] for row in rows}


def test_gdal_filters_by_box(scene: Scene, address: str) -> None:
    found = features(scene, "own", address, "places", "-spat", "-1.92", "52.47", "-1.90", "52.48")
    assert [one["properties"]["name"] for one in found] == ["Amber Yard"]


def test_gdal_reads_metres_of_the_national_grid(scene: Scene, address: str) -> None:
    """The Debian 12 driver asks for no reference system itself: it reads a page of metres as GeoJSON."""
    session = scene.a_session("part")
    page = scene.get("/api/collections/places/items", session, crs=GRID).json()
    squares = [one for one in page["features"] if one["geometry"]["type"] == "Polygon"]
    said = gdal(
        scene, "part", "ogrinfo", "-ro", "-al", "-so", f"{address}/collections/places/items?crs={GRID}&limit=100"
    )
    assert f"Feature Count: {len(page['features'])}" in said
    assert squares
    assert "Extent: (3" in said


def test_the_landing_page_is_found_with_and_without_a_slash(scene: Scene) -> None:
    with_slash, without = (scene.get(path) for path in ("/api/", "/api"))
    assert (without.status_code, without.content) == (200, with_slash.content)
    assert scene.client.get("/api").status_code == 401


def test_gdal_with_a_token_that_ended_reads_nothing(address: str) -> None:
    environment = {**os.environ, "GDAL_HTTP_HEADERS": "Authorization: Bearer ended", "no_proxy": "127.0.0.1"}
    finished = subprocess.run(
        ["ogrinfo", "-q", f"OAPIF:{address}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "places" not in finished.stdout
    assert "401" in finished.stderr
