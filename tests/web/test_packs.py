"""The pack of a plan: numbered stops with times and rules, marked, numbered, and no more than paper should tell."""

import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.browsing import Visit, through
from tests.web.recording import a_client
from tests.web.test_plan_pages import made, visited, wish
from tests.web.world import World


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


def packed(worker: httpx2.Client, plan: str) -> str:
    assert "Make a pack" in worker.get(f"{plan}/pack").text
    answer = worker.post(f"{plan}/pack")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{plan}/pack")
    return worker.get(f"{plan}/pack").text


def test_a_pack_has_the_stops_in_order_with_times_and_a_copy_number(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    order = visited(worker.get(plan).text)
    page = packed(worker, plan)
    names = {str(id): name for name, id in world.places.items()}
    found = re.findall(r'aria-hidden="true">(\d+)</span> (\d\d:\d\d) to (\d\d:\d\d) <bdi>([^<]+)</bdi>', page)
    assert [(number, name) for number, _, _, name in found] == [
        (str(number), names[id]) for number, id in enumerate(order, 1)
    ]
    assert re.search(r"copy <b>[A-Z2-9]{4}-[A-Z2-9]{4}</b>", page)
    assert "destroy by" in page
    assert page.count("Check in by") == len(order)
    assert "worker@" not in page
    script = worker.get(re.findall(r'src="(/sheets/[^"]+)"', page)[0])
    assert script.status_code == 200
    with psycopg.connect(world.operator) as conn:
        rows = conn.execute("SELECT body FROM audit.entry WHERE body LIKE '%made a pack%'").fetchall()
    assert rows
    assert not any(name in str(rows) for name in world.places)


def relabelled(worker: httpx2.Client, place: object, **more: object) -> None:
    version = worker.get(f"/api/places/{place}").json()["version"]
    assert worker.patch(f"/api/places/{place}", json={"version": version, **more}).status_code == 200


def test_an_address_is_printed_only_where_it_tells_of_no_concern(worker: httpx2.Client, world: World) -> None:
    amber, station = (world.places[name] for name in ("Amber Yard", "Station Corner"))
    for place, address, sensitivity in ((amber, "7 Told Road", 1), (station, "8 Untold Road", 2)):
        relabelled(worker, place, address=address, sensitivity=sensitivity)
    page = packed(worker, made(worker))
    assert "Amber Yard" in page
    assert "Station Corner" in page
    assert "7 Told Road" in page
    assert "8 Untold Road" not in page
    relabelled(worker, station, sensitivity=1)


def test_a_pack_of_another_plan_than_it_is_now_is_not_shown(worker: httpx2.Client, world: World) -> None:
    plan = made(worker)
    packed(worker, plan)
    assert wish(worker, plan, world.places["Station Corner"], "never").status_code == 303
    page = worker.get(f"{plan}/pack").text
    assert "The plan changed since" in page
    assert "Amber Yard" not in page


def test_who_goes_packs_for_themselves_and_nobody_else_does(worker: httpx2.Client, world: World) -> None:
    plan = made(worker, goers=3)
    packed(worker, plan)
    with a_client(world, "both@police", organisation="Test Charity") as colleague:
        assert colleague.get(f"{plan}/pack").status_code == colleague.post(f"{plan}/pack").status_code == 404
        worker.post(f"{plan}/state", data={"state": "ready"})
        assert "copy <b>" in packed(colleague, plan)
    with a_client(world, "officer@police") as officer:
        assert officer.get(f"{plan}/pack").status_code == officer.post(f"{plan}/pack").status_code == 404


def test_a_plan_without_stops_has_no_pack(worker: httpx2.Client) -> None:
    plan = made(worker, goers=1)
    answer = worker.post(f"{plan}/pack")
    assert answer.status_code == 422
    assert "A sheet holds 1 to 60 places" in answer.text


@pytest.mark.browser
def test_a_pack_has_no_accessibility_fault(any_visit: Visit, worker: httpx2.Client) -> None:
    plan = made(worker)
    any_visit.sign_in("worker@charity")
    any_visit.page.goto(f"{any_visit.url}{plan}/pack")
    through(any_visit.page, "text=Make a pack")
    any_visit.page.wait_for_selector(".leaflet-marker-icon")
    found = Axe().run(any_visit.page).response["violations"]
    assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] == []
    assert any_visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
