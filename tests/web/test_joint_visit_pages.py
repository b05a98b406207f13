"""Joint visits on pages: proposed from the card, answered, read before one goes, given more time, cancelled."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from geo.shifts.clock import LOCAL
from tests.web.browsing import DESKTOP, PHONE, Visit, a_context, through
from tests.web.recording import a_client, faults
from tests.web.test_accessibility import small_targets
from tests.web.world import HOSTILE, World
from web.joint_visit_words import moment, window

HOUR = timedelta(hours=1)


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


@pytest.fixture
def officer(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "officer@police") as client:
        yield client


def soon(hours: float) -> datetime:
    """Return the minute so many hours from now, by the clock in Britain: one that there is, in any night."""
    return (datetime.now(UTC).replace(second=0, microsecond=0) + hours * HOUR).astimezone(LOCAL)


def field(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def a_form(world: World, **more: str) -> dict[str, str]:
    with psycopg.connect(world.operator) as conn:
        row = conn.execute("SELECT uid FROM access.organisation WHERE name = 'Test Police'").fetchone()
    assert row is not None
    window = {"starts_at": field(soon(2)), "ends_at": field(soon(4))}
    return {"partner": str(row[0]), "help": "keep_safe"} | window | more


def proposed(worker: httpx2.Client, world: World, place: str = "Canal Works", **more: str) -> str:
    """Propose a place; the path of the joint visit."""
    answer = worker.post(f"/places/{world.places[place]}/joint-visit", data=a_form(world, **more))
    assert answer.status_code == 303, faults(answer.text) or answer.text
    return answer.headers["location"].partition("?")[0]


def choices(page: str) -> dict[str, str]:
    """Return who may be named on a page: membership by e-mail address."""
    found = re.findall(r'name="members" type="checkbox" value="([^"]+)".*?<label[^>]*>([^<]+)</label>', page, re.DOTALL)
    return {email: id for id, email in found}


def accepted(officer: httpx2.Client, path: str) -> None:
    named = choices(officer.get(path).text)["officer@police.test.invalid"]
    answer = officer.post(f"{path}/accept", data={"members": named})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?accepted")


def under(page: str, heading: str) -> str:
    return page.partition(f"<h2>{heading}</h2>")[2].partition("<h2>")[0]


def test_a_place_is_proposed_from_its_card_and_answered(
    worker: httpx2.Client, officer: httpx2.Client, world: World
) -> None:
    card = worker.get(f"/places/{world.places['Canal Works']}").text
    assert f'href="/places/{world.places["Canal Works"]}/joint-visit"' in card
    path = proposed(worker, world)
    assert path in under(worker.get("/joint-visits").text, "Proposed by us")
    assert "Nothing opens before" in worker.get(f"{path}?proposed").text
    listed = under(officer.get("/joint-visits").text, "Proposed to us")
    assert path in listed
    assert "Keep the team safe, with Test Charity" in listed
    assert re.search(r"Somewhere in the 500 m square north-east of SP \d{3} \d{3}", listed)
    asked = officer.get(path).text
    for page in (listed, asked):
        assert "Canal Works" not in page
        assert str(world.places["Canal Works"]) not in page
    assert "Ask the owner first" in asked or "Contact the owner first" in asked
    accepted(officer, path)
    assert path in under(officer.get("/joint-visits").text, "Open now")
    opened = officer.get(path).text
    assert "Open to you until" in opened
    assert f'href="/places/{world.places["Canal Works"]}"' in opened
    assert "Contact safety" in opened
    assert "1 of Test Police" in worker.get(path).text
    assert "@police" not in worker.get(path).text
    cancelled = officer.post(f"{path}/cancel")
    assert cancelled.headers["location"] == f"{path}?cancelled"
    assert "Canal Works" not in officer.get(path).text
    assert path in under(officer.get("/joint-visits").text, "Over")


def test_a_window_is_said_as_people_say_it(worker: httpx2.Client, world: World) -> None:
    starts = soon(30)
    ends = starts + 2 * HOUR
    page = worker.get(proposed(worker, world, starts_at=field(starts), ends_at=field(ends))).text
    assert window(starts, ends) in page
    assert f"{moment(starts)} to {ends:%H:%M}" == window(starts, ends) or starts.date() != ends.date()
    at = datetime(2026, 11, 26, 18, tzinfo=LOCAL)
    assert window(at, at + 2 * HOUR) == "Thursday 26 November, 18:00 to 20:00"
    assert window(at, at + 8 * HOUR) == "Thursday 26 November, 18:00 to Friday 27 November, 02:00"


def test_who_goes_must_be_chosen_and_a_proposal_can_be_declined(
    worker: httpx2.Client, officer: httpx2.Client, world: World
) -> None:
    path = proposed(worker, world)
    empty = officer.post(f"{path}/accept", data={})
    assert (empty.status_code, list(faults(empty.text))) == (422, ["members"])
    stranger = officer.post(f"{path}/accept", data={"members": str(uuid4())})
    assert (stranger.status_code, list(faults(stranger.text))) == (422, ["members"])
    assert officer.post(f"{path}/decline").status_code == 303
    assert "Declined" in worker.get(path).text
    again = officer.post(f"{path}/decline")
    assert (again.status_code, list(faults(again.text))) == (422, ["acts"])


def test_more_time_is_agreed_to_by_somebody_else(worker: httpx2.Client, officer: httpx2.Client, world: World) -> None:
    path = proposed(worker, world)
    accepted(officer, path)
    until = soon(6)
    assert worker.post(f"{path}/extend", data={"until": field(until)}).headers["location"] == f"{path}?asked"
    mine = worker.get(path).text
    assert "agree-extension" not in mine
    assert "by you" in mine
    assert "More time" not in officer.get(path).text
    with psycopg.connect(world.operator) as conn:
        query = "SELECT extension_until FROM store.joint_visit WHERE id = %s"
        row = conn.execute(query, [path.rpartition("/")[2]]).fetchone()
    assert row is not None
    alone = worker.post(f"{path}/agree-extension", data={"until": row[0].isoformat()})
    assert (alone.status_code, list(faults(alone.text))) == (422, ["acts"])
    with a_client(world, "both@police", organisation="Test Charity") as second:
        page = second.get(path).text
        assert f"Agree: until {moment(until)}" in page
        hidden = re.search(r'name="until" value="([^"]+)"', page)
        assert hidden is not None
        agreed = second.post(f"{path}/agree-extension", data={"until": hidden[1]})
        assert agreed.headers["location"] == f"{path}?agreed"
    assert "Accepted, with more time" in officer.get(path).text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"partner": ""}, "partner"),
        ({"help": "enforcement"}, "help"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"ends_at": ""}, "ends_at"),
        ({"ends_at": "2001-01-01T10:00"}, "ends_at"),
        ({"partner": str(uuid4())}, "ends_at"),
    ],
)
def test_what_is_not_as_expected_is_linked(
    worker: httpx2.Client, world: World, given: dict[str, str], named: str
) -> None:
    answer = worker.post(f"/places/{world.places['Canal Works']}/joint-visit", data=a_form(world) | given)
    assert answer.status_code == 422
    assert list(faults(answer.text)) == [named]
    assert 'value="keep_safe" checked' in answer.text or named == "help"


def test_others_find_nothing_to_propose_and_nothing_to_read(
    worker: httpx2.Client, officer: httpx2.Client, world: World
) -> None:
    path = proposed(worker, world)
    assert officer.get(f"/places/{world.places['Station Corner']}/joint-visit").status_code == 404
    with a_client(world, "officer@police", "enforcement") as enforcing:
        assert enforcing.get("/joint-visits").status_code == 403
        assert "/joint-visits" not in enforcing.get("/map").text
    with a_client(world, "analyst@charity", "analysis") as analyst:
        assert analyst.get(path).status_code == 403
    for nothing in ("nonsense", str(uuid4())):
        assert worker.get(f"/joint-visits/{nothing}").status_code == 404


def test_a_hostile_name_stays_text(worker: httpx2.Client, officer: httpx2.Client, world: World) -> None:
    path = proposed(worker, world, HOSTILE)
    accepted(officer, path)
    for page in (worker.get(path).text, officer.get(path).text, worker.get("/joint-visits").text):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


@pytest.mark.browser
def test_the_whole_way_works_without_scripts(without_scripts: Visit, world: World) -> None:
    page = without_scripts.page
    without_scripts.sign_in("worker@charity")
    page.goto(f"{world.url}/places/{world.places['Station Corner']}")
    through(page, "text=Propose a joint visit")
    page.select_option("#partner", label="Test Police")
    page.check("input[value=keep_safe]")
    page.fill("#starts_at", field(soon(3)))
    page.fill("#ends_at", field(soon(5)))
    through(page, "text=Propose >> nth=-1")
    page.wait_for_selector("text=It is proposed")
    path = page.url.partition("?")[0]
    through(page, "text=Sign out")
    without_scripts.sign_in("officer@police")
    through(page, "nav >> text=Joint visits")
    through(page, f"a[href='{path.removeprefix(world.url)}']")
    page.check("text=officer@police.test.invalid")
    through(page, "text=Accept >> nth=-1")
    page.wait_for_selector("text=Open to you until")
    through(page, "dl >> text=Station Corner")
    page.wait_for_selector("h1 >> text=Station Corner")


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_of_a_joint_visit_has_an_accessibility_fault(
    chromium: Browser, worker: httpx2.Client, officer: httpx2.Client, world: World, size: tuple[int, int]
) -> None:
    waiting, opened = proposed(worker, world), proposed(worker, world, HOSTILE)
    accepted(officer, opened)
    worker.post(f"{opened}/extend", data={"until": field(soon(7))})
    new = f"/places/{world.places['Canal Works']}/joint-visit"
    found: list[str] = []
    for who, paths in {
        "worker@charity": (f"/places/{world.places[HOSTILE]}", new, "/joint-visits", waiting, opened),
        "officer@police": ("/joint-visits", waiting, opened),
    }.items():
        context = a_context(chromium, size, is_night=size == PHONE)
        visit = Visit(context.new_page(), world.url)
        visit.watch()
        visit.sign_in(who)
        for path in paths:
            visit.page.goto(world.url + path)
            found += examined(visit, f"{who} {path}")
        if who == "worker@charity":
            visit.page.goto(world.url + new)
            through(visit.page, "main button[type=submit]")
            found += examined(visit, "faults")
        # What a browser says of a form that is shown again.
        assert all("422" in complaint for complaint in visit.complaints)
        assert not visit.strangers()
        context.close()
    assert found == []


def examined(visit: Visit, where: str) -> list[str]:
    """Return what is wrong with a page: faults of accessibility, overflow, what no thumb hits."""
    faults = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in Axe().run(visit.page).response["violations"]]
    if not visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        faults.append("too wide")
    return [f"{where}: {fault}" for fault in (*faults, *small_targets(visit.page))]
