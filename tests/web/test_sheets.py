"""Sheets to be printed: whose they are, what they show and hide, and that folium draws them with our files alone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import httpx2
import psycopg
import pytest

from tests.web.browsing import Visit
from tests.web.test_pages import signed_in
from tests.web.world import HOSTILE, World
from web.sheet_maps import MAP_ID, sheet_script

SQUARE = {"geometry": {"type": "Polygon", "coordinates": [[[-2, 52], [-1, 52], [-1, 53], [-2, 52]]]}}


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


def a_sheet(browser: httpx2.Client, world: World, *names: str) -> str:
    signed_in(browser, "worker@charity")
    answer = browser.post("/sheets", data={"place": [str(world.places[name]) for name in names]})
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_sheet_says_whose_it_is_which_copy_and_until_when(browser: httpx2.Client, world: World) -> None:
    page = browser.get(a_sheet(browser, world, "Amber Yard", HOSTILE))
    assert re.search(r"copy <b>[A-Z2-9]{4}-[A-Z2-9]{4}</b>", page.text)
    assert "destroy by" in page.text
    assert "OFFICIAL-SENSITIVE" in page.text
    assert page.text.index("Two people, always") < page.text.index("Do not attend")
    assert "Amber Yard" not in page.text.partition("</title>")[0]
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_what_people_typed_reaches_neither_markup_nor_folium(browser: httpx2.Client, world: World) -> None:
    path = a_sheet(browser, world, HOSTILE)
    page, script = browser.get(path).text, browser.get(f"{path}/map.js").text
    assert "<img src=x" not in page
    assert "Nails" in page
    assert not any(word in script for word in ("Nails", "alert", "Invented"))


def test_a_sheet_is_in_the_audit_under_its_copy_number(browser: httpx2.Client, world: World) -> None:
    page = browser.get(a_sheet(browser, world, "Amber Yard", "Canal Works")).text
    copy = re.findall(r"copy <b>(.{9})</b>", page)[0]
    with psycopg.connect(world.operator) as conn:
        query = "SELECT body::jsonb FROM audit.entry WHERE body::jsonb ->> 'copy' = %s ORDER BY seq"
        entries = [row[0] for row in conn.execute(query, [copy])]
    assert [entry["what"] for entry in entries] == ["made a sheet"]
    assert len(entries[0]["records"]) == 2


def test_hidden_missing_and_nonsense_make_no_sheet_and_answer_alike(browser: httpx2.Client, world: World) -> None:
    signed_in(browser, "officer@police")
    answers = [browser.post("/sheets", data={"place": one}) for one in (world.places["Amber Yard"], uuid4(), "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("count", [0, 61])
def test_none_and_too_many_are_told(browser: httpx2.Client, count: int) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post("/sheets", data={"place": [str(uuid4()) for _ in range(count)]})
    assert answer.status_code == 422
    assert f"{count} were chosen" in answer.text


def test_nobody_else_opens_a_sheet_and_it_expires(browser: httpx2.Client, world: World) -> None:
    path = a_sheet(browser, world, "Amber Yard")
    with world.client() as other:
        signed_in(other, "both@police", organisation="Test Charity")
        theirs, missing = other.get(path), other.get(f"/sheets/{uuid4()}")
        assert (theirs.status_code, theirs.text) == (404, missing.text)
    with psycopg.connect(world.operator) as conn:
        conn.execute("UPDATE access.sheet SET until = until - %s", [timedelta(hours=25)])
    assert browser.get(path).status_code == 404
    assert browser.get(f"{path}/map.js").status_code == 404


def test_the_script_is_the_same_each_time_and_names_no_address() -> None:
    made = [sheet_script({1: (-1.9, 52.48)}, {"wards": [SQUARE], "boroughs": [SQUARE]}) for _ in range(2)]
    assert made[0] == made[1]
    assert f'"{MAP_ID}"' in made[0]
    assert "//" not in re.sub(r"//[^\n]*\n", "", made[0])
    assert made[0].count("L.geoJson(") == 3, "one layer for each kind of thing"


@pytest.mark.browser
def test_a_worker_prints_a_sheet_with_a_map(visit: Visit, world: World) -> None:
    visit.sign_in("worker@charity")
    visit.page.goto(f"{visit.url}/sheets")
    visit.page.evaluate(
        """ids => { const form = document.createElement('form'); form.method = 'post'; form.action = '/sheets';
            for (const id of ids) { const one = document.createElement('input'); one.name = 'place'; one.value = id;
            form.append(one); } document.body.append(form); setTimeout(() => form.submit()); }""",
        [str(world.places[name]) for name in ("Amber Yard", "Canal Works", HOSTILE)],
    )
    visit.page.wait_for_selector(".leaflet-marker-pane .sheet-number >> nth=2")
    assert visit.page.locator(".leaflet-marker-pane .sheet-number").all_inner_texts() == ["1", "2", "3"]
    assert visit.page.locator(".leaflet-outlines-pane path").count() > 0
    assert visit.page.locator("main img[src=x]").count() == 0
