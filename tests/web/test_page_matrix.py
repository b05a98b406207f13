"""Every route of the pages, asked by every kind of session."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from data.cluster import Cluster
from tests.api.access_matrix import columns, rows
from tests.api.scene import BASE, MORE_UNTIL, Scene, a_scene, bearer
from tests.api.seen import EXACT, NOTHING, shown
from tests.web.page_matrix import PAGES
from web.app import ROUTERS, with_pages
from web.vendor import vendor_files

pytestmark = pytest.mark.proof
FORMS: Mapping[str, dict[str, str]] = {
    "POST /map": {"box": "-2.2,52.3,-1.4,52.7"},
    "POST /map/list": {"box": "-2.2,52.3,-1.4,52.7"},
    "POST /map/search": {"text": "amber"},
    "POST /places/{id}/edit": {"version": "1"},
    "POST /places/{id}/note": {"text": "A locked door."},
    "POST /places/{id}/note/check": {"text": "A locked door."},
    "POST /places/{id}/visit": {"step": "check", "go": "save", "decision": "withdraw"},
    "POST /operations/{id}/deconfliction": {"tells": "own"},
    "POST /reviews": {"kind": "note", "act": "erase", "id": "3f2c7a52-9d0e-4c8b-8a6f-1d2e3c4b5a69", "version": "1"},
    "POST /joint-visits/{id}/extend": {"until": MORE_UNTIL.isoformat()},
    "POST /joint-visits/{id}/agree-extension": {"until": MORE_UNTIL.isoformat()},
    "POST /hotspots": {"beside": "before"},
    "POST /hotspots/file": {"format": "csv"},
    "POST /coverage": {"metres": "500"},
    "POST /account/passkeys/remove": {"passkey": "3f2c7a52-9d0e-4c8b-8a6f-1d2e3c4b5a69"},
}
"""What is posted, where a route takes a form."""


@pytest.fixture(scope="module")
def scene(cluster: Cluster, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Give the scene in a fresh clone, served with its pages."""
    with a_scene(cluster, database, tmp_path_factory.mktemp("scene")) as made:
        made.client = TestClient(with_pages(made.backing, vendor_files()), base_url=BASE)
        yield made


def routes() -> set[str]:
    """Return every route of the pages."""
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}" for route in found for method in route.methods or ()}


def test_every_route_has_a_row() -> None:
    assert routes() == {route for route, _ in rows(PAGES)}


def headers_of(scene: Scene, column: str) -> dict[str, str]:
    if column == "stra":
        return {}
    if column == "garb":
        return bearer("no-such-token")
    headers = scene.a_session("own" if column == "gone" else column)
    if column == "gone":
        assert scene.client.delete("/api/session", headers=headers).status_code == 204
    return headers


def cell(scene: Scene, answer: httpx2.Response) -> str:
    """Return what stands in the matrix for an answer; one that refuses shows nothing."""
    found = shown(scene, answer)
    if answer.status_code == 401 and 'name="held.then"' in answer.text:
        return "in"  # It holds what was sent, the address with the place's id among it.
    if answer.status_code in {409, 422} and found == EXACT:
        return f"{answer.status_code}E"
    if answer.status_code >= 300:
        # The page that asks to sign in repeats what was sent to it, and nothing else.
        assert found == NOTHING or 'name="held.field.' in answer.text
        to = answer.headers.get("location", "")
        if answer.status_code == 401 or to.startswith("/sign-in"):
            return "in"
        return "to" if answer.status_code == 303 else str(answer.status_code)
    return {EXACT: "E", NOTHING: "-"}.get(found, found)


def asked(scene: Scene, row: tuple[str, str]) -> dict[str, Any]:
    """Return the request of a row, filled in for Amber Yard."""
    method, path = row[0].split()
    about: Any = scene.places["amber"]
    if path.startswith("/joint-visits"):
        about = scene.joint_visit if "exten" in path else scene.proposal
    path = path.replace("{id}", str(about)).replace("{z}/{x}/{y}", "12/2026/1348").replace("{number}", "40")
    return {"method": method, "url": path, "data": form_of(scene, row[0])}


def form_of(scene: Scene, route: str) -> dict[str, str] | None:
    """Return what is posted to a route, where it takes a form."""
    forms = {
        "POST /sheets": {"place": str(scene.places["amber"])},
        "POST /joint-visits/{id}/accept": {"members": str(scene.members["officer"])},
    }
    return FORMS.get(route, forms.get(route))


@pytest.mark.parametrize("row", rows(PAGES), ids=lambda row: " ".join(row).strip())
def test_each_kind_of_session_gets_what_the_matrix_says(scene: Scene, row: tuple[str, str]) -> None:
    found = {}
    for column in columns(PAGES):
        scene.renew_joint_visits()
        headers = headers_of(scene, column)
        scene.client.cookies.clear()
        answer = scene.client.request(**asked(scene, row), headers=headers, follow_redirects=False)
        found[column] = cell(scene, answer)
    assert found == rows(PAGES)[row]
