"""What a session asks of shifts, alarms and notices over the API: those of others, and ones that never were."""

from collections.abc import Iterator

from tests.noninterference.asking import MISSING, Request, Subjects


def shifts_over_the_api(subjects: Subjects) -> Iterator[Request]:
    """Give what sets out, what is said of a shift and of an alarm, and both again of a plan's and a place's ids."""
    contacts = dict.fromkeys(("buddy", "second", "manager"), MISSING)
    yield Request("POST", "/api/shifts", {"plan": MISSING, **contacts})
    yield Request("PUT", "/api/account/words", {"safe": "x", "duress": "y"})
    for id in (MISSING, *subjects.ids["places"][:2]):
        shift, alarm = f"/api/shifts/{id}", f"/api/alarms/{id}"
        yield Request("GET", shift)
        yield Request("POST", f"{shift}/briefings", {"stop": 1})
        yield from (Request("POST", f"{shift}/check-ins", {"kind": kind}) for kind in ("arrived", "help", "home_safe"))
        yield Request("POST", f"{shift}/close", {"stops": [{"became": "visited"}]})
        yield Request("POST", f"{alarm}/take")
        yield Request("POST", f"{alarm}/close", {"how": "home"})
        yield Request("POST", f"/api/notices/{id}/acknowledge")
