"""Search over HTTP, as a browser without JavaScript meets it."""

import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest

from tests.web.test_pages import signed_in
from tests.web.world import HOSTILE, World


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module", autouse=True)
def a_postcode(world: World) -> None:
    with psycopg.connect(world.operator) as conn:
        conn.execute(
            "INSERT INTO reference.postcode VALUES ('B5 4BU', 407250, 286350), ('B1 1AA', 406900, 286900)"
            " ON CONFLICT DO NOTHING"
        )


def found(browser: httpx2.Client, text: str) -> list[str]:
    answer = browser.post("/map/search", data={"text": text})
    assert answer.status_code == 200, answer.text
    part = answer.text.partition('id="found"')[2].partition("</section>")[0]
    return [re.sub("<[^>]*>", "", title) for title in re.findall(r"<b><bdi>(.*?)</bdi></b>", part)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("canal", ["Canal Works"]),
        ("WORKS canal", ["Canal Works"]),
        ("r", ["Amber Yard"]),
        ("yard", ["Amber Yard"]),
        ("100%", []),
        ("_", []),
        ("nowhere at all", []),
    ],
)
def test_places_are_found_by_the_parts_of_their_names(browser: httpx2.Client, text: str, titles: list[str]) -> None:
    signed_in(browser, "worker@charity")
    if len(text) == 1:
        assert browser.post("/map/search", data={"text": text}).status_code == 422
    else:
        assert found(browser, text) == titles


def test_a_postcode_finds_its_position_and_the_places_that_have_it(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    titles = found(browser, "b1  1aa")
    assert titles[0] == "B1 1AA"
    assert {"Amber Yard", "Canal Works", "Station Corner"} <= set(titles)
    assert found(browser, "B5 4BU") == ["B5 4BU"]
    assert {"Amber Yard", "Canal Works"} <= set(found(browser, "B1"))


def test_an_unknown_postcode_gets_a_sentence(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    assert "not known here" in browser.post("/map/search", data={"text": "CV1 2WT"}).text


@pytest.mark.parametrize(
    ("text", "title", "read_as"),
    [
        ("52.48 -1.8986", "Latitude 52.48000, longitude -1.89860", "Read as latitude first"),
        ("-1.8986, 52.48", "Latitude 52.48000, longitude -1.89860", "Read as longitude first"),
        ("406983 286900", "Easting 406983, northing 286900", "Read as easting first"),
        ("SP 0686", "Grid reference: 1 km square", "A square of the British National Grid"),
    ],
)
def test_positions_say_how_they_were_read(browser: httpx2.Client, text: str, title: str, read_as: str) -> None:
    signed_in(browser, "officer@police")
    answer = browser.post("/map/search", data={"text": text}).text
    assert title in answer
    assert read_as in answer


def test_a_position_leads_to_the_list_of_what_is_near_it(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    box = re.search(r'name="box" value="([^"]+)"', browser.post("/map/search", data={"text": "B1 1AA"}).text)
    assert box is not None
    listed = browser.post("/map", data={"box": box[1]})
    assert listed.status_code == 200
    assert "Amber Yard" in listed.text
    assert "Canal Works" not in listed.text


def test_an_irish_reference_is_told_from_nothing(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    assert "Irish Grid reference" in browser.post("/map/search", data={"text": "J 3374"}).text


def test_who_may_know_squares_finds_no_names(browser: httpx2.Client, world: World) -> None:
    signed_in(browser, "officer@police")
    assert found(browser, "canal") == []
    assert found(browser, "B1 1AA") == ["B1 1AA"]
    seen = browser.post("/map/search", data={"text": "works"}).text
    assert not any(str(id) in seen for id in world.places.values())


def test_hidden_and_missing_names_are_told_alike(browser: httpx2.Client) -> None:
    signed_in(browser, "officer@police")
    answers = [browser.post("/map/search", data={"text": text}).text for text in ("canal", "qqqqq")]
    assert answers[0].replace("canal", "") == answers[1].replace("qqqqq", "")


def test_an_admin_finds_positions_only(browser: httpx2.Client) -> None:
    signed_in(browser, "admin@charity", "administration")
    assert found(browser, "canal") == []
    assert found(browser, "SP 0686") == ["Grid reference: 1 km square"]


def test_hostile_names_and_texts_stay_text(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post("/map/search", data={"text": "<img src=x"}).text
    assert "<img src=x" not in answer
    assert "&lt;img src=x onerror=alert(1)&gt;" in answer
    assert HOSTILE not in answer


@pytest.mark.parametrize("text", ["", " ", "a", "x" * 101])
def test_what_cannot_be_sought_is_said_and_kept(browser: httpx2.Client, text: str) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post("/map/search", data={"text": text})
    assert answer.status_code == 422
    assert "2 to 100 characters" in answer.text
    assert f'value="{text.strip()}"' in answer.text


def test_strangers_search_nothing(browser: httpx2.Client) -> None:
    answer = browser.post("/map/search", data={"text": "canal"})
    assert answer.status_code == 401
    assert "Canal Works" not in answer.text
