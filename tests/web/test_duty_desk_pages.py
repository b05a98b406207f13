"""An admin sets the duty desk on a page, and teams are told who is on duty, or that none of them can set out."""

import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.admins import email, signed_in_as, two_partners
from tests.web.browsing import Visit
from tests.web.recording import faults
from tests.web.test_accessibility import small_targets
from tests.web.test_plan_pages import made
from tests.web.world import World

EMPTY = "Nobody is on duty at your desk: no team can set out."


@pytest.fixture
def charity(world: World) -> str:
    return two_partners(world)[0]


@pytest.fixture
def admin(world: World, charity: str) -> Iterator[httpx2.Client]:
    with signed_in_as(world, charity, "admin") as client:
        yield client


@pytest.fixture
def worker(world: World, charity: str) -> Iterator[httpx2.Client]:
    with signed_in_as(world, charity, "worker") as client:
        yield client


def desk_of(page: str, **more: object) -> dict[str, object]:
    """Return a form that was filled from a page."""
    read = re.search(r'name="facts_hash" value="([^"]*)"', page)
    assert read
    return {"telephone": "0121 496 0001", "email": "", "facts_hash": read[1], **more}


def test_the_effect_is_shown_before_anything_is_saved(admin: httpx2.Client, charity: str) -> None:
    page = admin.get("/duty-desk").text
    assert "Nobody is on duty" in page
    worker = email(charity, "worker")
    shown = admin.post("/duty-desk", data=desk_of(page, members=worker, email="Desk@Charity.org", act="effect"))
    assert shown.status_code == 200
    for words in (f"{worker} reads what is sent to the desk", "goes to desk@charity.org", "say 0121 496 0001"):
        assert words in shown.text
    assert "No team can set out" in admin.get("/duty-desk").text


def test_a_desk_is_set_read_and_emptied_again(admin: httpx2.Client, worker: httpx2.Client, charity: str) -> None:
    name = email(charity, "worker")
    for path in ("/plans", "/plans/new", "/today", made(worker, goers=1)):
        assert EMPTY in worker.get(path).text
    saved = admin.post("/duty-desk", data=desk_of(admin.get("/duty-desk").text, members=name))
    assert saved.headers["location"] == "/duty-desk?saved"
    page = admin.get("/duty-desk?saved").text
    assert "Somebody is on duty" in page
    assert 'value="0121 496 0001"' in page
    today = worker.get("/today").text
    assert f"On duty: <bdi>{name}</bdi>" in today
    assert EMPTY not in worker.get("/plans/new").text + today
    told = worker.get("/api/shifts").json()["duty_desk"]
    assert told == {"telephone": "0121 496 0001", "members": [name]}
    effect = admin.post("/duty-desk", data=desk_of(page, act="effect")).text
    assert "Nobody is on duty: no team can set out." in effect
    admin.post("/duty-desk", data=desk_of(page))
    assert EMPTY in worker.get("/plans/new").text


def test_what_was_typed_wrong_stands_beside_its_field_and_a_late_save_is_refused(
    admin: httpx2.Client, charity: str
) -> None:
    page = admin.get("/duty-desk").text
    wrong = admin.post("/duty-desk", data=desk_of(page, telephone="call Ann", email="nobody"))
    assert wrong.status_code == 422
    assert set(faults(wrong.text)) == {"telephone", "email"}
    assert 'value="call Ann"' in wrong.text
    stranger = admin.post("/duty-desk", data=desk_of(page, members="officer@police.test.invalid"))
    assert stranger.status_code == 422
    assert "no outreach worker" in faults(stranger.text)["members"]
    assert admin.post("/duty-desk", data=desk_of(page, members=email(charity, "worker"))).status_code == 303
    late = admin.post("/duty-desk", data=desk_of(page, telephone="999"))
    assert late.status_code == 409
    assert "read it again" in faults(late.text)["acts"]


def test_what_was_set_stands_in_the_audit_without_a_telephone(world: World, admin: httpx2.Client, charity: str) -> None:
    admin.post("/duty-desk", data=desk_of(admin.get("/duty-desk").text))
    with psycopg.connect(world.operator) as conn:
        row = conn.execute(
            "SELECT e.body FROM audit.entry AS e JOIN access.organisation AS o ON o.id = e.organisation_id"
            " WHERE o.name = %s ORDER BY e.seq DESC LIMIT 1",
            [charity],
        ).fetchone()
    assert row
    assert "set the duty desk" in row[0]
    assert "496" not in row[0]


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/duty-desk", "/retention"])
def test_the_pages_are_faultless_on_a_phone(visit: Visit, path: str) -> None:
    visit.sign_in("admin@charity", "administration")
    page = visit.page
    page.goto(f"{visit.url}{path}")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
