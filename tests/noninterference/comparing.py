"""Two worlds, alike but for what one session cannot see, are asked the same things one after the other.

Compared are the status, every header but Date, and the bytes of the body; the rows that the service's role reads;
what it may write that names hidden things; and what the audit says of the session. What would differ between any
two runs is held still: the gate's clock (still.py), the time that GDAL writes into GeoPackages
(OGR_CURRENT_DATE), and the random ids of new records and receipts, which are numbered by request.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from fastapi.routing import APIRoute

from tests.noninterference.asking import (
    PROTECTED,
    Request,
    Subjects,
    acts_on_joint_visits,
    ends,
    of_import,
    reads,
    writes,
)
from tests.noninterference.asking_counts import counts_over_the_api, of_report
from tests.noninterference.asking_pages import pages
from tests.noninterference.asking_plans import of_plan, plans_over_the_api
from tests.noninterference.asking_releases import releases_over_the_api
from tests.noninterference.asking_reports import of_briefing, of_initiative, reports_over_the_api
from tests.noninterference.asking_shifts import shifts_over_the_api
from tests.noninterference.serving import BASE, ROWS, Answer, World, held_still
from web.app import ROUTERS

_SEE_OTHER = 303


@dataclass
class Comparison:
    """How many answers were compared, by status; what was asked and shown; and the first answer that differed."""

    subjects: Subjects
    statuses: dict[int, int] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    features: int = 0
    difference: str | None = None

    @property
    def requests(self) -> int:
        """How many requests were compared."""
        return sum(self.statuses.values())


def subjects_of(*both: World, turn: int | None = None) -> Subjects:
    """Return what there is to name in either world, sorted, for the session whose turn it is."""
    tables = {
        "places": "store.place", "visits": "store.visit", "risks": "store.note", "imports": "imports.import",
        "agreements": "access.agreement", "people": "access.membership", "joint-visits": "store.joint_visit",
        "initiatives": "access.initiative", "briefings": "access.briefing",
        "releases": "access.release",
    }  # fmt: skip
    ids = {what: tuple(sorted(set().union(*(world.ids(table) for world in both)))) for what, table in tables.items()}
    positions: set[tuple[float, float]] = set()
    operations, organisations = set(), set()
    for world in both:
        positions.update(world.conn.execute("SELECT longitude, latitude FROM store.place_point").fetchall())
        operations |= world.ids("access.operation", "uid")
        organisations |= world.ids("access.organisation", "uid")
    people = [world.ids("access.person", "email") for world in both]
    known, hidden = set.intersection(*people), set.union(*people) - set.intersection(*people)
    emails = (*sorted(known)[:1], *sorted(hidden)[:1])
    return Subjects(
        ids, tuple(sorted(positions)), tuple(sorted(operations)), emails,
        organisations=tuple(sorted(organisations)), turn=turn,
    )  # fmt: skip


def operations_of(world: World) -> list[tuple[str, str]]:
    """Return every operation of the OpenAPI document: method and path."""
    return [(method.upper(), path) for path, methods in world.app.openapi()["paths"].items() for method in methods]


def routes_of_pages() -> list[tuple[str, str]]:
    """Return every route of the pages: method and path."""
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return sorted((method, route.path) for route in found for method in route.methods or ())


def everything(world: World, subjects: Subjects, *, with_pages: bool = True) -> Iterator[Request]:
    """Give the whole list: all reads, all writes, the reads of records again after them, and the end of the session."""
    paths = [path for method, path in operations_of(world) if method == "GET"]
    routes = routes_of_pages() if with_pages else []
    acts = [route for route in routes if route[0] == "POST" and route[1].startswith("/joint-visits/")]
    yield from reads(paths, subjects)
    yield from pages([route for route in routes if route not in acts], subjects)
    yield from writes(subjects)
    yield from plans_over_the_api(subjects)
    yield from counts_over_the_api()
    yield from reports_over_the_api(subjects)
    yield from releases_over_the_api(subjects)
    yield from shifts_over_the_api(subjects)
    yield from reads([path for path in paths if path.startswith(("/api/places/", "/api/imports"))], subjects)
    yield from acts_on_joint_visits(subjects)
    yield from pages(acts, subjects)
    yield from reads([path for path in paths if path.startswith("/api/joint-visits")], subjects)
    yield from ends()


def compare(
    one: World, other: World, token: str, requests: Iterable[Request], *, turn: int | None = None
) -> Comparison:
    """Ask both worlds the same, until an answer differs. Follows links to next pages and to features."""
    found = Comparison(subjects_of(one, other, turn=turn))
    waiting = deque(requests)
    with held_still() as number:
        asyncio.run(_compare((one, other), token, waiting, found=found, number=number))
    return found


async def _compare(
    both: tuple[World, World], token: str, waiting: deque[Request], *, found: Comparison, number: Callable[[int], None]
) -> None:
    seen = set[Request]()
    while waiting and found.difference is None:
        request = waiting.popleft()
        answers = []
        for world in both:
            number(found.requests)
            answers.append(await world.answer(request, token))
        left, right = answers
        found.statuses[left.status] = found.statuses.get(left.status, 0) + 1
        found.asked.add((request.method, request.path.partition("?")[0]))
        found.difference = _difference(request, left, right)
        if request.path.endswith("/state") and left.status == _SEE_OTHER:
            for world in both:
                world.look_for_clashes()
        for following in _linked(request, left, found):
            if following not in seen:
                seen.add(following)
                waiting.appendleft(following)


def different_rows(one: World, other: World, token: str) -> list[str]:
    """Return the protected tables of which the session reads other rows in the other world."""
    return [table for table in ROWS if one.rows(table, token) != other.rows(table, token)]


def unasked(world: World, found: Comparison, *, with_pages: bool = True) -> list[tuple[str, str]]:
    """Return the operations of the OpenAPI document, and the routes of the pages, of which nothing was asked."""
    left = []
    for method, path in (*operations_of(world), *(routes_of_pages() if with_pages else ())):
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
        if not any(method == asked and pattern.fullmatch(where) for asked, where in found.asked):
            left.append((method, path))
    return left


def different_audit(one: World, other: World, token: str) -> list[str]:
    """Return what the audit says of the session in one world and not in the other."""
    left, right = one.audit_of(token), other.audit_of(token)
    if left == right:
        return []
    return sorted(set(left) ^ set(right)) or ["the same entries in another order"]


def _difference(request: Request, left: Answer, right: Answer) -> str | None:
    if left.status != right.status:
        return f"{request}: {left.status} here, {right.status} there"
    if left.content != right.content:
        return f"{request}: {len(left.content)} bytes here, {len(right.content)} there, which differ"
    if left.headers != right.headers:
        return f"{request}: the headers differ"
    return None


def _of_what_was_made(by: str, answer: Answer, found: Comparison) -> Iterator[Request]:
    """Give what is asked of a plan, an initiative, a briefing or a report that a form just made."""
    path = answer.header("location").partition("?")[0]
    if by == "/plans/new":
        yield from of_plan(path, found.subjects)
    elif by == "/initiatives/new":
        yield from of_initiative(path)
    elif by == "/briefings":
        yield from of_briefing(path)
    elif by == "/hotspots/report":
        yield from of_report(path)


def _linked(request: Request, answer: Answer, found: Comparison) -> Iterator[Request]:
    """Give where an answer leads: the next page, from a first page to its features, to a new import or plan."""
    if answer.status == _SEE_OTHER:
        yield from reversed(list(_of_what_was_made(request.path, answer, found)))
    if request.path == "/api/imports" and answer.status == 201:
        yield from reversed(list(of_import(answer.json()["id"])))
    if answer.status != 200 or "/collections/" not in request.path or "geo+json" not in answer.header("content-type"):
        return
    body = answer.json()
    if request.path.split("/")[3] in PROTECTED:
        found.features += len(body.get("features", []))
    for link in body.get("links", []):
        if link["rel"] == "next":
            yield Request("GET", link["href"].removeprefix(BASE))
    if request.path.endswith("/items"):
        yield from (Request("GET", f"{request.path}/{one['id']}") for one in body["features"][:12])
