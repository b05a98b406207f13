"""Flags of a place, what a visit may say, warnings of a note, and reviews, through the API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests import worlds
from tests.api.scene import Scene, a_note, a_place, a_visit


def record(scene: Scene, **more: object) -> str:
    answer = scene.send("POST", "/api/places", a_place(**more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def flagged(scene: Scene, id: str, **edit: object) -> Any:
    answer = scene.send("PATCH", f"/api/places/{id}/flags", edit)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_flags_are_added_once_ended_and_told_with_the_card(scene: Scene) -> None:
    id = record(scene, name="Flag Yard")
    told = flagged(scene, id, add=["no_uniform", "dogs", "dogs"])
    assert [(flag["list"], flag["flag"]) for flag in told["flags"]] == [
        ("danger_flag", "dogs"),
        ("contact_flag", "no_uniform"),
    ]
    assert flagged(scene, id, add=["dogs"])["flags"] == told["flags"]
    ended = flagged(scene, id, end=["dogs", "weapons"])
    assert [flag["flag"] for flag in ended["flags"]] == ["no_uniform"]
    assert scene.get(f"/api/places/{id}").json()["flags"] == ended["flags"]
    assert scene.audit()[-2]["kind"] == "flags"


def test_what_is_not_known_to_be_safe_is_not_left_behind(scene: Scene) -> None:
    id = record(scene, name="Letter Yard")
    nothing = {"letter": False, "card": False, "voicemail": False}
    assert scene.get(f"/api/places/{id}").json()["may_leave"] == nothing
    assert flagged(scene, id, add=["letter_safe"])["may_leave"] == nothing | {"letter": True}
    assert flagged(scene, id, add=["no_letter"])["may_leave"] == nothing
    flagged(scene, id, end=["no_letter"])
    scene.conn.execute(
        "UPDATE store.place_flag SET since = since - 91, review_on = review_on - 91 WHERE place_id = %s", [id]
    )
    scene.conn.commit()
    assert scene.get(f"/api/places/{id}").json()["may_leave"] == nothing


def test_a_flag_that_nobody_can_read_any_more_is_unknown_and_forbids(scene: Scene) -> None:
    id = record(scene, name="Old Yard")
    flagged(scene, id, add=["letter_safe", "dogs"])
    scene.conn.execute("UPDATE store.place_flag SET code = 99 WHERE place_id = %s AND code = 3", [id])
    scene.conn.commit()
    told = scene.get(f"/api/places/{id}").json()
    assert [flag["flag"] for flag in told["flags"]] == ["unknown", "letter_safe"]
    assert told["may_leave"]["letter"] is False


@pytest.mark.parametrize(
    "edit", [{"add": ["nonsense"]}, {"add": ["fearful"]}, {"add": "dogs"}, {"add": ["dogs"], "review_on": "2020-01-01"}]
)
def test_nonsense_is_no_flag(scene: Scene, edit: dict[str, object]) -> None:
    id = record(scene, name="Nonsense Yard")
    assert scene.send("PATCH", f"/api/places/{id}/flags", edit).status_code == 422
    assert scene.get(f"/api/places/{id}").json()["flags"] == []


def test_flags_follow_their_place_to_another_label(scene: Scene) -> None:
    id = record(scene, name="Moved Yard")
    flagged(scene, id, add=["dogs"])
    scene.conn.execute("DELETE FROM store.place_point WHERE place_id = %s", [id])
    scene.conn.execute(
        "UPDATE store.place SET lock_id = access.intern_label(l.owner_id, 3, l.area_id, l.operation_id,"
        " l.collected_for, l.handling_id) * 32 + 5 FROM access.label AS l WHERE l.id = lock_id >> 5 AND place.id = %s",
        [id],
    )
    scene.conn.commit()
    both = (
        "SELECT p.lock_id = f.lock_id FROM store.place AS p JOIN store.place_flag AS f ON f.place_id = p.id"
        " WHERE p.id = %s"
    )
    assert scene.one(both, id) is True
    scene.conn.execute("DELETE FROM store.place WHERE id = %s", [id])
    scene.conn.commit()
    assert scene.one("SELECT count(*) FROM store.place_flag WHERE place_id = %s", id) == 0


def test_a_visit_tells_its_risk_check_and_needs(scene: Scene) -> None:
    path = f"/api/places/{record(scene, name='Visit Yard')}/visits"
    check = {
        "unexpected": True,
        "exit_clear": False,
        "aggression": None,
        "children": True,
        "control": None,
        "decision": "shorten",
    }
    given = {"needs": ["legal_advice", "health"], "children_met": 1, "risk_check": check}
    assert scene.send("POST", path, a_visit(**given)).status_code == 201
    assert scene.send("POST", path, a_visit()).status_code == 201
    told = {one["children_met"]: one for one in scene.get(path).json()["visits"]}
    assert {name: told[1][name] for name in given} == given | {"needs": ["health", "legal_advice"]}
    assert (told[None]["risk_check"], told[None]["needs"]) == (None, [])
    assert scene.send("POST", path, a_visit(needs=["nonsense"])).status_code == 422
    assert scene.send("POST", path, a_visit(risk_check={"decision": "fight"})).status_code == 422


def test_a_note_answers_with_what_its_text_says_of_people(scene: Scene) -> None:
    path = f"/api/places/{record(scene, name='Note Yard')}/notes"
    answer = scene.send("POST", path, a_note(text="Fatima holds the keys."))
    assert answer.status_code == 201
    (warning,) = answer.json()["warnings"]
    assert (warning["kind"], warning["start"], warning["end"]) == ("name", 0, 6)
    assert scene.audit()[-1]["warned_of"] == ["name 1"]


def test_reviews_list_what_is_due_to_those_who_may_read_it(scene: Scene) -> None:
    soon = str(scene.one("SELECT access.today() + 3"))
    id = record(scene, name="Due Yard", review_on=soon)
    note = scene.send("POST", f"/api/places/{id}/notes", a_note(review_on=soon)).json()["id"]
    due = scene.get("/api/reviews").json()
    assert id in [one["id"] for one in due["places"]]
    assert note in [one["id"] for one in due["notes"]]
    assert "ciphertext" not in str(due)
    for kind in ("part", "none", "join"):
        others = scene.get("/api/reviews", kind).text
        assert note not in others
    assert [one["kind"] for one in scene.get("/api/reviews", "adm").json()["numbers"]] == ["places", "notes"]
    assert id not in scene.get("/api/reviews", "adm").text


def test_the_day_is_the_one_in_britain_from_midnight_on(scene: Scene) -> None:
    over, today = (record(scene, name="Night Yard", review_on=f"2026-{day}") for day in ("04-30", "05-01"))
    worlds.set_clock(scene.conn, datetime(2026, 4, 30, 23, 30, tzinfo=UTC))
    due = {one["id"]: one["is_overdue"] for one in scene.get("/api/reviews").json()["places"]}
    assert (due[over], due[today]) == (True, False)
    (flag,) = flagged(scene, today, add=["dogs"])["flags"]
    assert flag["since"] == "2026-05-01"
    assert scene.get("/api/coverage", "ana").json()["today"] == "2026-05-01"
    worlds.set_clock(scene.conn, worlds.NOON)


def test_erasing_a_note_destroys_its_key_and_reads_as_missing_to_others(scene: Scene) -> None:
    id = record(scene, name="Erased Yard")
    note = scene.send("POST", f"/api/places/{id}/notes", a_note()).json()["id"]
    for kind in ("part", "none", "adm", "ana", "aud"):
        assert scene.send("DELETE", f"/api/notes/{note}", {}, kind=kind).status_code == 404
    assert scene.send("DELETE", f"/api/notes/{note}", {}).status_code == 204
    assert scene.audit()[-1]["op"] == "erasure"
    for table, column in (("note", "id"), ("note_key", "note_id"), ("risk_point", "note_id")):
        assert scene.one(f"SELECT count(*) FROM store.{table} WHERE {column} = %s", note) == 0
    assert scene.get(f"/api/places/{id}/notes").json()["notes"] == []
