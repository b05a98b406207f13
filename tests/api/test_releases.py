"""The life of a release over HTTP: prepared, approved by another, read by its audience, withdrawn; what is refused."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from data.releases import approved_releases, audited_approvals
from geo.disclosure.banding import possible_values
from layers.release_verifying import verify
from tests import worlds
from tests.api.scene import AMBER_AT, BIRCH_AT, BOROUGHS, CEDAR_AT, Scene
from tests.releasing import (
    AMBER_SQUARE,
    BEFORE,
    BIRCH_SQUARE,
    CEDAR_SQUARE,
    QUARTER,
    a_release,
    approved,
    forget_places,
    forget_releases,
    noted,
    prepared,
    second_analyst,
    session_of,
    visited_places,
)

pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def records(scene: Scene) -> Iterator[None]:
    """Begin each test with 23 places visited in the quarter at Amber Yard's square and 3 at Birch Yard's."""
    label = worlds.a_label(scene.conn, scene.organisations["charity"], sensitivity=1)
    for at, number in ((AMBER_AT, 23), (BIRCH_AT, 3)):
        visited_places(scene.conn, label, number, at=at)
    yield
    forget_releases(scene.conn)
    forget_places(scene.conn, but=scene.places.values())


def a_label(scene: Scene, **more: Any) -> int:
    return worlds.a_label(scene.conn, scene.organisations["charity"], **more)


def squares(scene: Scene, path: str, kind: str | dict[str, str] = "ana") -> dict[int, int | None]:
    answer = scene.get(path, kind)
    assert answer.status_code == 200, answer.text
    return {
        one["easting"] // 5000 * 10_000 + one["northing"] // 5000: one["number"] for one in answer.json()["squares"]
    }


def test_what_is_prepared_has_every_square_of_the_agreed_areas_and_no_small_count(scene: Scene) -> None:
    found = squares(scene, prepared(scene))
    cells = scene.one("SELECT count(*) FROM reference.cell_area WHERE area_id BETWEEN 1 AND 7")
    assert len(found) == cells > 30
    assert found[AMBER_SQUARE] in possible_values(23)
    assert found[BIRCH_SQUARE] is None
    assert set(found.values()) == {None, found[AMBER_SQUARE]}


def test_nobody_but_those_who_release_reads_it_before_a_second_person_approved(scene: Scene) -> None:
    path = prepared(scene)
    assert [scene.get(path, kind).status_code for kind in ("ana", "adm")] == [200, 200]
    assert [scene.get(path, kind).status_code for kind in ("own", "part", "pana", "none", "aud", "enf")] == [404] * 6
    assert scene.get("/api/releases", "pana").json() == {"releases": []}


def test_who_prepared_a_release_does_not_approve_it_under_another_membership_either(scene: Scene) -> None:
    path = prepared(scene)
    own = scene.send("POST", f"{path}/approve", {}, kind="ana")
    assert (own.status_code, "Another person" in own.text) == (422, True)
    person = scene.one("SELECT person_id FROM access.membership WHERE id = %s", scene.members["analyst"])
    scene.members["analyst as admin"] = worlds.a_membership(
        scene.conn, scene.organisations["charity"], role="admin", areas=(), person=person
    )
    again = session_of(scene, "analyst as admin", "administration")
    assert scene.send("POST", f"{path}/approve", {}, kind=again).status_code == 422
    assert scene.send("POST", f"{path}/approve", {}, kind="adm").status_code == 204


def test_once_approved_the_recipients_under_the_live_agreement_read_it_and_nobody_else(scene: Scene) -> None:
    path = approved(scene)
    assert squares(scene, path, "part") == squares(scene, path, "pana") == squares(scene, path)
    assert [scene.get(path, kind).status_code for kind in ("own", "none", "aud")] == [404] * 3
    scene.conn.execute("UPDATE access.agreement SET suspended_at = access.clock() WHERE id = %s", [scene.agreement])
    try:
        assert scene.get(path, "part").status_code == 404
        assert scene.get("/api/releases", "part").json() == {"releases": []}
    finally:
        scene.conn.execute("UPDATE access.agreement SET suspended_at = NULL WHERE id = %s", [scene.agreement])


def test_withdrawal_counts_for_the_next_request_of_every_kind(scene: Scene) -> None:
    path = approved(scene)
    layer = f"/api/collections/release-{path.rsplit('/', 1)[1]}"
    reader = scene.a_session("pana")
    ways = (path, layer, f"{layer}/items", f"{layer}/tiles/WebMercatorQuad/9/168/253", f"{layer}/export?format=csv")
    assert [scene.get(way, reader).status_code for way in ways] == [200] * 5
    assert scene.send("POST", f"{path}/withdraw", {}, kind=second_analyst(scene)).status_code == 204
    assert [scene.get(way, reader).status_code for way in ways] == [404] * 5


def test_the_public_is_everybody_who_is_signed_in(scene: Scene) -> None:
    public = approved(scene, audience="public", agreement=None)
    kinds = ("own", "part", "pana", "none", "enf", "adm", "aud", "layr", "excl")
    headers = [scene.a_session(kind) for kind in kinds]
    assert [scene.get(public, header).status_code for header in headers] == [200] * len(kinds)
    items = f"/api/collections/release-{public.rsplit('/', 1)[1]}/items"
    assert all(scene.get(items, header).json()["numberReturned"] > 30 for header in headers)


def test_the_same_records_are_published_alike_to_every_audience_whatever_is_recorded_since(scene: Scene) -> None:
    first = squares(scene, approved(scene))
    visited_places(scene.conn, a_label(scene), 9, at=AMBER_AT)
    assert squares(scene, approved(scene, audience="public", agreement=None)) == first


def test_what_never_leaves_its_owner_is_dropped_before_counting(scene: Scene) -> None:
    at = CEDAR_AT
    conn, charity = scene.conn, scene.organisations["charity"]
    secret = worlds.an_operation(conn, charity, members=[scene.members["analyst"]])
    never = (
        {"sensitivity": 3}, {"operation": secret}, {"collected_for": "welfare"},
        {"handling": worlds.a_handling(conn, owner_only=True)},
        {"handling": worlds.a_handling(conn, excluded=[scene.members["worker"]])},
        {"handling": worlds.a_handling(conn, conditions={"finest_step": 0})},
    )  # fmt: skip
    for label in never:
        visited_places(conn, a_label(scene, **label), 6, at=at)
    visited_places(conn, worlds.a_label(conn, scene.organisations["police"]), 40, at=at)
    assert squares(scene, prepared(scene))[CEDAR_SQUARE] is None
    visited_places(conn, a_label(scene, sensitivity=2), 8, at=at)
    assert squares(scene, prepared(scene))[CEDAR_SQUARE] in possible_values(8)


def test_notes_graded_false_or_under_conditions_count_for_nothing_and_a_place_counts_once(scene: Scene) -> None:
    label = a_label(scene, sensitivity=2)
    places = visited_places(scene.conn, label, 16, at=CEDAR_AT)
    for number, place in enumerate(places):
        grade = {"intelligence": "E"} if number < 4 else {"handling": "C"} if number < 8 else {}
        noted(scene.conn, label, place, at=CEDAR_AT, category=2, severity=3, **grade)
        if number >= 8:
            noted(scene.conn, label, place, at=CEDAR_AT, category=2, severity=2)
            noted(scene.conn, label, place, at=CEDAR_AT, category=1, severity=1)
    by_heading = {
        heading: squares(scene, prepared(scene, heading=heading))[CEDAR_SQUARE]
        for heading in ("concern", "forced_labour", "sexual_exploitation")
    }
    assert by_heading["concern"] in possible_values(8)
    assert by_heading["forced_labour"] in possible_values(8)
    assert by_heading["sexual_exploitation"] is None


def test_a_total_and_its_parts_are_never_published_of_one_quarter(scene: Scene) -> None:
    approved(scene, heading="concern")
    answer = scene.send("POST", "/api/releases", a_release(scene, heading="forced_labour"), kind="ana")
    assert (answer.status_code, "a total beside its parts" in answer.text) == (422, True)


def test_quarters_are_published_in_their_order_and_small_changes_are_not_published(scene: Scene) -> None:
    label = a_label(scene)
    visited_places(scene.conn, label, 21, at=AMBER_AT, on=BEFORE)
    visited_places(scene.conn, label, 9, at=BIRCH_AT, on=BEFORE)
    first = squares(scene, approved(scene, quarter=BEFORE.isoformat()))
    second = squares(scene, approved(scene))
    assert second[AMBER_SQUARE] == first[AMBER_SQUARE]
    assert first[BIRCH_SQUARE] in possible_values(9)
    assert second[BIRCH_SQUARE] is None
    late = scene.send("POST", "/api/releases", a_release(scene, quarter="2025-04-01"), kind="ana")
    assert (late.status_code, "in their order" in late.text) == (422, True)


def test_a_release_prepared_before_another_quarter_was_published_is_prepared_again(scene: Scene) -> None:
    waiting = prepared(scene)
    approved(scene, quarter=BEFORE.isoformat())
    answer = scene.send("POST", f"{waiting}/approve", {}, kind=second_analyst(scene))
    assert (answer.status_code, "prepare this release again" in answer.text) == (422, True)


def test_a_release_prepared_again_takes_the_place_of_the_one_that_waited(scene: Scene) -> None:
    first, second = prepared(scene), prepared(scene)
    listed = [one["id"] for one in scene.get("/api/releases", "ana").json()["releases"]]
    assert listed == [second.rsplit("/", 1)[1]]
    assert scene.get(first, "ana").status_code == 404
    assert scene.send("POST", f"{first}/approve", {}, kind=second_analyst(scene)).status_code == 422


def test_a_new_version_takes_the_place_of_the_one_before(scene: Scene) -> None:
    first = approved(scene)
    second = approved(scene)
    assert scene.get(first, "pana").status_code == 404
    (listed,) = scene.get("/api/releases", "pana").json()["releases"]
    assert (listed["version"], listed["layer"]) == (2, f"release-{second.rsplit('/', 1)[1]}")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"quarter": "2026-01-01"}, "21 days after its end"),
        ({"quarter": "2025-11-01"}, "by calendar quarter"),
        ({"quarter": "2021-10-01"}, "more than three years"),
        ({"agreement": str(uuid4())}, "No live agreement"),
        ({"audience": "public"}, "under an agreement, to commissioners, or to everybody"),
    ],
)
def test_what_cannot_be_released_is_refused_in_a_sentence(scene: Scene, more: dict[str, object], sentence: str) -> None:
    answer = scene.send("POST", "/api/releases", a_release(scene, **more), kind="ana")
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_an_analyst_who_does_not_reach_all_that_is_counted_prepares_nothing(scene: Scene) -> None:
    scene.members["junior"] = worlds.a_membership(
        scene.conn, scene.organisations["charity"], role="analyst", clearance=1, areas=BOROUGHS
    )
    answer = scene.send("POST", "/api/releases", a_release(scene), kind=session_of(scene, "junior", "analysis"))
    assert (answer.status_code, "clearance" in answer.text) == (422, True)


def test_each_act_and_each_reading_stands_in_the_audit_of_those_it_concerns(scene: Scene) -> None:
    path = approved(scene)
    ours, theirs = len(scene.audit()), len(scene.audit("police"))
    reader = scene.a_session("pana")
    layer = f"/api/collections/release-{path.rsplit('/', 1)[1]}"
    for way in (path, f"{layer}/items", f"{layer}/tiles/WebMercatorQuad/9/168/253"):
        assert scene.get(way, reader).status_code == 200
    (read,) = scene.audit("police")[theirs:]
    (shown,) = scene.audit()[ours:]
    assert (read["op"], read["what"]) == ("consultation", "read a release")
    assert (shown["op"], shown["precision"], shown["agreement"]) == ("disclosure", "5 km", str(scene.agreement))
    acts = [(one["op"], one["what"]) for one in scene.audit() if one.get("kind") == "release"]
    assert ("combination", "prepared a release") in acts
    assert ("disclosure", "approved a release") in acts
    scene.send("POST", f"{path}/withdraw", {}, kind="ana")
    last = (scene.audit()[-1], scene.audit("police")[-1])
    assert [(one["op"], one["what"]) for one in last] == [("alteration", "withdrew a release")] * 2


def test_what_is_kept_of_a_release_is_what_is_published_and_no_true_count(scene: Scene) -> None:
    path = approved(scene)
    found = squares(scene, path)
    document, drawn = scene.conn.execute("SELECT document::jsonb, drawn FROM access.release").fetchall()[0]
    assert dict(document["squares"]) == found
    assert set(document) == {"agreement", "audience", "heading", "kind", "metres", "quarter", "squares"}
    assert drawn == {str(square): QUARTER.isoformat() for square in found}


def test_a_releases_layer_answers_as_layers_do(scene: Scene) -> None:
    path = approved(scene)
    name = f"release-{path.rsplit('/', 1)[1]}"
    here, reader = f"/api/collections/{name}", scene.a_session("pana")
    assert name in [one["id"] for one in scene.get("/api/collections", reader).json()["collections"]]
    assert name not in [one["id"] for one in scene.get("/api/collections", "own").json()["collections"]]
    told = scene.get(here, reader).json()
    assert told["title"] == "Places visited, October to December 2025"
    assert set(scene.get(f"{here}/queryables", reader).json()["properties"]) == {"size", "places", "number"}
    numbers = scene.get(f"{here}/items", reader, filter="number >= 5").json()["features"]
    (one,) = numbers
    assert one["properties"]["number"] in possible_values(23)
    assert scene.get(f"{here}/items/{one['id']}", reader).json()["properties"] == one["properties"]
    first = scene.get(f"{here}/items", reader, limit=7).json()
    follows = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = scene.get(follows, reader).json()["features"]
    assert len({one["id"] for one in first["features"] + second}) == 14
    csv = scene.get(f"{here}/export", reader, format="csv").text
    assert csv.splitlines()[0].startswith("# OFFICIAL-SENSITIVE")
    assert "released by" in csv.splitlines()[0]
    assert "fewer than 5" in csv


def test_what_stands_in_the_database_verifies_and_an_altered_document_does_not(scene: Scene) -> None:
    approved(scene)
    approved(scene, heading="concern", audience="public", agreement=None)
    audited = audited_approvals(scene.conn)[-2:]
    assert not verify(approved_releases(scene.conn), audited).faults
    alter = "UPDATE access.release SET document = replace(document, ',null]', ',5]') WHERE number = 1"
    with pytest.raises(psycopg.errors.CheckViolation, match="never changes"):
        scene.conn.execute(alter)
    scene.conn.execute("ALTER TABLE access.release DISABLE TRIGGER never_another")
    scene.conn.execute(alter)
    scene.conn.execute("ALTER TABLE access.release ENABLE TRIGGER never_another")
    found = "\n".join(verify(approved_releases(scene.conn), audited).faults)
    assert "hash of release 1" in found
