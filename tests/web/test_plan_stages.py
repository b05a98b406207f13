"""A plan on the day: when its team may set out by it, while it is out, and once it is over."""

from playwright.sync_api import expect

from tests.web.browsing import Visit
from tests.web.shift_phones import faultless, operated, set_out
from tests.web.world import World


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


def test_a_plan_that_a_team_is_out_by_is_not_changed(visit: Visit, ready: World) -> None:
    page = visit.page
    visit.sign_in("worker@charity")
    set_out(page, ready.url)
    page.goto(f"{ready.url}/plans")
    page.click(".cards a")
    for words in ("Back to a draft", "Look for a better plan", "Change this", "Throw this plan away"):
        expect(page.locator(f"text={words}")).to_have_count(0)
    faultless(page)
    page.click("text=You are out: go to Today")
    page.click("text=I have read this")
    page.click("text=Address, and what is known")
    page.click("#card >> text=Record a visit")
    page.click("text=Back to Today")
    expect(page.locator("text=I am here")).to_be_visible()
