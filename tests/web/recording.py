"""Clients without scripts for tests of the pages on which workers record, and what they type."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import httpx2

from tests.web.world import PASSWORD, World
from web.days import today

AT = {"longitude": "-1.9200", "latitude": "52.4700"}


@contextmanager
def a_client(world: World, who: str = "worker@charity", purpose: str = "visit", **more: str) -> Iterator[httpx2.Client]:
    """Give a client that has signed in."""
    with world.client(follow_redirects=False) as client:
        asked = {"email": f"{who}.test.invalid", "password": PASSWORD, "purpose": purpose, **more}
        answer = client.post("/sign-in", data=asked)
        assert answer.status_code == 303, answer.text
        client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        yield client


def in_days(days: int) -> str:
    """Return the day so many after today in Britain, as a form takes it."""
    return (today() + timedelta(days=days)).isoformat()


def facts_of(**more: str) -> dict[str, str]:
    return (
        AT
        | {
            "name": "Elder Yard",
            "kind": "car_wash",
            "address": "3 Invented Way",
            "postcode": "B1 1AB",
            "attend_rule": "two_people",
            "sensitivity": "2",
            "collected_for": "welfare",
        }
        | more
    )


def added(worker: httpx2.Client, **more: str) -> str:
    """Add a place; the path of its card."""
    answer = worker.post("/places/new", data=facts_of(**more))
    assert answer.status_code == 303, faults(answer.text) or answer.text
    return answer.headers["location"].partition("?")[0]


def a_note_form(**more: str) -> dict[str, str]:
    return {
        "category": "forced_labour",
        "severity": "3",
        "provenance": "saw myself",
        "text": "Two people sleep in the store room.",
        "review_on": in_days(180),
        "sensitivity": "0",
    } | more


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return dict(found)


def faults(page: str) -> Mapping[str, str]:
    """Return what the summary of faults says, by the field that it links to."""
    summary = page.partition('id="faults"')[2].partition("</ul>")[0]
    return dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary))
