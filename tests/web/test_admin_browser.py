"""Admins in Chromium: two sign an agreement and a partner's map changes; suspended, the next click shows nothing."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.web.admins import email, two_partners
from tests.web.browsing import LOOKS, PHONE, Visit, a_context, through
from tests.web.recording import in_days
from tests.web.test_accessibility import small_targets
from tests.web.world import PASSWORD, World

pytestmark = pytest.mark.browser
Sides = tuple[str, str]


@pytest.fixture
def sides(world: World) -> Sides:
    return two_partners(world)


class Windows:
    """Browser windows that do not know of each other."""

    def __init__(self, chromium: Browser, world: World) -> None:
        self.chromium, self.world = chromium, world
        self.visits: list[Visit] = []

    def open(self, organisation: str, who: str, *, size: tuple[int, int] = PHONE, is_night: bool = False) -> Visit:
        """Open a window and sign somebody in there."""
        visit = Visit(a_context(self.chromium, size, is_night=is_night).new_page(), self.world.url)
        visit.watch()
        self.visits.append(visit)
        visit.page.goto(f"{visit.url}/sign-in")
        visit.page.fill("#email", email(organisation, who))
        visit.page.fill("#password", PASSWORD)
        visit.page.check(f"input[value={'administration' if who == 'admin' else 'visit'}]")
        visit.page.click("main button[type=submit]")
        visit.page.wait_for_url(lambda url: "/sign-in" not in url)
        return visit


@pytest.fixture
def windows(chromium: Browser, world: World) -> Iterator[Windows]:
    opened = Windows(chromium, world)
    yield opened
    for visit in opened.visits:
        visit.page.context.close()
        assert not visit.complaints
        assert not visit.strangers()
        assert not [url for url in visit.asked if "Shared" in url or "Charity" in url]


@pytest.mark.parametrize("look", LOOKS)
def test_two_admins_sign_and_a_partners_map_changes_until_one_suspends(
    windows: Windows, sides: Sides, look: tuple[tuple[int, int], bool]
) -> None:
    size, is_night = look
    theirs = windows.open(sides[1], "worker", size=size, is_night=is_night)
    theirs.settle()
    assert theirs.page.locator("button[data-box]").count() == 0
    ours = windows.open(sides[0], "admin", size=size, is_night=is_night)
    ours.page.goto(f"{ours.url}/agreements/new")
    ours.page.check("input[value=give]")
    ours.page.select_option("#partner", label=sides[1])
    ours.page.fill("#title", "Shared visits")
    for name, value in (("purposes", "visit"), ("kinds", "place"), ("max_sensitivity", "1"), ("finest_step", "500 m")):
        ours.page.check(f"input[name={name}][value='{value}']")
    ours.page.get_by_label("Birmingham", exact=True).check()
    ours.page.fill("#valid_until", in_days(200))
    through(ours.page, "button[value=effect]")
    assert "The other organisation would gain 3 places." in ours.page.inner_text(".effect")
    assert ours.page.locator(".squares rect").count() >= 1
    through(ours.page, "button[value=save]")
    through(ours.page, "button:has-text('Sign these terms')")
    assert "Waiting for the other side" in ours.page.inner_text("main")
    other = windows.open(sides[1], "admin", size=size, is_night=is_night)
    other.page.goto(f"{other.url}/agreements")
    through(other.page, "a:has-text('Shared visits')")
    assert f"{sides[0]} lets {sides[1]} see places in Birmingham" in other.page.inner_text(".terms")
    through(other.page, "button:has-text('Sign these terms')")
    assert "Live" in other.page.inner_text("main")
    theirs.page.reload()
    theirs.settle()
    assert theirs.page.locator("button[data-box]").count() >= 1
    assert "500 m square" in theirs.page.inner_text("#list")
    ours.page.reload()
    through(ours.page, "button:has-text('Suspend now')")
    assert "The agreement is suspended." in ours.page.inner_text("main")
    theirs.page.reload()
    theirs.settle()
    assert theirs.page.locator("button[data-box]").count() == 0
    assert "Nothing here that this session may see." in theirs.page.inner_text("#list")


def test_on_a_phone_each_of_ones_people_takes_a_few_lines(windows: Windows, sides: Sides) -> None:
    visit = windows.open(sides[0], "admin", size=PHONE)
    visit.page.goto(f"{visit.url}/people")
    rows = visit.page.locator("tbody tr")
    assert all((box := row.bounding_box()) and box["height"] < 140 for row in rows.all())
    assert "Admin (you) clearance 3 Every area until " in " ".join(rows.all_inner_texts()).replace("\n", " ")


@pytest.mark.parametrize("look", LOOKS)
def test_no_admins_page_has_an_accessibility_fault(
    windows: Windows, sides: Sides, look: tuple[tuple[int, int], bool]
) -> None:
    size, is_night = look
    visit = windows.open(sides[0], "admin", size=size, is_night=is_night)
    faults: dict[str, list[str]] = {}

    def examine(where: str) -> None:
        found = Axe().run(visit.page).response["violations"]
        faults[where] = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        assert not small_targets(visit.page), where

    for path in ("people", "people/new", "agreements", "agreements/new", "operations", "who-sees-what"):
        visit.page.goto(f"{visit.url}/{path}")
        examine(path)
    visit.page.goto(f"{visit.url}/people")
    through(visit.page, f"a:has-text('{email(sides[0], 'worker')}')")
    examine("member")
    through(visit.page, "button:has-text('See the effect of suspending')")
    visit.page.click("summary:has-text('squares as a list')")
    examine("effect")
    visit.page.goto(f"{visit.url}/operations")
    visit.page.fill("#name", f"Lantern {size[0]} {is_night}")
    through(visit.page, "main button[type=submit]")
    examine("operation")
    visit.page.goto(f"{visit.url}/agreements/new")
    through(visit.page, "button[value=save]")
    examine("faults")
    visit.page.set_viewport_size({"width": 320, "height": 700})
    for path in ("people", "agreements/new", "who-sees-what"):
        visit.page.goto(f"{visit.url}/{path}")
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    visit.complaints = [said for said in visit.complaints if "422" not in said]
    assert "\n".join(f"{where}: {fault}" for where, found in faults.items() for fault in found) == ""
