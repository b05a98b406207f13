"""The forms of a worker, day on a phone and night on a desktop: axe finds nothing, nothing overflows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web.browsing import DESKTOP, PHONE, Visit, a_context, through
from tests.web.recording import a_client, in_days
from tests.web.test_accessibility import small_targets
from tests.web.world import HOSTILE, World

pytestmark = pytest.mark.browser
NEXT = "#step .steps-on button >> nth=0"


class Examined:
    """What axe finds on each page, and what is too wide or too small."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults = page, dict[str, list[str]]()

    def examine(self, where: str) -> None:
        found = Axe().run(self.page).response["violations"]
        self.faults[where] = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        if not self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            self.faults[where].append("too wide")
        self.faults[where] += small_targets(self.page)


def flag(world: World) -> str:
    """Give a place flags and let a note on it be due; its path."""
    path = f"/places/{world.places[HOSTILE]}"
    with a_client(world) as client:
        client.post(f"{path}/review")
        page = client.get(f"{path}/edit").text
        version = page.partition('name="version" value="')[2].partition('"')[0]
        edit = {
            "version": version,
            "name": HOSTILE,
            "kind": "nail_bar",
            "status": "active",
            "attend_rule": "do_not_attend",
        }
        saved = client.post(f"{path}/edit", data=edit | {"add": ["dogs", "no_uniform"], "review_on": in_days(4)})
        assert saved.status_code == 303
    return path


@pytest.mark.parametrize(("size", "is_night"), [(PHONE, False), (DESKTOP, True), ((320, 640), False)])
def test_no_form_of_a_worker_has_an_accessibility_fault(
    chromium: Browser, world: World, size: tuple[int, int], *, is_night: bool
) -> None:
    path = flag(world)
    context = a_context(chromium, size, is_night=is_night)
    visit = Visit(context.new_page(), world.url)
    visit.sign_in("worker@charity")
    seen, page = Examined(visit.page), visit.page
    for name in ("", "/edit", "/history"):
        page.goto(f"{world.url}{path}{name}")
        seen.examine(f"card{name}")
    page.goto(f"{world.url}{path}/note")
    page.fill("#text", "Fatima refused to engage")
    page.wait_for_selector("#findings mark")
    seen.examine("note")
    through(page, "main form button[type=submit]")
    page.wait_for_selector("#faults")
    seen.examine("note with faults")
    page.goto(f"{world.url}{path}/visit")
    page.check("input[name=decision][value=continue]")
    for number in range(1, 8):
        page.wait_for_selector(f"text=Step {number} of 7")
        seen.examine(f"visit {number}")
        if number == 2:
            page.check("input[name=outcome] >> nth=0")
        if number < 7:
            page.click(NEXT)
    page.goto(f"{world.url}/places/new")
    seen.examine("where")
    page.fill("#where", "52.4815, -1.8990")
    through(page, "main form button[type=submit]")
    page.wait_for_selector("#near-title")
    seen.examine("new place")
    page.goto(f"{world.url}/reviews")
    seen.examine("reviews")
    page.goto(f"{world.url}/account")
    seen.examine("account")
    context.close()
    assert "\n".join(f"{where}: {fault}" for where, found in seen.faults.items() for fault in found) == ""
    assert not visit.strangers()
