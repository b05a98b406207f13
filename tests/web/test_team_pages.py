"""Teams by form: an admin names them, a worker says which made a visit and finds it again, a partner reads nothing."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.web.admins import signed_in_as, two_partners
from tests.web.recording import a_note_form, added, faults, in_days
from tests.web.test_visit_pages import DOOR, carried
from tests.web.world import World


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


def named(admin: httpx2.Client, *names: str) -> None:
    for name in names:
        answer = admin.post("/teams", data={"name": name})
        assert answer.headers.get("location") == "/teams?added", faults(answer.text) or answer.text


def offered(page: str) -> dict[str, bool]:
    """Return the teams that a form offers, and whether each is chosen."""
    choices = page.partition('name="team"')[2].partition("</select>")[0]
    return {words: bool(chosen) for chosen, words in re.findall(r'<option value="\d+"( selected)?>([^<]+)<', choices)}


def test_a_team_is_named_closed_and_opened_again(admin: httpx2.Client) -> None:
    assert "You have named none." in admin.get("/teams").text
    named(admin, "Night team", "Northfield team")
    page = admin.get("/teams?added").text
    assert page.index("Night team") < page.index("Northfield team")
    assert admin.post("/teams/1", data={"act": "close"}).headers["location"] == "/teams?closed"
    assert "Closed: what it recorded keeps its name" in admin.get("/teams").text
    assert admin.post("/teams/1", data={"act": "open"}).headers["location"] == "/teams?opened"
    again = admin.post("/teams", data={"name": "night team"})
    assert again.status_code == 422
    assert "If it is closed, open it again." in again.text
    for number in ("0", "9", "x"):
        assert admin.post(f"/teams/{number}", data={"act": "close"}).status_code == 404


def test_a_name_that_may_be_a_persons_is_marked_before_it_is_kept(admin: httpx2.Client) -> None:
    looked = admin.post("/teams", data={"name": "Sarah Miller team"})
    assert looked.status_code == 422
    assert "Look once more: it is not named yet" in looked.text
    assert "You have named none." in admin.get("/teams").text
    seal = re.search(r'name="looked" value="([0-9a-f]+)"', looked.text)
    assert seal
    kept = admin.post("/teams", data={"name": "Sarah Miller team", "looked": seal[1]})
    assert kept.status_code == 303


def test_a_worker_says_which_team_made_a_visit_and_is_offered_it_again(
    admin: httpx2.Client, worker: httpx2.Client
) -> None:
    place = added(worker)
    path = f"{place}/visit"
    page = worker.post(path, data={"step": "door", **DOOR, "go": "next"}).text
    assert offered(page) == {}, "nothing is asked where no team is named"
    named(admin, "Night team", "Day team")
    page = worker.post(path, data={"step": "door", **DOOR, "go": "next"}).text
    assert offered(page) == {"Not said": True, "Day team": False, "Night team": False}
    answers = {"outcome": "spoke_with_someone", "visited_on": in_days(0), "team": "1"}
    page = worker.post(path, data=carried(page) | answers | {"go": "next"}).text
    for _ in range(4):
        page = worker.post(path, data=carried(page) | {"go": "next"}).text
    assert "<dd" not in page or "Night team" in page
    saved = worker.post(path, data=carried(page) | {"go": "save"})
    assert saved.status_code == 303, faults(saved.text)
    assert "By Night team" in worker.get(place).text
    page = worker.post(path, data={"step": "door", **DOOR, "go": "next"}).text
    assert offered(page) == {"Not said": False, "Day team": False, "Night team": True}
    note = worker.get(f"{place}/note").text
    assert offered(note)["Night team"]
    assert worker.post(f"{place}/note", data=a_note_form(team="0")).status_code == 303
    assert "Written for" not in worker.get(place).text
    assert offered(worker.get(f"{place}/note").text)["Not said"], "what was said last in this session"


def test_a_team_that_was_closed_meanwhile_is_said_beside_the_field(admin: httpx2.Client, worker: httpx2.Client) -> None:
    place = added(worker)
    named(admin, "Night team", "Day team")
    admin.post("/teams/1", data={"act": "close"})
    note = worker.post(f"{place}/note", data=a_note_form(team="1"))
    assert note.status_code == 422
    assert faults(note.text) == {"team": "Choose one of your open teams, or: not said."}
    door = {**DOOR, "outcome": "nobody_there", "visited_on": in_days(0), "team": "1"}
    visit = worker.post(f"{place}/visit", data={**door, "step": "check", "go": "save"})
    assert visit.status_code == 422
    assert faults(visit.text) == {"team": "Choose one of your open teams, or: not said."}
