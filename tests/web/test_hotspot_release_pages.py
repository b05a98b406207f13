"""Released hotspot maps by pages: made of published counts, read in words, on the map page, gone with their counts."""

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe

from data.releases import Wanted
from tests.releasing import published
from tests.web.browsing import Visit
from tests.web.recording import a_client
from tests.web.test_accessibility import small_targets
from tests.web.test_release_pages import QUARTER, QUARTER_WORDS
from tests.web.world import World

NORTH_WEST = 790058
SQUARES = [NORTH_WEST + 10_000 * column - row for column in range(6) for row in range(4)]
HOT, WITHOUT_VISITS, THIN = SQUARES[9], SQUARES[0], SQUARES[1]


@pytest.fixture(autouse=True)
def counts(world: World) -> Iterator[dict[str, UUID]]:
    """Have counts published to everybody, in which one square stands out."""
    with psycopg.connect(world.operator, autocommit=True) as conn:
        member = _one(conn, "SELECT m.id FROM access.membership AS m JOIN access.person AS p ON p.id = m.person_id "
                            "WHERE p.email = 'analyst@charity.test.invalid'")  # fmt: skip
        visited = dict.fromkeys(SQUARES, 120) | {WITHOUT_VISITS: None, THIN: 10}
        noted = dict.fromkeys(SQUARES, 20) | {HOT: 80, WITHOUT_VISITS: 5, THIN: None}
        for heading, squares in (("visited", visited), ("forced_labour", noted)):
            wanted = Wanted(audience="public", agreement=None, heading=heading, quarter=date.fromisoformat(QUARTER))
            published(conn, member, wanted, squares)
        yield dict(conn.execute("SELECT heading, id FROM access.release WHERE state = 'approved'").fetchall())
        conn.execute("UPDATE access.release SET state = 'withdrawn', withdrawn_by = prepared_by, "
                     "withdrawn_at = prepared_at WHERE state <> 'withdrawn'")  # fmt: skip


def _one(conn: psycopg.Connection, query: str) -> UUID:
    row = conn.execute(query.encode()).fetchone()
    assert row
    return UUID(str(row[0]))


@pytest.fixture
def analyst(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "analyst@charity", "analysis") as client:
        yield client


@pytest.fixture
def admin(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "admin@charity", "administration") as client:
        yield client


FORM = {"kind": "hotspots", "heading": "forced_labour", "quarter": QUARTER, "quarters": "1", "audience": "public"}


def prepared(analyst: httpx2.Client) -> str:
    """Prepare a map for everybody; the path of its page."""
    answer = analyst.post("/releases", data=FORM)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def approved(analyst: httpx2.Client, admin: httpx2.Client) -> str:
    """Prepare one and have the admin approve it."""
    path = prepared(analyst)
    assert admin.post(f"{path}/approve").status_code == 303
    return path


def test_who_prepares_a_map_sees_that_it_is_made_of_counts_its_readers_have(analyst: httpx2.Client) -> None:
    page = analyst.get(prepared(analyst)).text
    assert f"Where more risk of forced labour was noted than visits explain, {QUARTER_WORDS}" in page
    assert "Made again of the 2 released tables that it names, this map came out the same." in page
    assert "You prepared it" in page
    assert "Approve: release it" not in page


def test_a_reader_is_told_in_words_what_is_hot_and_what_cannot_be_said(
    world: World, analyst: httpx2.Client, admin: httpx2.Client
) -> None:
    path = approved(analyst, admin)
    with a_client(world, "officer@police", "visit") as officer:
        page = officer.get(path).text
    assert f"In 1 of {len(SQUARES)} squares more was noted than the visits there explain" in page
    assert "Of 2 squares too little was published to say." in page
    assert "It may as well mean that more people know the signs" in page
    assert page.count('class="hotspot-edge"') == 3  # Of the square, and of two classes in the legend.
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*<strong>Hot.*?</tr>", page, re.DOTALL)
    assert row
    assert [words in row[0] for words in ("about 120", "about 80")] == [True, True]
    assert page.count("no number was published") == 1  # Of that square nothing is said, not even its notes.


def test_withdrawn_counts_take_the_map_with_them(
    world: World, analyst: httpx2.Client, admin: httpx2.Client, counts: dict[str, UUID]
) -> None:
    path = approved(analyst, admin)
    with a_client(world, "officer@police", "visit") as officer:
        assert officer.get(path).status_code == 200
        assert admin.post(f"/releases/{counts['visited']}/withdraw").status_code == 303
        assert officer.get(path).status_code == 404
        assert path not in officer.get("/releases").text
    assert "Withdrawn on" in analyst.get(path).text


def test_a_map_that_waits_says_when_its_counts_are_gone(
    analyst: httpx2.Client, admin: httpx2.Client, counts: dict[str, UUID]
) -> None:
    path = prepared(analyst)
    admin.post(f"/releases/{counts['forced_labour']}/withdraw")
    page = admin.get(path).text
    assert "Counts that it was made of were withdrawn or replaced since" in page
    assert "Approve: release it" not in page


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"quarters": "3"}, "Release the counts first"),
        ({"quarters": "9"}, "Choose one to eight quarters."),
        ({"heading": "visited"}, "choose what was noted"),
        ({"kind": "rumours"}, "Choose what to prepare."),
    ],
)
def test_what_is_wrong_with_the_form_is_said_beside_the_field(
    analyst: httpx2.Client, more: dict[str, str], sentence: str
) -> None:
    answer = analyst.post("/releases", data=FORM | more)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="forced_labour" selected' in answer.text or "heading" in more


@pytest.mark.browser
def test_the_page_of_a_map_has_no_accessibility_fault(
    any_visit: Visit, analyst: httpx2.Client, admin: httpx2.Client
) -> None:
    path = approved(analyst, admin)
    any_visit.sign_in("officer@police")
    any_visit.page.goto(any_visit.url + path)
    found = Axe().run(any_visit.page).response["violations"]
    assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] == []
    assert any_visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not small_targets(any_visit.page)
    _picture(any_visit, "hotspots-released")


@pytest.mark.browser
def test_the_map_page_has_releases_in_a_group_of_their_own_off_at_first(
    any_visit: Visit, analyst: httpx2.Client, admin: httpx2.Client
) -> None:
    layer = f"release-{approved(analyst, admin).rsplit('/', 1)[1]}"
    any_visit.sign_in("officer@police")
    page = any_visit.page
    page.goto(f"{any_visit.url}/map")
    any_visit.settle()
    page.click("#switches summary")
    assert page.inner_text(".switches__group") == "Releases"
    assert page.locator("#switches [data-layer^=release-]:checked").count() == 0
    assert not [url for url in any_visit.asked if layer in url]
    with page.expect_response(lambda answer: layer in answer.url) as tile:
        page.check(f"#switches [data-layer={layer}]")
    assert tile.value.ok
    any_visit.settle()
    page.wait_for_timeout(1_000)
    assert not Axe().run(page).response["violations"]
    _picture(any_visit, "map-released")
    page.reload()
    any_visit.settle()
    assert page.locator("#switches [data-layer^=release-]:checked").count() == 1


def _picture(visit: Visit, name: str) -> None:
    if folder := os.environ.get("RELEASE_PICTURES"):
        width = visit.page.evaluate("innerWidth")
        hour = visit.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day'")
        visit.page.screenshot(path=str(Path(folder) / f"{name}-{width}-{hour}.png"), full_page=True)
