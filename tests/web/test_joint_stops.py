"""The place of a joint visit is a stop of the partner's shift, for those named on it, until it is cancelled."""

import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest

from tests.web.recording import a_client, faults
from tests.web.test_joint_visit_pages import choices, proposed, soon
from tests.web.test_plan_pages import BASE, people
from tests.web.world import World

BOTH = ("officer@police.test.invalid", "both@police.test.invalid")


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


@pytest.fixture(autouse=True)
def called_off(world: World) -> Iterator[None]:
    """Leave no joint visit for the next test, whatever became of this one."""
    yield
    with psycopg.connect(world.operator) as conn:
        conn.execute("UPDATE store.joint_visit SET cancelled_at = now() WHERE cancelled_at IS NULL")


@pytest.fixture
def officer(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "officer@police") as client:
        yield client


def joined(worker: httpx2.Client, officer: httpx2.Client, world: World, *, named: tuple[str, ...] = BOTH) -> str:
    """Propose Canal Works for two hours from now on, and accept it for some; the joint visit's path."""
    path = proposed(worker, world)
    there = choices(officer.get(path).text)
    assert officer.post(f"{path}/accept", data={"members": [there[who] for who in named]}).status_code == 303
    return path


def hours(first: float, last: float) -> dict[str, str]:
    """Return when a shift begins and ends, so many hours from now, as its form takes it."""
    starts, ends = soon(first), soon(last)
    return {"day": f"{starts.date()}", "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}


def a_shift(officer: httpx2.Client, **more: str) -> dict[str, str]:
    """Return a shift of both officers around the joint visit's window."""
    there = people(officer)
    return {
        **hours(1, 6), "base": BASE,
        "kilometres": "2", "minutes": "20", "most_stops": "8", "exploratory": "0", "mode-1": "car",
        **{there[who]: "1" for who in BOTH},
    } | more  # fmt: skip


def planned(officer: httpx2.Client, **more: str) -> str:
    answer = officer.post("/plans/new", data=a_shift(officer, **more))
    assert answer.status_code == 303, faults(answer.text) or answer.text
    return str(answer.headers["location"])


def test_the_place_is_a_stop_in_its_window_until_the_visit_is_cancelled(
    worker: httpx2.Client, officer: httpx2.Client, world: World
) -> None:
    earliest = f"{soon(2):%H:%M}"
    joint, place = joined(worker, officer, world), str(world.places["Canal Works"])
    plan = planned(officer)
    page = officer.get(plan).text
    assert "A visit together with Test Charity" in page
    assert f"/places/{place}" in page
    begins = re.search(r"<b>(\d\d:\d\d)</b>", page)
    assert begins
    assert earliest <= begins[1] or begins[1] < "06:00"
    api = officer.get(f"/api{plan}").json()
    assert [(call["place"], call["joint_visit"]) for call in api["routes"][0]["calls"]] == [
        (place, joint.rpartition("/")[2])
    ]
    with psycopg.connect(world.operator) as conn:
        kept = conn.execute(
            "SELECT document::text FROM access.plan WHERE id = %s", [plan.rpartition("/")[2]]
        ).fetchone()
    assert kept
    assert joint.rpartition("/")[2] in kept[0]
    assert place not in kept[0]
    assert "Canal" not in kept[0]
    assert officer.post(f"{plan}/state", data={"state": "ready"}).headers["location"] == f"{plan}?ready"
    assert worker.post(f"{joint}/cancel").status_code == 303
    after = officer.get(plan).text
    for gone in ("Canal Works", place, joint, "May no longer be shown", "Test Charity"):
        assert gone not in after, gone
    assert officer.get(f"/api{plan}").json()["routes"] == []
    assert officer.post(f"{plan}/state", data={"state": "draft"}).status_code == 303
    refused = officer.post(f"{plan}/state", data={"state": "ready"})
    assert refused.status_code == 422
    assert "you may not see this place exactly" in refused.text


def test_a_team_with_somebody_who_is_not_named_is_not_sent(
    worker: httpx2.Client, officer: httpx2.Client, world: World
) -> None:
    joined(worker, officer, world, named=BOTH[:1])
    page = officer.get(planned(officer)).text
    assert "only certain teams may go, and none of them is on this shift" in page
    assert "A visit together with" not in page


def test_outside_its_window_and_for_who_is_not_named_it_is_no_candidate(
    worker: httpx2.Client, officer: httpx2.Client, world: World
) -> None:
    joined(worker, officer, world, named=BOTH[1:])
    for more in ({}, hours(7, 9)):
        refused = officer.post("/plans/new", data=a_shift(officer, **more))
        assert "No place is in reach of this base" in refused.text
