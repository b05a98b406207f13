"""Every operation of the OpenAPI document, asked by every kind of session."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.app import PUBLIC, create_api
from data.cluster import Cluster
from tests.api.access_matrix import columns, rows
from tests.api.reporting import an_initiative
from tests.api.scene import (
    KINDS,
    MORE_UNTIL,
    PASSWORD,
    Scene,
    a_note,
    a_place,
    a_proposal,
    a_visit,
    bearer,
    email_of,
)
from tests.api.seen import EXACT, NOTHING, shown, tile_path
from tests.api.test_account import a_passkey
from tests.authenticators import NO_CREDENTIAL
from tests.releasing import a_hotspot_map, a_release, approved

pytestmark = pytest.mark.proof
METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
Bodies = dict[tuple[str, str], Callable[[Scene], dict[str, Any]]]


def a_passkey_sign_in(scene: Scene) -> dict[str, Any]:
    scene.conn.execute("DELETE FROM access.passkey")
    options = scene.send("POST", "/api/session/passkey/options", {}, kind={}).json()
    return {"credential": a_passkey(scene).answer(options), "purpose": "visit"}


def a_shift(scene: Scene) -> dict[str, Any]:
    """Return a shift that the owner's worker asks for, around Amber Yard."""
    member = scene.one(
        "SELECT m.id FROM access.membership AS m JOIN access.person AS p ON p.id = m.person_id WHERE p.email = %s",
        email_of("worker"),
    )
    longitude, latitude = scene.conn.execute(
        "SELECT longitude, latitude FROM store.place_point WHERE place_id = %s", [scene.places["amber"]]
    ).fetchone() or (0, 0)
    team = {"members": [str(member)]}
    return {"day": "2026-03-02", "starts": 840, "ends": 1080, "base": [longitude, latitude], "teams": [team]}


def some_settings(scene: Scene) -> dict[str, Any]:
    """Return the settings of the owner as its admin reads them, to be kept once more."""
    settings = scene.get("/api/planning-settings", "adm").json()
    return {name: value for name, value in settings.items() if name != "effects"}


BODIES: Bodies = {
    ("POST /api/session", ""): lambda _: {
        "email": email_of("worker"),
        "password": PASSWORD,
        "purpose": "visit",
    },
    ("POST /api/session/tokens", ""): lambda _: {"minutes": 5},
    ("POST /api/session/passkey", ""): a_passkey_sign_in,
    ("POST /api/account/passkeys", ""): lambda _: {"name": "Blue phone", "credential": NO_CREDENTIAL},
    ("POST /api/places", "collected for safeguarding"): lambda _: a_place(),
    ("POST /api/places", "collected for enforcement"): lambda _: a_place(collected_for="enforcement"),
    ("PATCH /api/places/{id}", ""): lambda scene: {"version": version(scene), "address": "Unit 2"},
    ("PATCH /api/places/{id}/flags", ""): lambda _: {"add": ["dogs"], "end": ["weapons"]},
    ("PUT /api/imports/{id}/mapping", ""): lambda _: {"mapping": {}},
    ("POST /api/places/{id}/visits", ""): lambda _: a_visit(),
    ("POST /api/places/{id}/notes", ""): lambda _: a_note(),
    ("POST /api/plans", ""): a_shift,
    ("POST /api/hotspots", ""): lambda _: {},
    ("PATCH /api/plans/{id}", ""): lambda _: {"state": "ready"},
    ("POST /api/plans/{id}/wishes", ""): lambda scene: {"place": str(scene.places["amber"]), "wish": "must"},
    ("POST /api/initiatives", ""): lambda _: an_initiative(),
    ("PUT /api/initiatives/{id}", ""): lambda _: an_initiative(version=1),
    ("POST /api/briefings", ""): lambda _: {"quarter": "2025-10-01"},
    ("POST /api/briefings/{id}/approve", ""): lambda _: {"checksum": "0" * 64},
    ("POST /api/shifts", ""): lambda _: {name: str(uuid4()) for name in ("plan", "buddy", "second", "manager")},
    ("POST /api/shifts/{id}/briefings", ""): lambda _: {"stop": 1},
    ("POST /api/shifts/{id}/check-ins", ""): lambda _: {"kind": "arrived"},
    ("POST /api/shifts/{id}/close", ""): lambda _: {"stops": [{"became": "visited"}]},
    ("PUT /api/account/words", ""): lambda _: {"safe": "blue heron", "duress": "green kettle"},
    ("POST /api/alarms/{id}/close", ""): lambda _: {"how": "spoke"},
    ("PUT /api/planning-settings", ""): some_settings,
    ("POST /api/teams", ""): lambda _: {"name": "Night team"},
    ("PUT /api/teams/{number}", ""): lambda _: {"is_open": False},
    ("POST /api/joint-visits", ""): a_proposal,
    ("POST /api/releases", "counts"): a_release,
    ("POST /api/releases", "hotspots"): a_hotspot_map,
    **{
        ("POST /api/joint-visits/{id}/accept", state): lambda scene: {"members": [str(scene.members["officer"])]}
        for state in ("proposed", "accepted")
    },
    **{
        ("POST /api/joint-visits/{id}/extend", state): lambda _: {"until": MORE_UNTIL.isoformat()}
        for state in ("proposed", "accepted")
    },
    ("POST /api/joint-visits/{id}/agree-extension", "accepted"): lambda _: {"until": MORE_UNTIL.isoformat()},
}


def version(scene: Scene) -> int:
    return int(scene.one("SELECT version FROM store.place WHERE id = %s", scene.places["amber"]))


@pytest.fixture(scope="module")
def squares(scene: Scene) -> dict[str, str]:
    """Edit Amber Yard once, so that it has a past; the ids of its squares as the partner is shown them."""
    edit = {"version": version(scene), "address": "Unit 1"}
    assert scene.send("PATCH", f"/api/places/{scene.places['amber']}", edit).status_code == 200
    features = scene.get("/api/collections/places/items", "part").json()["features"]
    scene.release = approved(scene).rsplit("/", 1)[1]
    approved(scene, heading="concern")
    scene.hotspot_map = approved(scene, heading="concern", kind="hotspots").rsplit("/", 1)[1]
    return {"places": next(one["id"] for one in features if one["properties"].get("size") == 500)}


def asked(scene: Scene, squares: dict[str, str], row: tuple[str, str]) -> tuple[str, str]:
    """Return the method and the path of a row, filled in for Amber Yard."""
    operation, variant = row
    method, path = operation.split()
    layer = variant.split(",")[0]
    of_releases = {"release": scene.release, "hotspot map": scene.hotspot_map}
    layer = f"release-{of_releases[layer]}" if layer in of_releases else layer
    ids: dict[str, Any] = {"places": scene.places["amber"], "risks": scene.note, "visits": scene.visit}
    if "square" in variant:
        ids = dict(squares)
    if path.endswith("{column}"):
        return method, tile_path(layer, int(variant.split()[-1]))
    if "/joint-visits" in path:
        ids |= {"proposed": scene.proposal, "accepted": scene.joint_visit}
    if variant.endswith("released"):
        ids |= {"released": scene.release, "hotspot map released": scene.hotspot_map}
    path = (
        path.replace("{layer}", layer)
        .replace("{number}", "40")
        .replace("{id}", str(ids.get(layer, scene.places["amber"])))
    )
    return method, f"{path}?format=geojson" if path.endswith("export") else path


def headers_of(scene: Scene, column: str) -> dict[str, str]:
    if column == "stra":
        return {}
    if column == "garb":
        return bearer("no-such-token")
    if column == "gone":
        headers = scene.a_session("own")
        assert scene.client.delete("/api/session", headers=headers).status_code == 204
        return headers
    return scene.a_session("own" if column == "layr" else column) if column != "layr" else layer_token(scene)


def layer_token(scene: Scene) -> dict[str, str]:
    answer = scene.send("POST", "/api/session/tokens", {"minutes": 60})
    return bearer(answer.json()["token"])


def cell(scene: Scene, answer: httpx2.Response) -> str:
    """Return what stands in the matrix for an answer; an answer that refuses shows nothing."""
    found = shown(scene, answer)
    if answer.status_code >= 400:
        assert found == NOTHING
        assert answer.headers["content-type"] == "application/problem+json"
        return str(answer.status_code)
    return {EXACT: "E", NOTHING: "-"}.get(found, found)


@pytest.mark.parametrize("row", rows(), ids=lambda row: " ".join(row).strip())
def test_each_kind_of_session_gets_what_the_matrix_says(
    scene: Scene, squares: dict[str, str], row: tuple[str, str]
) -> None:
    method, path = asked(scene, squares, row)
    found = {}
    for column in columns():
        scene.renew_joint_visits()
        body = BODIES[row](scene) if row in BODIES else None
        headers = headers_of(scene, column)
        scene.client.cookies.clear()
        found[column] = cell(scene, scene.client.request(method, path, headers=headers, json=body))
    assert found == rows()[row]


def operations(scene: Scene) -> set[str]:
    paths = create_api(scene.backing).openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods if method in METHODS}


def test_every_operation_has_a_row(scene: Scene) -> None:
    assert operations(scene) == {operation for operation, _ in rows()}


def test_every_kind_of_session_has_a_column() -> None:
    assert set(columns()) == {"stra", "garb", "gone", *KINDS}


def test_strangers_are_refused_everywhere_but_at_the_public_operations() -> None:
    public = {f"{method.upper()} {path}" for method, path in PUBLIC}
    for (operation, _), cells in rows().items():
        refused = {cells[column] for column in ("stra", "garb", "gone")}
        assert refused == ({"-"} if operation in public else {"401"}), operation


def test_an_expired_session_is_a_stranger(scene: Scene, cluster: Cluster) -> None:
    assert cluster.is_running()
    headers = scene.a_session("own")
    scene.conn.execute("UPDATE access.session SET expires_at = access.clock()")
    for row in rows():
        method, path = asked(scene, {"places": "x"}, row)
        if row[0].startswith("GET") and row[0] != "GET /api/health":
            assert scene.client.request(method, path, headers=headers).status_code == 401, row
