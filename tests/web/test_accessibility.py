"""Every page, day and night, phone and desktop: axe finds nothing, nothing overflows, thumbs are wide enough for."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web.browsing import LOOKS, Visit, a_context, through
from tests.web.world import HOSTILE, World

pytestmark = pytest.mark.browser
THUMB = 48


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_an_accessibility_fault(
    chromium: Browser, world: World, look: tuple[tuple[int, int], bool]
) -> None:
    size, is_night = look
    context = a_context(chromium, size, is_night=is_night)
    visit = Visit(context.new_page(), world.url)
    faults: dict[str, list[str]] = {}

    def examine(where: str) -> None:
        found = Axe().run(visit.page).response["violations"]
        faults[where] = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        assert not small_targets(visit.page), where

    visit.page.goto(f"{world.url}/sign-in")
    examine("sign-in")
    through(visit.page, "main button[type=submit]")
    examine("sign-in with faults")
    visit.sign_in("worker@charity")
    visit.settle()
    examine("map")
    visit.page.click("#switches summary")
    examine("layers")
    visit.page.click("a.row >> nth=1")
    visit.page.wait_for_selector("#card")
    visit.settle()
    examine("card beside the map")
    for name, path in (("card", f"/places/{world.places[HOSTILE]}"), ("help", "/help"), ("error", "/nowhere")):
        visit.page.goto(world.url + path)
        examine(name)
    context.close()
    assert "\n".join(f"{where}: {fault}" for where, found in faults.items() for fault in found) == ""


def small_targets(page: Page) -> list[str]:
    """Return what can be pressed but is smaller than a thumb, links in sentences left aside (WCAG 2.5.8)."""
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll('a, button, input, select, summary')]
            .filter(one => one.checkVisibility() && !one.closest('p, .skip'))
            .map(one => one.closest('label') ?? one)
            .filter(one => { const box = one.getBoundingClientRect();
                             return box.width > 1 && (box.height < least - 0.5 || box.width < least - 0.5); })
            .map(one => one.outerHTML.slice(0, 120))""",
        THUMB,
    )
    return found
