"""A world with a shift that is ready and people who are to be told; and the phones of whoever goes or is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from data.people import NewMember, add_user
from tests.web.browsing import PHONE, Visit, a_context, through
from tests.web.recording import a_client
from tests.web.test_accessibility import small_targets
from tests.web.test_plan_pages import made
from tests.web.world import CHEAP, PASSWORD, World

CONTACTS = ("buddy", "second", "manager")


def staff(world: World) -> None:
    """Give the world three more colleagues, who are to be told."""
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


@contextmanager
def made_ready(staffed: World) -> Iterator[None]:
    """Give the world a plan of the worker's that is ready, for now, and somebody who watches."""
    with a_client(staffed) as client:
        path = made(client, goers=2)
        client.post(f"{path}/state", data={"state": "ready"})
    operated(
        staffed, "UPDATE access.plan SET starts_at = now() - interval '1 minute', ends_at = now() + interval '4 hours'"
    )
    operated(staffed, "SELECT access.escalate()")
    yield
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
