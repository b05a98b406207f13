"""The map page in Chromium: finding, filtering, choosing, locating, coming back; nothing of it in an address."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import psycopg
import pytest
from playwright.sync_api import Browser, Geolocation, expect

from data.backdrop import open_backdrop
from tests.data.test_backdrop import an_archive
from tests.web.browsing import DESKTOP, PHONE, Visit, a_context, through
from tests.web.world import World

pytestmark = pytest.mark.browser
HERE: Geolocation = {"longitude": -1.8986, "latitude": 52.4801, "accuracy": 0}


@pytest.fixture(params=[(PHONE, False), (DESKTOP, True)], ids=["phone by day", "desktop by night"])
def visit(request: pytest.FixtureRequest, chromium: Browser, world: World) -> Iterator[Visit]:
    """Open a window that may tell where it is."""
    size, is_night = request.param
    context = a_context(chromium, size, is_night=is_night)
    context.grant_permissions(["geolocation"])
    context.set_geolocation(HERE)
    made = Visit(context.new_page(), world.url)
    made.watch()
    yield made
    context.close()
    assert not made.complaints
    assert not made.strangers()
    outside_tiles = [url for url in made.asked if "/tiles/" not in url and "/basemap/" not in url]
    assert not [url for url in outside_tiles if re.search(r"52\.4|1\.89|Amber|Canal|B1", url)]


def seek(visit: Visit, text: str) -> None:
    visit.page.fill("#text", text)
    visit.page.press("#text", "Enter")
    visit.page.locator("#found-title:focus").wait_for()


def test_a_worker_finds_a_place_by_postcode_and_opens_its_card(visit: Visit, world: World) -> None:
    with psycopg.connect(world.operator) as conn:
        conn.execute("INSERT INTO reference.postcode VALUES ('B1 1AA', 406900, 286900) ON CONFLICT DO NOTHING")
    visit.sign_in("worker@charity")
    visit.settle()
    seek(visit, "b11aa")
    visit.page.click("#found .row:has-text('Around this postcode')")
    visit.page.locator("#said", has_text="place").wait_for(state="attached")
    visit.settle()
    visit.page.click("#list a.row:has-text('Amber Yard')")
    visit.page.wait_for_selector("#card")
    assert visit.page.inner_text("#card-title") == "Amber Yard"
    assert visit.page.url == f"{world.url}/map"


def test_typing_asks_nobody(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    before = len(visit.asked)
    visit.page.type("#text", "canal works")
    visit.page.wait_for_timeout(300)
    assert len(visit.asked) == before


def test_filters_go_to_list_and_map_alike_and_are_there_again(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.click("#filter-side summary")
    visit.page.select_option("#attend_rule", "contact_owner_first")
    visit.page.click("#filters button")
    visit.page.locator("#list-words", has_text="1 place. Filters are on").wait_for()
    visit.settle()
    visit.page.reload()
    visit.settle()
    visit.page.locator("#list-words", has_text="1 place. Filters are on").wait_for()
    assert visit.page.is_visible("#filters-on")
    visit.page.click("#filter-side summary")
    visit.page.click("#filters-off")
    visit.page.locator("#list-words", has_text="places").filter(has_not_text="Filters are on").wait_for()


def test_chosen_places_are_counted_kept_and_sent_with_the_form(visit: Visit, world: World) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    assert not visit.page.is_visible("#basket")
    visit.page.locator(".item", has_text="Amber Yard").locator("[data-pick]").check()
    visit.page.click("a.row:has-text('Canal Works')")
    visit.page.wait_for_selector("#card")
    visit.page.click("#card-pick")
    assert visit.page.get_attribute("#card-pick", "aria-pressed") == "true"
    visit.to_list()
    visit.page.reload()
    visit.settle()
    assert visit.page.inner_text("#basket-count") == "Chosen: 2"
    visit.page.route("**/sheets", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>ok"))
    with visit.page.expect_request("**/sheets") as asked:
        visit.page.click("#basket button[type=submit]")
    sent = asked.value.post_data or ""
    assert all(str(world.places[name]) in sent for name in ("Amber Yard", "Canal Works"))
    assert sent.count("place=") == 2
    visit.page.goto(f"{world.url}/map")
    visit.settle()
    visit.page.click("#basket-clear")
    assert not visit.page.is_visible("#basket")


def test_where_i_am_is_asked_for_by_the_button_alone_and_never_sent(visit: Visit) -> None:
    posted: list[str] = []
    visit.page.on("request", lambda request: posted.append(f"{request.url} {request.post_data or ''}"))
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.click("#locate")
    visit.page.locator("#map-words", has_text="You are about here, within 10 m").wait_for()
    assert not [sent for sent in posted if str(HERE["latitude"]) in sent or str(HERE["longitude"]) in sent]


def test_a_place_is_added_where_the_map_is(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    through(visit.page, "#add-here button")
    visit.page.wait_for_url("**/places/new")
    assert visit.page.input_value("main [name=longitude]")
    assert visit.page.locator("main [name=name]").is_visible()


def test_a_card_leads_to_its_place_on_the_map(visit: Visit, world: World) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    everywhere = visit.page.locator("a.row").count()
    visit.page.goto(f"{world.url}/places/{world.places['Amber Yard']}")
    through(visit.page, "text=Show it on the map")
    visit.settle()
    expect(visit.page.locator("a.row", has_text="Amber Yard")).to_be_visible()
    expect(visit.page.locator("a.row")).not_to_have_count(everywhere)
    assert visit.page.url == f"{world.url}/map"


def test_the_view_opens_where_it_was_and_another_session_begins_anew(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    visit.page.click("a.row:has-text('Amber Yard')")
    visit.page.wait_for_selector("#card")
    visit.settle()
    visit.to_list()
    kept = "JSON.parse(sessionStorage.getItem('waymark') ?? '{}')"
    view = visit.page.evaluate(kept)["view"]
    visit.page.reload()
    visit.settle()
    assert visit.page.evaluate(kept)["view"] == view
    through(visit.page, "button:has-text('Sign out')")
    visit.page.wait_for_url("**/sign-in?out")
    visit.sign_in("worker@charity")
    visit.settle()
    assert "view" not in visit.page.evaluate(kept) or visit.page.evaluate(kept)["view"] != view


def test_every_control_of_the_map_is_a_thumb_wide(visit: Visit) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    seek(visit, "canal")
    sizes = visit.page.evaluate(
        "[...document.querySelectorAll('#map button, #search button, .pick, #found a, .row')].filter((one) =>"
        " one.checkVisibility()).map((one) => one.getBoundingClientRect()).map(({width, height}) => [width, height])"
    )
    assert sizes
    assert min(min(size) for size in sizes) >= 48, json.dumps(sizes)


def test_an_administrators_backdrop_is_drawn_and_credited_as_text(visit: Visit, world: World, tmp_path: Path) -> None:
    square = "POLYGON((0 0, 4096 0, 4096 4096, 0 4096, 0 0))"
    layers = [{"name": "water_polygons", "features": [{"geometry": square, "properties": {"kind": "water"}}]}]
    tile = gzip.compress(mapbox_vector_tile.encode(layers))
    an_archive(tmp_path, layers=("streets", "water_polygons"), tile=tile, more={"attribution": "&copy; <b>Us</b>"})
    world.app.state.backdrop = open_backdrop(tmp_path)
    try:
        visit.sign_in("worker@charity")
        visit.settle()
        assert visit.page.inner_text(".frame__credit") == "© Us"
        assert [url for url in visit.asked if url.endswith("/basemap/0/0/0")]
    finally:
        world.app.state.backdrop = None
