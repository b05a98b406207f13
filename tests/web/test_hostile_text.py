"""Hostile text in every field that a form can fill shows as text on every page that can show it."""

import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import unquote

import httpx2
import pytest

from tests.noninterference.comparing import routes_of_pages
from tests.web.recording import a_client, a_note_form, added
from tests.web.world import World

NASTY = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\u202e=1+1"
MARKUP = re.compile(r"<img src=x|<script>alert|onerror=alert\(1\)>")


@pytest.fixture(scope="module")
def path(world: World) -> Iterator[str]:
    """Record a place, a visit, flags and notes whose every field is hostile; the place's path."""
    with a_client(world, "worker@charity") as worker:
        made = added(worker, name=NASTY, address=NASTY, longitude="-1.7710", latitude="52.5710")
        note = a_note_form(text=NASTY)
        answer = worker.post(f"{made}/note", data=note)
        if answer.status_code != 303:  # The check asks to look once more.
            again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
            answer = worker.post(f"{made}/note", data=note | again)
        worker.post(f"{made}/review")
        yield made


@pytest.mark.parametrize(
    ("who", "purpose"),
    [("worker@charity", "visit"), ("admin@charity", "administration"), ("auditor@charity", "audit")],
)
def test_no_page_takes_text_for_markup(world: World, path: str, who: str, purpose: str) -> None:
    shown = 0
    with a_client(world, who, purpose) as client:
        for _, route in (one for one in routes_of_pages() if one[0] == "GET"):
            page = client.get(route.replace("{id}", path.removeprefix("/places/")))
            assert not MARKUP.search(page.text), route
            assert "alert" not in unquote(str(page.url)), route
            shown += "&lt;img src=x" in page.text
    assert (shown > 3) == (who == "worker@charity"), "the worker reads it, as text, on several pages"


def test_forms_show_what_was_typed_as_text(world: World, path: str) -> None:
    fields = ("name", "address", "text", "where", "email", "title", "postcode", "search", "organisation", "role")
    with a_client(world, "worker@charity") as worker, a_client(world, "admin@charity", "administration") as admin:
        for client, route in product((worker, admin), (one for method, one in routes_of_pages() if method == "POST")):
            if route in {"/sign-out", "/sign-in", "/account/sessions/end"}:
                continue
            answer = client.post(
                route.replace("{id}", path.removeprefix("/places/")), data=dict.fromkeys(fields, NASTY)
            )
            assert answer.status_code < 500, route
            assert not MARKUP.search(answer.text), route


def test_what_leaves_as_a_file_is_text_too(world: World, path: str) -> None:
    with a_client(world, "worker@charity") as worker:
        sheet = worker.post("/sheets", data={"place": path.removeprefix("/places/")}).headers["location"]
        assert not MARKUP.search(worker.get(sheet).text)
        assert "alert" not in worker.get(f"{sheet}/map.js").text
        cells: httpx2.Response = worker.get("/api/collections/places/export?format=csv")
        assert cells.headers["content-disposition"].startswith("attachment")
        assert not re.search(r'(^|,)"?[=+@-][^"\d.]', cells.text, re.MULTILINE), "no cell begins a formula"
