"""Pictures of the pages for the README and the guides, taken of a running demonstration.

`./scripts/up` first; then `.venv/bin/python -m scripts.pictures`. Needs the packages of the tests and Chromium.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.cluster import CHECKOUT

PICTURES = CHECKOUT / "docs" / "pictures"
PHONE, DESKTOP = (390, 844), (1366, 768)
NOTHING: Callable[[Page], None] = lambda _page: None  # noqa: E731 - one of the actions below


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture: whose page it is, of which address, how large, and what was done on it first."""

    name: str
    email: str
    purpose: str
    path: str
    size: tuple[int, int] = DESKTOP
    is_night: bool = False
    then: Callable[[Page], None] = NOTHING


def _first_card(page: Page) -> None:
    page.click("a.row >> nth=0")
    page.wait_for_selector("#card")
    page.goto(page.url.rsplit("/map", 1)[0] + str(page.get_attribute("a.row >> nth=0", "href")))


WORKER, ANALYST = "outreach@charity.demo.invalid", "analyst@charity.demo.invalid"
ADMIN, AUDITOR = "admin@charity.demo.invalid", "auditor@charity.demo.invalid"
TAKEN = (
    Picture(name="map-desktop", email=WORKER, purpose="visit", path="/map"),
    Picture(name="map-phone", email=WORKER, purpose="visit", path="/map", size=PHONE),
    Picture(name="card-phone", email=WORKER, purpose="visit", path="/map", size=PHONE, then=_first_card),
    Picture(name="map-analyst-night", email=ANALYST, purpose="analysis", path="/map", is_night=True),
    Picture(name="imports", email=ADMIN, purpose="administration", path="/imports/new"),
    Picture(name="people", email=ADMIN, purpose="administration", path="/people"),
    Picture(name="agreements", email=ADMIN, purpose="administration", path="/agreements"),
    Picture(name="audit", email=AUDITOR, purpose="audit", path="/audit"),
    Picture(name="who-sees-what", email=WORKER, purpose="visit", path="/who-sees-what"),
    Picture(name="hotspots", email=ANALYST, purpose="analysis", path="/hotspots"),
)


def main() -> None:
    """Take every picture, or those that are named."""
    demo = json.loads((Path(os.environ.get("WAYMARK_VAR", CHECKOUT / "var")) / "demo.json").read_text())
    wanted = set(sys.argv[1:])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for picture in TAKEN:
            if not wanted or picture.name in wanted:
                print(take(browser, demo, picture))
        browser.close()


def take(browser: Browser, demo: dict[str, Any], picture: Picture) -> Path:
    """Take one picture; where it is."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.is_night else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    _sign_in(page, demo, picture)
    page.goto(demo["url"] + picture.path)
    picture.then(page)
    if page.locator("#map").count():
        page.wait_for_selector("#map[data-ready]", timeout=60_000)
    file = PICTURES / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    return file


def _sign_in(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    password = next(person["password"] for person in demo["people"] if person["email"] == picture.email)
    page.goto(f"{demo['url']}/sign-in")
    page.check(f"input[value={picture.purpose}]")
    page.fill("#email", picture.email)
    page.fill("#password", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


if __name__ == "__main__":
    main()
