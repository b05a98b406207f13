"""Nothing leaves and nothing changes when it cannot be written into the audit first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from tests.api.scene import PASSWORD, Scene, a_note, a_place, a_visit, email_of
from tests.api.seen import shown, tile_path

pytestmark = [pytest.mark.proof, pytest.mark.fault]

FAULTS = {
    "gone": ("ALTER TABLE audit.entry RENAME TO entry_away", "ALTER TABLE audit.entry_away RENAME TO entry"),
    "refused": (
        "ALTER TABLE audit.entry ADD CONSTRAINT full_disk CHECK (false) NOT VALID",
        "ALTER TABLE audit.entry DROP CONSTRAINT full_disk",
    ),
    "raised": (
        (
            "CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the audit cannot be written'; END $$;"
            " CREATE TRIGGER cut BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION public.cut()"
        ),
        "DROP FUNCTION public.cut() CASCADE",
    ),
    "cut": (
        (
            "CREATE FUNCTION public.cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NEW; END $$;"
            " CREATE TRIGGER cut BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION public.cut()"
        ),
        "DROP FUNCTION public.cut() CASCADE",
    ),
}


@contextmanager
def fault(scene: Scene, name: str) -> Iterator[None]:
    """Break the audit for a while."""
    breaks, mends = FAULTS[name]
    scene.conn.execute(breaks.encode())
    try:
        yield
    finally:
        scene.conn.execute(mends.encode())


def reads(scene: Scene) -> list[str]:
    amber = f"/api/places/{scene.places['amber']}"
    layers = [("places", scene.places["amber"]), ("risks", scene.note), ("visits", scene.visit)]
    return [
        amber, f"{amber}/history", f"{amber}/visits", f"{amber}/notes",
        *(tile_path(layer, z) for layer, _ in layers for z in (9, 14)),
        *(f"/api/collections/{layer}/items" for layer, _ in layers),
        *(f"/api/collections/{layer}/items?bbox=-2,52.4,-1.8,52.5" for layer, _ in layers),
        *(f"/api/collections/{layer}/items/{id}" for layer, id in layers),
        *(f"/api/collections/{layer}/export?format=csv" for layer, _ in layers),
    ]  # fmt: skip


def writes(scene: Scene) -> list[tuple[str, str, dict[str, Any]]]:
    amber = f"/api/places/{scene.places['amber']}"
    version = scene.one("SELECT version FROM store.place WHERE id = %s", scene.places["amber"])
    return [
        ("POST", "/api/places", a_place()),
        ("PATCH", amber, {"version": version, "name": "Not Amber"}),
        ("POST", f"{amber}/visits", a_visit()),
        ("POST", f"{amber}/notes", a_note()),
        ("POST", "/api/session/tokens", {}),
        ("POST", "/api/session", {"email": email_of("worker"), "password": PASSWORD, "purpose": "visit"}),
    ]


def counts(scene: Scene) -> tuple[int, ...]:
    row = scene.conn.execute(
        "SELECT (SELECT count(*) FROM store.place), (SELECT count(*) FROM store.place_point),"
        " (SELECT sum(version) FROM store.place), (SELECT count(*) FROM store.place_history),"
        " (SELECT count(*) FROM store.visit), (SELECT count(*) FROM store.note),"
        " (SELECT count(*) FROM store.note_key), (SELECT count(*) FROM access.session),"
        " (SELECT count(*) FROM audit.look), (SELECT sum(ok + two_people) FROM store.place_cell)"
    ).fetchone()
    assert row is not None
    return tuple(row)


def assert_nothing_left(scene: Scene, answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.json()["status"]) == (503, 503), (answer.request.url, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert shown(scene, answer) == "nothing"
    assert "set-cookie" not in answer.headers
    assert "token" not in answer.json()


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_shown_that_is_not_in_the_audit(scene: Scene, name: str) -> None:
    for path in reads(scene):
        headers = scene.a_session()
        before = counts(scene)
        with fault(scene, name):
            assert_nothing_left(scene, scene.get(path, headers))
        assert counts(scene) == before
        assert shown(scene, scene.get(path, headers)) != "nothing" or "/history" in path


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_changed_that_is_not_in_the_audit(scene: Scene, name: str) -> None:
    headers = scene.a_session()
    before = counts(scene)
    with fault(scene, name):
        for method, path, body in writes(scene):
            assert_nothing_left(scene, scene.send(method, path, body, kind=headers))
        assert_nothing_left(scene, scene.client.delete("/api/session", headers=headers))
    assert counts(scene) == before
    assert scene.get("/api/session", headers).status_code == 200


def test_a_partner_is_shown_nothing_that_the_providers_chain_does_not_hold(scene: Scene) -> None:
    """The provider's chain alone refuses: the reader's own entry stands, and still nothing leaves."""
    provider = scene.organisations["charity"]
    scene.conn.execute(
        f"ALTER TABLE audit.entry ADD CONSTRAINT cut CHECK (organisation_id <> {provider}) NOT VALID".encode()
    )
    entries = len(scene.audit("police"))
    for path in (tile_path("places", 14), "/api/collections/places/items", "/api/collections/places/export?format=csv"):
        assert_nothing_left(scene, scene.get(path, "part"))
    assert len(scene.audit("police")) == entries
    scene.conn.execute("ALTER TABLE audit.entry DROP CONSTRAINT cut")
    assert shown(scene, scene.get(tile_path("places", 14), "part")) == "500"


def test_a_kept_tile_is_not_shown_to_who_is_not_in_the_audit(scene: Scene) -> None:
    path = tile_path("places", 14)
    assert shown(scene, scene.get(path)) == "exact"
    with fault(scene, "refused"):
        assert_nothing_left(scene, scene.get(path))


def test_what_stands_in_the_audit_holds_for_five_minutes(scene: Scene) -> None:
    path, headers = tile_path("places", 14), scene.a_session()
    assert shown(scene, scene.get(path, headers)) == "exact"
    entries = len(scene.audit())
    with fault(scene, "refused"):
        assert shown(scene, scene.get(path, headers)) == "exact"
    assert len(scene.audit()) == entries
    scene.conn.execute("UPDATE audit.look SET until = access.clock()")
    with fault(scene, "refused"):
        assert_nothing_left(scene, scene.get(path, headers))


def test_connections_that_were_cut_are_replaced(scene: Scene) -> None:
    headers = scene.a_session()
    assert scene.get("/api/session", headers).status_code == 200
    scene.conn.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'waymark_app' AND datname = current_database()"
    )
    statuses = [scene.get("/api/session", headers).status_code for _ in range(20)]
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200
