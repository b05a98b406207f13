"""What stands around every page: hiding, the session's end, and a form that was sent too late."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import psycopg
import pytest
from playwright.sync_api import expect

from data.sessions import IDLE_MINUTES, SessionFacts
from tests.web.browsing import Visit, through
from tests.web.test_pages import signed_in, typed
from tests.web.world import World
from web.frame import first_page, ways

BOX = "-1.8995,52.4810,-1.8985,52.4820"


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


def hidden_fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_a_form_sent_too_late_is_held_and_offered_again(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    browser.post("/sign-out")
    late = browser.post("/map/list", data={"box": BOX})
    assert late.status_code == 401
    assert "offered to you again" in late.text
    held = hidden_fields(late.text)
    assert held == {"held.then": "/map/list", "held.field.box": BOX}
    wrong = browser.post("/sign-in", data=typed("worker@charity") | held | {"password": "wrong wrong wrong"})
    assert hidden_fields(wrong.text) == held
    back = browser.post("/sign-in", data=typed("worker@charity") | held)
    assert back.status_code == 200
    assert "What you sent before is not saved yet" in back.text
    assert '<form method="post" action="/map/list">' in back.text
    assert hidden_fields(back.text) == {"box": BOX}
    assert "__Host-waymark=" in back.headers["set-cookie"]


@pytest.mark.parametrize(
    "then",
    ["//elsewhere.invalid", "https://elsewhere.invalid/", "/\\elsewhere.invalid", "/\t/elsewhere.invalid", "/api/x"],
)
def test_a_held_form_goes_to_our_own_pages_only(browser: httpx2.Client, then: str) -> None:
    held = {"held.then": then, "held.field.box": BOX}
    answer = browser.post("/sign-in", data=typed("worker@charity") | held)
    assert (answer.status_code, answer.headers["location"]) == (303, "/map")


def test_while_hidden_every_page_is_the_neutral_one_until_the_front_is_opened(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    token = browser.headers["Cookie"]
    measures = browser.get("/measures")
    assert "Waymark" not in measures.text
    assert "measures=" in measures.headers["set-cookie"]
    browser.headers["Cookie"] = f"{token}; measures=cups"
    for path in ("/map", "/help", "/sign-in", "/places/nonsense"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/measures"), path
    assert browser.get("/", headers={"Cookie": token}).headers["location"] == "/map"
    browser.headers["Cookie"] = "measures=cups"
    front = browser.get("/")
    assert front.headers["location"] == "/sign-in"
    assert 'measures=""' in front.headers["set-cookie"]


def test_the_idle_limit_shown_is_the_one_that_holds(world: World) -> None:
    with psycopg.connect(world.operator) as conn:
        limits = conn.execute("SELECT DISTINCT extract(epoch FROM idle_limit) FROM access.session WHERE scope = 'full'")
        assert [int(row[0]) for row in limits] == [IDLE_MINUTES * 60]


def test_an_error_keeps_the_frame_and_a_hidden_browser_is_told_of_none(browser: httpx2.Client) -> None:
    assert 'id="hide"' not in browser.get("/nowhere").text
    signed_in(browser, "worker@charity")
    for path in ("/nowhere", "/people"):
        assert 'id="hide"' in browser.get(path).text
    browser.headers["Cookie"] += "; measures=cups"
    answer = browser.get("/nowhere")
    assert (answer.status_code, answer.headers["location"]) == (303, "/measures")


@pytest.mark.parametrize(
    ("role", "kind", "purpose", "near"),
    [
        ("outreach", "charity", "visit", ["Map", "Today", "Shifts", "Joint visits"]),
        ("outreach", "police", "enforcement", ["Map", "Today", "Shifts", "Add a place"]),
        ("analyst", "charity", "analysis", ["Map", "Hotspots", "Coverage", "Releases"]),
        ("analyst", "commissioner", "analysis", ["Briefings", "Releases", "Map"]),
        ("admin", "charity", "administration", ["Imports", "People", "Agreements"]),
        ("auditor", "charity", "audit", ["Audit", "Who sees what", "My account"]),
    ],
)
def test_the_pages_of_a_role_that_the_bar_of_a_phone_holds(role: str, kind: str, purpose: str, near: list[str]) -> None:
    me = SessionFacts(
        email="", organisation="", organisation_kind=kind, role=role, purpose=purpose, scope="full", clearance=0,
        areas=[], expires_at=datetime.now(UTC), is_demo=False,
    )  # fmt: skip
    found = ways(me)
    assert [way.words for way in found.near] == near
    assert first_page(me) == found.near[0].path
    assert {"/who-sees-what", "/account"} <= {way.path for way in found.near + found.more}


def test_a_page_within_another_is_marked_as_that_one(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    assert '<a href="/plans" aria-current="true">' in browser.get("/plans/new").text
    assert '<a href="/plans" aria-current="page">' in browser.get("/plans").text
    assert 'class="ways__here"' in browser.get("/reviews").text


@pytest.mark.browser
def test_without_scripts_every_other_page_opens_below_the_bar(without_scripts: Visit) -> None:
    page = without_scripts.page
    without_scripts.sign_in("worker@charity")
    assert not page.is_visible("nav >> text=Reviews")
    page.click(".ways__more summary")
    through(page, "nav >> text=Reviews")
    assert page.inner_text("h1") == "Reviews"


@pytest.mark.browser
def test_a_form_is_sent_once_however_often_its_button_is_pressed(visit: Visit, world: World) -> None:
    sent: list[str] = []
    visit.page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    visit.sign_in("worker@charity")
    visit.page.goto(f"{world.url}/places/{world.places['Amber Yard']}")
    sent.clear()
    with visit.page.expect_navigation():
        visit.page.locator("text=Mark for review").evaluate(
            "button => { for (let i = 0; i < 5; i += 1) button.click(); }"
        )
    assert len(sent) == 1


@pytest.mark.browser
def test_signing_in_again_is_for_the_same_and_after_signing_out_for_nothing(visit: Visit, world: World) -> None:
    page = visit.page
    visit.sign_in("worker@charity", "safeguarding")
    with psycopg.connect(world.operator) as conn:
        conn.execute("UPDATE access.session SET ended_at = now()")
    page.goto(f"{visit.url}/reviews")
    page.wait_for_url("**/sign-in?ended")
    expect(page.locator("input[value=safeguarding]")).to_be_checked()
    visit.sign_in("worker@charity", "safeguarding")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in?out")
    expect(page.locator("input:checked")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("by", ["button", "keys"])
def test_hiding_leaves_nothing_to_go_back_to(visit: Visit, by: str) -> None:
    visit.sign_in("worker@charity")
    visit.settle()
    if by == "button":
        visit.page.click("#hide")
    else:
        for _ in range(3):
            visit.page.keyboard.press("Shift")
    visit.page.wait_for_url("**/measures")
    assert visit.page.title() == "Kitchen measures"
    visit.page.go_back()
    visit.page.wait_for_url("**/measures")
    visit.page.goto(f"{visit.url}/")
    visit.page.wait_for_url("**/map")
    visit.settle()


@pytest.mark.browser
def test_the_end_of_a_session_is_said_before_and_can_be_put_off(visit: Visit) -> None:
    visit.page.clock.install()
    visit.sign_in("worker@charity")
    visit.page.goto(f"{visit.url}/help")
    visit.page.clock.run_for((IDLE_MINUTES - 3) * 60_000)
    assert not visit.page.is_visible("#ending")
    visit.page.clock.run_for(70_000)  # Its clock runs on as well, the longer the slower the machine.
    assert "Your session ends in 2 minutes." in visit.page.inner_text("#ending")
    with visit.page.expect_response("**/api/session"):
        visit.page.click("#stay")
    visit.page.wait_for_selector("#ending", state="hidden")
    visit.page.clock.run_for(IDLE_MINUTES * 60_000)
    visit.page.wait_for_url("**/sign-in?ended")
