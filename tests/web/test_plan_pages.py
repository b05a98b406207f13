"""Planning a shift, without scripts: asking, reading why, wishing otherwise, and who sees the plan when."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.browsing import Visit
from tests.web.recording import a_client, faults, in_days
from tests.web.test_accessibility import small_targets
from tests.web.world import HOSTILE, World

BASE = "52.4800, -1.8986"


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


def people(client: httpx2.Client) -> dict[str, str]:
    """Return the fields of the people who can go, by e-mail address."""
    page = client.get("/plans/new").text
    found = re.findall(r'for="(team-[0-9a-f-]{36})"><bdi>([^<]+)</bdi>', page)
    return {email: name for name, email in found}


def asked(client: httpx2.Client, *, goers: int = 2, **more: str) -> dict[str, str]:
    """Return the form filled in, with so many people in the first team: the worker and others."""
    there = people(client)
    chosen = sorted(there, key=lambda email: not email.startswith("worker@"))[:goers]
    return {
        "day": in_days(1), "starts": "14:00", "ends": "18:00", "base": BASE, "kilometres": "10", "minutes": "20",
        "most_stops": "8", "exploratory": "10", "mode-1": "car", **{there[email]: "1" for email in chosen},
    } | more  # fmt: skip


def made(client: httpx2.Client, *, goers: int = 2, **more: str) -> str:
    """Plan a shift; the path of its page."""
    answer = client.post("/plans/new", data=asked(client, goers=goers, **more))
    assert answer.status_code == 303, faults(answer.text) or answer.text
    return str(answer.headers["location"])


def wish(client: httpx2.Client, plan: str, place: object, word: str) -> httpx2.Response:
    return client.post(f"{plan}/wish", data={"place": str(place), "wish": word})


@contextmanager
def cleared(world: World, clearance: int) -> Iterator[None]:
    """Let the worker have another clearance for a while."""
    change = (
        "UPDATE access.membership AS m SET clearance = %s FROM access.person AS p"
        " WHERE p.id = m.person_id AND p.email = 'worker@charity.test.invalid'"
    )
    with psycopg.connect(world.operator, autocommit=True) as conn:
        conn.execute(change, [clearance])
        try:
            yield
        finally:
            conn.execute(change, [3])


def visited(page: str) -> list[str]:
    return re.findall(r"/places/([0-9a-f-]{36})", page.partition('id="left-out"')[0])


def left_out(page: str) -> str:
    return page.partition('id="left-out"')[2]


def test_a_plan_says_of_each_place_why_it_is_in_it_or_not(worker: httpx2.Client, world: World) -> None:
    page = worker.get(made(worker)).text
    assert set(visited(page)) == {str(world.places[name]) for name in ("Amber Yard", "Station Corner")}
    assert page.count("Worth the way (") + page.count("To look where we seldom go (") == 2
    assert "it is a first visit" in page
    assert re.search(r"<b>14:\d\d</b> to 14:\d\d", page)
    assert "its owner says that nobody attends" in left_out(page)
    assert "its owner is to be asked first and has not agreed" in left_out(page)
    assert "Times are estimates" in page
    assert HOSTILE not in page


def test_whoever_is_alone_is_sent_nowhere_that_needs_two(worker: httpx2.Client) -> None:
    page = worker.get(made(worker, goers=1)).text
    assert visited(page) == []
    assert left_out(page).count("it needs two people, and no team that may go has two") == 2


def test_wishes_are_met_or_told_to_be_impossible_and_do_not_attend_is_absolute(
    worker: httpx2.Client, world: World
) -> None:
    plan, places = made(worker), world.places
    assert wish(worker, plan, places["Station Corner"], "never").headers["location"] == f"{plan}?changed"
    page = worker.get(plan).text
    assert str(places["Station Corner"]) not in visited(page)
    assert "you wished to leave it out" in left_out(page)
    assert wish(worker, plan, places["Canal Works"], "must").status_code == 422
    assert wish(worker, plan, places["Canal Works"], "answered").status_code == 303
    assert wish(worker, plan, places["Canal Works"], "must").status_code == 303
    assert str(places["Canal Works"]) in visited(worker.get(plan).text)
    assert wish(worker, plan, places["Station Corner"], "free").status_code == 303
    assert str(places["Station Corner"]) in visited(worker.get(plan).text)
    before = worker.get(plan).text
    for word in ("answered", "must", "1"):
        answer = wish(worker, plan, places[HOSTILE], word)
        assert (word, answer.status_code) in {("answered", 303), ("must", 422), ("1", 422)}
    assert str(places[HOSTILE]) not in visited(worker.get(plan).text)
    assert visited(worker.get(plan).text) == visited(before)


def test_a_colleague_sees_it_once_it_is_ready_and_changes_nothing(worker: httpx2.Client, world: World) -> None:
    plan = made(worker, goers=3)
    with a_client(world, "both@police", organisation="Test Charity") as colleague:
        assert colleague.get(plan).status_code == 404
        assert worker.post(f"{plan}/state", data={"state": "ready"}).status_code == 303
        page = colleague.get(plan).text
        assert set(visited(page)) == set(visited(worker.get(plan).text)) != set()
        assert 'id="left-out"' not in page
        assert plan in colleague.get("/plans").text
        for path in ("improve", "state", "drop", "wish"):
            assert colleague.post(f"{plan}/{path}", data={"place": "x", "wish": "must"}).status_code == 404
        assert colleague.get(f"{plan}/calendar").status_code == 200
        assert worker.post(f"{plan}/state", data={"state": "draft"}).status_code == 303
        assert colleague.get(plan).status_code == 404
    with a_client(world, "officer@police") as officer:
        missing = officer.get(f"/plans/{world.places['Amber Yard']}")
        assert officer.get(plan).status_code == missing.status_code == 404
        assert officer.get(plan).text == missing.text
        assert plan not in officer.get("/plans").text


def test_what_a_viewer_may_no_longer_see_is_not_told_by_the_plan(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    assert "May no longer be shown" not in worker.get(plan).text
    with cleared(world, 0):
        page = worker.get(plan).text
        assert page.count("May no longer be shown") == 2
        assert "from there on no times are" in page
        routes = page.partition('id="routes"')[2].partition('id="left-out"')[0]
        assert re.findall(r"\d\d:\d\d", routes) == ["14:00"], "when the team sets out"
        assert "Score" not in routes
        assert not any(str(id) in page for id in world.places.values())
        assert "Worth the way" not in page
        assert worker.post(f"{plan}/improve").status_code == 422


def test_a_calendar_says_shift_and_nothing_else(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    answer = worker.get(f"{plan}/calendar")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Shift\r\n" in answer.text
    told = {line.partition(":")[0] for line in answer.text.split("\r\n") if line}
    assert told == {
        "BEGIN", "VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "END",
    }  # fmt: skip
    assert not any(name in answer.text for name in (*world.places, BASE))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": "tomorrow"}, "day"),
        ({"day": "2999-01-01"}, "day"),
        ({"starts": "six"}, "starts"),
        ({"ends": "25:00"}, "ends"),
        ({"starts": "06:00", "ends": "05:00"}, "ends"),
        ({"base": ""}, "base"),
        ({"base": "the station"}, "base"),
        ({"kilometres": "500"}, "kilometres"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "many"}, "minutes"),
        ({"most_stops": "99"}, "most_stops"),
        ({"exploratory": "-1"}, "exploratory"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    worker: httpx2.Client, wrong: dict[str, str], field: str
) -> None:
    answer = worker.post("/plans/new", data=asked(worker) | wrong)
    assert answer.status_code == 422
    assert field in faults(answer.text)
    kept = {name: value for name, value in asked(worker).items() if name not in wrong and not name.startswith("team")}
    for name in ("minutes", "most_stops", "starts"):
        if name in kept:
            assert f'value="{kept[name]}"' in answer.text


def test_nobody_goes_is_said_and_a_far_base_finds_nothing(worker: httpx2.Client) -> None:
    assert "team" in faults(worker.post("/plans/new", data=asked(worker, goers=0)).text)
    far = worker.post("/plans/new", data=asked(worker, base="51.5, -0.12"))
    assert far.status_code == 422
    assert "No place is in reach of this base" in far.text


@pytest.mark.parametrize("id", ["x", "00000000-0000-4000-8000-000000000000", "%00", "1" * 400])
def test_no_such_plan_is_told_alike(worker: httpx2.Client, id: str) -> None:
    assert worker.get(f"/plans/{id}").status_code == 404
    for path in ("improve", "wish", "state", "drop"):
        assert worker.post(f"/plans/{id}/{path}").status_code == 404


def test_nonsense_wishes_are_refused_in_a_sentence(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    for place, word in (
        (world.places["Amber Yard"], "fly"),
        ("x", "must"),
        (world.places["Amber Yard"], "9"),
        ("", ""),
    ):
        answer = wish(worker, plan, place, word)
        assert answer.status_code == 422
        assert "Wish for a place of this plan" in answer.text


def test_a_plan_is_audited_with_the_places_it_showed(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    worker.get(plan)
    with psycopg.connect(world.operator) as conn:
        rows = conn.execute("SELECT body FROM audit.entry WHERE body LIKE '%opened a plan%'").fetchall()
    assert rows
    assert '"precision":"exact"' in rows[-1][0]
    assert not any(name in str(rows) for name in world.places)


@pytest.mark.browser
def test_no_page_of_plans_has_an_accessibility_fault(any_visit: Visit, worker: httpx2.Client) -> None:
    plan = made(worker)
    any_visit.sign_in("worker@charity")
    for path in ("/plans", "/plans/new", plan):
        any_visit.page.goto(f"{any_visit.url}{path}")
        for summary in any_visit.page.query_selector_all("main summary"):
            summary.click()
        found = Axe().run(any_visit.page).response["violations"]
        assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] == [], path
        assert any_visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not small_targets(any_visit.page), path
