"""A better plan is looked for while its maker looks, and nobody else feels it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from tests.waiting import until
from tests.web.browsing import Visit
from tests.web.recording import a_client
from tests.web.test_plan_pages import made, wish
from tests.web.world import World


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


def over(worker: httpx2.Client, plan: str) -> dict[str, Any]:
    """Ask how far the search is until it is over; what it said last."""
    state: dict[str, Any] = {}

    def is_over() -> bool:
        state.update(worker.get(f"/api{plan}/search").json())
        return bool(state["is_over"])

    until(is_over, every=0.2)
    return state


def test_a_search_goes_on_after_its_answer_and_ends_by_itself(worker: httpx2.Client) -> None:
    plan = made(worker)
    before = worker.get(f"/api{plan}/search").json()
    assert before["is_over"]
    assert worker.post(f"/api{plan}/search").status_code == 204
    after = over(worker, plan)
    assert after["version"] >= before["version"]
    assert after["visits"] >= before["visits"]


def test_what_is_wished_meanwhile_is_kept(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    assert worker.post(f"/api{plan}/search").status_code == 204
    assert wish(worker, plan, world.places["Station Corner"], "never").status_code == 303
    assert worker.post(f"/api{plan}/search").status_code == 204
    assert worker.post(f"{plan}/state", data={"state": "ready"}).status_code == 303
    assert worker.post(f"/api{plan}/search").status_code == 204
    assert worker.delete(f"/api{plan}/search").status_code == 204
    assert worker.get(f"/api{plan}/search").json()["is_over"]


def test_nobody_else_starts_follows_or_ends_it(worker: httpx2.Client, world: World) -> None:
    plan = made(worker, goers=3)
    worker.post(f"{plan}/state", data={"state": "ready"})
    with a_client(world, "both@police", organisation="Test Charity") as colleague:
        assert colleague.get(plan).status_code == 200
        for method in ("POST", "GET", "DELETE"):
            assert colleague.request(method, f"/api{plan}/search").status_code == 404


@pytest.mark.browser
def test_the_page_tells_how_far_it_is_and_works_without_it(any_visit: Visit, worker: httpx2.Client) -> None:
    plan = made(worker)
    any_visit.sign_in("worker@charity")
    any_visit.page.goto(f"{any_visit.url}{plan}")
    assert "Look for a better plan" in any_visit.page.inner_text("main")
    expect(any_visit.page.locator("#search")).to_contain_text("better plan was found")
    assert any_visit.page.locator("#routes .call").count() == 2
