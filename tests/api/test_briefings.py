"""Briefings: counted by the analyst's own session, published only after disclosure control, opened after approval."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from data.cluster import Cluster
from geo.disclosure.banding import possible_values
from layers.briefings import checksum_of, faults_of
from tests import worlds
from tests.api.reporting import Office, an_initiative, an_office, analysing, some_notes
from tests.api.scene import Scene, a_note, a_scene
from tests.conftest import clone
from tests.releasing import AMBER_SQUARE, release_squares

pytestmark = pytest.mark.proof
QUARTER = "2025-10-01"


@pytest.fixture
def scene(cluster: Cluster, tmp_path: Path) -> Iterator[Scene]:
    with a_scene(cluster, clone(cluster), tmp_path) as made:
        yield made


@pytest.fixture
def office(scene: Scene) -> Office:
    return an_office(scene)


def prepared(scene: Scene, kind: str | dict[str, str] = "ana", quarter: str = QUARTER) -> tuple[str, dict[str, Any]]:
    answer = scene.send("POST", "/api/briefings", {"quarter": quarter}, kind=kind)
    assert answer.status_code == 201, answer.text
    id = answer.json()["id"]
    return id, scene.get(f"/api/briefings/{id}", kind).json()


def value(briefing: dict[str, Any], area: int = 1, quarter: str = QUARTER) -> int | None:
    cells = {(one["area"], one["quarter"]): one["value"] for one in briefing["document"]["counts"]}
    found: int | None = cells[area, quarter]
    return found


def approved(scene: Scene, office: Office) -> str:
    id, briefing = prepared(scene)
    session = analysing(scene, office.second)
    answer = scene.send("POST", f"/api/briefings/{id}/approve", {"checksum": briefing["checksum"]}, kind=session)
    assert answer.status_code == 204, answer.text
    return id


def a_label(scene: Scene, **more: Any) -> int:
    with scene.conn.transaction():
        return worlds.a_label(scene.conn, scene.organisations["charity"], **more)


def drop_notes(scene: Scene, places: list[UUID]) -> None:
    scene.conn.execute("DELETE FROM store.risk_point WHERE place_id = ANY (%s)", [places])


def test_a_value_is_what_disclosure_control_allows_of_the_count(scene: Scene) -> None:
    label = a_label(scene)
    some_notes(scene.conn, label, 4)
    assert value(prepared(scene)[1]) is None
    some_notes(scene.conn, label, 10)
    assert value(prepared(scene)[1]) in possible_values(14)


def test_the_same_data_give_the_same_data_again(scene: Scene) -> None:
    some_notes(scene.conn, a_label(scene), 20)
    (_, one), (_, other) = prepared(scene), prepared(scene)
    assert one["document"] | {"number": 0} == other["document"] | {"number": 0}
    assert checksum_of(one["document"]) == one["checksum"]
    assert faults_of(one["document"]) == []


def test_no_true_count_stands_in_what_is_kept(scene: Scene) -> None:
    some_notes(scene.conn, a_label(scene), 22)
    id, _ = prepared(scene)
    kept = scene.one("SELECT document FROM access.briefing WHERE id = %s", UUID(id))
    assert {type(one["value"]) for one in kept["counts"]} <= {int, type(None)}
    assert all(one["value"] is None or one["value"] % 5 == 0 for one in kept["counts"])
    assert set(kept["counts"][0]) == {"area", "quarter", "is_kept", "is_withheld", "value"}


@pytest.mark.parametrize(
    "protection", [{"sensitivity": 3}, {"collected_for": "welfare"}, {"handling": True}, {"operation": True}], ids=str
)
def test_what_never_leaves_its_owner_is_not_counted(scene: Scene, protection: dict[str, Any]) -> None:
    conn, charity = scene.conn, scene.organisations["charity"]
    with conn.transaction():
        if "handling" in protection:
            protection = {"handling": worlds.a_handling(conn, owner_only=True)}
        if "operation" in protection:
            members = [scene.members["analyst"]]
            protection = {"operation": worlds.an_operation(conn, charity, members=members)}
    some_notes(conn, a_label(scene, **protection), 30)
    assert value(prepared(scene)[1]) is None


def test_records_that_the_analyst_may_not_know_are_not_counted(scene: Scene) -> None:
    some_notes(scene.conn, a_label(scene, sensitivity=2), 30)
    assert value(prepared(scene)[1]) is not None
    scene.conn.execute(
        "INSERT INTO access.precision_rule VALUES (%s, 'own', 'analysis', 2, -1)", [scene.organisations["charity"]]
    )
    assert value(prepared(scene)[1]) is None
    assert value(prepared(scene, "pana")[1]) is None


def test_boroughs_beyond_the_analysts_areas_are_said_not_to_be_counted(scene: Scene) -> None:
    some_notes(scene.conn, a_label(scene), 30)
    scene.conn.execute(
        "DELETE FROM access.membership_area WHERE area_id = 1 AND membership_id = %s", [scene.members["analyst"]]
    )
    document = prepared(scene)[1]["document"]
    assert [one["area"] for one in document["boroughs"] if not one["is_counted"]] == [1]
    assert 1 not in {one["area"] for one in document["counts"]}


def test_a_clearance_that_would_count_too_few_prepares_nothing(scene: Scene) -> None:
    scene.conn.execute("UPDATE access.membership SET clearance = 1 WHERE id = %s", [scene.members["analyst"]])
    answer = scene.send("POST", "/api/briefings", {"quarter": QUARTER}, kind="ana")
    assert (answer.status_code, "clearance" in answer.text) == (422, True)


def test_a_note_of_grade_e_is_not_counted(scene: Scene) -> None:
    grade = {"source": 1, "intelligence": "E", "handling": "P"}
    note = a_note(recorded_on="2025-11-04", grade=grade)
    path = f"/api/places/{scene.places['cedar']}/notes"
    added = scene.send("POST", path, note | {"collected_for": "enforcement"}, kind="enf")
    assert added.status_code == 201, added.text
    with scene.conn.transaction():
        session = scene.a_session("pana")["Authorization"].removeprefix("Bearer ")
        scene.conn.execute("SELECT access.enter(%s)", [session])
        counted = scene.conn.execute("SELECT * FROM store.places_with_notes('2025-10-01', '2026-01-01')").fetchall()
    assert counted == []


def test_what_was_published_once_is_never_drawn_again(scene: Scene, office: Office) -> None:
    label = a_label(scene)
    places = some_notes(scene.conn, label, 30)
    approved(scene, office)
    first = value(scene.get(f"/api/briefings/{prepared(scene)[0]}", "ana").json())
    drop_notes(scene, places)
    again = prepared(scene)[1]
    assert value(again) == first is not None
    assert all(one["is_kept"] for one in again["document"]["counts"])


@pytest.mark.parametrize("quarter", ["2026-01-01", "2025-11-01", "2999-10-01", "1999-10-01"])
def test_a_quarter_that_is_none_or_not_over_is_refused(scene: Scene, quarter: str) -> None:
    assert scene.send("POST", "/api/briefings", {"quarter": quarter}, kind="ana").status_code == 422


def test_a_quarter_may_be_published_from_midnight_in_britain_on(scene: Scene) -> None:
    for hour, status in ((22, 422), (23, 201)):
        worlds.set_clock(scene.conn, datetime(2026, 4, 21, hour, 30, tzinfo=UTC))
        answer = scene.send("POST", "/api/briefings", {"quarter": "2026-01-01"}, kind="ana")
        assert answer.status_code == status


def test_only_published_initiatives_stand_in_it_with_quarters_before_and_other_boroughs(scene: Scene) -> None:
    for one in (an_initiative(), an_initiative(title="For ourselves", is_published=False)):
        assert scene.send("POST", "/api/initiatives", one, kind="ana").status_code == 201
    document = prepared(scene)[1]["document"]
    assert [one["title"] for one in document["initiatives"]] == ["Spot the signs"]
    (comparison,) = document["comparisons"]
    assert comparison["quarters"] == ["2025-04-01", "2025-07-01", "2025-10-01"]
    assert comparison["phases"] == ["before", "before", "during"]
    assert [row["area"] for row in comparison["own"]] == [1, 2]
    assert [row["area"] for row in comparison["others"]] == [3, 4, 5, 6, 7]
    assert [one["ref"] for one in document["figures"]] == ["F1", "F2", "F3", "F4"]


def test_whoever_prepared_it_does_not_approve_it_under_any_membership(scene: Scene, office: Office) -> None:
    id, briefing = prepared(scene)
    body = {"checksum": briefing["checksum"]}
    assert scene.send("POST", f"/api/briefings/{id}/approve", body, kind="ana").status_code == 422
    person = scene.one("SELECT person_id FROM access.membership WHERE id = %s", scene.members["analyst"])
    with pytest.raises(psycopg.errors.CheckViolation):
        scene.conn.execute(
            "UPDATE access.briefing SET approved_at = now(), approved_by = %s WHERE id = %s",
            [worlds.a_membership(scene.conn, office.organisation, person=person, role="admin"), UUID(id)],
        )


def test_only_what_was_read_is_approved_and_what_is_kept_never_changes(scene: Scene, office: Office) -> None:
    id, _ = prepared(scene)
    body = {"checksum": "0" * 64}
    answer = scene.send("POST", f"/api/briefings/{id}/approve", body, kind=analysing(scene, office.second))
    assert answer.status_code == 422
    with pytest.raises(psycopg.errors.CheckViolation):
        scene.conn.execute("UPDATE access.briefing SET document = '{}' WHERE id = %s", [UUID(id)])


def test_the_office_opens_what_is_approved_under_a_live_agreement_and_the_owners_audit_says_so(
    scene: Scene, office: Office
) -> None:
    id, _ = prepared(scene)
    session = analysing(scene, office.analyst)
    assert scene.get(f"/api/briefings/{id}", session).status_code == 404
    id = approved(scene, office)
    before = len(scene.audit())
    assert scene.get(f"/api/briefings/{id}", session).json()["document"]["quarter"] == QUARTER
    (entry,) = scene.audit()[before:]
    assert (entry["op"], entry["briefing"], entry["agreement"]) == ("disclosure", id, str(office.agreement))
    scene.conn.execute("UPDATE access.agreement SET suspended_at = access.clock() WHERE id = %s", [office.agreement])
    assert scene.get(f"/api/briefings/{id}", session).status_code == 404
    assert scene.get("/api/briefings", session).json() == {"briefings": []}


def test_what_is_withdrawn_closes_for_the_office_at_once(scene: Scene, office: Office) -> None:
    id = approved(scene, office)
    session = analysing(scene, office.analyst)
    assert scene.get(f"/api/briefings/{id}", session).status_code == 200
    assert scene.send("POST", f"/api/briefings/{id}/withdraw", {}, kind="ana").status_code == 204
    assert scene.get(f"/api/briefings/{id}", session).status_code == 404
    assert scene.send("POST", f"/api/briefings/{id}/withdraw", {}, kind="ana").status_code == 422
    assert scene.get(f"/api/briefings/{id}", "ana").json()["state"] == "withdrawn"


def test_the_office_acts_on_nothing_of_others(scene: Scene, office: Office) -> None:
    id = approved(scene, office)
    session = analysing(scene, office.analyst)
    assert scene.send("POST", f"/api/briefings/{id}/withdraw", {}, kind=session).status_code == 404
    body = {"checksum": "0" * 64}
    assert scene.send("POST", f"/api/briefings/{id}/approve", body, kind=session).status_code == 404


def test_places_are_counted_once_however_many_notes_they_have(scene: Scene) -> None:
    label = a_label(scene)
    places = some_notes(scene.conn, label, 3)
    with scene.conn.transaction():
        for place in places * 10:
            note = worlds.a_note(scene.conn, label, place)
            scene.conn.execute(
                "UPDATE store.risk_point SET recorded_on = %s WHERE note_id = %s", [date(2025, 12, 1), note]
            )
    assert value(prepared(scene)[1]) is None


def test_a_value_that_would_tell_too_much_beside_released_squares_is_withheld(scene: Scene) -> None:
    some_notes(scene.conn, a_label(scene), 2)
    release_squares(scene, {AMBER_SQUARE: 40})
    document = prepared(scene)[1]["document"]
    withheld = [(one["area"], one["quarter"]) for one in document["counts"] if one["is_withheld"]]
    assert withheld == [(1, QUARTER)]


def test_squares_that_would_tell_too_much_beside_a_briefing_are_not_released(scene: Scene, office: Office) -> None:
    approved(scene, office)
    for place in some_notes(scene.conn, a_label(scene), 30):
        scene.conn.execute("UPDATE store.note SET recorded_on = '2025-11-04' WHERE place_id = %s", [place])
    wanted = {"audience": "public", "heading": "concern", "quarter": QUARTER}
    answer = scene.send("POST", "/api/releases", wanted, kind="ana")
    assert (answer.status_code, "Beside what briefings published" in answer.text) == (422, True), answer.text
