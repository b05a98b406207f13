"""Browser windows for tests: each remembers what it asked for and what it complained of."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.world import PASSWORD

PHONE, DESKTOP = (390, 844), (1366, 768)
LOOKS = [
    pytest.param((PHONE, False), id="phone by day"),
    pytest.param((PHONE, True), id="phone by night", marks=pytest.mark.whole),
    pytest.param((DESKTOP, False), id="desktop by day", marks=pytest.mark.whole),
    pytest.param((DESKTOP, True), id="desktop by night"),
]
"""Both sizes, day and night. Without --whole each size is seen once and each set of colours once, not each in each."""
LONGEST = 30_000
"""Milliseconds in which a page must come to show what a test waits for; longer on a slow machine (be_patient)."""
LONGEST_WORK = 120_000
"""Milliseconds in which an answer must come for which the service itself works: a file to read, a map to confirm."""
# A headless browser draws in software and says so; that is not a fault of the page.
NOT_OURS = re.compile(r"GPU stall due to ReadPixels")


@dataclass
class Patience:
    """For how many milliseconds windows wait on this machine."""

    longest: float = LONGEST


_PATIENCE = Patience()


def be_patient(seconds: float) -> None:
    """Let windows wait for as long as this machine deserves, on which Chromium took so long to show its first page.

    Idle it takes a second: whoever waits in vain says so after half a minute. What takes nine waits for three times
    as long.
    """
    _PATIENCE.longest = min(max(LONGEST, seconds * 10_000), 3 * LONGEST)
    expect.set_options(timeout=_PATIENCE.longest)


@dataclass
class Visit:
    """One browser window: what it asked for and what it complained of."""

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not NOT_OURS.search(text):
            self.complaints.append(text)

    def sign_in(self, who: str, purpose: str = "visit") -> None:
        self.page.goto(f"{self.url}/sign-in")
        self.page.fill("#email", f"{who}.test.invalid")
        self.page.fill("#password", PASSWORD)
        self.page.check(f"input[value={purpose}]")
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def settle(self) -> None:
        self.page.wait_for_selector("#map[data-ready]")

    def to_list(self) -> None:
        """Go back from a card to the list, and wait for it: what the history does, it does afterwards."""
        self.page.click("#to-list")
        self.page.wait_for_selector("#list-side:not([hidden])")

    def strangers(self) -> list[str]:
        mine = (self.url, f"blob:{self.url}", "data:")
        return [url for url in self.asked if not url.startswith(mine)]


def through(page: Page, to_press: str, *, within: float | None = None) -> None:
    """Press what leads to another page, and wait until that page is there whole, and its scripts have run.

    A click waits for its first byte alone: what is read next may be half a page, and what is pressed or typed next
    may meet no script yet. `within` so many milliseconds, where the answer takes work.
    """
    with page.expect_navigation(timeout=within):
        page.click(to_press)


def a_context(
    browser: Browser, size: tuple[int, int], *, is_night: bool = False, scripts: bool = True
) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if is_night else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE.longest)
    return context
