"""The life of a joint visit over HTTP: proposed, answered, open, given more time, cancelled; and what is refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests import worlds
from tests.api.scene import Scene, a_proposal
from tests.worlds import NOON

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
STARTS, ENDS = NOON + 5 * DAY, NOON + 5 * DAY + 2 * HOUR


@pytest.fixture(autouse=True)
def noon(scene: Scene) -> Iterator[None]:
    """Begin each test at noon, with a second worker at the charity; leave no joint visit of its own behind."""
    scene.members.setdefault("colleague", worlds.a_membership(scene.conn, scene.organisations["charity"]))
    yield
    worlds.set_clock(scene.conn, NOON)
    kept = [scene.joint_visit, scene.proposal]
    scene.conn.execute("DELETE FROM store.joint_visit WHERE id <> ALL (%s)", [kept])


def proposed(scene: Scene, **more: object) -> str:
    answer = scene.send("POST", "/api/joint-visits", a_proposal(scene, **more))  # type: ignore[arg-type]
    assert answer.status_code == 201, answer.text
    return f"/api/joint-visits/{answer.json()['id']}"


def accepted(scene: Scene, *members: str) -> str:
    path = proposed(scene)
    named = [str(scene.members[name]) for name in members or ("officer",)]
    assert scene.send("POST", f"{path}/accept", {"members": named}, kind="part").status_code == 204
    return path


def colleague(scene: Scene) -> dict[str, str]:
    """Return the header of another worker of the owner's."""
    now = scene.one("SELECT access.clock()")
    return {"Authorization": f"Bearer {worlds.a_session(scene.conn, scene.members['colleague'], at=now)}"}


def told(scene: Scene, path: str, kind: str = "part") -> dict[str, Any]:
    answer = scene.get(path, kind)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_proposal_tells_the_partner_a_square_and_not_the_place(scene: Scene) -> None:
    path = proposed(scene)
    found = told(scene, path)
    assert found["square"] == {"easting": 406_000, "northing": 286_000, "size": 500}
    assert (found["state"], found["help"], found["is_ours"]) == ("proposed", "keep_safe", False)
    assert (found["place"], found["name"], found["briefing"], found["attend_rule"]) == (None, None, None, "two_people")
    text = scene.get(path, "part").text
    assert not any(secret in text for secret in (str(scene.places["amber"]), "Amber", "406123", "286456"))
    assert {member["email"] for member in found["members"]} == {
        "officer@test.invalid", "joint.officer@test.invalid",
    }  # fmt: skip
    own = told(scene, path, "own")
    assert (own["name"], own["square"], own["members"]) == ("Amber Yard", None, [])


def test_it_opens_to_who_was_named_and_closes_by_itself(scene: Scene) -> None:
    path, card = accepted(scene), f"/api/places/{scene.places['amber']}"
    worlds.set_clock(scene.conn, STARTS - DAY - HOUR)
    assert scene.get(card, "part").status_code == 404
    assert told(scene, path)["briefing"] is None
    worlds.set_clock(scene.conn, STARTS - DAY)
    found = told(scene, path)
    assert (found["name"], found["is_open"], found["is_named"]) == ("Amber Yard", True, True)
    assert [flag["flag"] for flag in found["briefing"]["flags"]] == ["dogs"]
    assert [risk["severity"] for risk in found["briefing"]["risks"]] == [3]
    assert scene.get(card, "part").status_code == 200
    worlds.set_clock(scene.conn, ENDS + DAY)
    assert scene.get(card, "part").status_code == 404
    assert (told(scene, path)["state"], told(scene, path)["name"]) == ("over", None)


def test_every_opening_is_a_disclosure_in_the_owners_audit_and_a_consultation_in_the_partners(scene: Scene) -> None:
    path = accepted(scene)
    worlds.set_clock(scene.conn, STARTS)
    before = len(scene.audit()), len(scene.audit("police"))
    told(scene, path)
    (entry,) = scene.audit()[before[0] :]
    assert (entry["op"], entry["what"], entry["precision"]) == ("disclosure", "opened place", "exact")
    assert entry["actor"] == str(scene.members["officer"])
    mine = scene.audit("police")[before[1] :]
    assert [(one["op"], one["kind"]) for one in mine] == [("consultation", "place"), ("consultation", "joint visit")]
    record = scene.backing.vault.hashed_id("joint visit", path.rpartition("/")[2])
    assert mine[1]["record"] == record


def test_acts_stand_in_both_chains_under_one_reference(scene: Scene) -> None:
    before = len(scene.audit()), len(scene.audit("police"))
    path = accepted(scene)
    scene.send("POST", f"{path}/cancel", {}, kind="part")
    record = scene.backing.vault.hashed_id("joint visit", path.rpartition("/")[2])
    for organisation, seen in zip(("charity", "police"), before, strict=True):
        entries = [one for one in scene.audit(organisation)[seen:] if one.get("record") == record]
        assert [one["what"] for one in entries] == [
            "proposed a joint visit", "accepted a joint visit", "cancelled a joint visit",
        ]  # fmt: skip
        assert ("place" in entries[0]) is (organisation == "charity")


def test_the_list_shows_own_places_by_name_with_an_entry_in_the_audit(scene: Scene) -> None:
    path = proposed(scene)
    before = len(scene.audit())
    listed = told(scene, "/api/joint-visits", "own")["joint_visits"]
    assert {one["name"] for one in listed} == {"Amber Yard"}
    assert path.rpartition("/")[2] in {one["id"] for one in listed}
    (entry,) = scene.audit()[before:]
    assert (entry["op"], entry["kind"]) == ("consultation", "joint visits")
    theirs = told(scene, "/api/joint-visits", "join")["joint_visits"]
    assert {one["name"] for one in theirs} == {None}
    assert told(scene, "/api/joint-visits", "none") == {"joint_visits": []}


def test_more_time_needs_a_second_person(scene: Scene) -> None:
    path, until = accepted(scene), {"until": (ENDS + HOUR).isoformat()}
    assert scene.send("POST", f"{path}/extend", until).status_code == 204
    alone = scene.send("POST", f"{path}/agree-extension", until)
    assert (alone.status_code, "Another person" in alone.json()["detail"]) == (422, True)
    assert told(scene, path)["extension_until"] is None
    assert told(scene, path, "own")["is_asked_by_me"] is True
    assert scene.send("POST", f"{path}/agree-extension", until, kind=colleague(scene)).status_code == 204
    found = told(scene, path)
    assert (found["state"], found["ends_at"][:19]) == ("extended", (ENDS + HOUR).isoformat()[:19])
    again = scene.send("POST", f"{path}/agree-extension", until, kind=colleague(scene))
    assert again.status_code == 422


@pytest.mark.parametrize("kind", ["own", "part"])
def test_cancelling_closes_at_once(scene: Scene, kind: str) -> None:
    path, card = accepted(scene), f"/api/places/{scene.places['amber']}"
    worlds.set_clock(scene.conn, STARTS)
    assert scene.get(card, "part").status_code == 200
    assert scene.send("POST", f"{path}/cancel", {}, kind=kind).status_code == 204
    assert scene.get(card, "part").status_code == 404
    assert told(scene, path, kind)["state"] == "cancelled"
    assert scene.send("POST", f"{path}/cancel", {}, kind=kind).status_code == 422


def test_what_is_hidden_is_answered_as_what_is_missing(scene: Scene) -> None:
    path, missing = proposed(scene), f"/api/joint-visits/{uuid4()}"
    bodies: dict[str, dict[str, Any]] = {"accept": {"members": [str(uuid4())]}, "extend": {"until": ENDS.isoformat()}}
    for act in ("", "/accept", "/decline", "/cancel", "/extend", "/agree-extension"):
        body = bodies.get(act.removeprefix("/"), {"until": ENDS.isoformat()})
        answers = [
            scene.get(one, "none") if not act else scene.send("POST", one + act, body, kind="none")
            for one in (path, missing)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


REFUSED: dict[str, dict[str, object]] = {
    "ends before it starts": {"ends_at": (STARTS - HOUR).isoformat()},
    "too long": {"ends_at": (STARTS + 49 * HOUR).isoformat()},
    "over": {"days": -2},
    "far ahead": {"days": 100},
    "without an offset": {"starts_at": "2026-03-06T12:00:00"},
    "another help": {"help": "enforcement"},
    "nobody": {"partner": str(uuid4())},
    "a word more": {"note": "Bring a ladder."},
}


@pytest.mark.parametrize("what", REFUSED)
def test_nonsense_is_refused_in_a_sentence(scene: Scene, what: str) -> None:
    before = scene.one("SELECT count(*) FROM store.joint_visit")
    answer = scene.send("POST", "/api/joint-visits", a_proposal(scene, **REFUSED[what]))  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert scene.one("SELECT count(*) FROM store.joint_visit") == before


def test_only_colleagues_who_may_go_are_named(scene: Scene) -> None:
    path = proposed(scene)
    for name in ("worker", "police analyst", "council worker"):
        body = {"members": [str(scene.members[name])]}
        assert scene.send("POST", f"{path}/accept", body, kind="part").status_code == 422
    assert scene.send("POST", f"{path}/accept", {"members": []}, kind="part").status_code == 422
    assert told(scene, path)["state"] == "proposed"


def test_a_declined_one_is_answered_for_good(scene: Scene) -> None:
    path = proposed(scene)
    assert scene.send("POST", f"{path}/decline", {}, kind="join").status_code == 204
    body = {"members": [str(scene.members["officer"])]}
    assert scene.send("POST", f"{path}/accept", body, kind="part").status_code == 422
    assert told(scene, path, "own")["state"] == "declined"
