"""What a session asks of plans of shifts: to make them, and of those it made, with places seen and hidden."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from urllib.parse import urlencode

from geo.shifts.settings import Settings
from tests.noninterference.asking import MISSING, Request, Subjects


def of_plan(path: str, subjects: Subjects) -> Iterator[Request]:
    """Give what is asked of a plan that was just made: with places seen and hidden wished into it, and out of it."""
    yield Request("GET", path)
    places, wishes = (*subjects.ids["places"][::9], MISSING), ("answered", "together", "must", "never", "alone")
    for place, wish in list(product(places, wishes))[:: 1 if subjects.turn is None else 2]:
        yield Request("POST", f"{path}/wish", form=urlencode({"place": place, "wish": wish}))
    for act, form in (("improve", "nothing="), ("state", "state=ready"), ("pack", "nothing=")):
        yield Request("POST", f"{path}/{act}", form=form)
    yield from (Request("GET", where) for where in (path, f"{path}/pack", f"{path}/calendar", "/plans", f"/api{path}"))
    yield from _acts(f"/api{path}", subjects)


def plans_over_the_api(subjects: Subjects) -> Iterator[Request]:
    """Give what makes a plan over the API, and acts on one that never was."""
    team = {"members": [str(id) for id in subjects.ids["people"][:1]]}
    base = list(subjects.positions[0])
    yield Request(
        "POST", "/api/plans", {"day": "2026-03-02", "starts": 840, "ends": 1080, "base": base, "teams": [team]}
    )
    yield from _acts(f"/api/plans/{MISSING}", subjects)
    yield Request("PUT", "/api/planning-settings", {**asdict(Settings()), "risk": 31})
    yield Request("POST", "/api/teams", {"name": "Hidden team"})
    yield from (Request("PUT", f"/api/teams/{number}", {"is_open": False}) for number in (1, 39))


def _acts(path: str, subjects: Subjects) -> Iterator[Request]:
    yield Request("POST", f"{path}/wishes", {"place": str(subjects.ids["places"][0]), "wish": "must"})
    yield Request("POST", f"{path}/improve")
    yield from (Request(method, f"{path}/search") for method in ("POST", "GET", "DELETE"))
    yield Request("PATCH", path, {"state": "draft"})
    yield Request("DELETE", path)


def shifts(subjects: Subjects) -> Iterator[dict[str, object]]:
    """Give the forms of a shift for which everybody is chosen: tomorrow, and now, when joint visits are open."""
    yield a_shift(subjects)
    yield a_shift(subjects) | {"day": "2026-03-01", "starts": "12:00", "ends": "16:00"}


def a_shift(subjects: Subjects) -> dict[str, object]:
    """Return the form of a shift for which everybody is chosen."""
    longitude, latitude = subjects.positions[0]
    return {
        "day": "2026-03-02", "starts": "14:00", "ends": "18:00", "base": f"{latitude:.5f}, {longitude:.5f}",
        "kilometres": "5", "minutes": "20", "most_stops": "6", "exploratory": "30",
        **{f"team-{id}": "1" for id in subjects.ids["people"]},
    }  # fmt: skip
