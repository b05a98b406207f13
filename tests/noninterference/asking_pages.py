"""What a session asks of the pages of a world: every route, with what people type into its form."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from tests.noninterference.asking import MISSING, Request, Subjects
from tests.noninterference.asking_counts import forms_of_counts
from tests.noninterference.asking_plans import shifts
from tests.noninterference.asking_releases import a_release
from tests.noninterference.asking_reports import QUARTER, an_initiative_typed

_FILTERS = ({"severity": 3}, {"category": "forced_labour"}, {"unvisited": "never"}, {"kind": "shop"})
_ON_A_PLACE = {"version": "1", "text": "A locked door.", "step": "check", "go": "save", "decision": "withdraw"}


def pages(routes: Iterable[tuple[str, str]], subjects: Subjects) -> Iterator[Request]:
    """Give every route of the pages but signing out, with ids of what it is about, and a form where it takes one."""
    for method, path in routes:
        about = path.split("/")[1]
        ids = subjects.of(about) if "{" in path else (None,)
        # The card is asked of every place, what is reached from it of every third; and joint visits each.
        for id in ids if path in {"/places/{id}", "/joint-visits/{id}"} else (*ids[:-2:3], *ids[-2:]):
            filled = re.sub(r"\{\w+\}", str(id), path)
            if method == "GET":
                yield Request("GET", filled)
            elif path != "/sign-out":
                yield from (
                    Request(method, filled, form=urlencode(form, doseq=True)) for form in _forms(path, subjects)
                )


def _forms(path: str, subjects: Subjects) -> Iterator[dict[str, object]]:
    """Give what is typed into a page's form: nothing; then a box, a name, a filter, ids of records."""
    yield {"nothing": ""}
    if path.startswith("/places/"):
        yield dict(_ON_A_PLACE)
    if "joint-visit" in path:
        yield from _joint_visits(path, subjects)
    if path == "/map":
        yield from (dict(wanted) for wanted in _FILTERS)
    if path in {"/map", "/map/list", "/map/search"}:
        yield from _boxes(subjects)
    if path == "/reviews":
        for kind, layer in (("note", "risks"), ("place", "places")):
            yield from ({"kind": kind, "act": "keep", "id": id, "version": 1} for id in subjects.of(layer))
    yield from _made(path, subjects)
    yield from forms_of_counts(path)


def _made(path: str, subjects: Subjects) -> Iterator[dict[str, object]]:
    """Give what makes a plan, initiatives, briefings, or sheets."""
    if path == "/plans/new":
        yield from shifts(subjects)
    if path.startswith("/initiatives/"):
        yield an_initiative_typed() | {"version": "1"}
    if path == "/briefings":
        yield {"quarter": QUARTER}
    if path == "/releases":
        yield from a_release(subjects)
    if path == "/sheets":
        yield from ({"place": id} for id in subjects.of("places"))


def _joint_visits(path: str, subjects: Subjects) -> Iterator[dict[str, object]]:
    """Give what proposes a place to organisations, known and missing; or what accepts, and asks for time."""
    window = {"starts_at": "2026-03-04T18:00", "ends_at": "2026-03-04T20:00"}
    if path.startswith("/places/"):
        yield from ({"partner": id, "help": "keep_safe"} | window for id in (*subjects.organisations[:2], MISSING))
    elif path != "/joint-visits":
        yield {"members": MISSING, "until": "2026-03-04T20:00"}


def _boxes(subjects: Subjects) -> Iterator[dict[str, object]]:
    for longitude, latitude in subjects.positions[::7]:
        box = (longitude - 0.0015, latitude - 0.001, longitude + 0.0015, latitude + 0.001)
        yield {"box": ",".join(f"{side:.5f}" for side in box), "text": "Yard"}
