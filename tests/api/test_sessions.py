"""Signing in and out, expiry, throttling, cookies and origins."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pyotp
import pytest

from data.passwords import new_totp_secret
from tests import worlds
from tests.api.scene import PASSWORD, Scene, bearer, email_of

COOKIE = "__Host-waymark"


@pytest.fixture(autouse=True)
def fresh(scene: Scene) -> Iterator[None]:
    """Start each test at noon, without failed attempts, cookies or one-time codes."""
    worlds.set_clock(scene.conn, worlds.NOON)
    scene.conn.execute("DELETE FROM access.attempt")
    scene.client.cookies.clear()
    yield
    scene.conn.execute("UPDATE access.setting SET value = 'yes' WHERE name = 'demo'")
    scene.conn.execute("UPDATE access.credential SET totp_secret = NULL, totp_last_step = 0")
    scene.conn.execute("DELETE FROM access.membership WHERE id = %s", [scene.members.pop("seconded", None)])


def sign_in(scene: Scene, member: str = "worker", **more: Any) -> httpx2.Response:
    asked = {"email": email_of(member), "password": PASSWORD, "purpose": "visit"} | more
    answer = scene.client.post("/api/session", json=asked)
    scene.client.cookies.clear()
    return answer


def a_secret(scene: Scene, member: str = "worker") -> str:
    """Give a member an authenticator; its secret."""
    secret = new_totp_secret()
    person = scene.one("SELECT person_id FROM access.membership WHERE id = %s", scene.members[member])
    sealed = scene.backing.vault.seal_secret(secret, person_id=person)
    scene.conn.execute(
        "UPDATE access.credential SET totp_secret = %s, totp_last_step = 0 WHERE person_id = %s",
        [sealed, person],
    )
    return secret


def code_now(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(time.time()))


def test_a_person_signs_in_with_purpose_and_is_told_who_they_are(scene: Scene) -> None:
    answer = sign_in(scene, purpose="safeguarding")
    assert answer.status_code == 201
    facts = scene.get("/api/session", bearer(answer.json()["token"])).json()
    assert (facts["email"], facts["purpose"], facts["role"]) == (email_of("worker"), "safeguarding", "outreach")
    assert facts["scope"] == "full"
    assert answer.json()["expires_at"] == (worlds.NOON + timedelta(hours=10)).isoformat()
    assert scene.audit()[-1]["what"] == "signed in"


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nobody@test.invalid"},
        {"email": "WORKER@test.invalid' OR true --"},
        {"password": "wrong"},
        {"password": ""},
        {"password": "x" * 1024},
        {"purpose": "enforcement"},
        {"purpose": "audit"},
        {"organisation": "Nowhere"},
    ],
)
def test_whatever_was_wrong_the_answer_is_the_same(scene: Scene, wrong: dict[str, str]) -> None:
    usual = sign_in(scene, password="wrong")
    answer = sign_in(scene, **wrong)
    assert (answer.status_code, answer.content) == (usual.status_code, usual.content)
    assert answer.status_code == 401
    assert {name: value for name, value in answer.headers.items() if name != "date"} == dict(usual.headers)


def test_disabled_people_and_ended_memberships_are_refused_alike(scene: Scene) -> None:
    usual = sign_in(scene, password="wrong").content
    scene.conn.execute("UPDATE access.person SET disabled_at = now() WHERE email = %s", [email_of("admin")])
    scene.conn.execute("UPDATE access.membership SET suspended_at = now() WHERE id = %s", [scene.members["auditor"]])
    assert sign_in(scene, "admin", purpose="administration").content == usual
    assert sign_in(scene, "auditor", purpose="audit").content == usual
    scene.conn.execute("UPDATE access.person SET disabled_at = NULL")
    scene.conn.execute("UPDATE access.membership SET suspended_at = NULL")


def test_outside_a_demonstration_a_password_alone_does_not_do(scene: Scene) -> None:
    scene.conn.execute("UPDATE access.setting SET value = 'no' WHERE name = 'demo'")
    usual = sign_in(scene, password="wrong").content
    assert sign_in(scene).content == usual


def test_a_one_time_code_opens_one_session(scene: Scene) -> None:
    scene.conn.execute("UPDATE access.setting SET value = 'no' WHERE name = 'demo'")
    code = code_now(a_secret(scene))
    asked = sign_in(scene)
    assert (asked.status_code, asked.json()["code_needed"]) == (401, True)
    assert sign_in(scene, code="000000" if code != "000000" else "111111").status_code == 401
    assert sign_in(scene, code=code).status_code == 201
    assert sign_in(scene, code=code).status_code == 401


@pytest.mark.parametrize("code", ["12345", "abcdef", "١٢٣٤٥٦", "1 2 3", "-12345", "0" * 16])
def test_a_code_that_is_none_is_refused(scene: Scene, code: str) -> None:
    a_secret(scene)
    assert sign_in(scene, code=code).status_code == 401


def test_whoever_belongs_to_two_organisations_names_one(scene: Scene) -> None:
    secret = a_secret(scene)
    person = scene.one("SELECT person_id FROM access.membership WHERE id = %s", scene.members["worker"])
    scene.members["seconded"] = worlds.a_membership(scene.conn, scene.organisations["council"], person=person)
    code = code_now(secret)
    answer = sign_in(scene, code=code)
    assert answer.status_code == 409
    names = answer.json()["organisations"]
    assert len(names) == 2
    council = next(name for name in names if name.startswith("council"))
    opened = sign_in(scene, code=code, organisation=council)
    assert opened.status_code == 201
    assert scene.get("/api/session", bearer(opened.json()["token"])).json()["organisation"] == council


def test_failures_are_slowed_down_and_nobody_is_locked_out(scene: Scene) -> None:
    for _ in range(5):
        assert sign_in(scene, password="wrong").status_code == 401
    waits, moment = [], worlds.NOON
    for _ in range(8):
        answer = sign_in(scene)
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        moment = scene.one("SELECT access.clock()") + timedelta(seconds=waits[-1])
        worlds.set_clock(scene.conn, moment)
        assert sign_in(scene, password="wrong").status_code == 401
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    worlds.set_clock(scene.conn, moment + timedelta(seconds=60))
    assert sign_in(scene).status_code == 201


def test_waiting_tells_nothing_of_who_exists(scene: Scene) -> None:
    answers = []
    for email in (email_of("worker"), "nobody@test.invalid"):
        scene.conn.execute("DELETE FROM access.attempt")
        answers.append([sign_in(scene, email=email, password="wrong") for _ in range(7)])
    known, unknown = ([(answer.status_code, answer.content) for answer in tries] for tries in answers)
    assert known == unknown
    assert known[-1][0] == 429


def test_failed_attempts_keep_no_address_in_clear(scene: Scene) -> None:
    sign_in(scene, email="somebody@test.invalid", password="wrong")
    kept = scene.conn.execute("SELECT who FROM access.attempt").fetchall()
    assert len(kept) == 2
    assert not any(b"somebody" in row[0] or b"testclient" in row[0] for row in kept)


def test_a_session_ends_after_fifteen_idle_minutes(scene: Scene) -> None:
    token = sign_in(scene).json()["token"]
    for minutes, status in ((14, 200), (28, 200), (43, 401)):
        worlds.set_clock(scene.conn, worlds.NOON + timedelta(minutes=minutes))
        assert scene.get("/api/session", bearer(token)).status_code == status


def test_a_session_ends_after_ten_hours_to_the_second(scene: Scene) -> None:
    token = sign_in(scene).json()["token"]
    end = worlds.NOON + timedelta(hours=10)
    moment = worlds.NOON
    while (moment := moment + timedelta(minutes=14)) < end:
        worlds.set_clock(scene.conn, moment)
        assert scene.get("/api/session", bearer(token)).status_code == 200
    worlds.set_clock(scene.conn, end - timedelta(seconds=1))
    assert scene.get("/api/session", bearer(token)).status_code == 200
    worlds.set_clock(scene.conn, end)
    assert scene.get("/api/session", bearer(token)).status_code == 401


def test_signing_out_ends_the_session_and_its_layer_tokens(scene: Scene) -> None:
    token = sign_in(scene).json()["token"]
    layers = scene.send("POST", "/api/session/tokens", {"minutes": 600}, kind=bearer(token)).json()["token"]
    assert scene.get("/api/session", bearer(layers)).json()["scope"] == "layers"
    answer = scene.client.delete("/api/session", headers=bearer(token))
    assert (answer.status_code, answer.content) == (204, b"")
    for gone in (token, layers):
        assert scene.get("/api/session", bearer(gone)).status_code == 401
    assert scene.audit()[-1]["what"] == "signed out"


def test_a_layer_token_that_signs_out_leaves_its_session(scene: Scene) -> None:
    token = sign_in(scene).json()["token"]
    layers = scene.send("POST", "/api/session/tokens", {}, kind=bearer(token)).json()["token"]
    assert scene.client.delete("/api/session", headers=bearer(layers)).status_code == 204
    assert scene.get("/api/session", bearer(layers)).status_code == 401
    assert scene.get("/api/session", bearer(token)).status_code == 200


def test_a_layer_token_ends_when_it_was_to_end(scene: Scene) -> None:
    token = sign_in(scene).json()["token"]
    layers = scene.send("POST", "/api/session/tokens", {"minutes": 5}, kind=bearer(token)).json()["token"]
    worlds.set_clock(scene.conn, worlds.NOON + timedelta(minutes=4, seconds=59))
    assert scene.get("/api/session", bearer(layers)).status_code == 200
    worlds.set_clock(scene.conn, worlds.NOON + timedelta(minutes=5))
    assert scene.get("/api/session", bearer(layers)).status_code == 401


@pytest.mark.parametrize("minutes", [0, -1, 601, 10**30, 1.5, "x", None])
def test_a_layer_token_lasts_a_minute_at_least_and_ten_hours_at_most(scene: Scene, minutes: object) -> None:
    answer = scene.send("POST", "/api/session/tokens", {"minutes": minutes})
    assert answer.status_code == 422
