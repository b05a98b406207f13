"""Teams over the API: named by an admin, chosen when a visit is recorded, shown to their owner, counted in hotspots."""

from typing import Any
from uuid import UUID

import pytest

from tests import worlds
from tests.api.scene import Scene, a_note, a_visit
from tests.api.test_access_matrix import a_shift

pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def patient(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, a test sees what comes of the work."""
    monkeypatch.setattr(scene.backing.hotspots, "patience", 60.0)


def named(scene: Scene, name: str) -> int:
    answer = scene.send("POST", "/api/teams", {"name": name}, kind="adm")
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def recorded(scene: Scene, what: str, body: dict[str, Any], kind: str | dict[str, str] = "own") -> UUID:
    answer = scene.send("POST", f"/api/places/{scene.places['amber']}/{what}", body, kind=kind)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


def told(scene: Scene, what: str, kind: str = "own") -> dict[UUID, Any]:
    found = scene.get(f"/api/places/{scene.places['amber']}/{what}", kind).json()[what]
    return {UUID(one["id"]): one["team"] for one in found}


def test_a_visit_and_its_note_say_their_team_to_their_owner_alone(scene: Scene) -> None:
    night = named(scene, "Night team")
    visit = recorded(scene, "visits", a_visit(team=night))
    unsaid = recorded(scene, "visits", a_visit(team=0))
    note = recorded(scene, "notes", a_note(visit=str(visit)))
    alone = recorded(scene, "notes", a_note(team=night))
    silent = recorded(scene, "notes", a_note())
    assert {id: team for id, team in told(scene, "visits").items() if id in {visit, unsaid}} == {
        visit: "Night team", unsaid: None,
    }  # fmt: skip
    notes = told(scene, "notes")
    assert (notes[note], notes[alone], notes[silent]) == ("Night team", "Night team", None)
    others = recorded(scene, "visits", a_visit(), kind="join")
    assert told(scene, "visits", "join")[others] is None
    for kind in ("part", "none", "join", "enf", "pana"):
        for path in (f"/api/places/{scene.places['amber']}/visits", "/api/collections/visits/items", "/api/teams"):
            assert "Night team" not in scene.get(path, kind).text
    assert "Night team" not in str([entry for name in ("charity", "police") for entry in scene.audit(name)])


def test_a_team_that_is_closed_or_anothers_is_carried_by_no_new_record(scene: Scene) -> None:
    number = named(scene, "Licensing team")
    visit = recorded(scene, "visits", a_visit(team=number))
    closed = scene.send("PUT", f"/api/teams/{number}", {"is_open": False}, kind="adm")
    assert closed.status_code == 204
    for what, body in (("visits", a_visit(team=number)), ("notes", a_note(team=39))):
        answer = scene.send("POST", f"/api/places/{scene.places['amber']}/{what}", body)
        assert (answer.status_code, answer.json()["detail"]) == (422, "Choose one of your open teams, or none.")
    assert told(scene, "visits")[visit] == "Licensing team", "history keeps it"
    assert {"number": number, "name": "Licensing team", "is_open": False} in scene.get("/api/teams").json()["teams"]
    assert scene.send("PUT", f"/api/teams/{number}", {"is_open": True}, kind="adm").status_code == 204


def test_a_name_that_may_be_a_persons_is_warned_of_and_counted_in_the_audit_without_it(scene: Scene) -> None:
    answer = scene.send("POST", "/api/teams", {"name": "Sarah Miller team"}, kind="adm")
    assert answer.status_code == 201
    assert answer.json()["warnings"]
    entry = next(one for one in reversed(scene.audit()) if one.get("what") == "named a team")
    assert entry["warned_of"]
    assert "Sarah" not in str(entry)
    for name in ("x", " x ", "x" * 61, "Night\nteam"):
        assert scene.send("POST", "/api/teams", {"name": name}, kind="adm").status_code == 422


def asked(scene: Scene, **body: Any) -> dict[str, Any]:
    answer = scene.send("POST", "/api/hotspots", body, kind="ana")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def how(answer: dict[str, Any], name: str) -> str:
    return next(str(one["words"]) for one in answer["how_this_was_made"] if one["name"] == name)


def a_street(scene: Scene, *, team: int, visits: int, notes: int, at: tuple[float, float]) -> None:
    label = worlds.a_label(scene.conn, scene.organisations["charity"])
    place = worlds.a_place(scene.conn, label, at=at)
    for _ in range(visits):
        worlds.a_visit(scene.conn, label, place, at=at, team=team)
    for _ in range(notes):
        worlds.a_note(scene.conn, label, place, at=at, team=team)


def test_what_is_one_teams_habit_is_hot_for_its_visits_and_not_for_the_team(scene: Scene) -> None:
    without = how(asked(scene), "Teams")
    assert "they name no team, so the borough stands for the team" in without or "teams that the visits name" in without
    one, other = named(scene, "Canal team"), named(scene, "Market team")
    for number in range(6):
        at = (396_250.0 + number * 3_000, 276_250.0)
        a_street(scene, team=one, visits=40, notes=4, at=at)
        a_street(scene, team=other, visits=40, notes=28, at=(at[0], 292_250.0))
    found = asked(scene)
    states = {square["square"]: square["state"] for square in found["squares"]}
    assert states["SP 050 920"] == "hot", "all that this team visits is like it"
    assert "of the visits of that team gave" in how(found, "Teams").replace("what the", "of the")
    assert "teams that the visits name" in how(found, "Teams")
    assert "Canal" not in str(found)


def test_severity_and_how_it_is_known_are_chosen(scene: Scene) -> None:
    at = (418_250.0, 294_250.0)
    label = worlds.a_label(scene.conn, scene.organisations["charity"])
    place = worlds.a_place(scene.conn, label, at=at)
    for severity, provenance in ((2, 1), (3, 2), (4, 3), (5, 4)):
        note = worlds.a_note(scene.conn, label, place, at=at)
        query = "UPDATE store.risk_point SET severity = %s, provenance = %s WHERE note_id = %s"
        scene.conn.execute(query.encode(), [severity, provenance, note])

    def notes(**body: Any) -> int:
        squares = asked(scene, **body)["squares"]
        return sum(square["notes"] for square in squares if square["square"] == "SP 180 940")

    assert [notes(severity=least) for least in (1, 2, 3, 4, 5)] == [4, 4, 3, 2, 1]
    assert [notes(known=known) for known in ("first_hand", "seen", "second_hand")] == [2, 1, 2]
    found = asked(scene, severity=3, known="first_hand")
    assert notes(severity=3, known="first_hand") == 1
    assert how(found, "Notes counted").startswith("All categories, severity 3 or more, seen, or told by the person.")
    assert "Some of the notes alone are set against all visits, whatever those were made for." in found["warnings"]
    said = [entry for entry in scene.audit() if entry.get("what") == "counted visits and notes"][-1]
    assert (said["severity"], said["provenance"]) == (3, ["saw myself", "was told by the person"])
    for wrong in ({"severity": 0}, {"severity": 6}, {"known": "rumour"}):
        assert scene.send("POST", "/api/hotspots", wrong, kind="ana").status_code == 422


def test_a_plan_says_which_of_the_teams_goes(scene: Scene) -> None:
    number = named(scene, "Harbour team")
    body = a_shift(scene)
    body["teams"][0]["known_as"] = 39
    assert scene.send("POST", "/api/plans", body).json()["detail"] == "Choose one of your open teams, or none."
    body["teams"][0]["known_as"] = number
    made = scene.send("POST", "/api/plans", body)
    assert made.status_code == 201, made.text
    query = "SELECT document #> '{asked,teams,0,known_as}' FROM access.plan WHERE id = %s"
    assert scene.one(query, made.json()["id"]) == number
