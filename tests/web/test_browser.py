"""The pages in Chromium: three people, three maps; nothing from elsewhere; usable by keyboard and without scripts."""

import re

import pytest

from tests.web.browsing import Visit, through
from tests.web.world import HOSTILE, World

pytestmark = pytest.mark.browser


def signs(visit: Visit) -> tuple[int, int]:
    """Count what the map has drawn: signs of places, and squares."""
    drawn = visit.page.evaluate(
        "() => ({ rows: document.querySelectorAll('a[data-place]').length,"
        " squares: document.querySelectorAll('button[data-box]').length })"
    )
    return drawn["rows"], drawn["squares"]


def test_a_worker_sees_places_and_opens_a_card_from_the_list(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    assert signs(visit) == (4, 0)
    visit.page.click("a.row:has-text('Amber Yard')")
    visit.page.wait_for_selector("#card")
    visit.settle()
    assert visit.page.inner_text("#card .rule b") == "Two people, always"
    assert visit.page.evaluate("document.activeElement.id") == "card"
    visit.page.click("#to-list")
    visit.page.wait_for_selector("a.row:focus:has-text('Amber Yard')")
    assert visit.page.url.endswith("/map")


def test_touching_a_place_on_the_map_opens_its_card(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.click("a.row:has-text('Amber Yard')")
    visit.page.wait_for_selector("#card")
    visit.settle()
    visit.to_list()
    visit.settle()
    touch_the_middle(visit)
    visit.page.wait_for_selector("#card")
    assert visit.page.inner_text("#card-title") == "Amber Yard"


def test_a_partner_sees_squares_in_words_and_no_place(visit: Visit, world: World) -> None:
    visit.sign_in("officer@police")
    visit.settle()
    places, squares = signs(visit)
    assert (places, squares > 0) == (0, True)
    visit.page.locator("button.row").first.click()
    visit.settle()
    touch_the_middle(visit)
    visit.page.wait_for_selector(".square")
    assert visit.page.inner_text(".square h1") == "500 m square"
    assert not any(str(id) in visit.page.content() for id in world.places.values())


def test_an_admin_sees_outlines_and_no_records(visit: Visit) -> None:
    visit.sign_in("admin@charity", "administration")
    visit.page.goto(f"{visit.url}/map")
    visit.settle()
    assert signs(visit) == (0, 0)
    assert "No records are shown" in visit.page.inner_text("#list")
    asked = [url for url in visit.asked if "/api/collections/places" in url]
    assert not asked


def touch_the_middle(visit: Visit) -> None:
    box = visit.page.locator("#map").bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_keyboard_alone_reaches_the_list_a_card_and_the_way_back(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/map#*")
    for _ in range(3):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.classList.contains('row')"):
            break
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#card")
    visit.page.keyboard.press("Shift+Tab")
    assert visit.page.evaluate("document.activeElement.id") == "card-pick"
    visit.page.keyboard.press("Shift+Tab")
    assert visit.page.evaluate("document.activeElement.id") == "to-list"
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("a.row:focus")


def test_hostile_text_stays_text_in_list_and_card(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    row = visit.page.locator("a.row", has_text="<img src=x onerror=alert(1)>")
    assert row.locator("b").inner_text() == HOSTILE
    row.click()
    visit.page.wait_for_selector("#card")
    assert visit.page.inner_text("#card-title") == HOSTILE
    assert "<script>alert(2)</script>" in visit.page.inner_text("#card")
    assert visit.page.locator("#card-here img[src=x], #card-here script").count() == 0


def test_no_address_nor_title_names_a_place_or_a_position(visit: Visit, world: World) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.click("a.row:has-text('Amber Yard')")
    visit.page.wait_for_selector("#card")
    visit.page.goto(f"{world.url}/places/{world.places['Amber Yard']}")
    assert visit.page.title().startswith("Place ")
    outside_tiles = [url for url in visit.asked if "/tiles/" not in url]
    assert not [url for url in outside_tiles if re.search(r"52\.4|1\.89|Amber|Invented", url)]


def test_layers_can_be_switched_off_and_on(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.click("#switches summary")
    for layer in ("risks", "visits", "sites"):
        with visit.page.expect_request(f"**/collections/{layer}/tiles/**"):
            visit.page.check(f"[data-layer={layer}]")
    visit.page.uncheck("[data-layer=places]")
    visit.settle()


def test_night_follows_the_device_and_the_button_is_remembered(visit: Visit) -> None:
    colour = "getComputedStyle(document.body.parentElement).backgroundColor"
    visit.sign_in("worker@charity")
    visit.settle()
    day = visit.page.evaluate(colour)
    visit.page.emulate_media(color_scheme="dark")
    night = visit.page.evaluate(colour)
    assert day != night
    visit.page.click("#night-button")
    assert visit.page.evaluate(colour) == day
    visit.page.reload()
    visit.settle()
    assert visit.page.evaluate(colour) == day
    assert visit.page.get_attribute("#night-button", "aria-pressed") == "false"


def test_a_session_that_ended_meanwhile_leads_to_the_sign_in_page(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.context.clear_cookies()
    visit.page.click("a.row:has-text('Amber Yard')")
    visit.page.wait_for_url("**/sign-in?ended")
    assert "Your session ended" in visit.page.inner_text("main")
    visit.complaints = [said for said in visit.complaints if "401" not in said]


def test_signing_out_is_one_button(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    through(visit.page, "button:has-text('Sign out')")
    visit.page.wait_for_url("**/sign-in?out")
    visit.page.goto(f"{visit.url}/map")
    assert "/sign-in" in visit.page.url


def test_without_scripts_sign_in_list_and_card_work(without_scripts: Visit) -> None:
    page = without_scripts.page
    without_scripts.sign_in("worker@charity")
    assert "The map needs JavaScript" in page.content()
    through(page, "a.row:has-text('Canal Works')")
    assert page.inner_text("#card .rule b") == "Contact the owner first"
    through(page, "text=Back to the map and list")
    through(page, "button:has-text('Sign out')")
    assert "You are signed out." in page.inner_text("main")
