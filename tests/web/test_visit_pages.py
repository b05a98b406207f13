"""Recording a visit step by step: answers are carried, nothing is stored before the end, then all of it at once."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import PHONE, Visit, a_context, through
from tests.web.recording import a_client, a_note_form, faults, hidden_fields, in_days
from tests.web.world import HOSTILE, PASSWORD, World

DOOR = {
    "unexpected": "no",
    "exit_clear": "yes",
    "aggression": "no",
    "children": "yes",
    "control": "no",
    "decision": "continue",
}
ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    ("door", DOOR, "Step 2 of 7"),
    ("outcome", {"outcome": "spoke_with_someone", "visited_on": in_days(-1)}, "Step 3 of 7"),
    ("people", {"people_met": "4", "children_met": "1"}, "Step 4 of 7"),
    ("needs", {"needs": ["health", "legal_advice"], "indicators": ["fearful"]}, "Step 5 of 7"),
    ("flags", {"add": ["dogs", "no_letter"]}, "Step 6 of 7"),
    ("note", a_note_form(text="A dog barks in the yard."), "Step 7 of 7"),
]


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


@pytest.fixture
def path(world: World) -> str:
    return f"/places/{world.places['Station Corner']}/visit"


def stored(world: World) -> int:
    query = (
        "SELECT (SELECT count(*) FROM store.visit) + (SELECT count(*) FROM store.note)"
        " + (SELECT count(*) FROM store.place_flag)"
    )
    with psycopg.connect(world.operator) as conn:
        row = conn.execute(query).fetchone()
        return int(row[0]) if row else 0


def carried(page: str) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        found.setdefault(name, []).append(value)
    return found


def walk(worker: httpx2.Client, path: str, *, until: str = "note") -> str:
    """Answer step by step as a browser would; the page that comes after `until`."""
    page = worker.get(path).text
    for step, answers, words in ANSWERS:
        answer = worker.post(path, data=carried(page) | answers | {"go": "next"})
        assert answer.status_code == 200, faults(answer.text)
        page = answer.text
        assert words in page
        if step == until:
            break
    return page


def test_a_whole_visit_is_carried_checked_and_saved_at_once(worker: httpx2.Client, path: str, world: World) -> None:
    before = stored(world)
    page = walk(worker, path)
    assert all(words in page for words in ("A doctor or nurse, Legal advice", "A dog barks in the yard.", "Dogs"))
    assert stored(world) == before
    saved = worker.post(path, data=carried(page) | {"go": "save"})
    assert (saved.status_code, saved.headers["location"]) == (303, path.removesuffix("/visit") + "?visited")
    assert stored(world) == before + 4
    card = worker.get(saved.headers["location"]).text
    assert "The visit is saved." in card
    assert "People met: 4, 1 of them children" in card
    assert "Needs: a doctor or nurse, legal advice" in card
    assert "A dog barks in the yard." in card


def test_back_and_change_keep_what_was_answered(worker: httpx2.Client, path: str) -> None:
    page = walk(worker, path, until="people")
    back = worker.post(path, data=carried(page) | {"go": "back", "needs": ["health"]}).text
    assert 'name="people_met" type="text" value="4"' in back
    assert carried(back)["needs"] == ["health"]
    page = walk(worker, path)
    changed = worker.post(path, data=carried(page) | {"go": "door"}).text
    assert "Step 1 of 7" in changed
    assert re.search(r'value="continue" checked', changed)
    assert carried(changed)["text"] == ["A dog barks in the yard."]


def test_withdrawing_needs_one_answer_and_no_reason(worker: httpx2.Client, path: str, world: World) -> None:
    page = worker.post(path, data={"step": "door", "decision": "withdraw", "go": "next"}).text
    assert "Step 2 of 2" in page
    assert "You may leave now." in page
    before = stored(world)
    saved = worker.post(path, data=carried(page) | {"go": "save"})
    assert saved.status_code == 303
    assert stored(world) == before + 1
    with psycopg.connect(world.operator) as conn:
        row = conn.execute(
            "SELECT status, decision, outcome FROM store.visit ORDER BY changed_at DESC LIMIT 1"
        ).fetchone()
    assert row == ("abandoned", "withdraw", 5)


def test_what_speaks_for_leaving_is_said(worker: httpx2.Client, path: str) -> None:
    warned = worker.post(path, data={"step": "door", "go": "next"} | DOOR | {"exit_clear": "no"}).text
    assert "You may leave now." in warned
    assert "You may leave now." not in worker.post(path, data={"step": "door", "go": "next"} | DOOR).text


@pytest.mark.parametrize(
    ("step", "given", "field"),
    [
        ("door", {}, "decision"),
        ("door", {"decision": "fight"}, "decision"),
        ("outcome", {"visited_on": in_days(0)}, "outcome"),
        ("outcome", {"outcome": "closed", "visited_on": in_days(2)}, "visited_on"),
        ("people", {"people_met": "many"}, "people_met"),
        ("people", {"people_met": "501"}, "people_met"),
        ("note", a_note_form(severity=""), "severity"),
    ],
)
def test_a_step_that_will_not_do_stays(
    worker: httpx2.Client, path: str, step: str, given: dict[str, str], field: str
) -> None:
    answer = worker.post(
        path,
        data={"step": step, "go": "next", "decision": "continue"} | given if step != "door" else {"step": step} | given,
    )
    assert answer.status_code == 422
    assert list(faults(answer.text)) == [field]


def test_saving_out_of_order_leads_to_what_is_missing(worker: httpx2.Client, path: str, world: World) -> None:
    before = stored(world)
    answer = worker.post(path, data={"step": "check", "go": "save", "decision": "continue"})
    assert answer.status_code == 422
    assert "What came of it" in answer.text
    assert stored(world) == before
    assert worker.post(path, data=walk_answers() | {"go": "save", "add": ["nonsense"]}).status_code == 422
    assert stored(world) == before


def walk_answers() -> dict[str, Any]:
    return {name: value for _, answers, _ in ANSWERS for name, value in answers.items()}


def test_a_note_in_a_visit_is_looked_over_too(worker: httpx2.Client, path: str, world: World) -> None:
    before = stored(world)
    named = walk_answers() | {"text": "Blerim has the keys", "step": "note", "go": "next"}
    asked = worker.post(path, data=named)
    assert asked.status_code == 422
    assert "<mark" in asked.text
    seal = re.search(r'name="looked" value="([0-9a-f]{16})"', asked.text)
    assert seal
    kept = worker.post(path, data=named | {"looked": seal[1]}).text
    assert "Step 7 of 7" in kept
    assert worker.post(path, data=named | {"go": "save"}).status_code == 422
    assert stored(world) == before
    assert worker.post(path, data=carried(kept) | {"go": "save"}).status_code == 303


def test_hostile_answers_show_as_text(worker: httpx2.Client, path: str) -> None:
    page = worker.post(path, data=walk_answers() | {"text": HOSTILE, "step": "note", "go": "check"}).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_hidden_and_missing_places_are_visited_alike(world: World) -> None:
    with a_client(world, "officer@police") as officer:
        answers = [
            officer.request(method, f"/places/{id}/visit", data=data)
            for id in (world.places["Amber Yard"], "00000000-0000-4000-8000-000000000000", "nonsense")
            for method, data in (("GET", None), ("POST", {"go": "save", "decision": "withdraw"}))
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_whoever_comes_from_their_shift_is_led_back_to_it(worker: httpx2.Client, path: str) -> None:
    begun = worker.get(f"{path}?then=today").text
    assert '<a href="/today">Back to Today</a>' in begun
    values = hidden_fields(begun) | {"decision": "withdraw"}
    check = worker.post(path, data=values).text
    saved = worker.post(path, data=hidden_fields(check) | {"go": "save"})
    assert saved.headers["location"] == "/today?visited"
    assert "The visit is saved." in worker.get("/today?visited").text
    elsewhere = worker.post(path, data={"decision": "withdraw", "go": "save", "then": "//elsewhere.example"})
    assert elsewhere.headers["location"].startswith("/places/")


@pytest.fixture
def phone(chromium: Browser, world: World) -> Iterator[Page]:
    """Open a phone whose line may fail, at the first step of a visit."""
    context = a_context(chromium, PHONE)
    visit = Visit(context.new_page(), world.url)
    visit.sign_in("worker@charity")
    visit.page.goto(f"{world.url}/places/{world.places['Station Corner']}/visit")
    yield visit.page
    context.close()


@pytest.mark.browser
def test_without_a_line_nothing_that_was_typed_is_lost(phone: Page) -> None:
    phone.check("input[name=decision][value=withdraw]")
    phone.context.set_offline(True)
    phone.click("#step .steps-on button")
    expect(phone.locator("#not-sent")).to_be_visible()
    assert phone.is_checked("input[name=decision][value=withdraw]")
    phone.click("text=Back to the place")
    expect(phone.locator("#step h1")).to_have_text("At the door")
    phone.context.set_offline(False)
    phone.click("#step .steps-on button")
    expect(phone.locator("#step h1")).to_have_text("Check and save")
    phone.context.set_offline(True)
    phone.click("#step button[value=save]:not(.unseen)")
    expect(phone.locator("#not-sent")).to_be_visible()
    expect(phone.locator("#step h1")).to_have_text("Check and save")
    phone.context.set_offline(False)
    phone.click("#step button[value=save]:not(.unseen)")
    phone.wait_for_url("**?visited")


@pytest.mark.browser
def test_a_line_that_fails_without_saying_so_loses_nothing_either(phone: Page) -> None:
    phone.context.route("**/*", lambda route: route.abort())
    phone.check("input[name=decision][value=withdraw]")
    phone.click("#step .steps-on button")
    expect(phone.locator("#not-sent")).to_be_visible()
    phone.context.unroute("**/*")
    phone.click("#step .steps-on button")
    expect(phone.locator("#step h1")).to_have_text("Check and save")
    phone.context.route("**/*", lambda route: route.abort())
    phone.click("#step button[value=save]:not(.unseen)")
    expect(phone.locator("#not-sent")).to_be_visible()
    expect(phone.locator("#step h1")).to_have_text("Check and save")


@pytest.mark.browser
def test_a_session_that_ends_between_steps_takes_nothing_with_it(phone: Page, world: World) -> None:
    phone.check("input[name=decision][value=continue]")
    with psycopg.connect(world.operator) as conn:
        conn.execute("UPDATE access.session SET ended_at = now()")
    phone.click("#step .steps-on button")
    expect(phone.locator("text=What you sent is held here")).to_be_visible()
    phone.check("input[name=purpose][value=visit]")
    phone.fill("#email", "worker@charity.test.invalid")
    phone.fill("#password", PASSWORD)
    phone.click("main button[type=submit]")
    phone.click("text=Send it now")
    expect(phone.locator("#step h1")).to_have_text("What came of it")


@pytest.mark.browser
def test_the_browsers_own_back_leads_to_the_step_before(visit: Visit, world: World) -> None:
    visit.sign_in("worker@charity")
    visit.page.goto(f"{world.url}/places/{world.places['Station Corner']}/visit")
    visit.page.check("input[name=decision][value=continue]")
    visit.page.click("#step .steps-on button")
    visit.page.check("input[name=outcome][value=closed]")
    visit.page.click("#step .steps-on button")
    visit.page.fill("#people_met", "3")
    visit.page.go_back()
    visit.page.wait_for_selector("h1:has-text('What came of it')")
    assert visit.page.is_checked("input[name=outcome][value=closed]")
    visit.page.go_forward()
    visit.page.wait_for_selector("#people_met")
    assert visit.page.input_value("#people_met") == "3"
    for number in range(4, 8):
        visit.page.click("#step .steps-on button")
        visit.page.wait_for_selector(f"text=Step {number} of 7")
    through(visit.page, "#step button[value=save]:not(.unseen)")
    visit.page.wait_for_url("**?visited")


def test_it_works_without_scripts(worker: httpx2.Client, path: str) -> None:
    assert hidden_fields(worker.get(path).text) == {"step": "door"}
