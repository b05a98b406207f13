"""How an organisation plans: an admin sees the effect before saving, and plans show how each score came about."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.web.admins import signed_in_as, two_partners
from tests.web.recording import a_client, faults
from tests.web.test_plan_pages import made
from tests.web.world import World


@pytest.fixture
def charity(world: World) -> str:
    return two_partners(world)[0]


@pytest.fixture
def admin(world: World, charity: str) -> Iterator[httpx2.Client]:
    with signed_in_as(world, charity, "admin") as client:
        yield client


def form_of(page: str) -> dict[str, str]:
    """Return the fields of the form as they stand."""
    form = page.partition('action="/planning"')[2].partition("</form>")[0]
    return {name: value for tag in re.findall(r"<input[^>]+>", form) for name, value in [field_of(tag)]}


def field_of(tag: str) -> tuple[str, str]:
    name, value = (re.search(rf'\b{what}="([^"]*)"', tag) for what in ("name", "value"))
    assert name
    return name[1], value[1] if value else ""


def test_the_effect_is_shown_before_anything_is_saved(admin: httpx2.Client) -> None:
    typed = form_of(admin.get("/planning").text)
    assert (typed["version"], typed["risk"], typed["rhythm-street"]) == ("0", "30", "14")
    shown = admin.post("/planning", data=typed | {"risk": "60", "act": "effect"})
    assert shown.status_code == 200
    assert "up to 60 minutes out of its way" in shown.text
    assert form_of(shown.text)["risk"] == "60"
    assert form_of(admin.get("/planning").text)["risk"] == "30"


def test_what_is_saved_holds_for_the_next_plan_and_the_plan_shows_each_term(
    world: World, charity: str, admin: httpx2.Client
) -> None:
    typed = form_of(admin.get("/planning").text)
    saved = admin.post("/planning", data=typed | {"overdue": "13", "minutes": "25", "rhythm-nail_bar": "7"})
    assert saved.headers["location"] == "/planning?saved"
    assert "planned so from now on" in admin.get("/planning?saved").text
    again = form_of(admin.get("/planning").text)
    assert (again["version"], again["overdue"], again["rhythm-nail_bar"]) == ("1", "13", "7")
    assert admin.post("/planning", data=typed | {"overdue": "14"}).status_code == 409
    with signed_in_as(world, charity, "worker") as worker:
        assert 'value="25"' in worker.get("/plans/new").text
        page = worker.get(made(worker, goers=1)).text
    assert "Need: <b>26</b> points" in page
    assert "26.0 for never visited" in page


def test_what_is_wrong_is_said_and_nothing_is_saved(admin: httpx2.Client) -> None:
    typed = form_of(admin.get("/planning").text)
    for field, wrong, fault in (
        ("risk", "-1", "risk"), ("risk", "", "risk"), ("severity-2", "many", "severity_shares"),
        ("car-5", "0", "car_speeds"), ("rhythm-street", "0", "rhythms"), ("minutes", "500", "minutes"),
    ):  # fmt: skip
        answer = admin.post("/planning", data=typed | {field: wrong})
        assert (answer.status_code, list(faults(answer.text))) == (422, [fault]), field
    assert form_of(admin.get("/planning").text)["version"] == "0"


def test_a_plan_of_another_organisation_follows_the_defaults(world: World, admin: httpx2.Client) -> None:
    admin.post("/planning", data=form_of(admin.get("/planning").text) | {"overdue": "0"})
    with a_client(world) as worker:
        assert "40.0 for never visited" in worker.get(made(worker)).text
