"""Hotspots and coverage in Chromium: an analyst's journey, the same without scripts, and no accessibility fault."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests import worlds
from tests.web.browsing import DESKTOP, LONGEST_WORK, LOOKS, PHONE, Visit, a_context, through
from tests.web.test_accessibility import small_targets
from tests.web.world import World

pytestmark = pytest.mark.browser
LATELY = (datetime.now(UTC) - timedelta(days=40)).date()
HOT = "SP 200 820"


@pytest.fixture(scope="module", autouse=True)
def counts(world: World) -> None:
    """Write nine squares that were visited alike, in one of which much more was noted."""
    world.backing.hotspots.patience = 120.0
    with psycopg.connect(world.operator) as conn:
        row = conn.execute("SELECT id FROM access.organisation WHERE name = 'Test Charity'").fetchone()
        area = conn.execute("SELECT id FROM reference.area WHERE name = 'Birmingham'").fetchone()
        assert row is not None
        assert area is not None
        label = worlds.a_label(conn, row[0], area=area[0])
        for number in range(9):
            at = (396_250.0 + number * 3_000, 282_250.0)
            place = worlds.a_place(conn, label, at=at)
            for _ in range(30):
                worlds.a_visit(conn, label, place, at=at)
            for _ in range(25 if number == 8 else 1):
                worlds.a_note(conn, label, place, at=at)
        conn.execute("UPDATE store.visit_point SET visited_on = %s", [LATELY])
        conn.execute("UPDATE store.risk_point SET recorded_on = %s", [LATELY])


@pytest.fixture
def desktop(chromium: Browser, world: World) -> Iterator[Visit]:
    made = Visit(a_context(chromium, DESKTOP).new_page(), world.url)
    made.watch()
    yield made
    ended(made)


def ended(visit: Visit) -> None:
    visit.page.context.close()
    assert not visit.complaints
    assert not visit.strangers()


def test_an_analyst_finds_what_is_hot_looks_at_the_effort_and_tests_other_months(desktop: Visit) -> None:
    page = desktop.page
    desktop.sign_in("analyst@charity", "analysis")
    through(page, "nav >> text=Hotspots")
    desktop.settle()
    assert page.locator(".squares-table tbody tr").first.inner_text().startswith(HOT)
    assert "Hot" in page.locator(".squares-table tbody tr td").first.inner_text()
    page.click(f"button:has-text('{HOT}')")
    assert "25 notes" in page.inner_text("#map-words")
    page.select_option("#shown", "visits")
    assert "visits" in page.inner_text("#ramp")
    page.select_option("#shown", "ratio")
    page.fill("#window-length", "3")
    page.press("#window-length", "Tab")
    page.locator("#window-start").press("End")
    assert " to " in page.inner_text("#window-words")
    through(page, "#window-ask")
    page.locator("h2:has-text('3 months')").wait_for()
    desktop.settle()
    assert page.url.endswith("/hotspots")
    page.click("summary:has-text('How this was made')")
    assert "binomial" in page.inner_text(".how") or "Nobody made a visit" in page.inner_text(".how")


def test_two_periods_stand_beside_each_other_and_a_second_method_confirms(desktop: Visit) -> None:
    page = desktop.page
    desktop.sign_in("analyst@charity", "analysis")
    page.goto(f"{desktop.url}/hotspots")
    page.click("#asking summary")
    page.select_option("#beside", "before")
    page.check("#confirm")
    through(page, "text=Show the map", within=LONGEST_WORK)
    page.locator("h2:has-text('What changed')").wait_for()
    desktop.settle()
    page.wait_for_selector("#map-beside, #map[data-ready]")
    assert f"{HOT}\tHot now, not then" in page.inner_text("#tables")
    assert "0.001" in page.locator(".squares-table tbody tr").first.inner_text()


def test_a_report_is_drawn_from_our_own_origin_alone_and_tells_no_small_count(desktop: Visit) -> None:
    page = desktop.page
    desktop.sign_in("analyst@charity", "analysis")
    page.goto(f"{desktop.url}/hotspots")
    through(page, "text=Report to print")
    page.wait_for_url("**/hotspots/report/*")
    page.locator(".leaflet-interactive").first.wait_for()
    rows = page.locator(".squares-table tbody tr").all_inner_texts()
    assert rows[0].startswith(HOT)
    assert all("fewer than 5" in row for row in rows[1:])
    assert page.locator("script:not([src]):not([type='application/json'])").count() == 0
    page.emulate_media(media="print")
    printed = page.locator(".ramp .swatch").evaluate_all(
        "found => found.map(one => getComputedStyle(one).printColorAdjust)"
    )
    assert set(printed) == {"exact"}
    fonts = page.locator("h1, h2, td, p, li").evaluate_all(
        "found => found.map(one => getComputedStyle(one).fontFamily)"
    )
    assert len(set(fonts)) == 1


def test_where_nothing_is_to_be_counted_no_empty_map_is_shown(desktop: Visit) -> None:
    page = desktop.page
    desktop.sign_in("analyst@charity", "analysis")
    page.goto(f"{desktop.url}/hotspots")
    page.click("#asking summary")
    page.select_option("#first", index=11)
    page.select_option("#last", index=11)
    page.click("text=Show the map")
    page.locator("text=There is nothing to count.").wait_for()
    assert page.locator(".frame, #drawn, [name=format]").count() == 0
    page.goto(f"{desktop.url}/coverage")
    page.click("#asking summary")
    page.select_option("#area", label="Walsall")
    page.click("text=Show it")
    page.locator("text=There is nothing to count.").wait_for()
    assert page.locator(".frame, #drawn").count() == 0
    ended(desktop)


def test_on_a_phone_the_map_comes_before_what_can_be_taken_away(visit: Visit) -> None:
    visit.sign_in("analyst@charity", "analysis")
    visit.page.goto(f"{visit.url}/hotspots")
    visit.settle()
    tops = [visit.page.locator(what).bounding_box() for what in ("#map", "text=Report to print", "text=GeoPackage")]
    assert [top["y"] for top in tops if top] == sorted(top["y"] for top in tops if top)
    assert not visit.page.is_visible("text=Show the map")


def test_files_hold_what_the_table_shows_with_small_counts_hidden(desktop: Visit) -> None:
    page = desktop.page
    desktop.sign_in("analyst@charity", "analysis")
    page.goto(f"{desktop.url}/hotspots")
    with page.expect_download() as csv:
        page.click("text=Table as CSV")
    lines = csv.value.path().read_text().splitlines()
    assert lines[0].startswith('"# OFFICIAL-SENSITIVE') or lines[0].startswith("# OFFICIAL-SENSITIVE")
    assert HOT in lines[2]
    assert "fewer than 5" in lines[-1]
    with page.expect_download() as package:
        page.click("text=GeoPackage")
    assert package.value.path().read_bytes().startswith(b"SQLite format 3")


def test_coverage_ranks_gaps_and_its_rows_lead_to_the_map(desktop: Visit) -> None:
    page = desktop.page
    desktop.sign_in("analyst@charity", "analysis")
    through(page, "nav >> text=Coverage")
    desktop.settle()
    page.locator("[data-square='0']").click()
    assert "latest visit" in page.inner_text("#map-words")
    page.click("#asking summary")
    page.check("input[name=metres][value='5000']")
    through(page, "text=Show it")
    desktop.settle()
    assert "SP 20 80" in page.inner_text("#tables")


def test_without_scripts_the_form_the_table_and_the_report_work(without_scripts: Visit) -> None:
    page = without_scripts.page
    without_scripts.sign_in("analyst@charity", "analysis")
    page.goto(f"{without_scripts.url}/hotspots")
    page.click("#asking summary")
    page.check("input[name=metres][value='1000']")
    through(page, "text=Show the map")
    assert page.locator(".squares-table tbody tr").first.inner_text().startswith("SP 20 82")
    assert "The map needs JavaScript" in page.inner_text(".frame")
    through(page, "text=Report to print")
    assert "How this was made" in page.inner_text("main")


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_of_an_analyst_has_an_accessibility_fault(
    chromium: Browser, world: World, look: tuple[tuple[int, int], bool]
) -> None:
    size, is_night = look
    context = a_context(chromium, size, is_night=is_night)
    visit = Visit(context.new_page(), world.url)
    visit.watch()
    visit.sign_in("analyst@charity", "analysis")
    faults = []
    for path in ("/hotspots", "/coverage"):
        visit.page.goto(world.url + path)
        visit.settle()
        for summary in visit.page.locator("main summary").all():
            summary.click()
        found = Axe().run(visit.page).response["violations"]
        faults += [f"{path}: {fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not small_targets(visit.page), path
    visit.page.goto(f"{world.url}/hotspots")
    through(visit.page, "text=Report to print")
    visit.page.wait_for_url("**/hotspots/report/*")
    found = Axe().run(visit.page).response["violations"]
    faults += [f"report: {fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
    assert faults == []
    assert size in {PHONE, DESKTOP}
    ended(visit)
