"""An admin lets the organisation take part in deconfliction, without scripts, and decides for an operation."""

from collections.abc import Iterator
from uuid import uuid4

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.browsing import Visit, through
from tests.web.recording import a_client, faults
from tests.web.test_accessibility import small_targets
from tests.web.world import World


@pytest.fixture
def admin(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "admin@charity", "administration") as client:
        yield client


def test_taking_part_needs_a_desk_and_can_be_ended(admin: httpx2.Client, world: World) -> None:
    page = admin.get("/deconfliction").text
    assert "Does not take part" in page
    assert "needs a duty desk" in page
    assert 'value="yes"' not in page
    refused = admin.post("/deconfliction", data={"takes_part": "yes"})
    assert refused.status_code == 422
    assert faults(refused.text) == {"takes_part": "Set a duty desk first: others must be able to call it."}
    with psycopg.connect(world.operator) as conn:
        conn.execute(
            "INSERT INTO access.duty_desk SELECT id, '0121 496 0001', NULL, now() FROM access.organisation"
            " WHERE name = 'Test Charity'"
        )
    assert 'value="yes"' in admin.get("/deconfliction").text
    joined = admin.post("/deconfliction", data={"takes_part": "yes"})
    assert joined.headers["location"] == "/deconfliction?joined"
    page = admin.get("/deconfliction?joined").text
    assert "Your organisation takes part from now on." in page
    assert "Take part no longer" in page
    assert admin.post("/deconfliction", data={"takes_part": "no"}).headers["location"] == "/deconfliction?left"
    assert "Does not take part" in admin.get("/deconfliction").text


def test_an_admin_in_an_operation_decides_whom_the_own_visits_for_it_tell(admin: httpx2.Client, world: World) -> None:
    assert "Our visits for an operation" not in admin.get("/deconfliction").text
    where = admin.post("/operations", data={"name": "Lantern"}).headers["location"].partition("?")[0]
    assert 'href="/deconfliction#operations"' in admin.get(where).text
    assert '<option value="own" selected>' in admin.get("/deconfliction").text
    decided = admin.post(f"{where}/deconfliction", data={"tells": "none"})
    assert decided.headers["location"] == "/deconfliction?tells"
    page = admin.get("/deconfliction?tells").text
    assert '<option value="none" selected>' in page
    assert "Decided, for the visits of your own organisation." in page
    assert admin.post(f"{where}/deconfliction", data={"tells": "everybody"}).status_code == 422
    assert '<option value="none" selected>' in admin.get("/deconfliction").text
    with a_client(world, "admin@police", "administration") as other:
        assert "Lantern" not in other.get("/deconfliction").text
        assert other.post(f"{where}/deconfliction", data={"tells": "none"}).status_code == 404


def test_agreements_lead_there(admin: httpx2.Client) -> None:
    assert 'href="/deconfliction"' in admin.get("/agreements").text


@pytest.mark.browser
def test_the_page_and_an_operation_s_can_be_read_and_pressed(any_visit: Visit, admin: httpx2.Client) -> None:
    name = f"Harbour {uuid4().hex[:6]}"
    admin.post("/operations", data={"name": name})
    any_visit.sign_in("admin@charity", "administration")
    for path in ("/deconfliction", "/agreements"):
        any_visit.page.goto(any_visit.url + path)
        assert any_visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not small_targets(any_visit.page), path
        assert not Axe().run(any_visit.page).response["violations"], path
    any_visit.page.goto(any_visit.url + "/operations")
    through(any_visit.page, f"text={name}")
    any_visit.page.wait_for_url("**/operations/*", wait_until="load")
    assert not small_targets(any_visit.page)
    assert not Axe().run(any_visit.page).response["violations"]
