"""Passkeys and one's own sessions: who may add, use and end them, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.scene import KINDS, Scene, bearer
from tests.authenticators import PRESENT, Authenticator

HERE = ("127.0.0.1", "https://127.0.0.1")


def a_passkey(scene: Scene, kind: str = "own", **more: Any) -> Authenticator:
    """Add a passkey for whoever has this kind of session."""
    headers = scene.a_session(kind)
    made = Authenticator(*HERE, **more)
    options = scene.send("POST", "/api/account/passkeys/options", {}, kind=headers).json()
    body = {"name": "Blue phone", "credential": made.make(options)}
    assert scene.send("POST", "/api/account/passkeys", body, kind=headers).status_code == 201
    return made


def sign_in(scene: Scene, with_passkey: Authenticator, purpose: str = "visit", **more: Any) -> Any:
    options = scene.send("POST", "/api/session/passkey/options", {}, kind={}).json()
    body = {"credential": with_passkey.answer(options), "purpose": purpose, **more}
    return scene.send("POST", "/api/session/passkey", body, kind={})


def test_a_passkey_signs_in_for_the_purpose_asked(scene: Scene) -> None:
    answer = sign_in(scene, a_passkey(scene))
    assert answer.status_code == 201
    facts = scene.get("/api/session", bearer(answer.json()["token"])).json()
    assert (facts["role"], facts["purpose"]) == ("outreach", "visit")
    assert scene.audit()[-1]["what"] == "signed in"
    assert "added a passkey" in [entry.get("what") for entry in scene.audit()]


def test_a_purpose_that_is_not_the_role_s_is_refused(scene: Scene) -> None:
    assert sign_in(scene, a_passkey(scene), "administration").status_code == 401


def test_an_answer_is_good_once(scene: Scene) -> None:
    passkey = a_passkey(scene)
    options = scene.send("POST", "/api/session/passkey/options", {}, kind={}).json()
    body = {"credential": passkey.answer(options), "purpose": "visit"}
    assert scene.send("POST", "/api/session/passkey", body, kind={}).status_code == 201
    assert scene.send("POST", "/api/session/passkey", body, kind={}).status_code == 401


def test_a_challenge_to_add_is_none_to_sign_in(scene: Scene) -> None:
    passkey = a_passkey(scene)
    options = scene.send("POST", "/api/account/passkeys/options", {}).json()
    body = {"credential": passkey.answer(options), "purpose": "visit"}
    assert scene.send("POST", "/api/session/passkey", body, kind={}).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"party": "elsewhere.invalid"},
        {"origin": "https://elsewhere.invalid"},
        {"flags": PRESENT},
        {"id": b"another passkey's name, 32 bytes"},
    ],
    ids=["another host", "another origin", "nobody recognised", "an unknown passkey"],
)
def test_what_is_not_quite_the_passkey_is_refused(scene: Scene, wrong: dict[str, Any]) -> None:
    passkey = a_passkey(scene)
    for name, value in wrong.items():
        setattr(passkey, name, value)
    assert sign_in(scene, passkey).status_code == 401
    scene.conn.execute("DELETE FROM access.attempt")


def test_another_key_under_the_same_name_is_refused(scene: Scene) -> None:
    passkey = a_passkey(scene)
    assert sign_in(scene, Authenticator(*HERE, id=passkey.id)).status_code == 401
    scene.conn.execute("DELETE FROM access.attempt")


def test_a_passkey_is_added_only_shortly_after_signing_in(scene: Scene) -> None:
    headers = scene.a_session("own")
    options = scene.send("POST", "/api/account/passkeys/options", {}, kind=headers).json()
    body = {"name": "Blue phone", "credential": Authenticator(*HERE).make(options)}
    scene.conn.execute("UPDATE access.session SET created_at = created_at - %s", [timedelta(minutes=16)])
    answer = scene.send("POST", "/api/account/passkeys", body, kind=headers)
    assert answer.status_code == 422
    assert "more than 15 minutes ago" in answer.json()["detail"]


def test_a_disabled_person_s_passkey_opens_nothing(scene: Scene) -> None:
    passkey = a_passkey(scene, "aud")
    assert sign_in(scene, passkey, "audit").status_code == 201
    scene.conn.execute("UPDATE access.person SET disabled_at = access.clock() WHERE email = 'auditor@test.invalid'")
    assert sign_in(scene, passkey, "audit").status_code == 401
    scene.conn.execute("UPDATE access.person SET disabled_at = NULL")
    scene.conn.execute("DELETE FROM access.attempt")


def test_nobody_lists_or_removes_another_s_passkey(scene: Scene) -> None:
    a_passkey(scene, "part")
    theirs = scene.get("/api/account/passkeys", "part").json()["passkeys"]
    assert theirs[-1]["name"] == "Blue phone"
    assert "credential_id" not in theirs[-1]
    ours = [one["id"] for one in scene.get("/api/account/passkeys", "own").json()["passkeys"]]
    assert theirs[-1]["id"] not in ours
    path = f"/api/account/passkeys/{theirs[-1]['id']}"
    assert scene.client.delete(path, headers=scene.a_session("own")).status_code == 404
    assert scene.client.delete(path, headers=scene.a_session("part")).status_code == 204


def test_sessions_are_listed_and_ended_by_their_owner_alone(scene: Scene) -> None:
    mine, other = scene.a_session("ana"), scene.a_session("ana")
    listed = scene.get("/api/account/sessions", mine).json()["sessions"]
    assert [one["is_this"] for one in listed] == [True] + [False] * (len(listed) - 1)
    assert {one["purpose"] for one in listed} == {KINDS["ana"].purpose}
    path = f"/api/account/sessions/{listed[1]['id']}"
    assert scene.client.delete(path, headers=scene.a_session("own")).status_code == 404
    assert scene.client.delete("/api/account/sessions", headers=mine).json()["ended"] >= 1
    assert scene.get("/api/session", other).status_code == 401
    assert scene.get("/api/session", mine).status_code == 200
