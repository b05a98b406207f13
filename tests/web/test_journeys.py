"""What each kind of person does from beginning to end, in Chromium, on a phone and a desktop, by day and by night."""

from typing import Final

import psycopg
import pytest
from playwright.sync_api import expect

from tests.web.browsing import Visit, through
from tests.web.world import World

pytestmark = pytest.mark.browser
NEXT: Final = "#step .steps-on button >> nth=0"


def counted(conn: psycopg.Connection, table: str) -> int:
    row = conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    return int(row[0]) if row else 0


def step_on(visit: Visit, number: int) -> None:
    visit.page.click(NEXT)
    visit.page.wait_for_selector(f"text=Step {number} of 7")


def test_a_worker_finds_a_place_by_postcode_and_records_a_visit_with_a_note(any_visit: Visit, world: World) -> None:
    visit, page = any_visit, any_visit.page
    with psycopg.connect(world.operator) as conn:
        conn.execute("INSERT INTO reference.postcode VALUES ('B1 1AA', 406900, 286900) ON CONFLICT DO NOTHING")
        notes = counted(conn, "store.note")
    visit.sign_in("worker@charity")
    visit.settle()
    page.fill("#text", "b1 1aa")
    page.press("#text", "Enter")
    page.click("#found .row:has-text('Around this postcode')")
    page.click("#list a.row:has-text('Amber Yard')")
    page.wait_for_selector("#card")
    through(page, "#card a:has-text('Record a visit')")
    page.wait_for_selector("text=Step 1 of 7")
    for name in ("unexpected", "aggression", "children", "control"):
        page.check(f"input[name={name}][value=no]")
    page.check("input[name=exit_clear][value=yes]")
    page.check("input[name=decision][value=continue]")
    step_on(visit, 2)
    page.check("input[name=outcome][value=spoke_with_someone]")
    step_on(visit, 3)
    page.fill("#people_met", "2")
    step_on(visit, 4)
    page.check("input[name=needs][value=health]")
    step_on(visit, 5)
    step_on(visit, 6)
    page.select_option("#category", "forced_labour")
    page.check("input[name=severity][value='3']")
    page.check("input[name=provenance][value='saw myself']")
    page.fill("#text", "Boots for six stand at the door.")
    step_on(visit, 7)
    through(page, "#step button[value=save]:not(.unseen)")
    page.wait_for_url("**?visited")
    assert "Boots for six stand at the door." in page.inner_text("main")
    assert "Spoke with someone" in page.inner_text("main")
    with psycopg.connect(world.operator) as conn:
        assert counted(conn, "store.note") == notes + 1
    assert "Amber" not in visit.page.url + visit.page.title()


def test_an_analyst_reads_layers_and_is_refused_exact_points(any_visit: Visit, world: World) -> None:
    visit, page = any_visit, any_visit.page
    visit.sign_in("analyst@charity", "analysis")
    visit.settle()
    page.click("#switches summary")
    expect(page.locator("#switches input[type=checkbox] >> nth=3")).to_be_attached()
    assert "500 m square" in page.inner_text("#list")
    assert page.locator("#list a.row").count() == 0
    assert not any(name in page.inner_text("body") for name in world.places)
    page.goto(f"{world.url}/places/{world.places['Amber Yard']}")
    assert page.locator("h1").inner_text() == "There is nothing here that you may see"
    visit.complaints = [said for said in visit.complaints if "404" not in said]


def test_an_auditor_verifies_the_chain_and_finds_who_signed_in(any_visit: Visit) -> None:
    visit, page = any_visit, any_visit.page
    visit.sign_in("auditor@charity", "audit")
    through(page, "button:has-text('Verify the whole chain')")
    page.wait_for_selector("h1:has-text('The chain is unbroken')")
    through(page, "text=Back to the audit")
    page.click("summary")
    page.select_option("#group", "signed")
    through(page, "button:text-is('Look')")
    page.wait_for_url("**/audit?group=signed**")
    assert "Signed in" in page.inner_text("tbody")


def test_an_admin_opens_an_operation_names_a_member_and_takes_them_out(any_visit: Visit, world: World) -> None:
    visit, page = any_visit, any_visit.page
    with psycopg.connect(world.operator) as conn:
        number = counted(conn, "access.operation")
    visit.sign_in("admin@charity", "administration")
    page.goto(f"{world.url}/operations")
    page.fill("#name", f"Lantern {number}")
    through(page, "main button[type=submit]")
    page.wait_for_url("**?added")
    page.select_option("#organisation", label="Test Charity")
    page.fill("#email", "worker@charity.test.invalid")
    page.select_option("#role", "outreach")
    through(page, "main button:text-is('Name')")
    page.wait_for_url("**?named")
    assert "worker@charity.test.invalid" in page.inner_text("main")
    through(page, "li:has-text('worker@charity') button:has-text('Remove')")
    page.wait_for_url("**?removed")
    assert "worker@charity.test.invalid" not in page.inner_text(".cards")
