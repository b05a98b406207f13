"""Whatever writes the audit when all is well answers 503, and does nothing, when the audit cannot be written."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from tests.api.access_matrix import columns, rows
from tests.api.scene import Scene
from tests.api.test_access_matrix import BODIES, asked
from tests.api.test_audit_before_bytes import fault
from tests.night.playing import Night, a_night
from tests.releasing import approved

pytestmark = [pytest.mark.proof, pytest.mark.fault]
FAULTS = ("refused", "raised")
"""Of the faults of audits those that functions of the gate could take for a mistake of whoever asks."""
STRANGERS = {"stra", "garb", "gone", "layr"}


def entries(scene: Scene) -> int:
    return int(scene.one("SELECT count(*) FROM audit.entry"))


def ways_in(row: tuple[str, str]) -> list[str]:
    """Return two of the kinds of session to which an operation answers, one of each side where there are."""
    served = [name for name in columns() if name not in STRANGERS and not rows()[row][name].isdecimal()]
    return list(dict.fromkeys([*served[:1], *served[-1:]]))


@pytest.mark.parametrize("name", FAULTS)
def test_every_operation_that_is_audited_waits_for_its_entry(scene: Scene, name: str) -> None:
    scene.release = approved(scene).rsplit("/", 1)[1]
    features = scene.get("/api/collections/places/items", "part").json()["features"]
    squares = {"places": next(one["id"] for one in features if one["properties"].get("size") == 500)}
    wrong: list[tuple[str, ...]] = []
    audited = 0

    def answered(row: tuple[str, str], kind: str, around: AbstractContextManager[None]) -> int:
        scene.renew_joint_visits()
        method, path = asked(scene, squares, row)
        body: dict[str, Any] | None = BODIES[row](scene) if row in BODIES else None
        headers = scene.a_session(kind)
        scene.client.cookies.clear()
        with around:
            return scene.client.request(method, path, headers=headers, json=body).status_code

    for row in (row for row in rows() if "/collections" not in row[0]):
        for kind in ways_in(row):
            broken = answered(row, kind, fault(scene, name))
            before = entries(scene)
            whole = answered(row, kind, nullcontext())
            if entries(scene) > before:
                audited += 1
                wrong += [(*row, kind, str(broken))] if broken != 503 or whole >= 400 else []
    assert wrong == []
    assert audited > 40


def nothing_done(night: Night) -> tuple[object, ...]:
    return tuple(
        night.scene.one(f"SELECT jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text) FROM access.{table} AS t")
        for table in ("shift", "check_in", "alarm", "notice", "shift_briefing", "opening")
    )


@pytest.mark.parametrize("name", FAULTS)
def test_a_check_in_or_an_alarm_is_not_answered_before_it_stands_in_the_audit(scene: Scene, name: str) -> None:
    night = a_night(scene)
    night.go_to(0)
    night.acts("team sets out")

    def refuses(who: str, path: str, **body: object) -> None:
        before = nothing_done(night)
        with fault(scene, name):
            answer = night.send(who, path, **body)
        assert (answer.status_code, "audit" in answer.text) == (503, False), (path, answer.text)
        assert nothing_done(night) == before

    refuses("team", f"/api/shifts/{night.id}/briefings", stop=1)
    night.acts("team reads")
    refuses("team", f"/api/shifts/{night.id}/check-ins", kind="arrived")
    refuses("team", f"/api/shifts/{night.id}/check-ins", kind="help")
    night.acts("team help")
    alarm = night.get("manager", "/api/alarms").json()["alarms"][0]["id"]
    refuses("manager", f"/api/alarms/{alarm}/take")
    notice = night.get("manager", "/api/notices").json()["notices"][0]["id"]
    refuses("manager", f"/api/notices/{notice}/acknowledge")
    night.acts("manager takes it")
    refuses("manager", f"/api/alarms/{alarm}/close", how="spoke")
