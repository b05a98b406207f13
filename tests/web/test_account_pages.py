"""My account: sessions ended by form, and a passkey added and used in a browser with an authenticator."""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser

from tests.web.browsing import PHONE, Visit, a_context, through
from tests.web.test_pages import signed_in
from tests.web.world import PASSWORD, World


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


def test_every_other_session_ends_at_a_button(browser: httpx2.Client, world: World) -> None:
    with world.client() as elsewhere:
        signed_in(elsewhere, "analyst@charity", "analysis")
        signed_in(browser, "analyst@charity", "analysis")
        assert "End all but this one" in browser.get("/account").text
        answer = browser.post("/account/sessions/end")
        assert answer.headers["location"] == "/account?alone"
        assert "Every other session of yours was ended." in browser.get("/account?alone").text
        assert "End all but this one" not in browser.get("/account").text
        assert "Sign in" in elsewhere.get("/map").headers.get("location", "") + elsewhere.get("/sign-in").text


@pytest.mark.parametrize("path", ["/account/sessions/end", "/account/passkeys/remove"])
def test_what_is_not_there_is_said(browser: httpx2.Client, path: str) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post(path, data={"session": "nonsense", "passkey": "nonsense"})
    assert answer.status_code == 404


@pytest.fixture
def with_authenticator(chromium: Browser, world: World) -> Iterator[Visit]:
    """Give a browser at a host name, which passkeys need, with an authenticator that always recognises its person."""
    context = a_context(chromium, PHONE)
    made = Visit(context.new_page(), world.url.replace("127.0.0.1", "localhost"))
    made.watch()
    devtools = context.new_cdp_session(made.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield made
    context.close()
    assert not made.complaints
    assert not made.strangers()


@pytest.mark.browser
def test_a_passkey_is_added_and_then_signs_in_alone(with_authenticator: Visit) -> None:
    page = with_authenticator.page
    with_authenticator.sign_in("worker@charity")
    page.goto(f"{with_authenticator.url}/account")
    page.fill("#passkey-name", "Blue phone")
    page.click("#add-passkey button")
    page.wait_for_url("**/account?added")
    assert "Blue phone" in page.inner_text("main")
    through(page, "button:has-text('Sign out')")
    page.wait_for_url("**/sign-in?out")
    page.click("#with-passkey")
    assert "Choose what you are here to do" in page.inner_text("#passkey-words")
    page.check("input[value=visit]")
    page.click("#with-passkey")
    page.wait_for_url("**/map")
    assert PASSWORD not in page.content()
    page.goto(f"{with_authenticator.url}/account")
    through(page, "button:has-text('Remove')")
    page.wait_for_url("**/account?removed")


@pytest.mark.browser
def test_what_was_held_is_offered_after_a_passkey_too(with_authenticator: Visit) -> None:
    page = with_authenticator.page
    with_authenticator.sign_in("worker@charity")
    page.goto(f"{with_authenticator.url}/account")
    page.fill("#passkey-name", "Blue phone")
    page.click("#add-passkey button")
    page.wait_for_url("**/account?added")
    page.context.clear_cookies()
    through(page, "button:has-text('Remove')")
    page.wait_for_selector("text=offered to you again")
    page.check("input[value=visit]")
    page.click("#with-passkey")
    page.wait_for_selector("text=What you sent before is not saved yet")
    through(page, "button:has-text('Send it now')")
    page.wait_for_url("**/account?removed")
    with_authenticator.complaints = [said for said in with_authenticator.complaints if "401" not in said]
