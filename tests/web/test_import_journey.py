"""An admin imports the libraries of Birmingham in a browser: every step, the result, and undoing it."""

from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from data.reference_data import load_postcodes
from tests.web.browsing import LONGEST_WORK, LOOKS, Visit, a_context, through
from tests.web.importing import HOSTILE
from tests.web.test_accessibility import small_targets
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def libraries(world: World, testdata: Path) -> Path:
    """Give the file, in a world whose postcodes are known."""
    with psycopg.connect(world.operator) as conn:
        load_postcodes(conn, testdata / "postcodes" / "codepoint_open_2014-08" / "b.csv.gz")
    return testdata / "messy" / "libraries" / "birmingham_city_council.csv"


def offered(visit: Visit, file: Path) -> None:
    """Choose a file and send it, as far as its columns; the answer comes when the file was read."""
    visit.page.goto(f"{visit.url}/imports/new")
    visit.page.set_input_files("#file", file)
    visit.page.check("input[value=welfare]")
    through(visit.page, "text=Send and read it", within=LONGEST_WORK)
    visit.page.wait_for_url("**/columns")


def test_an_admin_imports_libraries_and_takes_them_back(any_visit: Visit, libraries: Path) -> None:
    visit, page = any_visit, any_visit.page
    visit.sign_in("admin@charity", "administration")
    page.wait_for_url("**/imports")
    through(page, "text=Import a file")
    offered(visit, libraries)
    assert page.get_by_label("Library name", exact=True).input_value() == "name"
    assert "Acocks Green Library" in page.inner_text(".columns")
    through(page, "text=Check the rows", within=LONGEST_WORK)
    page.wait_for_url("**/check")
    page.wait_for_selector("#map[data-ready]")
    good = int(page.inner_text("[data-count=good]")) + int(page.inner_text("[data-count=warning]"))
    assert 30 < good <= 44
    page.click("button.to-map >> nth=0")
    assert page.inner_text("#map-words") == "The map shows this row."
    through(page, "text=Go on to confirm")
    assert f"{good} places will be added for Test Charity, collected for welfare" in page.inner_text("main")
    through(page, "text=Add the places", within=LONGEST_WORK)
    page.wait_for_url("**?done=committed")
    assert page.inner_text("h1") == f"{good} places were added"
    through(page, "text=Undo this import")
    through(page, "main button[type=submit]", within=LONGEST_WORK)
    page.wait_for_url("**?done=undone")
    assert f"{good} of {good} places were taken back." in page.inner_text("main")


def test_hostile_cells_run_nothing_on_the_map_or_in_the_list(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "hostile.csv"
    file.write_text(HOSTILE)
    visit.page.on("dialog", lambda dialog: visit.complaints.append(dialog.message))
    visit.sign_in("admin@charity", "administration")
    offered(visit, file)
    through(visit.page, "text=Check the rows", within=LONGEST_WORK)
    visit.page.wait_for_selector("#map[data-ready]")
    visit.page.click("#map", position={"x": 190, "y": 160})
    expect(visit.page.locator(".import-rows")).to_contain_text("<img src=x onerror=alert(1)>")
    assert not visit.page.query_selector("main img")


@pytest.mark.parametrize("look", LOOKS)
def test_no_step_has_an_accessibility_fault(
    chromium: Browser, world: World, tmp_path: Path, look: tuple[tuple[int, int], bool]
) -> None:
    size, is_night = look
    context = a_context(chromium, size, is_night=is_night)
    visit = Visit(context.new_page(), world.url)
    faults: dict[str, list[str]] = {}

    def examine(where: str) -> None:
        found = Axe().run(visit.page).response["violations"]
        faults[where] = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        faults[where] += [f"small: {target}" for target in small_targets(visit.page)]
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where

    file = tmp_path / "hostile.csv"
    file.write_text(HOSTILE)
    visit.sign_in("admin@charity", "administration")
    visit.page.goto(f"{world.url}/imports/new")
    through(visit.page, "text=Send and read it")
    examine("file, with a fault")
    offered(visit, file)
    examine("columns")
    path = visit.page.url.rpartition("/")[0]
    for step in ("check", "check?show=duplicate", "check?show=rejected", "commit", "discard"):
        visit.page.goto(f"{path}/{step}")
        if "check" in step:
            visit.page.wait_for_selector("#map[data-ready]")
        examine(step)
    visit.page.goto(f"{world.url}/imports")
    examine("list")
    context.close()
    assert "\n".join(f"{where}: {fault}" for where, found in faults.items() for fault in found) == ""
