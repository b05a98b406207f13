"""What a session asks that counts: maps of hotspots and coverage, over the API and on pages, and what they lead to."""

from collections.abc import Iterator

from tests.noninterference.asking import MISSING, Request

QUESTIONS: tuple[dict[str, object], ...] = (
    {},
    {"metres": 1000, "confirm": True},
    {"metres": 5000, "category": "forced_labour", "first": "2026-01", "last": "2026-03"},
    {"method": "activity", "hide_small": True},
    {"method": "emerging"},
    {"severity": 3, "known": "first_hand"},
    {"area": "Nowhere"},
)


def counts_over_the_api() -> Iterator[Request]:
    """Give every question, one of them twice, and coverage."""
    for question in (*QUESTIONS, QUESTIONS[0]):
        yield Request("POST", "/api/hotspots", question)
    for asked in ("", "?metres=1000&weeks=8", "?metres=5000", "?metres=100", "?area=Nowhere"):
        yield Request("GET", f"/api/coverage{asked}")
    yield Request("DELETE", f"/api/hotspots/work/{MISSING}")


def forms_of_counts(path: str) -> Iterator[dict[str, object]]:
    """Give what is typed into the forms of hotspots and of coverage."""
    if path == "/hotspots":
        yield {"metres": "1000", "beside": "before", "list": "whole", "severity": "2", "known": "seen"}
        yield {"hide_small": "yes", "confirm": "yes"}
    if path == "/hotspots/file":
        yield from (dict[str, object](format=format) for format in ("csv", "gpkg", "pdf"))
    if path == "/coverage":
        yield {"metres": "1000", "weeks": "8"}
        yield {"area": "Nowhere"}


def of_report(where: str) -> Iterator[Request]:
    """Give what is asked of a report that was just made."""
    yield Request("GET", where)
    yield Request("GET", f"{where}/map.js")
