"""Initiatives and briefings in the browser: the analyst's way from one to the other, in every look, without a fault."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from data.people import NewMember, add_user
from tests.web.browsing import DESKTOP, Visit, a_context, through
from tests.web.test_accessibility import small_targets
from tests.web.world import CHEAP, HOSTILE, PASSWORD, World

pytestmark = pytest.mark.browser


def fill_in(page: Page, **more: str) -> None:
    """Type an initiative into its form."""
    for name, text in {"title": HOSTILE, "audience": "counter staff", "starts_on": "2026-05-03", **more}.items():
        page.fill(f"#{name}", text)
    page.fill("#ends_on", more.get("ends_on", "2026-05-09"))
    page.fill("#reach", "1200")
    page.select_option("#sector", "banking")
    for choice in ("kind", "areas", "is_published"):
        page.check(f"#{choice}")


def examined(page: Page) -> Callable[[str], None]:
    """Return what holds a page to accessibility, width and targets."""

    def examine(where: str) -> None:
        found = Axe().run(page).response["violations"]
        assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] == [], where
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        assert not small_targets(page), where

    return examine


def test_from_an_initiative_to_a_briefing_in_every_look(any_visit: Visit) -> None:
    page, examine = any_visit.page, examined(any_visit.page)
    any_visit.sign_in("analyst@charity", "analysis")
    page.goto(f"{any_visit.url}/initiatives/new")
    examine("a new initiative")
    fill_in(page)
    through(page, "button[value=save]")
    examine("an initiative")
    assert "Nails" in page.inner_text("h1")
    page.goto(f"{any_visit.url}/initiatives")
    examine("initiatives")
    page.goto(f"{any_visit.url}/briefings")
    examine("briefings")
    through(page, "main button[type=submit]")
    examine("a briefing")
    path = page.url.partition("?")[0]
    through(page, "text=Count again and compare")
    assert "Every figure is what its checksum says." in page.inner_text(".govuk-notification-banner")
    page.goto(f"{path}/map")
    page.wait_for_selector(".leaflet-interactive")
    assert page.locator(".sheet-number").count() == 7
    examine("a briefing on a map")
    page.goto(f"{path}/briefing.html")
    examine("a briefing as a file")


def test_faults_are_linked_and_what_was_typed_stays(visit: Visit) -> None:
    visit.sign_in("analyst@charity", "analysis")
    visit.page.goto(f"{visit.url}/initiatives/new")
    fill_in(visit.page, ends_on="2026-05-01")
    through(visit.page, "button[value=save]")
    assert visit.page.inner_text("#faults a") == "The last day is not before the first."
    assert visit.page.input_value("#reach") == "1200"
    visit.complaints.clear()  # The browser complains of the 422 that was on purpose.


def test_a_change_and_a_withdrawal(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("analyst@charity", "analysis")
    page.goto(f"{visit.url}/initiatives/new")
    fill_in(page, title="Signs at the counter")
    through(page, "button[value=save]")
    through(page, "a.quiet >> text=Change")
    page.fill("#title", "Know the signs")
    through(page, "button[value=save]")
    assert page.inner_text("h1") == "Know the signs"
    assert "Signs at the counter" in page.inner_text(".entries")
    through(page, "a.quiet >> text=Change")
    through(page, "button[value=withdraw]")
    assert "Know the signs" not in page.inner_text("main")


def test_another_analyst_approves_and_both_get_the_same_bytes(chromium: Browser, world: World, visit: Visit) -> None:
    until = datetime.now(UTC) + timedelta(days=30)
    new = NewMember(
        email="second@charity.test.invalid", organisation="Test Charity", role="analyst", clearance=3, areas=["all"],
        until=until,
    )  # fmt: skip
    with psycopg.connect(world.operator) as conn:
        add_user(conn, world.backing.vault, new, password=PASSWORD, cost=CHEAP)
        conn.execute(
            "UPDATE access.credential SET totp_secret = NULL WHERE person_id ="
            " (SELECT id FROM access.person WHERE email = 'second@charity.test.invalid')"
        )
    visit.sign_in("analyst@charity", "analysis")
    visit.page.goto(f"{world.url}/briefings")
    through(visit.page, "main button[type=submit]")
    path = visit.page.url.partition("?")[0]
    assert not visit.page.locator("text=Approve it").count()
    context = a_context(chromium, DESKTOP)
    other = Visit(context.new_page(), world.url)
    other.sign_in("second@charity", "analysis")
    other.page.goto(path)
    through(other.page, "text=Approve it")
    assert other.page.inner_text(".govuk-tag") == "Approved"
    for form in ("html", "pdf"):
        printed = [one.request.get(f"{path}/briefing.{form}").body() for one in (visit.page.context, context)]
        assert len({hashlib.sha256(one).hexdigest() for one in printed}) == 1
    context.close()
