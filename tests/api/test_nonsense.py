"""Nonsense in every field of every operation, from several kinds of session: a sentence and a 4xx, never a 500."""

import contextlib
import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from api.app import create_api
from tests.api.reporting import an_initiative
from tests.api.scene import Scene, a_note, a_place, a_proposal, a_visit
from tests.api.seen import shown
from tests.api.test_access_matrix import METHODS
from tests.authenticators import NO_CREDENTIAL

KINDS = ("own", "part", "enf", "ana", "adm", "layr")
NONSENSE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**40, -(10**40), 1e308, "", " ", "\x00", "a\x00b", "\ud800",
    "\u202e", "😀" * 300, "'; DROP TABLE store.place; --", "../../etc/passwd", "%s%n{0}$1", "x" * 70_000,
    [], [[]], [None], {}, {"": ""}, {"\ud800": "\udfff"}, [1] * 5000, "NaN", "2026-02-30", "9999-12-31", "0001-01-01",
)  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/session": {
        "email": "x@test.invalid", "password": "x", "purpose": "visit", "code": "1", "organisation": "x",
    },
    "POST /api/session/tokens": {"minutes": 5},
    "POST /api/session/passkey": {"credential": NO_CREDENTIAL, "purpose": "visit", "organisation": "x"},
    "POST /api/account/passkeys": {"name": "x", "credential": NO_CREDENTIAL},
    "POST /api/places": a_place(
        address="x", postcode="x", status="active", attend_rule="ok", review_on="2026-12-01", operation=None
    ),
    "PATCH /api/places/{id}": {
        "version": 1, "name": "x", "kind": "farm", "address": "x", "postcode": "x", "status": "active",
        "attend_rule": "ok", "review_on": "2026-12-01", "open_hours": "Mon 09:00-17:00", "safe_hours": "",
        "no_knock_hours": "", "languages": ["polish"],
    },
    "PATCH /api/places/{id}/flags": {"add": ["weapons"], "end": ["dogs"]},
    "POST /api/places/{id}/visits": a_visit(sensitivity=1),
    "POST /api/places/{id}/notes": a_note(visit=None, grade={"source": 1, "intelligence": "A", "handling": "P"}),
    "POST /api/joint-visits": {
        "place": str(uuid4()), "partner": str(uuid4()), "help": "health",
        "starts_at": "2026-03-02T12:00:00Z", "ends_at": "2026-03-02T13:00:00Z",
    },
    "POST /api/joint-visits/{id}/accept": {"members": [str(uuid4())]},
    "POST /api/joint-visits/{id}/extend": {"until": "2026-03-04T13:00:00Z"},
    "POST /api/joint-visits/{id}/agree-extension": {"until": "2026-03-04T13:00:00Z"},
    "POST /api/plans": {
        "day": "2026-03-02", "starts": 840, "ends": 1080, "base": [-1.9, 52.5], "kilometres": 5, "minutes": 20,
        "most_stops": 8, "exploratory": 10,
        "teams": [{"members": [str(uuid4())], "mode": "car", "skills": ["no_uniform"], "languages": ["polish"]}],
    },
    "POST /api/hotspots": {
        "first": "2025-04", "last": "2026-03", "metres": 500, "category": "forced_labour", "area": "Birmingham",
        "method": "excess", "confirm": False, "hide_small": False, "severity": 3, "known": "seen",
    },
    "POST /api/releases": {
        "audience": "agreement", "agreement": str(uuid4()), "heading": "visited", "quarter": "2025-10-01",
        "kind": "counts", "quarters": 1,
    },
    "POST /api/initiatives": an_initiative(site_id=None),
    "PUT /api/initiatives/{id}": an_initiative(site_id=None, version=1),
    "POST /api/briefings": {"quarter": "2025-10-01"},
    "POST /api/briefings/{id}/approve": {"checksum": "0" * 64},
    "PATCH /api/plans/{id}": {"state": "ready"},
    "POST /api/plans/{id}/wishes": {"place": str(uuid4()), "wish": "must"},
    "POST /api/shifts": {name: str(uuid4()) for name in ("plan", "buddy", "second", "manager")},
    "POST /api/shifts/{id}/briefings": {"stop": 1},
    "POST /api/shifts/{id}/check-ins": {"kind": "fine", "word": "x"},
    "POST /api/shifts/{id}/close": {"stops": [{"became": "visited", "is_follow_up": True}]},
    "PUT /api/account/words": {"safe": "blue heron", "duress": "x"},
    "POST /api/alarms/{id}/close": {"how": "home"},
    "PUT /api/planning-settings": {
        "version": 0, "risk": 30, "severity_shares": [10, 25, 50, 80, 100], "half_life": 90, "risk_most": 90,
        "overdue": 20, "overdue_most": 2, "request": 40, "follow_up": 30, "exploration": 40, "exploratory": 10,
        "minutes": 20, "car_speeds": [22, 25, 20, 27, 30], "foot_speed": 4.8, "parking": 3, "slack": 15,
        "rhythms": {"farm": 100},
    },
    "POST /api/teams": {"name": "Night team"},
    "PUT /api/teams/{number}": {"is_open": True},
    "PUT /api/imports/{id}/mapping": {"mapping": {"name": "x"}, "sheet": "x", "columns": ["x"], "has_header": True},
}  # fmt: skip
QUERIES = {
    "/api/collections/places/items": ("bbox", "limit", "next", "filter", "crs", "unknown"),
    "/api/collections/places/export": ("format",),
}


def document(scene: Scene) -> dict[str, Any]:
    return create_api(scene.backing).openapi()


def judged(answer: httpx2.Response) -> None:
    """Hold an answer to what every answer promises."""
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        said = answer.json()
        assert (said["status"], said["type"]) == (answer.status_code, "about:blank")
        assert said["detail"]
        assert not any(word in answer.text for word in ("Traceback", "psycopg", "store.", "lock_id", "waymark_app"))


def test_every_body_is_tried(scene: Scene) -> None:
    tried = {
        f"{method.upper()} {path}"
        for path, methods in document(scene)["paths"].items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert tried == set(BODIES)


@pytest.mark.parametrize("operation", BODIES)
def test_nonsense_in_each_field_of_a_body(scene: Scene, operation: str) -> None:
    method, path = operation.split()
    path = path.replace("{id}", known_id(scene, path)).replace("{number}", "1")
    headers = scene.a_session("part" if path.endswith("accept") else "ana" if is_analysis(path) else "own")
    good = BODIES[operation]
    if "place" in good:
        good = a_proposal(scene)
    bodies = [good | {field: wrong} for field in (*good, "surplus", "\ud800") for wrong in NONSENSE]
    for field in [name for name, value in good.items() if isinstance(value, dict)]:
        bodies += [good | {field: good[field] | {inner: wrong}} for inner in good[field] for wrong in NONSENSE]
    for body in bodies:
        judged(scene.send(method, path, body, kind=headers))


@pytest.mark.parametrize("operation", BODIES)
@pytest.mark.parametrize(
    "written",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"NaN", b'{"a":' * 3000, b"[" * 100_000,
        b'{"minutes": NaN}', b"1" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_json_object(scene: Scene, operation: str, written: bytes) -> None:
    method, path = operation.split()
    path = path.replace("{id}", known_id(scene, path)).replace("{number}", "1")
    for media_type in (
        "application/json",
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "",
    ):
        headers = scene.a_session("own") | {"Content-Type": media_type}
        judged(scene.client.request(method, path, headers=headers, content=written))


def test_nonsense_in_each_parameter(scene: Scene) -> None:
    headers = scene.a_session("own")
    texts = [one if isinstance(one, str) else json.dumps(one)[:600] for one in NONSENSE]
    for path, names in QUERIES.items():
        for name in names:
            for text in texts:
                params = {name: text[:3000].encode("utf-8", "surrogatepass")}
                judged(scene.client.get(path, headers=headers, params=params))
            judged(scene.client.get(f"{path}?{name}=%ff&{name}=%00&{name}", headers=headers))


def test_nonsense_in_each_part_of_a_path(scene: Scene) -> None:
    headers = scene.a_session("own")
    parts = ["%00", "%ff", "%2e%2e%2f", "x" * 5000, "%20", "-1", str(2**70), "null", str(uuid4()), "%F0%9F%98%80"]
    for path, methods in document(scene)["paths"].items():
        pieces = path.split("/")
        for at in [index for index, piece in enumerate(pieces) if piece.startswith("{")]:
            for part in parts:
                filled = [part if index == at else known(scene, piece) for index, piece in enumerate(pieces)]
                for method in methods:
                    answer = scene.client.request(method, "/".join(filled), headers=headers, json={})
                    judged(answer)
                    assert answer.status_code >= 400 or "session" in path, answer.request.url


def is_analysis(path: str) -> bool:
    return path.startswith(("/api/hotspots", "/api/releases", "/api/initiatives", "/api/briefings"))


def known_id(scene: Scene, path: str) -> str:
    if path.startswith(("/api/initiatives", "/api/briefings")):
        body = an_initiative() if "initiatives" in path else {"quarter": "2025-10-01"}
        return str(scene.send("POST", "/".join(path.split("/")[:3]), body, kind="ana").json()["id"])
    if "/joint-visits/" not in path:
        return str(scene.places["birch"])
    return str(scene.proposal if path.endswith("accept") else scene.joint_visit)


def known(scene: Scene, piece: str) -> str:
    values = {"{layer}": "places", "{id}": str(scene.places["birch"]), "{z}": "9", "{row}": "1", "{column}": "1"}
    return values.get(piece, piece)


@pytest.mark.parametrize("header", ["Host", "Accept-Encoding", "If-None-Match", "Origin", "Sec-Fetch-Site", "Range"])
def test_nonsense_in_headers(scene: Scene, header: str) -> None:
    token = scene.a_session()["Authorization"].removeprefix("Bearer ")
    for wrong in (b"", b"[", b"a:b:c", b"\xff\xfe", b"x" * 4000, b",,;;==", b"http://[::1", b"*", b"null"):
        for name, value in (("Authorization", f"Bearer {token}"), ("Cookie", f"__Host-waymark={token}")):
            headers = {name.encode(): value.encode(), header.encode(): wrong}
            for path in ("/api/collections/places/items", "/api/session"):
                judged(scene.client.get(path, headers=headers))
            judged(scene.client.post("/api/session/tokens", headers=headers, json={}))
            judged(scene.client.post("/api/session", headers=headers, json=BODIES["POST /api/session"]))


def operations(scene: Scene) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document(scene))
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
def test_generated_requests_are_answered_without_a_500(scene: Scene, mode: GenerationMode) -> None:
    """schemathesis draws requests from the OpenAPI document; the same ones in every run."""
    for operation in operations(scene):
        with contextlib.suppress(Unsatisfiable):  # An operation without parameters cannot be asked wrongly.
            run(scene, operation.as_strategy(generation_mode=mode))


def run(scene: Scene, cases: st.SearchStrategy[Any]) -> None:
    sessions = {kind: scene.a_session(kind) for kind in KINDS}

    @settings(
        max_examples=5,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, kind=st.sampled_from(KINDS), is_real=st.booleans())
    def answer(case: Any, kind: str, *, is_real: bool) -> None:
        if is_real:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = known(scene, f"{{{name}}}")
        asked = case.as_transport_kwargs(base_url="http://127.0.0.1")
        assert asked["method"].lower() in METHODS
        body = asked.get("data")
        answer = scene.client.request(
            asked["method"], asked["url"], params=asked.get("params"), json=asked.get("json"),
            content=body if isinstance(body, str | bytes) else None,
            headers={**(asked.get("headers") or {}), **sessions[kind]},
        )  # fmt: skip
        judged(answer)
        if kind in {"adm", "enf"}:
            assert shown(scene, answer) in {"nothing", "5000"}

    answer()
