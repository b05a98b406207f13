"""Imports over HTTP: a file is sent, looked at, committed, taken back; and what is refused, and how."""

from typing import Any

import httpx2
import pytest

from tests.api.scene import Scene

HEADER = "name,address,postcode,lon,lat,id\n"
GOOD = "Star Car Wash,1 High Street,B1 1AA,-1.9035,52.4766,a\nMoon Nails,2 High Street,,-1.9045,52.4776,b\n"
BAD = "Nowhere,,,0,0,c\n"


def send(scene: Scene, content: str | bytes, *, kind: str | dict[str, str] = "adm", **fields: str) -> httpx2.Response:
    """Send a file as a form."""
    headers = kind if isinstance(kind, dict) else scene.a_session(kind)
    body = content if isinstance(content, bytes) else content.encode()
    return scene.client.post(
        "/api/imports",
        headers=headers,
        data={"collected_for": "safeguarding"} | fields,
        files={"file": ("places.csv", body, "text/csv")},
    )


def post(scene: Scene, path: str, kind: str = "adm") -> httpx2.Response:
    return scene.client.post(path, headers=scene.a_session(kind))


@pytest.fixture(scope="module")
def staged(scene: Scene) -> dict[str, Any]:
    """Stage a file once for the tests that only look."""
    answer = send(scene, HEADER + GOOD + BAD, source="looked at")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_file_is_recognised_and_counted(staged: dict[str, Any]) -> None:
    assert (staged["status"], staged["rows_read"], staged["good"], staged["rejected"]) == ("staged", 3, 2, 1)
    assert staged["mapping"]["position_columns"] == ["lon", "lat"]
    assert staged["mapping"]["reasons"]["name"] == "The column is called name."
    assert staged["already_imported"] is False


def test_every_row_has_a_verdict(scene: Scene, staged: dict[str, Any]) -> None:
    found = scene.get(f"/api/imports/{staged['id']}", "adm", limit=2).json()
    assert [(row["line"], row["verdict"]) for row in found["rows"]] == [(2, "good"), (3, "good")]
    rest = scene.get(f"/api/imports/{staged['id']}", "adm", after=3).json()["rows"]
    assert [(row["verdict"], row["column"], row["said"]) for row in rest] == [("rejected", "lon, lat", "0, 0")]


def test_the_preview_is_geojson(scene: Scene, staged: dict[str, Any]) -> None:
    found = scene.get(f"/api/imports/{staged['id']}/preview", "adm")
    assert found.headers["content-type"].startswith("application/geo+json")
    assert [feature["properties"]["name"] for feature in found.json()["features"]] == ["Star Car Wash", "Moon Nails"]


def test_rejects_come_as_a_file(scene: Scene, staged: dict[str, Any]) -> None:
    found = scene.get(f"/api/imports/{staged['id']}/rejects", "adm")
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.content.decode("utf-8-sig").splitlines() == [
        "line,verdict,column,said,expected",
        '4,rejected,"lon, lat","0, 0","The position is 0, 0, which means that none was known."',
    ]


def test_an_import_is_listed_for_its_organisation_alone(scene: Scene, staged: dict[str, Any]) -> None:
    ids = [each["id"] for each in scene.get("/api/imports", "adm").json()["imports"]]
    assert staged["id"] in ids
    older = scene.get("/api/imports", "adm", before=staged["id"]).json()["imports"]
    assert staged["id"] not in [each["id"] for each in older]


@pytest.mark.parametrize("kind", ["own", "ana", "aud", "layr", "part"])
def test_nobody_but_an_admin_may_look_or_send(scene: Scene, staged: dict[str, Any], kind: str) -> None:
    paths = ("/api/imports", f"/api/imports/{staged['id']}", f"/api/imports/{staged['id']}/rejects")
    assert [scene.get(path, kind).status_code for path in paths] == [403, 403, 403]
    assert send(scene, HEADER + GOOD, kind=kind).status_code == 403
    assert post(scene, f"/api/imports/{staged['id']}/commit", kind).status_code == 403


def test_a_stranger_is_refused_before_the_file_is_read(scene: Scene) -> None:
    assert send(scene, b"x" * 100, kind={}).status_code == 401


def test_an_import_that_is_not_there_reads_like_one_that_is_hidden(scene: Scene) -> None:
    missing = "/api/imports/00000000-0000-4000-8000-000000000000"
    answers = [scene.get(path, "adm") for path in (missing, f"{missing}/preview", f"{missing}/rejects")]
    answers += [post(scene, f"{missing}/{step}") for step in ("commit", "undo")]
    answers.append(scene.client.delete(missing, headers=scene.a_session("adm")))
    answers.append(scene.send("PUT", f"{missing}/mapping", {}, kind="adm"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_committed_places_are_on_the_map_of_those_who_may_see_them_and_undo_takes_them_off(scene: Scene) -> None:
    name = "Elm Yard of an import"
    id = send(scene, f"name,lon,lat\n{name},-1.93,52.49\n", source="map").json()["id"]
    assert name not in scene.get("/api/collections/places/items", "own").text
    assert post(scene, f"/api/imports/{id}/commit").json()["status"] == "committed"
    assert name in scene.get("/api/collections/places/items", "own").text
    assert name not in scene.get("/api/collections/places/items", "part").text
    assert scene.get(f"/api/imports/{id}", "adm").json()["rows"] == []
    again = send(scene, f"name,lon,lat\n{name},-1.93,52.49\n", source="map")
    assert (again.status_code, again.json()["already_imported"], again.json()["id"]) == (200, True, id)
    assert post(scene, f"/api/imports/{id}/commit").status_code == 409
    assert post(scene, f"/api/imports/{id}/undo").json()["kept"] == 0
    assert name not in scene.get("/api/collections/places/items", "own").text


def test_the_mapping_is_decided_by_the_admin_and_earlier_decisions_stay(scene: Scene) -> None:
    id = send(scene, "label,what,lon,lat\nA,x,-1.9,52.4\n", mapping='{"name": "what"}').json()["id"]
    path = f"/api/imports/{id}/mapping"
    found = scene.send("PUT", path, {"mapping": {"address": ["label"], "kind_default": "farm"}}, kind="adm").json()
    assert (found["mapping"]["name"], found["mapping"]["address"]) == ("what", ["label"])
    assert found["mapping"]["kind_default"] == "farm"
    wrong = scene.send("PUT", path, {"mapping": {"name": "colour"}}, kind="adm")
    assert wrong.status_code == 422
    assert "no column 'colour'" in wrong.json()["detail"]
    assert scene.client.delete(f"/api/imports/{id}", headers=scene.a_session("adm")).status_code == 204
    assert scene.get(f"/api/imports/{id}", "adm").status_code == 404


@pytest.mark.parametrize(
    ("content", "fields", "status", "words"),
    [
        ("", {}, 422, "empty"),
        ("name,lon,lat\nA,52.4,-1.9\n", {}, 422, "exchanged"),
        (HEADER + GOOD, {"collected_for": "marketing"}, 422, "collected for one of"),
        (HEADER + GOOD, {"sensitivity": "7"}, 422, "sensitivity"),
        (HEADER + GOOD, {"sensitivity": "high"}, 422, "`sensitivity` cannot be read"),
        (HEADER + GOOD, {"mapping": "{"}, 422, "`mapping` cannot be read"),
        (HEADER + GOOD, {"mapping": '{"colour": "name"}'}, 422, "no field 'colour'"),
        (HEADER + GOOD, {"operation": "00000000-0000-4000-8000-000000000000"}, 403, "no such operation"),
        (HEADER + GOOD, {"sheet": "Sheet 1"}, 422, "no sheets"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    scene: Scene, content: str, fields: dict[str, str], status: int, words: str
) -> None:
    before = len(scene.get("/api/imports", "adm").json()["imports"])
    answer = send(scene, content, **fields)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(scene.get("/api/imports", "adm").json()["imports"]) == before


def test_a_refusal_names_line_column_said_and_expected(scene: Scene) -> None:
    answer = send(scene, "name,Longitude,Latitude\nA,52.4,-1.9\n").json()
    assert (answer["line"], answer["column"], answer["said"]) == (2, "Longitude and Latitude", "52.4, -1.9")
    assert answer["expected"].startswith("longitude and latitude")


def test_a_request_without_a_form_or_with_half_of_one_is_refused(scene: Scene) -> None:
    admin = scene.a_session("adm")
    assert scene.client.post("/api/imports", headers=admin, json={}).status_code == 422
    half = admin | {"content-type": "multipart/form-data; boundary=x"}
    answer = scene.client.post("/api/imports", headers=half, content=b'--x\r\nContent-Disposition: form-data; name="fi')
    assert answer.status_code == 422
