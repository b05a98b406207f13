"""Exports: marked, receipted in the audit, and harmless in a spreadsheet."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas
import pyarrow.parquet as pq
import pyogrio
import pytest

from layers.exports import marking
from tests import worlds
from tests.api.scene import Scene, a_place
from tests.api.seen import shown

FORMATS = ("gpkg", "parquet", "csv", "geojson")
MARKING = "OFFICIAL-SENSITIVE: recipients only. Do not forward."


def exported(scene: Scene, format: str, kind: str = "own", layer: str = "places") -> Any:
    return scene.get(f"/api/collections/{layer}/export", kind, format=format)


def read(format: str, body: bytes, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the ids in a file, and its marking."""
    path = folder / f"export.{format}"
    path.write_bytes(body)
    if format == "csv":
        (line,), heading, *rows = csv.reader(io.StringIO(body.decode()))
        assert heading[:2] == ["id", "geometry"]
        parts = line.removeprefix("# ").split(" · ")
        return [row[0] for row in rows], {"marking": parts[0]} | dict(part.split(": ", 1) for part in parts[1:])
    if format == "geojson":
        document = json.loads(body)
        kept = {name: text for name, text in document.items() if name not in {"type", "features"}}
        return [one["id"] for one in document["features"]], kept
    if format == "gpkg":
        frame, info = geopandas.read_file(path), pyogrio.read_info(path)
        return list(frame["id"]), dict(info["layer_metadata"] or {})
    metadata = pq.read_metadata(path).metadata
    kept = {name.decode()[8:]: text.decode() for name, text in metadata.items() if name.startswith(b"waymark ")}
    return list(geopandas.read_parquet(path)["id"]), kept


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ["own", "part", "join"])
def test_an_export_holds_what_the_session_sees_and_its_marking(
    scene: Scene, tmp_path: Path, format: str, kind: str
) -> None:
    answer = exported(scene, format, kind)
    assert answer.status_code == 200
    ids, marking = read(format, answer.content, tmp_path)
    listed = scene.get("/api/collections/places/items", kind, limit=1000).json()["features"]
    assert ids == [one["id"] for one in listed]
    assert marking["marking"] == MARKING
    assert marking["agreements"] == ("own records" if kind == "own" else str(scene.agreement))
    assert marking["receipt"] in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith('attachment; filename="waymark-')
    assert marking["delete by"] <= "2026-12-31" or kind == "own"


def test_the_receipt_lists_each_record_in_the_exporters_chain_only(scene: Scene) -> None:
    body = exported(scene, "geojson", "part").json()
    kept, provider = scene.audit("police")[-1], scene.audit("charity")[-1]
    assert (kept["op"], kept["what"], kept["receipt"], kept["format"]) == (
        "disclosure", "export", body["receipt"], "geojson",
    )  # fmt: skip
    vault = scene.backing.vault
    kinds = ["place" if one["geometry"]["type"] == "Point" else "places" for one in body["features"]]
    hashes = [vault.hashed_id(kind, one["id"]) for kind, one in zip(kinds, body["features"], strict=True)]
    assert kept["records"] == hashes
    assert "place" in kinds, "an exact place is found under the reference of its card"
    assert provider["receipt"] == body["receipt"]
    assert (provider["agreement"], provider["precision"]) == (str(scene.agreement), "500 m")
    assert "records" not in provider
    assert str(scene.places["amber"]) not in json.dumps([kept, provider])


@pytest.mark.parametrize("format", FORMATS)
def test_a_layer_of_nothing_is_a_file_all_the_same(scene: Scene, tmp_path: Path, format: str) -> None:
    for layer in ("places", "risks", "visits"):
        answer = exported(scene, format, "none", layer)
        assert answer.status_code == 200
        ids, marking = read(format, answer.content, tmp_path)
        assert ids == []
        assert marking["agreements"] == "own records"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("layer", ["risks", "visits", "sites", "boroughs", "wards"])
def test_every_layer_is_exported_in_every_format(scene: Scene, tmp_path: Path, layer: str, format: str) -> None:
    answer = exported(scene, format, "own", layer)
    ids, marking = read(format, answer.content, tmp_path)
    listed = scene.get(f"/api/collections/{layer}/items", limit=1000).json()["features"]
    assert ids == [one["id"] for one in listed]
    open_data = layer in {"sites", "boroughs", "wards"}
    assert marking["marking"].startswith("OFFICIAL: " if open_data else "OFFICIAL-SENSITIVE: ")


def test_formulas_stay_text_in_a_spreadsheet(scene: Scene) -> None:
    for name in ("=1+1", "+44 shop", "-2", "@home", '=HYPERLINK("x","y")'):
        assert scene.send("POST", "/api/places", a_place(name=name, address="=2+2")).status_code == 201
    body = exported(scene, "csv").content.decode()
    _, _, *rows = csv.reader(io.StringIO(body))
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row[2:])
    assert {"'=1+1", "'@home"} <= {row[2] for row in rows}


def test_a_layer_token_exports_nothing(scene: Scene) -> None:
    for format in FORMATS:
        answer = exported(scene, format, "layr")
        assert answer.status_code == 403
        assert shown(scene, answer) == "nothing"
    assert scene.audit()[-1].get("what") != "export"


@pytest.mark.parametrize(("format", "status"), [("shp", 400), ("", 400), ("CSV", 400), ("\x00", 400), (None, 422)])
def test_another_format_is_refused(scene: Scene, format: str | None, status: int) -> None:
    params = {} if format is None else {"format": format}
    answer = scene.get("/api/collections/places/export", **params)
    assert answer.status_code == status


def test_a_suspended_agreement_is_exported_no_more(scene: Scene) -> None:
    scene.conn.execute("UPDATE access.agreement SET suspended_at = now()")
    names = {one["properties"].get("name") for one in exported(scene, "geojson", "part").json()["features"]}
    assert names == {"Cedar Yard"}
    scene.conn.execute("UPDATE access.agreement SET suspended_at = NULL")


def test_an_export_is_to_be_deleted_before_its_agreement_ends(scene: Scene) -> None:
    worlds.set_clock(scene.conn, worlds.NOON)
    body = exported(scene, "geojson", "part").json()
    assert body["delete by"] == worlds.FAR_AHEAD.date().isoformat()


@pytest.mark.parametrize(
    ("ends", "day"),
    [
        (datetime(2020, 7, 14, 23, 30, tzinfo=UTC), "2020-07-15"),
        (datetime(2020, 7, 14, 23, tzinfo=UTC), "2020-07-14"),
        (datetime(2020, 12, 15, tzinfo=UTC), "2020-12-14"),
    ],
)
def test_it_is_deleted_by_the_last_day_in_britain_on_which_its_agreement_holds(ends: datetime, day: str) -> None:
    assert marking("OFFICIAL", "receipt", [(uuid4(), ends)])["delete by"] == day
