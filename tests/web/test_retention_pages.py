"""An admin reads what is kept how long, and sees what a shorter period means before it is saved."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.web.recording import a_client, faults
from tests.web.world import World

DAYS = {"alarms": "365", "details": "31", "notices": "31", "plans": "90", "shifts": "730", "were": "365 31 31 90 730"}


@pytest.fixture
def admin(world: World) -> Iterator[httpx2.Client]:
    with a_client(world, "admin@charity", "administration") as client:
        yield client


def test_the_page_says_what_is_kept_how_long(admin: httpx2.Client) -> None:
    page = admin.get("/retention").text
    assert 'value="365 31 31 90 730"' in page
    for words in ("From 7 to 31 days", "From 31 to 730 days", "an alarm is open", "nothing is deleted from it"):
        assert words in page
    assert 'href="/retention"' in admin.get("/reviews").text


def test_the_effect_is_shown_before_anything_is_saved(admin: httpx2.Client) -> None:
    shown = admin.post("/retention", data=DAYS | {"plans": "30", "act": "effect"})
    assert shown.status_code == 200
    assert "Plans: 30 days instead of 90. What is older is deleted" in shown.text
    assert 'value="365 31 31 90 730"' in admin.get("/retention").text
    assert "Nothing changes." in admin.post("/retention", data=DAYS | {"act": "effect"}).text


def test_fewer_days_are_saved_and_not_more(admin: httpx2.Client) -> None:
    for plans in ("91", "6", "-7", "soon", ""):
        refused = admin.post("/retention", data=DAYS | {"plans": plans})
        assert refused.status_code == 422
        assert faults(refused.text) == {"plans": "Days can be made fewer, and not more: choose from 7 to 90."}
    saved = admin.post("/retention", data=DAYS | {"plans": "30"})
    assert saved.headers["location"] == "/retention?saved"
    assert 'value="365 31 31 30 730"' in admin.get("/retention?saved").text
    late = admin.post("/retention", data=DAYS | {"plans": "20"})
    assert late.status_code == 409
    assert "read them again" in faults(late.text)["acts"]
