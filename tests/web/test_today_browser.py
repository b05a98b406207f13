"""A shift on a phone, from setting out to closing it; and its contacts, who are told on their own page."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Visit, through
from tests.web.recording import a_client
from tests.web.shift_phones import another, faultless, operated, overdue, set_out
from tests.web.world import World


def stop_by_stop(page: Page, *, looks: bool = True) -> None:
    """Go through every stop of the shift that is out: briefing, arrival, all well, leaving; and home."""
    while page.locator("text=On the way home").count() == 0:
        expect(page.locator(".panel--mine h2 a")).to_have_count(0)
        through(page, "text=I have read this")
        expect(page.locator(".panel--mine h2 a")).to_have_count(1)
        if looks:
            faultless(page)
        through(page, "text=I am here")
        if looks:
            faultless(page)
        through(page, "text=All is well")
        through(page, "text=We have left")
        expect(page.locator("h2:text-is('Before you go there'), h2:text-is('On the way home')")).to_be_visible()


def test_a_shift_from_setting_out_to_closing_it(visit: Visit, ready: World) -> None:
    page = visit.page
    visit.sign_in("worker@charity")
    page.goto(f"{ready.url}/today")
    faultless(page)
    set_out(page, ready.url)
    expect(page.locator("text=You have set out.")).to_be_visible()
    expect(page.locator(".due b")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    faultless(page)
    stop_by_stop(page)
    through(page, "text=We are all home safe")
    expect(page.locator("h2", has_text="Close the shift")).to_be_visible()
    faultless(page)
    page.check("text=Somebody is to go again >> nth=0")
    through(page, "button:has-text('Close the shift')")
    expect(page.locator("text=The shift is closed.")).to_be_visible()
    page.goto(f"{ready.url}/plans")
    page.click(".cards a")
    expect(page.locator("text=Its shift is closed.")).to_be_visible()
    expect(page.locator("text=Set out")).to_have_count(0)
    faultless(page)


def test_whoever_is_to_go_or_is_told_of_who_went_begins_with_today(
    ready: World, visit: Visit, chromium: Browser
) -> None:
    visit.sign_in("worker@charity")
    assert visit.page.url == f"{ready.url}/today"
    with another(chromium, ready, "buddy") as theirs:
        assert theirs.url == f"{ready.url}/map"
    set_out(visit.page, ready.url)
    with another(chromium, ready, "buddy") as theirs:
        assert theirs.url == f"{ready.url}/today"
        theirs.goto(f"{ready.url}/")
        assert theirs.url == f"{ready.url}/today"


def test_it_works_without_scripts(ready: World, chromium: Browser) -> None:
    with another(chromium, ready, "worker", scripts=False) as page:
        set_out(page, ready.url)
        stop_by_stop(page, looks=False)
        through(page, "text=We are all home safe")
        through(page, "button:has-text('Close the shift')")
        expect(page.locator("text=The shift is closed.")).to_be_visible()


def test_a_page_that_is_open_says_that_something_waits(ready: World, visit: Visit, chromium: Browser) -> None:
    page = visit.page
    visit.sign_in("worker@charity")
    set_out(page, ready.url)
    with another(chromium, ready, "buddy") as theirs:
        theirs.clock.install()
        theirs.goto(f"{ready.url}/today")
        expect(theirs.locator("text=You are their buddy")).to_be_visible()
        overdue(ready, 6)
        theirs.clock.run_for(16_000)
        expect(theirs.locator("#new-notice")).to_be_visible()
        through(theirs, "text=Read it now")
        expect(theirs.locator("h2", has_text="A team has not checked in")).to_be_visible()
        expect(theirs.locator("text=Where they are")).to_have_count(0)
        faultless(theirs)
        through(theirs, "text=I take this")
        through(theirs, "text=I spoke to the team: they go on")
        expect(theirs.locator("text=It is closed.")).to_be_visible()


def test_the_duty_manager_opens_the_stop_once_the_timer_has_lapsed(
    ready: World, visit: Visit, chromium: Browser
) -> None:
    visit.sign_in("worker@charity")
    set_out(visit.page, ready.url)
    with another(chromium, ready, "manager") as theirs:
        theirs.goto(f"{ready.url}/today")
        expect(theirs.locator("text=Where they are")).to_have_count(0)
        overdue(ready, 16)
        theirs.reload()
        faultless(theirs)
        expect(theirs.locator("a[href='tel:999']", has_text="Call 999")).to_be_visible()
        through(theirs, "text=Where they are")
        expect(theirs.locator("h1")).to_be_visible()
        theirs.wait_for_url("**/places/*")
        theirs.click("text=Back to Today")
        expect(theirs.locator("h2", has_text="You are their duty manager")).to_be_visible()


def test_the_page_says_what_to_do_when_it_cannot_be_reached(ready: World, chromium: Browser) -> None:
    with another(chromium, ready, "worker") as page:
        set_out(page, ready.url)
        page.context.set_offline(True)
        expect(page.locator("#unreachable")).to_be_visible()
        expect(page.locator("#unreachable")).to_contain_text("Call your buddy")
        page.click("text=I have read this")
        expect(page.locator("#not-sent")).to_contain_text("Nothing was sent")
        page.click("nav >> text=Map")
        expect(page.locator("h1")).to_have_text("Today")
        page.context.set_offline(False)
        through(page, "text=I have read this")
        expect(page.locator("text=I am here")).to_be_visible()


def test_a_signed_out_page_shows_nothing_but_by_when_to_check_in(ready: World, chromium: Browser) -> None:
    with another(chromium, ready, "worker") as page:
        page.clock.install()
        set_out(page, ready.url)
        through(page, "text=I have read this")
        expect(page.locator(".panel--mine h2 a")).to_have_count(1)
        due = page.locator(".due b").inner_text()
        operated(ready, "UPDATE access.session SET ended_at = now()")
        page.clock.run_for(16_000)
        expect(page.locator("#signed-out")).to_be_visible()
        expect(page.locator("#due-time")).to_have_text(due)
        expect(page.locator(".panel--mine")).to_be_hidden()
        faultless(page)
        page.clock.run_for(40 * 60_000)
        expect(page.locator("#signed-out")).to_contain_text("You were expected to check in.")
        through(page, "text=Sign in again")
        expect(page.locator("text=If you are out, sign in and check in")).to_be_visible()
        expect(page.locator("input[value=visit]")).to_be_checked()
        Visit(page, ready.url).sign_in("worker@charity")
        expect(page.locator("h1")).to_have_text("Today")


def test_what_was_typed_stays_when_the_session_ends(ready: World, chromium: Browser) -> None:
    with a_client(ready) as client:
        client.post("/today/words", data={"safe": "blue heron", "duress": "green kettle"})
    with another(chromium, ready, "worker") as page:
        page.clock.install()
        set_out(page, ready.url)
        through(page, "text=I have read this")
        through(page, "text=I am here")
        page.fill("#word-fine", "blue heron")
        operated(ready, "UPDATE access.session SET ended_at = now()")
        page.clock.run_for(16_000)
        expect(page.locator("#signed-out")).to_be_visible()
        assert page.input_value("#word-fine") == "blue heron"
        through(page, "button:has-text('All is well')")
        expect(page.locator("text=What you sent is held here")).to_be_visible()


def test_a_page_that_nobody_touches_is_signed_out_though_it_asks(ready: World, chromium: Browser) -> None:
    with another(chromium, ready, "worker") as page:
        page.clock.install()
        set_out(page, ready.url)
        page.clock.run_for(14 * 60_000)
        expect(page.locator("#ending")).to_be_visible()
        page.clock.run_for(70_000)
        expect(page.locator("#signed-out")).to_be_visible()
