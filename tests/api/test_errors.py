"""What goes wrong is told in a sentence, and tells nothing else: neither in the answer nor in the log."""

import io
import logging
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from api.app import create_api
from api.errors import NOT_FOUND, STATUS, problem_of
from data.imports.refusals import AlreadyImported
from data.sessions import ChooseOrganisation, WaitFirst
from scripts.log_lines import WithoutValues
from tests import worlds
from tests.api.scene import BASE, Scene, a_place

SECRET = "Amber Yard, 12 Invented Row"


def test_each_mapped_exception_is_a_problem_document() -> None:
    for kind, status in STATUS.items():
        made: dict[type[Exception], Exception] = {
            WaitFirst: WaitFirst(7),
            ChooseOrganisation: ChooseOrganisation(["A", "B"]),
            AlreadyImported: AlreadyImported("A sentence.", UUID(int=1)),
        }
        error = made[kind] if kind in made else kind("A sentence.")
        answer = problem_of(error)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.headers.get("www-authenticate") is not None) == (status == 401)


def test_hidden_and_missing_are_one_sentence() -> None:
    bodies = {problem_of(kind(SECRET)).body for kind, status in STATUS.items() if status == 404}
    assert len(bodies) == 1
    assert NOT_FOUND.encode() in bodies.pop()


def test_an_unexpected_error_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    broken = TestClient(create_api(None), base_url=BASE, raise_server_exceptions=False)  # type: ignore[arg-type]  # broken
    answer = broken.post("/api/places", json=a_place(name=SECRET), headers={"Authorization": "Bearer x"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert not any(word in answer.text for word in (SECRET, "Traceback", "NoneType", "backing", ".py"))
    assert SECRET not in caplog.text
    assert answer.headers["cache-control"] == "no-store"
    for path in ("tiles/WebMercatorQuad/9/0/0", "items?bbox=-2,52,-1,53"):  # These come by the short way.
        short = broken.get(f"/api/collections/places/{path}", headers={"Authorization": "Bearer x"})
        assert (short.status_code, short.json()) == (500, answer.json())
        assert short.headers.raw == answer.headers.raw


def fail_with_values() -> None:
    try:
        int(SECRET)
    except ValueError as inner:
        raise RuntimeError(f"outer {SECRET}") from inner


def test_the_log_says_where_and_of_which_kind_never_with_which_values() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(WithoutValues("%(levelname)s %(message)s"))
    log = logging.getLogger("waymark test")
    log.addHandler(handler)
    try:
        fail_with_values()
    except RuntimeError:
        log.exception("Exception in ASGI application")
    finally:
        log.removeHandler(handler)
    assert SECRET not in written.getvalue()
    assert "RuntimeError at test_errors.py:" in written.getvalue()


def test_a_note_that_was_tampered_with_is_not_shown(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    label = worlds.a_label(scene.conn, scene.organisations["charity"], collected_for="welfare")
    worlds.a_note(scene.conn, label, scene.places["birch"])
    answer = scene.get(f"/api/places/{scene.places['birch']}/notes")
    assert answer.status_code == 500
    assert "does not open" in answer.json()["detail"]
    assert "sealed" not in answer.text + caplog.text


def test_a_refusal_repeats_nothing_that_was_given(scene: Scene) -> None:
    answer = scene.send("POST", "/api/places", a_place(kind=SECRET, status=SECRET, sensitivity=SECRET))
    assert answer.status_code == 422
    assert SECRET not in answer.text
    assert len(answer.json()["faults"]) == 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nowhere", 404),
        ("GET", "/", 404),
        ("DELETE", "/api/places", 405),
        ("PUT", "/api/session", 405),
        ("GET", "/api/collections/places/tiles/OtherQuad/1/0/0", 404),
    ],
)
def test_what_is_not_there_is_a_problem_document_too(scene: Scene, method: str, path: str, status: int) -> None:
    answer = scene.client.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_carries_the_headers_that_protect_it(scene: Scene) -> None:
    for path in ("/api/health", "/api/nowhere", "/api/session", "/api/collections"):
        headers = scene.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    secure = scene.client.get("https://127.0.0.1/api/health")
    assert secure.headers["strict-transport-security"].startswith("max-age=")


def test_a_body_larger_than_any_form_is_refused(scene: Scene) -> None:
    answer = scene.send("POST", "/api/places", {"name": "x" * 1_100_000})
    assert answer.status_code == 413
