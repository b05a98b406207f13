"""Searches that go on after an answer: few at once, one for each person, ended when nobody looks."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest

from api import plan_searches
from api.plan_searches import PlanSearches, Search
from data.plans import PlanRefused
from tests.waiting import PATIENCE


@pytest.fixture
def searches() -> Iterator[PlanSearches]:
    made = PlanSearches()
    yield made
    made.close()


def until_stopped(search: Search) -> None:
    search.is_stopped.wait(PATIENCE)


def test_a_person_searches_once_and_the_second_ends_the_first(searches: PlanSearches) -> None:
    person, first, second = uuid4(), uuid4(), uuid4()
    searches.start(person, first, until_stopped)
    searches.start(person, second, until_stopped)
    assert searches.seen(first) is None
    assert searches.seen(second) is not None
    searches.stop(plan=second)
    assert searches.seen(second) is None


def test_only_so_many_wait(searches: PlanSearches) -> None:
    for _ in range(plan_searches.AT_ONCE + plan_searches.MOST_WAITING):
        searches.start(uuid4(), uuid4(), until_stopped)
    with pytest.raises(PlanRefused):
        searches.start(uuid4(), uuid4(), until_stopped)


def test_a_search_that_nobody_looks_at_is_not_wanted_until_somebody_looks(searches: PlanSearches) -> None:
    plan = uuid4()
    searches.start(uuid4(), plan, until_stopped)
    search = searches.seen(plan)
    assert search
    assert search.is_wanted()
    search.seen_at -= plan_searches.UNSEEN_SECONDS
    assert not search.is_wanted()
    searches.seen(plan)
    assert search.is_wanted()
    search.is_stopped.set()
    assert not search.is_wanted()


def test_one_that_fails_is_over_and_its_message_is_not_logged(
    searches: PlanSearches, caplog: pytest.LogCaptureFixture
) -> None:
    plan, is_done = uuid4(), threading.Event()

    def fails(_: Search) -> None:
        is_done.set()
        raise ValueError("Amber Yard")

    searches.start(uuid4(), plan, fails)
    assert is_done.wait(PATIENCE)
    searches.close()
    assert searches.seen(plan) is None
    assert "ended with ValueError" in caplog.text
    assert "Amber" not in caplog.text
