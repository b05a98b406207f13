"""What stands around every page: hiding, the session's end, and a form that was sent too late."""

import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest

from data.sessions import IDLE_MINUTES
from tests.web.browsing import Visit
from tests.web.test_pages import signed_in, typed
from tests.web.world import World

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
    visit.page.clock.run_for((IDLE_MINUTES - 2) * 60_000 - 10_000)
    assert not visit.page.is_visible("#ending")
    visit.page.clock.run_for(20_000)
    assert "Your session ends in 2 minutes." in visit.page.inner_text("#ending")
    with visit.page.expect_response("**/api/session"):
        visit.page.click("#stay")
    visit.page.wait_for_selector("#ending", state="hidden")
    visit.page.clock.run_for(IDLE_MINUTES * 60_000)
    visit.page.wait_for_url("**/sign-in?ended")
