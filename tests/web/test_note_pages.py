"""The form of a risk note: looked over before it is saved, by the author, once."""

import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest

from tests.web.browsing import Visit, through
from tests.web.recording import a_client, a_note_form, faults, in_days
from tests.web.world import HOSTILE, World

NAMED = "Fatima rings 07700 900123 and claims that she is fine. <b>Bold</b>"


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


@pytest.fixture
def path(world: World) -> str:
    return f"/places/{world.places['Canal Works']}/note"


def test_a_plain_note_is_saved_at_once_and_said_to_be(worker: httpx2.Client, path: str) -> None:
    assert worker.get(path).status_code == 200
    saved = worker.post(path, data=a_note_form(text="The yard gate was chained."))
    assert (saved.status_code, saved.headers["location"]) == (303, path.removesuffix("/note") + "?noted")
    card = worker.get(saved.headers["location"]).text
    assert "The risk note is saved." in card
    assert "The yard gate was chained." in card


def test_what_points_at_a_person_is_marked_before_it_is_saved(worker: httpx2.Client, path: str, world: World) -> None:
    asked = worker.post(path, data=a_note_form(text=NAMED))
    assert asked.status_code == 422
    marked = re.findall(r"<mark[^>]*>([^<]+)</mark>", asked.text)
    assert marked == ["Fatima", "07700 900123", "claims that"]
    assert "&lt;b&gt;Bold&lt;/b&gt;" in asked.text
    assert "<b>Bold" not in asked.text
    assert NAMED.partition("<")[0] not in worker.get(path.removesuffix("/note")).text
    seal = re.search(r'name="looked" value="([0-9a-f]{16})"', asked.text)
    assert seal is not None
    other = worker.post(path, data=a_note_form(text="Fatima again", looked=seal[1]))
    assert other.status_code == 422
    saved = worker.post(path, data=a_note_form(text=NAMED, looked=seal[1]))
    assert saved.status_code == 303
    with psycopg.connect(world.operator) as conn:
        bodies = [row[0] for row in conn.execute("SELECT body FROM audit.entry WHERE body LIKE '%warned_of%'")]
    assert any('"warned_of":["name 1","phone 1","wording 1"]' in body for body in bodies)
    assert not any("Fatima" in body or "07700" in body for body in bodies)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"category": ""}, "category"),
        ({"severity": "6"}, "severity"),
        ({"provenance": "gossip"}, "provenance"),
        ({"review_on": in_days(-1)}, "review_on"),
        ({"review_on": "soon"}, "review_on"),
        ({"source": "1"}, "source"),
        ({"text": "x" * 10_001}, "text"),
    ],
)
def test_what_is_missing_is_linked_and_what_was_typed_stays(
    worker: httpx2.Client, path: str, given: dict[str, str], field: str
) -> None:
    answer = worker.post(path, data=a_note_form(text="A mattress in the store.") | given)
    assert answer.status_code == 422
    assert list(faults(answer.text)) == [field]
    assert "text" in given or "A mattress in the store." in answer.text


def test_only_police_are_offered_a_grade(worker: httpx2.Client, path: str, world: World) -> None:
    assert "3x5x2" not in worker.get(path).text
    with a_client(world, "officer@police") as officer:
        assert officer.get(path).status_code == 404
    graded = a_note_form(source="1", intelligence="B", handling="P")
    assert worker.post(path, data=graded).status_code == 403


def test_hidden_and_missing_places_take_no_notes_alike(world: World) -> None:
    asked = (("GET", "", None), ("POST", "", a_note_form()), ("POST", "/check", {"text": "x"}))
    with a_client(world, "officer@police") as officer:
        answers = [
            officer.request(method, f"/places/{id}/note{more}", data=data)
            for id in (world.places["Amber Yard"], "00000000-0000-4000-8000-000000000000", "nonsense")
            for method, more, data in asked
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_the_check_alone_keeps_nothing(worker: httpx2.Client, path: str) -> None:
    part = worker.post(f"{path}/check", data={"text": "Mr Nguyen of 7 Soho Road; the place is 12 Invented Row, B1 1AA"})
    assert re.findall(r"<mark[^>]*>([^<]+)</mark>", part.text) == ["Mr Nguyen", "7 Soho Road"]
    assert "findings" in worker.post(f"{path}/check", data={}).text


@pytest.mark.browser
def test_warnings_appear_while_one_types_and_nothing_is_blocked(visit: Visit, world: World) -> None:
    visit.sign_in("worker@charity")
    visit.page.goto(f"{world.url}/places/{world.places[HOSTILE]}/note")
    visit.page.fill("#text", "Blerim holds the keys")
    visit.page.wait_for_selector("#findings mark:has-text('Blerim')")
    visit.page.fill("#text", "One man holds the keys")
    visit.page.wait_for_selector("#findings:not(:has(mark))", state="attached")
    visit.page.select_option("#category", "not_known")
    visit.page.check("input[name=severity][value='2']")
    visit.page.check("input[name=provenance][value='saw myself']")
    through(visit.page, "main button[type=submit]")
    visit.page.wait_for_url("**?noted")
    assert "One man holds the keys" in visit.page.inner_text("#card")
