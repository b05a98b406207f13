"""A shift on a phone, from setting out to closing it; and its contacts, who are told on their own page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from data.people import NewMember, add_user
from tests.web.browsing import PHONE, Visit, a_context, through
from tests.web.recording import a_client
from tests.web.test_accessibility import small_targets
from tests.web.test_plan_pages import made
from tests.web.world import CHEAP, PASSWORD, World

CONTACTS = ("buddy", "second", "manager")


@pytest.fixture(scope="module")
def staffed(world: World) -> World:
    """Give the world with three more colleagues, who are to be told."""
    with psycopg.connect(world.operator) as conn:
        for name in CONTACTS:
            new = NewMember(
                email=f"{name}@charity.test.invalid", organisation="Test Charity", role="outreach", clearance=1,
                areas=["all"], until=datetime.now(UTC) + timedelta(days=100),
            )  # fmt: skip
            add_user(conn, world.backing.vault, new, password=PASSWORD, cost=CHEAP)
        conn.execute("UPDATE access.credential SET totp_secret = NULL")
        conn.execute(
            "WITH desk AS (INSERT INTO access.duty_desk SELECT id, '0121 496 0001', NULL, now()"
            " FROM access.organisation WHERE name = 'Test Charity' RETURNING organisation_id)"
            " INSERT INTO access.duty_desk_member SELECT d.organisation_id, m.id FROM desk AS d"
            " JOIN access.membership AS m ON m.organisation_id = d.organisation_id"
            " JOIN access.person AS p ON p.id = m.person_id AND p.email = 'second@charity.test.invalid'"
        )
    return world


@pytest.fixture
def ready(staffed: World) -> Iterator[World]:
    """Give the world with a plan of the worker's that is ready, for now, and somebody who watches."""
    with a_client(staffed) as client:
        path = made(client, goers=2)
        client.post(f"{path}/state", data={"state": "ready"})
    operated(
        staffed, "UPDATE access.plan SET starts_at = now() - interval '1 minute', ends_at = now() + interval '4 hours'"
    )
    operated(staffed, "SELECT access.escalate()")
    yield staffed
    operated(staffed, "DELETE FROM access.safe_word")
    operated(staffed, "UPDATE access.shift SET state = 'closed', closed_at = now(), stop = NULL, next_due_at = NULL")
    operated(staffed, "DELETE FROM access.plan")


def operated(world: World, query: str) -> None:
    with psycopg.connect(world.operator, autocommit=True) as conn:
        conn.execute(query.encode())


def overdue(world: World, minutes: int) -> None:
    """Let the check-in be missed by so many minutes, and the escalator tick."""
    operated(
        world, f"UPDATE access.shift SET next_due_at = now() - interval '{minutes} minutes' WHERE state <> 'closed'"
    )
    operated(world, "SELECT access.escalate()")


def set_out(page: Page, url: str) -> None:
    page.goto(f"{url}/today")
    for name in CONTACTS:
        page.select_option(f"#{name}", label=f"{name}@charity.test.invalid")
    through(page, "text=We set out now")


@contextmanager
def another(chromium: Browser, world: World, who: str, *, scripts: bool = True) -> Iterator[Page]:
    """Open a phone of somebody else's, signed in."""
    context = a_context(chromium, PHONE, scripts=scripts)
    theirs = Visit(context.new_page(), world.url)
    theirs.sign_in(f"{who}@charity")
    try:
        yield theirs.page
    finally:
        context.close()


def faultless(page: Page) -> None:
    """Hold a page to what every page promises: no fault that axe finds, targets of 48 px, nothing beside the screen."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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


def test_a_plan_says_when_one_sets_out_and_when_it_is_over(visit: Visit, ready: World) -> None:
    page = visit.page
    visit.sign_in("worker@charity")
    page.goto(f"{ready.url}/plans")
    page.click(".cards a")
    page.click("text=Set out, on Today")
    expect(page.locator("text=We set out now")).to_be_visible()
    operated(ready, "UPDATE access.plan SET starts_at = now() + interval '3 hours'")
    page.reload()
    expect(page.locator("text=You set out here, from two hours before it begins.")).to_be_visible()
    page.click("text=Your next shift >> a")
    expect(page.locator("text=You set out on Today, from two hours before it begins.")).to_be_visible()
    expect(page.locator("a.govuk-button")).to_have_count(0)
    operated(
        ready, "UPDATE access.plan SET starts_at = now() - interval '50 hours', ends_at = now() - interval '48 hours'"
    )
    page.reload()
    expect(page.locator(".govuk-tag >> nth=0")).to_have_text("Over")
    expect(page.locator("text=Look for a better plan")).to_have_count(0)
    page.goto(f"{ready.url}/plans")
    expect(page.locator("text=No shift is planned.")).to_be_visible()
    page.click("summary:has-text('Over: 1')")
    faultless(page)
    page.goto(f"{ready.url}/today")
    expect(page.locator("text=No shift of yours is ready.")).to_be_visible()


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
        through(theirs, "text=Where they are")
        expect(theirs.locator("h1")).to_be_visible()
        theirs.wait_for_url("**/places/*")


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
        page.click("text=I have read this")
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
