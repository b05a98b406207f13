"""Hotspot maps and coverage over the API: what the owner's analyst is told, what is kept, made meanwhile, stopped."""

import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from layers.hotspot_desk import Work
from layers.hotspot_maps import HotspotMap
from layers.hotspot_questions import Question
from tests import worlds
from tests.api.scene import Scene
from tests.waiting import PATIENCE

pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def patient(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, a test sees what comes of the work."""
    monkeypatch.setattr(scene.backing.hotspots, "patience", PATIENCE)


def asked(scene: Scene, kind: str | dict[str, str] = "ana", **body: Any) -> dict[str, Any]:
    answer = scene.send("POST", "/api/hotspots", body, kind=kind)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def a_busy_square(scene: Scene, *, visits: int, notes: int, at: tuple[float, float]) -> UUID:
    label = worlds.a_label(scene.conn, scene.organisations["charity"])
    place = worlds.a_place(scene.conn, label, at=at)
    for _ in range(visits):
        worlds.a_visit(scene.conn, label, place, at=at)
    for _ in range(notes):
        worlds.a_note(scene.conn, label, place, at=at)
    return place


def test_the_owners_analyst_reads_squares_and_how_they_were_made(scene: Scene) -> None:
    told = asked(scene)
    assert told["months"][-1] == "2026-03"
    assert len(told["months"]) == 12
    square = next(one for one in told["squares"] if one["square"] == "SP 060 860")
    assert (square["size"], square["notes"]) == (500, 1)
    assert square["state"] == "too_few_visits"
    names = [one["name"] for one in told["how_this_was_made"]]
    assert names == [
        "Notes counted", "Months", "Where", "Whose records", "Method", "Squares", "Looked at together",
        "Expected notes", "Teams", "Hot", "Too few visits to say", "Other ways of drawing the squares", "Second method",
    ]  # fmt: skip
    assert "The last month is not over." in told["warnings"]
    assert asked(scene, metres=1000)["squares"][0]["size"] == 1000


def test_a_square_with_more_notes_than_its_visits_explain_is_hot(scene: Scene) -> None:
    for number in range(8):
        a_busy_square(scene, visits=40, notes=1, at=(396_250.0 + number * 3_000, 282_250.0))
    a_busy_square(scene, visits=40, notes=30, at=(420_250.0, 282_250.0))
    told = asked(scene, metres=500)
    first = told["squares"][0]
    assert first["square"] == "SP 200 820"
    assert first["state"] in {"hot", "hot_for_team"}
    assert first["ratio"] > 2
    assert (first["of_ways"], first["steady"] in {"most", "some", "few"}) == (13, True)
    assert 0 <= first["hot_in"] <= 13
    assert asked(scene, metres=500, confirm=True)["squares"][0]["chance"] == 0.001
    assert asked(scene, metres=500, method="activity")["warnings"][0].startswith("This is a map of activity.")
    assert {one["pattern"] for one in asked(scene, method="emerging")["squares"]} >= {""}
    few = asked(scene, metres=500, hide_small=True)["squares"]
    assert {one["notes"] for one in few} == {30, "fewer than 5"}
    assert all(one["state"] in {"hidden", "too_few_visits"} for one in few if one["class"] is None)
    around = ("notes_around", "expected_around", "ratio", "rate", "chance", "hot_in", "of_ways")
    assert {one[name] for one in few for name in around} == {None}, "windows overlap: their sums would tell the squares"


def test_what_is_asked_twice_is_made_once_and_never_served_under_other_keys(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = scene.backing.hotspots
    kept: list[bool] = []
    find = desk.kept

    def noted(asked: tuple[str, Question]) -> HotspotMap | None:
        found = find(asked)
        kept.append(found is not None)
        return found

    monkeypatch.setattr(desk, "kept", noted)
    headers = scene.a_session("ana")
    scene.get("/api/session", headers)
    first = asked(scene, headers, metres=5000)
    assert asked(scene, headers, metres=5000) == first
    assert kept[-2:] == [False, True]
    a_busy_square(scene, visits=1, notes=1, at=(406_250.0, 286_250.0))
    assert asked(scene, headers, metres=5000) != first
    assert kept[-1] is False
    label = worlds.a_label(scene.conn, scene.organisations["police"])
    asked(scene, headers, metres=5000)
    worlds.a_note(scene.conn, label, worlds.a_place(scene.conn, label))
    asked(scene, headers, metres=5000)
    assert kept[-1] is True, "a change that the session cannot see is not felt"


def test_every_map_stands_in_the_audit_before_it_is_told(scene: Scene) -> None:
    headers = scene.a_session("ana")
    for _ in range(2):
        asked(scene, headers, category="forced_labour")
    scene.get("/api/coverage", headers)
    said = [entry for entry in scene.audit() if entry["op"] == "combination"][-3:]
    assert [entry["what"] for entry in said] == [
        "counted visits and notes", "read a kept hotspot map", "counted coverage",
    ]  # fmt: skip
    assert said[0]["category"] == "forced_labour"


def test_long_work_is_followed_stopped_and_its_owners_alone(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    watch = Work.watch

    def slow(work: Work, share: float) -> None:
        watch(work, share)
        begun.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(Work, "watch", slow)
    monkeypatch.setattr(scene.backing.hotspots, "patience", 0.0)
    headers = scene.a_session("ana")
    body = {"confirm": True, "metres": 1000}
    answer = scene.send("POST", "/api/hotspots", body, kind=headers)
    assert answer.status_code == 202
    where = answer.headers["location"]
    assert begun.wait(PATIENCE)
    assert scene.get(where, headers).json()["state"] == "running"
    assert scene.send("POST", "/api/hotspots", body, kind=headers).headers["location"] == where
    assert scene.get(where, "pana").status_code == 404
    assert scene.client.delete(where, headers=headers).status_code == 204
    go_on.set()
    while scene.get(where, headers).json()["state"] == "running":
        pass
    assert scene.get(where, headers).json()["state"] == "stopped"
    monkeypatch.setattr(scene.backing.hotspots, "patience", PATIENCE)
    assert asked(scene, headers, **body)["squares"]


@pytest.mark.parametrize(
    "body",
    [
        {"metres": 100}, {"first": "2026-02", "last": "2026-01"}, {"last": "2027-01"}, {"area": "Elsewhere"},
        {"method": "sight"}, {"first": "2010-01"}, {"method": "emerging", "first": "2026-01"}, {"category": "weather"},
        {"first": "2026-13"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_said_is_refused_in_a_sentence(scene: Scene, body: dict[str, Any]) -> None:
    answer = scene.send("POST", "/api/hotspots", body, kind="ana")
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) > 20


def test_coverage_counts_whole_months_and_ranks_gaps(scene: Scene) -> None:
    told = scene.get("/api/coverage", "ana").json()
    assert told["today"] == date(2026, 3, 1).isoformat()
    squares = {one["square"]: one for one in told["squares"]}
    amber = squares["SP 060 860"]
    assert (amber["last_month"], amber["notes"] >= 1) == ("2026-02", True)
    assert amber["days_since"] == 1, "of a visit in February, no more is told than that"
    worlds.a_place(scene.conn, worlds.a_label(scene.conn, scene.organisations["charity"]), at=(430_250.0, 280_250.0))
    later = {one["square"]: one for one in scene.get("/api/coverage", "ana").json()["squares"]}
    assert later["SP 300 800"]["state"] == "never"
    for asked in ({"metres": 100}, {"weeks": 0}, {"area": "Nowhere"}):
        assert scene.get("/api/coverage", "ana", **asked).status_code == 422
