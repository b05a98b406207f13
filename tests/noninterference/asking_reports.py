"""What a session asks of initiatives and briefings: to make them, and of those it made, and of others' by id."""

from collections.abc import Iterator
from urllib.parse import urlencode

from tests.api.reporting import an_initiative
from tests.noninterference.asking import MISSING, Request, Subjects

QUARTER = "2025-10-01"


def reports_over_the_api(subjects: Subjects) -> Iterator[Request]:
    """Give what keeps an initiative and prepares a briefing over the API, and what acts on those of either world."""
    yield Request("POST", "/api/initiatives", an_initiative())
    yield Request("POST", "/api/briefings", {"quarter": QUARTER})
    for id in subjects.of("initiatives"):
        yield Request("PUT", f"/api/initiatives/{id}", an_initiative(version=1))
    for id in (*subjects.of("initiatives")[::2], MISSING):
        yield Request("DELETE", f"/api/initiatives/{id}")
    for id in subjects.of("briefings"):
        yield Request("POST", f"/api/briefings/{id}/approve", {"checksum": "0" * 64})
        yield Request("POST", f"/api/briefings/{id}/withdraw")


def of_initiative(path: str) -> Iterator[Request]:
    """Give what is asked of an initiative that was just kept."""
    form = an_initiative_typed() | {"version": "1", "title": "Know the signs"}
    yield from (Request("GET", where) for where in (path, f"{path}/edit", "/initiatives", f"/api{path}"))
    yield Request("POST", f"{path}/edit", form=urlencode(form, doseq=True))
    yield from (Request("GET", where) for where in (path, f"/api{path}"))


def of_briefing(path: str) -> Iterator[Request]:
    """Give what is asked of a briefing that was just prepared."""
    for part in ("", "/briefing.html", "/briefing.pdf", "/map", "/map.js"):
        yield Request("GET", path + part)
    yield Request("POST", f"{path}/verify")
    yield Request("POST", f"{path}/withdraw", form="nothing=")
    yield from (Request("GET", where) for where in (path, "/briefings", "/api/briefings", f"/api{path}"))


def an_initiative_typed() -> dict[str, object]:
    """Return an initiative as it is typed into its form."""
    return {name: value for name, value in an_initiative(is_published="yes").items() if value is not None}
