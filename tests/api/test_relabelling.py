"""A place is relabelled and moved after it was recorded; what hangs on it follows, and nobody learns more by it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests import worlds
from tests.api.scene import CEDAR_AT, Scene, a_note, a_place, a_visit
from tests.waiting import until_waiting
from tests.worlds import a_point

HERE, THERE = [-1.83, 52.57], [a_point(*CEDAR_AT)[axis] for axis in ("longitude", "latitude")]
LONDON, PARIS = [-0.1, 51.5], [2.35, 48.85]
LABELS = """
SELECT l.sensitivity, a.code, l.operation_id IS NOT NULL AS in_operation
FROM store.{table} AS t JOIN access.label AS l ON l.id = t.lock_id >> 5 JOIN reference.area AS a ON a.id = l.area_id
WHERE t.{column} = %s
"""
HANGING = {"visit": "place_id", "visit_point": "place_id", "note": "place_id", "risk_point": "place_id"}
SQUARES = """
SELECT count(*) FROM store.place_cell AS c
JOIN store.place_point AS p ON p.lock_id >> 5 = c.lock_id >> 5
WHERE p.place_id = %s AND c.cell = floor(p.easting / 5000) * 10000 + floor(p.northing / 5000)
"""


def a_recorded_place(scene: Scene, *, note_sensitivity: int = 0, **more: object) -> str:
    """Record a place of sensitivity 1 with a visit and a note, in Birmingham; its id."""
    id = scene.send("POST", "/api/places", a_place(**{"sensitivity": 1} | more)).json()["id"]
    assert scene.send("POST", f"/api/places/{id}/visits", a_visit()).status_code == 201
    note = a_note(text=f"Words {id}", sensitivity=note_sensitivity)
    assert scene.send("POST", f"/api/places/{id}/notes", note).status_code == 201
    return str(id)


def patch(scene: Scene, id: object, *, kind: str | dict[str, str] = "own", **edit: object) -> httpx2.Response:
    return scene.send("PATCH", f"/api/places/{id}", {"version": 1} | edit, kind=kind)


def to(position: list[float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": position}


def labels(scene: Scene, table: str, id: str) -> set[tuple[int, str, bool]]:
    column = HANGING.get(table, "id" if table == "place" else "place_id")
    return set(scene.conn.execute(LABELS.format(table=table, column=column).encode(), [id]).fetchall())


def all_labels(scene: Scene, id: str) -> dict[str, set[tuple[int, str, bool]]]:
    return {table: labels(scene, table, id) for table in ("place", "place_point", *HANGING)}


def texts(scene: Scene, id: str) -> list[str]:
    return [note["text"] for note in scene.get(f"/api/places/{id}/notes").json()["notes"]]


def an_operation(scene: Scene, *members: str, of: str = "charity") -> str:
    numbers = [scene.members[member] for member in members]
    id = worlds.an_operation(scene.conn, scene.organisations[of], members=numbers)
    return str(scene.one("SELECT uid FROM access.operation WHERE id = %s", id))


@contextmanager
def clearance(scene: Scene, member: str, level: int) -> Iterator[None]:
    change = b"UPDATE access.membership SET clearance = %s WHERE id = %s"
    scene.conn.execute(change, [level, scene.members[member]])
    yield
    scene.conn.execute(change, [3, scene.members[member]])


def test_a_new_sensitivity_is_felt_by_place_visits_notes_and_squares(scene: Scene) -> None:
    id = a_recorded_place(scene)
    area = labels(scene, "place", id).pop()[1]
    assert set(map(frozenset, all_labels(scene, id).values())) == {frozenset({(1, area, False)})}
    assert patch(scene, id, sensitivity=3).json() == {"id": id, "version": 2}
    assert set(map(frozenset, all_labels(scene, id).values())) == {frozenset({(3, area, False)})}
    assert scene.get(f"/api/places/{id}").json()["sensitivity"] == 3
    assert scene.one(SQUARES, id) == 4
    assert len(scene.get(f"/api/places/{id}/visits").json()["visits"]) == 1
    assert patch(scene, id, version=2, sensitivity=0).status_code == 200
    assert set(map(frozenset, all_labels(scene, id).values())) == {frozenset({(0, area, False)})}


def test_a_partner_loses_what_is_no_longer_shared(scene: Scene) -> None:
    def squares() -> list[Any]:
        found = scene.get("/api/collections/places/items", "part", limit="1000").json()["features"]
        return sorted(str(one["geometry"]) for one in found if one["properties"].get("size") == 500)

    before = squares()
    id = a_recorded_place(scene, geometry=to([-1.95, 52.42]))
    assert len(squares()) == len(before) + 1
    assert patch(scene, id, sensitivity=3).status_code == 200
    assert squares() == before


def test_a_note_is_sealed_again_and_its_old_seal_is_gone(scene: Scene) -> None:
    id = a_recorded_place(scene)
    sealed = "SELECT n.ciphertext FROM store.note AS n WHERE n.place_id = %s"
    key = "SELECT k.wrapped FROM store.note_key AS k JOIN store.note AS n ON n.id = k.note_id WHERE n.place_id = %s"
    before = scene.one(sealed, id), scene.one(key, id)
    assert patch(scene, id, sensitivity=2).status_code == 200
    after = scene.one(sealed, id), scene.one(key, id)
    assert texts(scene, id) == [f"Words {id}"]
    for old, new in zip(before, after, strict=True):
        assert old != new
    gone = "SELECT count(*) FROM store.note AS n, store.note_key AS k WHERE n.ciphertext = %s OR k.wrapped = %s"
    assert scene.one(gone, *before) == 0


def test_what_was_stricter_than_the_place_stays_and_is_never_less_than_it(scene: Scene) -> None:
    id = a_recorded_place(scene, note_sensitivity=2)
    sensitivities = [{label[0] for label in labels(scene, "note", id)}]
    for version, level in enumerate((0, 2, 3, 1), start=1):
        assert patch(scene, id, version=version, sensitivity=level).status_code == 200
        sensitivities.append({label[0] for label in labels(scene, "note", id)})
        assert labels(scene, "note", id) == labels(scene, "risk_point", id)
        assert texts(scene, id) == [f"Words {id}"]
    assert sensitivities == [{2}, {2}, {2}, {3}, {1}]


def test_a_place_goes_into_an_operation_and_out_of_it(scene: Scene) -> None:
    id, operation = a_recorded_place(scene), an_operation(scene, "worker")
    assert scene.get(f"/api/places/{id}", "excl").status_code == 200
    assert patch(scene, id, operation=operation).status_code == 200
    assert scene.get(f"/api/places/{id}", "excl").status_code == 404
    assert scene.get(f"/api/places/{id}").json()["operation"] == operation
    assert {label[2] for found in all_labels(scene, id).values() for label in found} == {True}
    assert texts(scene, id) == [f"Words {id}"]
    assert patch(scene, id, version=2, name="Other words").status_code == 200
    assert scene.get(f"/api/places/{id}").json()["operation"] == operation
    assert patch(scene, id, version=3, operation=None).status_code == 200
    assert scene.get(f"/api/places/{id}", "excl").json()["operation"] is None
    versions = scene.get(f"/api/places/{id}/history").json()["versions"]
    assert [one["was"]["operation"] for one in versions] == [operation, operation, None]
    assert [one["version"] for one in scene.get(f"/api/places/{id}/history", "excl").json()["versions"]] == [1]


def test_a_hidden_operation_and_one_that_is_none_are_told_alike_and_change_nothing(scene: Scene) -> None:
    id = a_recorded_place(scene)
    hidden = an_operation(scene, "excluded worker"), an_operation(scene, "officer", of="police")
    answers = [patch(scene, id, operation=one, name="Other") for one in (*hidden, str(uuid4()))]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert (scene.get(f"/api/places/{id}").json()["version"], labels(scene, "place", id).pop()[2]) == (1, False)


def test_nobody_relabels_a_place_out_of_their_own_sight(scene: Scene) -> None:
    id = a_recorded_place(scene)
    with clearance(scene, "worker", 2):
        assert patch(scene, id, sensitivity=3).status_code == 403
        assert patch(scene, id, sensitivity=2).status_code == 200
    assert {label[0] for label in labels(scene, "place", id)} == {2}


def test_a_note_beyond_the_editors_clearance_follows_unread_and_changes_no_byte(scene: Scene) -> None:
    plain, burdened = a_recorded_place(scene), a_recorded_place(scene, note_sensitivity=3)
    with clearance(scene, "worker", 1):
        assert texts(scene, burdened) == []
        answers = [patch(scene, id, geometry=to(THERE), sensitivity=0) for id in (plain, burdened)]
    assert answers[0].text.replace(plain, "") == answers[1].text.replace(burdened, "")
    assert dict(answers[0].headers) == dict(answers[1].headers)
    area = labels(scene, "place", burdened).pop()[1]
    assert labels(scene, "note", burdened) == labels(scene, "risk_point", burdened) == {(3, area, False)}
    assert texts(scene, burdened) == [f"Words {burdened}"]


def test_a_place_moves_with_all_that_hangs_on_it_and_takes_the_area_of_its_new_cell(scene: Scene) -> None:
    id = a_recorded_place(scene)
    before = labels(scene, "place", id).pop()[1]
    assert patch(scene, id, geometry=to(THERE)).status_code == 200
    area = labels(scene, "place", id).pop()[1]
    assert area != before
    assert set(map(frozenset, all_labels(scene, id).values())) == {frozenset({(1, area, False)})}
    pins = scene.conn.execute(
        "SELECT key, easting FROM store.place_point WHERE place_id = %(id)s UNION ALL "
        "SELECT key, easting FROM store.visit_point WHERE place_id = %(id)s UNION ALL "
        "SELECT key, easting FROM store.risk_point WHERE place_id = %(id)s",
        {"id": id},
    ).fetchall()
    assert len(pins) == 3
    assert len(set(pins)) == 1
    assert pins[0][1] == pytest.approx(CEDAR_AT[0], abs=0.01)
    card = scene.get(f"/api/places/{id}").json()
    assert card["geometry"]["coordinates"] == pytest.approx(THERE, abs=1e-6)
    (was,) = scene.get(f"/api/places/{id}/history").json()["versions"]
    assert [was["was"][axis] for axis in ("longitude", "latitude", "sensitivity")] == [*HERE, 1]
    assert texts(scene, id) == [f"Words {id}"]


def test_a_move_within_its_area_reseals_nothing(scene: Scene) -> None:
    id = a_recorded_place(scene)
    query = "SELECT ciphertext FROM store.note WHERE place_id = %s"
    before = scene.one(query, id)
    assert patch(scene, id, geometry=to([-1.8301, 52.5701])).status_code == 200
    assert scene.one(query, id) == before
    assert scene.get(f"/api/places/{id}").json()["geometry"]["coordinates"] == [-1.8301, 52.5701]


@pytest.mark.parametrize(
    ("edit", "status"),
    [
        ({"geometry": to(LONDON)}, 403), ({"geometry": to(PARIS)}, 422), ({"geometry": {"type": "Point"}}, 422),
        ({"sensitivity": 4}, 422), ({"sensitivity": True}, 422), ({"operation": "mine"}, 422),
        ({"collected_for": "enforcement"}, 422), ({"version": 2, "sensitivity": 3}, 409),
        ({"version": 7, "geometry": to(THERE)}, 409),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused_changes_nothing(scene: Scene, edit: dict[str, Any], status: int) -> None:
    id = a_recorded_place(scene)
    before = scene.get(f"/api/places/{id}").json(), all_labels(scene, id)
    answer = patch(scene, id, **{"name": "Other words"} | edit)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].endswith(".")
    assert (scene.get(f"/api/places/{id}").json(), all_labels(scene, id)) == before
    assert scene.get(f"/api/places/{id}/history").json() == {"versions": []}


@pytest.mark.parametrize("edit", [{"sensitivity": 0}, {"operation": None}, {"geometry": to(THERE)}], ids=str)
def test_only_the_owner_relabels_and_hidden_is_as_missing(scene: Scene, edit: dict[str, Any]) -> None:
    assert patch(scene, scene.places["amber"], kind="join", **edit).status_code == 403
    for kind in ("part", "none", "enf", "excl", "ana", "adm"):
        headers = scene.a_session(kind)
        one, other = (patch(scene, id, kind=headers, **edit) for id in (scene.places["amber"], uuid4()))
        assert (one.status_code, one.content) == (other.status_code, other.content)
        assert one.status_code == 404


def test_the_audit_tells_what_was_changed_and_not_to_what(scene: Scene) -> None:
    id, hashed = a_recorded_place(scene), scene.backing.vault.hashed_id
    before = len(scene.audit())
    assert patch(scene, id, sensitivity=2, geometry=to(THERE)).status_code == 200
    entries = scene.audit()[before:]
    assert [(entry["op"], entry["kind"]) for entry in entries] == [
        ("alteration", "place"), ("alteration", "place label"), ("alteration", "note label"),
    ]  # fmt: skip
    assert entries[1]["changed"] == ["sensitivity", "position"]
    assert entries[1]["record"] == hashed("place", id)
    assert entries[2]["record"] == hashed("note", scene.one("SELECT id FROM store.note WHERE place_id = %s", id))


def test_a_note_that_is_recorded_meanwhile_gets_the_new_label(scene: Scene) -> None:
    id = a_recorded_place(scene)
    headers, answers = scene.a_session(), list[int]()

    def write() -> None:
        answers.append(scene.send("POST", f"/api/places/{id}/notes", a_note(), kind=headers).status_code)

    writer = threading.Thread(target=write)
    area = "SELECT l.area_id FROM store.place AS p JOIN access.label AS l ON l.id = p.lock_id >> 5 WHERE p.id = %s"
    label = worlds.a_label(scene.conn, scene.organisations["charity"], sensitivity=3, area=scene.one(area, id))
    with scene.conn.transaction():
        for table in ("visit_point", "risk_point"):
            scene.conn.execute(f"DELETE FROM store.{table} WHERE place_id = %s".encode(), [id])
        for table, key, step in (("place_point", "place_id", 4), ("place", "id", 5)):
            lock = worlds.lock_of(label, 0, step)
            scene.conn.execute(f"UPDATE store.{table} SET lock_id = %s WHERE {key} = %s".encode(), [lock, id])
        writer.start()
        until_waiting(scene.conn)
        assert not answers
    writer.join()
    assert answers == [201]
    assert {found[0] for found in labels(scene, "risk_point", id)} == {3}
