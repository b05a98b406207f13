"""Places, visits and risk notes: recorded, read, edited, and kept from those who may not know."""

import threading
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from psycopg.conninfo import make_conninfo

from data.cluster import OPERATOR, Cluster
from data.postgres import programs, run_as
from tests.api.scene import NOTE_TEXT, Scene, a_note, a_place, a_visit
from tests.waiting import until_waiting

MISSING = "00000000-0000-4000-8000-000000000000"


def record(scene: Scene, **more: object) -> str:
    answer = scene.send("POST", "/api/places", a_place(**more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def card(scene: Scene, id: object, kind: str = "own") -> dict[str, Any]:
    return dict(scene.get(f"/api/places/{id}", kind).json())


def test_a_place_is_read_as_it_was_recorded_with_safety_first(scene: Scene) -> None:
    given = a_place(
        name="  Rowan Yard ", kind="nail_bar", sensitivity=1, address="3 Invented Row", postcode="B1 1AA",
        status="unconfirmed", attend_rule="contact_owner_first", review_on="2026-12-01",
    )  # fmt: skip
    read = card(scene, record(scene, **given))
    assert next(iter(read)) == "attend_rule"
    expected = given | {"name": "Rowan Yard"}
    del expected["collected_for"]
    assert {name: read[name] for name in expected} == expected
    assert read["version"] == 1
    assert not {"lock_id", "easting", "northing", "collected_for", "label"} & set(read)


def test_what_is_recorded_stands_in_the_audit_without_its_place(scene: Scene) -> None:
    id = record(scene, name="Aspen Yard")
    entry = scene.audit()[-1]
    assert (entry["op"], entry["record"]) == ("collection", scene.backing.vault.hashed_id("place", id))
    card(scene, id)
    entry = scene.audit()[-1]
    assert (entry["op"], entry["kind"], entry["precision"]) == ("consultation", "place", "exact")
    text = str(scene.audit())
    assert not any(secret in text for secret in (id, "Aspen", "-1.83", "52.57"))


def test_an_edit_keeps_what_was(scene: Scene) -> None:
    id = record(scene, name="Before", attend_rule="ok")
    path = f"/api/places/{id}"
    assert scene.send("PATCH", path, {"version": 1, "name": "Between"}).json() == {"id": id, "version": 2}
    assert scene.send("PATCH", path, {"version": 2, "attend_rule": "do_not_attend"}).json()["version"] == 3
    read = card(scene, id)
    assert (read["name"], read["attend_rule"], read["version"]) == ("Between", "do_not_attend", 3)
    versions = scene.get(f"{path}/history").json()["versions"]
    assert [(one["version"], one["was"]["name"], one["was"]["attend_rule"]) for one in versions] == [
        (2, "Between", 0), (1, "Before", 0),
    ]  # fmt: skip
    assert scene.audit()[-1]["kind"] == "place history"


def test_who_read_an_older_version_edits_nothing(scene: Scene) -> None:
    id = record(scene)
    path = f"/api/places/{id}"
    assert scene.send("PATCH", path, {"version": 1, "name": "First"}).status_code == 200
    late = scene.send("PATCH", path, {"version": 1, "name": "Second"})
    assert late.status_code == 409
    assert "Read it again" in late.json()["detail"]
    assert scene.send("PATCH", path, {"version": 7, "name": "Third"}).status_code == 409
    assert (card(scene, id)["name"], card(scene, id)["version"]) == ("First", 2)
    assert len(scene.get(f"{path}/history").json()["versions"]) == 1


def test_of_two_edits_at_once_one_is_told_of_the_other(scene: Scene) -> None:
    id = record(scene)
    answers: list[int] = []
    headers = scene.a_session()
    start = threading.Barrier(2)

    def edit(name: str) -> None:
        start.wait()
        answers.append(scene.send("PATCH", f"/api/places/{id}", {"version": 1, "name": name}, kind=headers).status_code)

    with scene.conn.transaction():
        scene.conn.execute("SELECT FROM store.place WHERE id = %s FOR UPDATE", [id])
        editors = [threading.Thread(target=edit, args=[name]) for name in ("Left", "Right")]
        for editor in editors:
            editor.start()
        until_waiting(scene.conn, how_many=2)
    for editor in editors:
        editor.join()
    assert sorted(answers) == [200, 409]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "castle"}, {"sensitivity": 4}, {"sensitivity": True}, {"collected_for": "fun"}, {"name": ""},
        {"name": " "}, {"name": "x" * 201}, {"name": "a\x00b"}, {"name": "a\nb"}, {"postcode": "\x00"},
        {"attend_rule": "run"}, {"status": "gone"}, {"review_on": "soon"}, {"owner": "me"}, {"operation": MISSING[:-1]},
        {"geometry": {"type": "Point", "coordinates": [1]}}, {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Point", "coordinates": [2.35, 48.85]}},
        {"geometry": {"type": "Point", "coordinates": [52.48, -1.9]}},
        {"geometry": {"type": "Point", "coordinates": ["nan", "nan"]}},
        {"geometry": {"type": "Point", "coordinates": [1e308, 1e308]}},
        {"address": "x" * 501}, {"postcode": "B" * 11}, {"review_on": "0000-01-01"}, {"name": "\ud800"},
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_is_refused_with_a_sentence(scene: Scene, wrong: dict[str, Any]) -> None:
    before = scene.one("SELECT count(*) FROM store.place")
    body = a_place(**wrong)
    answer = scene.send("POST", "/api/places", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].endswith(".")
    assert scene.one("SELECT count(*) FROM store.place") == before


def test_an_operation_of_others_and_one_that_is_none_are_told_alike(scene: Scene) -> None:
    others = scene.one(
        "INSERT INTO access.operation (organisation_id, name) VALUES (%s, 'Hidden') RETURNING uid",
        scene.organisations["charity"],
    )
    answers = [scene.send("POST", "/api/places", a_place(operation=str(id))) for id in (others, uuid4())]
    assert {answer.status_code for answer in answers} == {403}
    assert answers[0].content == answers[1].content


def test_a_place_outside_the_workers_areas_is_refused(scene: Scene) -> None:
    answer = scene.send("POST", "/api/places", a_place(geometry={"type": "Point", "coordinates": [-0.1, 51.5]}))
    assert answer.status_code == 403


def test_a_visit_and_a_note_are_read_as_they_were_recorded(scene: Scene) -> None:
    path = f"/api/places/{record(scene)}"
    visit = scene.send("POST", f"{path}/visits", a_visit(indicators=["fearful", "long_hours"])).json()["id"]
    (read,) = scene.get(f"{path}/visits").json()["visits"]
    assert read == {
        "id": visit, "status": "done", "visited_on": "2026-02-20", "outcome": "spoke_with_someone",
        "people_met": 2, "children_met": None, "indicators": ["long_hours", "fearful"], "needs": [],
        "risk_check": None, "team": None,
    }  # fmt: skip
    note = scene.send("POST", f"{path}/notes", a_note(visit=visit)).json()["id"]
    (read,) = scene.get(f"{path}/notes").json()["notes"]
    assert read == {
        "id": note, "visit": visit, "category": "forced_labour", "severity": 3, "provenance": "saw myself",
        "review_on": "2026-08-20", "recorded_on": "2026-02-20", "text": NOTE_TEXT, "grade": None,
        "team": None,
    }  # fmt: skip
    entry = scene.audit()[-1]
    assert (entry["op"], entry["kind"], entry["record"]) == (
        "consultation", "note", scene.backing.vault.hashed_id("note", note),
    )  # fmt: skip


def test_only_the_police_grade_a_note(scene: Scene) -> None:
    graded = a_note(collected_for="enforcement", grade={"source": 1, "intelligence": "B", "handling": "P"})
    cedar = f"/api/places/{scene.places['cedar']}/notes"
    assert scene.send("POST", cedar, graded, kind="enf").status_code == 201
    (read,) = scene.get(cedar, "enf").json()["notes"]
    assert read["grade"] == {"source": 1, "intelligence": "B", "handling": "P"}
    birch = f"/api/places/{scene.places['birch']}/notes"
    assert scene.send("POST", birch, graded | {"collected_for": "welfare"}).status_code == 403
    assert scene.get(birch).json() == {"notes": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""}, {"text": " "}, {"text": "a\x00"}, {"text": "x" * 10_001}, {"category": "gossip"}, {"severity": 0},
        {"severity": 6}, {"provenance": "heard"}, {"recorded_on": "x"}, {"visit": "x"}, {"about": "Jo"},
        {"grade": {"source": 4, "intelligence": "A", "handling": "P"}}, {"text": "\udfff"},
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_is_refused(scene: Scene, wrong: dict[str, Any]) -> None:
    path = f"/api/places/{scene.places['birch']}/notes"
    answer = scene.send("POST", path, a_note(**wrong))
    assert answer.status_code == 422
    assert scene.get(path).json() == {"notes": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "maybe"}, {"outcome": "party"}, {"people_met": -1}, {"people_met": 501}, {"indicators": ["x"]},
        {"indicators": ["fearful"] * 21}, {"visited_on": "2026-13-01"}, {"sensitivity": -1}, {"with": "whom"},
    ],
)  # fmt: skip
def test_a_visit_that_cannot_be_is_refused(scene: Scene, wrong: dict[str, Any]) -> None:
    path = f"/api/places/{scene.places['birch']}/visits"
    answer = scene.send("POST", path, a_visit(**wrong))
    assert answer.status_code == 422
    assert scene.get(path).json() == {"visits": []}


def test_hidden_and_missing_places_are_told_alike(scene: Scene) -> None:
    edit = {"version": 1, "name": "Mine"}
    asked: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", "", None), ("GET", "/history", None), ("GET", "/visits", None), ("GET", "/notes", None),
        ("PATCH", "", edit), ("POST", "/visits", a_visit()), ("POST", "/notes", a_note()),
        ("PATCH", "", edit | {"kind": "castle"}), ("POST", "/notes", a_note(category="gossip")),
        ("POST", "/visits", a_visit(outcome="party")),
    ]  # fmt: skip
    for kind in ("part", "none", "enf", "excl", "ana", "adm", "aud", "layr"):
        headers = scene.a_session(kind)
        hidden = scene.places["cedar" if kind == "layr" else "amber"]
        for method, tail, body in asked:

            def answer(id: object, method: str = method, tail: str = tail, body: Any = body) -> httpx2.Response:
                return scene.client.request(method, f"/api/places/{id}{tail}", headers=headers, json=body)  # noqa: B023

            one, other = answer(hidden), answer(MISSING)
            assert (one.status_code, one.content) == (other.status_code, other.content), (kind, method, tail)
            assert one.headers == other.headers
            assert one.status_code in {403, 404}


def test_a_note_names_a_visit_of_its_place_or_none(scene: Scene) -> None:
    """A hidden, a mismatched and a missing visit give one answer."""
    birch = f"/api/places/{scene.places['birch']}/notes"
    answers = [scene.send("POST", birch, a_note(visit=str(visit))) for visit in (scene.visit, uuid4())]
    cedar = f"/api/places/{scene.places['cedar']}/notes"
    hidden = scene.send("POST", cedar, a_note(visit=scene.visit, collected_for="enforcement"), kind="enf")
    assert [answer.status_code for answer in (*answers, hidden)] == [422, 422, 422]
    assert len({answer.content for answer in (*answers, hidden)}) == 1


def test_no_words_of_a_note_are_in_the_database(scene: Scene, cluster: Cluster, database: str) -> None:
    words = f"unmistakable words {uuid4().hex}"
    path = f"/api/places/{scene.places['dogwood']}/notes"
    assert scene.send("POST", path, a_note(text=words)).status_code == 201
    assert words in scene.get(path).text
    address = make_conninfo(cluster.url(database=database), password=cluster.password(OPERATOR))
    dump = run_as(cluster.account, [programs() / "pg_dump", address])
    assert "Dogwood Yard" in dump
    assert words not in dump
    assert words.encode().hex() not in dump


def test_a_note_of_a_welfare_place_stays_behind_the_wall(scene: Scene) -> None:
    path = f"/api/places/{scene.places['birch']}/notes"
    made = scene.send("POST", path, a_note(collected_for="safeguarding")).json()["id"]
    label = scene.one(
        "SELECT l.collected_for FROM store.note AS n JOIN access.label AS l ON l.id = n.lock_id >> 5 WHERE n.id = %s",
        made,
    )
    assert label == "welfare"
