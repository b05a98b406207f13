"""Filters of the map's list over HTTP, as a browser without JavaScript meets them."""

import re
from collections.abc import Iterator
from datetime import date

import httpx2
import pytest
from starlette.datastructures import FormData

from tests.web.test_pages import signed_in
from tests.web.world import VISITED_ON, World
from web.filters import asked_for
from web.words import day

HOSTILE_ROW = "Nails"


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


def listed(browser: httpx2.Client, **filters: str) -> set[str]:
    page, part = (browser.post(path, data=filters) for path in ("/map", "/map/list"))
    assert (page.status_code, part.status_code) == (200, 200)
    titles = [re.findall(r"<b><bdi>(.*?)</bdi></b>", answer.text.partition('id="list"')[2]) for answer in (page, part)]
    assert titles[0] == titles[1]
    return {HOSTILE_ROW if HOSTILE_ROW in title else title for title in titles[0]}


ALL = {"Amber Yard", HOSTILE_ROW, "Canal Works", "Station Corner"}


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({}, ALL),
        ({"kind": "nail_bar"}, ALL),
        ({"kind": "farm"}, set()),
        ({"attend_rule": "two_people"}, {"Amber Yard"}),
        ({"status": "active"}, ALL),
        ({"status": "closed"}, set()),
        ({"category": "forced_labour"}, {HOSTILE_ROW}),
        ({"category": "debt_bondage"}, set()),
        ({"severity": "3"}, {HOSTILE_ROW}),
        ({"severity": "4"}, set()),
        ({"unvisited": "never"}, ALL - {HOSTILE_ROW}),
        ({"unvisited": "12"}, ALL - {HOSTILE_ROW}),
        ({"attend_rule": "do_not_attend", "severity": "2", "kind": "nail_bar"}, {HOSTILE_ROW}),
        ({"attend_rule": "two_people", "box": "-1.8990,52.4795,-1.8980,52.4805"}, {"Amber Yard"}),
        ({"attend_rule": "two_people", "box": "-1.80,52.47,-1.79,52.48"}, set()),
    ],
)
def test_each_filter_lists_what_meets_it(browser: httpx2.Client, filters: dict[str, str], titles: set[str]) -> None:
    signed_in(browser, "worker@charity")
    assert listed(browser, **filters) == titles


def test_who_knows_squares_filters_them_by_their_strictest_rule_alone(browser: httpx2.Client) -> None:
    signed_in(browser, "officer@police")
    everything = listed(browser)
    assert everything == {"500 m square"}
    assert listed(browser, kind="nail_bar") == set()
    assert listed(browser, severity="1") == set()
    assert listed(browser, attend_rule="two_people") <= everything


def test_the_page_says_that_filters_are_on_and_shows_them_again(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    page = browser.post("/map", data={"attend_rule": "two_people"}).text
    assert "Filters are on" in page
    assert '<option value="two_people" selected>' in page


@pytest.mark.parametrize(
    "wrong", [{"severity": "6"}, {"attend_rule": "maybe"}, {"status": "x"}, {"kind": "a b"}, {"unvisited": "2"}]
)
def test_a_filter_that_is_not_offered_is_refused_in_words(browser: httpx2.Client, wrong: dict[str, str]) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post("/map", data=wrong)
    assert answer.status_code == 422
    assert "Choose one of the list." in answer.text


@pytest.mark.parametrize("wrong", [{"kind": "no_such_kind"}, {"category": "no_such"}, {"box": "1,2"}, {"after": "x"}])
def test_what_nobody_can_choose_gets_a_sentence(browser: httpx2.Client, wrong: dict[str, str]) -> None:
    signed_in(browser, "worker@charity")
    assert browser.post("/map/list", data=wrong).status_code == 400


def test_a_row_tells_the_last_visit_and_the_severest_note(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    page = browser.post("/map", data={"category": "forced_labour"}).text
    assert f"Last visit {day(VISITED_ON)}" in page
    assert "Risk note, severity 3 of 5" in page


@pytest.mark.parametrize(
    ("unvisited", "since"),
    [("never", date.min), ("1", date(2026, 2, 28)), ("3", date(2025, 12, 28)), ("12", date(2025, 3, 28))],
)
def test_months_are_counted_back_from_today(unvisited: str, since: date) -> None:
    wanted, _ = asked_for(FormData({"unvisited": unvisited}), rows=5, today=date(2026, 3, 31))
    assert wanted.filters.unvisited_since == since
