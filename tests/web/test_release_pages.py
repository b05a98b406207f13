"""Releasing counts by pages: prepared, looked at, approved by a second person, read by its audience, withdrawn."""

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import worlds
from tests.releasing import visited_places
from tests.web.browsing import Visit, through
from tests.web.recording import a_client
from tests.web.test_accessibility import small_targets
from tests.web.world import World
from web.days import today
from web.release_words import quarters

QUARTER, QUARTER_WORDS = quarters(today())[0]
COUNTS = {(406_000, 286_000): 31, (411_000, 291_000): 12, (401_000, 291_000): 7, (396_000, 301_000): 55}


@pytest.fixture(scope="module", autouse=True)
def visits(world: World) -> None:
    """Have places of the charity visited in the last quarter: many in some squares, few in others."""
    day = date.fromisoformat(QUARTER) + timedelta(days=10)
    with psycopg.connect(world.operator, autocommit=True) as conn:
        row = conn.execute("SELECT id FROM access.organisation WHERE name = 'Test Charity'").fetchone()
        assert row
        label = worlds.a_label(conn, row[0])
        for at, number in (COUNTS | {(416_000, 281_000): 3}).items():
            visited_places(conn, label, number, at=at, on=day)


@pytest.fixture
def analyst(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "analyst@charity", "analysis") as client:
        yield client


@pytest.fixture
def admin(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "admin@charity", "administration") as client:
        yield client


def prepared(analyst: httpx2.Client) -> str:
    """Prepare a release for everybody; the path of its page."""
    form = {"heading": "visited", "quarter": QUARTER, "audience": "public"}
    answer = analyst.post("/releases", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def test_what_is_prepared_shows_what_would_be_published_and_what_the_audit_found(analyst: httpx2.Client) -> None:
    page = analyst.get(prepared(analyst)).text
    assert f"Places visited, {QUARTER_WORDS}" in page
    assert "Nobody who holds every table" in page
    assert "every number from 0 to 4 remains possible" in page
    assert page.count('class="release-number"') == len(re.findall(r">about \d+<", page)) in {3, 4}
    assert "You prepared it" in page
    assert "Approve" not in page


def test_a_second_person_approves_and_whoever_it_is_for_reads_it_until_it_is_withdrawn(
    world: World, analyst: httpx2.Client, admin: httpx2.Client
) -> None:
    path = prepared(analyst)
    with a_client(world, "officer@police", "visit") as officer:
        assert officer.get(path).status_code == 404
        assert "Approve: release it" in admin.get(path).text
        assert admin.post(f"{path}/approve").status_code == 303
        page = officer.get(path).text
        assert "By Test Charity, for everybody who is signed in" in page
        assert "Withdraw" not in page
        assert path in officer.get("/releases").text
        assert admin.post(f"{path}/withdraw").status_code == 303
        assert officer.get(path).status_code == 404
        assert path not in officer.get("/releases").text
    assert "Withdrawn on" in analyst.get(path).text
    waiting = prepared(analyst)
    answer = analyst.post(f"{waiting}/withdraw")
    assert answer.headers["location"] == "/releases?withdrawn"
    assert waiting not in analyst.get("/releases?withdrawn").text


def test_who_prepared_it_cannot_approve_and_reads_why(analyst: httpx2.Client) -> None:
    path = prepared(analyst)
    answer = analyst.post(f"{path}/approve")
    assert answer.status_code == 422
    assert "Another person than who prepared a release approves it." in answer.text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Choose what is counted."),
        ({"heading": "visited", "quarter": QUARTER}, "Choose for whom."),
        ({"heading": "visited", "quarter": "yesterday", "audience": "public"}, "Choose a quarter."),
        ({"heading": "visited", "quarter": "2019-01-01", "audience": "public"}, "three years ago"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_beside_the_field(
    analyst: httpx2.Client, form: dict[str, str], sentence: str
) -> None:
    answer = analyst.post("/releases", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_pages_of_releases_have_no_accessibility_fault(any_visit: Visit, analyst: httpx2.Client) -> None:
    path = prepared(analyst)
    any_visit.sign_in("admin@charity", "administration")
    faults = {}
    for name, at in (("release", path), ("releases", "/releases")):
        any_visit.page.goto(any_visit.url + at)
        found = Axe().run(any_visit.page).response["violations"]
        faults[name] = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        assert any_visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert not small_targets(any_visit.page), name
        if folder := os.environ.get("RELEASE_PICTURES"):
            look = f"{any_visit.page.viewport_size['width']}"  # type: ignore[index]
            any_visit.page.screenshot(path=str(Path(folder) / f"{name}-{look}.png"), full_page=True)
    assert faults == {"release": [], "releases": []}


def test_an_analyst_prepares_one_without_scripts(without_scripts: Visit) -> None:
    page = without_scripts.page
    without_scripts.sign_in("analyst@charity", "analysis")
    through(page, "nav.ways >> text=Releases")
    page.get_by_label("Everybody", exact=True).check()
    through(page, "main >> text=Prepare >> nth=-1")
    page.wait_for_url(re.compile(r"/releases/[0-9a-f-]{36}"))
    expect(page.locator("main")).to_contain_text("waits for a second person")
