"""The hours and languages of a place: written on its edit page, read on its card, and kept by every plan."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.web.recording import a_client, added, faults, in_days
from tests.web.test_plan_pages import asked, left_out, visited
from tests.web.world import World

_LATITUDES = (f"{52.40 + 0.02 * number:.4f}" for number in range(5))
FIELDS = ("open_hours", "safe_hours", "no_knock_hours")


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


def edited(worker: httpx2.Client, place: str, **more: object) -> httpx2.Response:
    """Send the edit form of a place as it stands, with other values."""
    page = worker.get(f"/places/{place}/edit").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"version": version[1], "name": "Lantern Court", "kind": "shop", "status": "active", "attend_rule": "ok"}
    return worker.post(f"/places/{place}/edit", data=form | more)


@pytest.fixture
def place(worker: httpx2.Client) -> Iterator[str]:
    """Give a place far from the others, alone in its quarter; closed again after the test."""
    latitude = next(_LATITUDES)
    worker.headers["X-Base"] = f"{latitude}, -1.51"
    more = {"name": "Lantern Court", "attend_rule": "ok", "sensitivity": "1"}
    id = added(worker, longitude="-1.51", latitude=latitude, **more).rpartition("/")[2]
    yield id
    edited(worker, id, status="closed")


def planned(worker: httpx2.Client, **more: str) -> str:
    form = asked(worker) | {"base": worker.headers["X-Base"], "kilometres": "2", "day": in_days(1)} | more
    answer = worker.post("/plans/new", data=form)
    assert answer.status_code == 303, faults(answer.text) or answer.text
    return worker.get(answer.headers["location"]).text


def test_hours_are_written_once_and_read_on_the_card_and_in_the_history(worker: httpx2.Client, place: str) -> None:
    said = {"open_hours": "monday - friday 9:00-17:00", "safe_hours": "10:00-16:00", "languages": ["polish", "urdu"]}
    assert edited(worker, place, **said).status_code == 303
    card = worker.get(f"/places/{place}").text
    for words in ("Mon-Fri 09:00-17:00", "Mon-Sun 10:00-16:00", "Polish, Urdu"):
        assert words in card
    assert 'value="Mon-Fri 09:00-17:00"' in worker.get(f"/places/{place}/edit").text
    assert edited(worker, place).status_code == 303
    assert "Mon-Fri 09:00-17:00" not in worker.get(f"/places/{place}").text
    history = worker.get(f"/places/{place}/history").text
    assert "Mon-Fri 09:00-17:00" in history
    assert "Polish, Urdu" in history


def test_what_says_no_hours_is_told_beside_its_field(worker: httpx2.Client, place: str) -> None:
    for field in FIELDS:
        answer = edited(worker, place, **{field: "whenever"})
        assert (answer.status_code, list(faults(answer.text))) == (422, [field])
    api = worker.patch(f"/api/places/{place}", json={"version": 1, "safe_hours": "whenever"})
    assert api.status_code == 422
    assert "Mon-Fri 09:00-17:00" in api.json()["detail"]
    assert worker.patch(f"/api/places/{place}", json={"version": 1, "languages": ["klingon"]}).status_code == 422


def test_a_plan_keeps_the_hours_and_sends_who_speaks_the_language(worker: httpx2.Client, place: str) -> None:
    assert visited(planned(worker)) == [place]
    assert edited(worker, place, open_hours="15:00-16:00", languages=["polish"]).status_code == 303
    page = planned(worker)
    assert visited(page) == []
    assert "no team that may go speaks polish" in left_out(page)
    page = planned(worker, **{"languages-1": "polish"})
    assert visited(page) == [place]
    begins = re.search(r"<b>(\d\d:\d\d)</b> to", page)
    assert begins
    assert "15:00" <= begins[1] <= "15:40"
    assert edited(worker, place, safe_hours="09:00-11:00").status_code == 303
    assert "A visit may start" in left_out(planned(worker)) or "a visit may start" in left_out(planned(worker))
    assert edited(worker, place, no_knock_hours="00:00-24:00").status_code == 303
    assert "at no time open and safe" in left_out(planned(worker))
