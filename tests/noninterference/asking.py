"""What a session asks of a world: every GET of the OpenAPI document, every tile of the town, and writes."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from geo.tile_keys import tile_of
from layers.catalogue import LAYERS
from tests import worlds
from tests.authenticators import NO_CREDENTIAL
from tests.noninterference.town import CORNER, WIDTH

PROTECTED = ("places", "risks", "visits", "plan")
TURNS = 3
MISSING = UUID("3f2c7a52-9d0e-4c8b-8a6f-1d2e3c4b5a69")
UPLOADED, UPLOADED_AT = "Elder Yard", (-1.93, 52.46)
_BOUNDARY = "between-the-parts-of-a-form"
_MATRIX = "/api/collections/{}/tiles/WebMercatorQuad/{}/{}/{}"
_LIST = "a list"
_NAMES_NOTHING = re.compile(r"(/[a-z-]*)+")
_GRID = "http://www.opengis.net/def/crs/EPSG/0/27700"


@dataclass(frozen=True)
class Request:
    """One request of the list."""

    method: str
    path: str
    body: dict[str, Any] | None = field(default=None, hash=False)
    form: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        if self.form is not None:
            return self.form.encode()
        return b"" if self.body is None else json.dumps(self.body, default=str).encode()

    @property
    def media_type(self) -> str:
        """The media type of the body."""
        if self.form is None:
            return "application/json"
        is_in_parts = self.form.startswith("--")
        return f"multipart/form-data; boundary={_BOUNDARY}" if is_in_parts else "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Subjects:
    """What requests name: ids by layer in either world, seen and hidden alike, and positions in degrees."""

    ids: dict[str, tuple[UUID, ...]]
    positions: tuple[tuple[float, float], ...]
    operations: tuple[UUID, ...] = ()
    emails: tuple[str, ...] = ()
    organisations: tuple[UUID, ...] = ()
    turn: int | None = None
    """Which of TURNS sessions this is, when each asks about its share of places and releases; None asks about all."""

    def of(self, layer: str) -> tuple[object, ...]:
        """Return the ids to ask for: of visits, notes and people every fourth, of others all; and what never was."""
        ids = self.ids.get(layer, ())
        if layer in {"places", "releases"} and self.turn is not None:
            ids = ids[self.turn % TURNS :: TURNS]
        return (*(ids if layer in {"places", "imports", "joint-visits", "releases"} else ids[::4]), 1, MISSING)


def reads(operations: Sequence[str], subjects: Subjects) -> Iterator[Request]:
    """Give every GET of these paths of the OpenAPI document, with values for what they take."""
    for path in operations:
        for filled in _filled(path, subjects):
            yield Request("GET", filled)


def _filled(path: str, subjects: Subjects) -> Iterator[str]:
    if "{z}" in path:
        return _tiles(subjects)
    if "{layer}" in path:
        return _of_layers(path, subjects)
    about = path.split("/")[2]
    ids = subjects.of(about if about in subjects.ids else "places") if "{id}" in path else (None,)
    assert "{" not in path.replace("{id}", ""), f"{path} takes a value that this harness does not know"
    if path == "/api/imports":
        ids_before = (f"?before={id}" for id in subjects.of("imports"))
        return (path + asked for asked in ("", "?limit=1", "?limit=0", *ids_before))
    return (path.replace("{id}", str(id)) for id in ids)


def released(subjects: Subjects) -> list[str]:
    """Return the names that the layers of some releases have, seen and hidden alike."""
    return [f"release-{id}" for id in subjects.ids.get("releases", ())[::8]]


def _of_layers(path: str, subjects: Subjects) -> Iterator[str]:
    for layer in (*(layer.name for layer in LAYERS), "nosuch", *released(subjects)):
        here = path.replace("{layer}", layer)
        if path.endswith("/items"):
            yield from (here + asked for asked in _pages(layer, subjects))
        elif path.endswith("/export"):
            formats = ("geojson", "csv", "gpkg", "parquet", "pdf") if layer in PROTECTED else ("geojson",)
            yield from (f"{here}?format={form}" for form in formats)
        else:
            ids = subjects.of(layer) if "{id}" in path else (None,)
            yield from (here.replace("{id}", str(id)) for id in ids)


def _pages(layer: str, subjects: Subjects) -> Iterator[str]:
    # Followed to their end: of open data, which is the same for everybody, in few steps.
    yield from ("", f"?limit={3 if layer in PROTECTED else 30}", "?limit=0", "?next=nonsense")
    yield from (f"?crs={quote(_GRID)}", "?crs=nonsense")
    if layer not in PROTECTED:
        return
    rule = {
        "places": "attend_rule = 'two_people'",
        "risks": "severity > 4",
        "visits": "visited_month > '2026-01'",
        "plan": "number > 1",
    }
    for text in (rule[layer], "size = 500", "name LIKE 'Other%'", "nonsense ="):
        yield "?" + urlencode({"filter": text})
    for longitude, latitude in subjects.positions[::5]:
        box = (longitude - 0.0015, latitude - 0.001, longitude + 0.0015, latitude + 0.001)
        yield "?bbox=" + ",".join(f"{side:.5f}" for side in box)


def _tiles(subjects: Subjects) -> Iterator[str]:
    """Give all tiles that touch the town from zoom 6 to 14, and at 15 and 16 those with a place in them."""
    west, east = CORNER[0], CORNER[0] + WIDTH
    corners = [worlds.a_point(*at) for at in ((west, CORNER[1]), (east, CORNER[1] + WIDTH))]
    for layer in PROTECTED:
        for z in range(6, 15):
            (left, bottom), (right, top) = (tile_of(c["longitude"], c["latitude"], z) for c in corners)
            for x, y in product(range(left, right + 1), range(top, bottom + 1)):
                yield _MATRIX.format(layer, z, y, x)
        for z in (15, 16):
            for x, y in sorted({tile_of(*at, z) for at in subjects.positions[z % 3 :: 3]}):
                yield _MATRIX.format(layer, z, y, x)
    for layer, z in product(("hotspots", "coverage"), (8, 10, 12)):
        x, y = tile_of(corners[0]["longitude"], corners[0]["latitude"], z)
        yield _MATRIX.format(layer, z, y, x)
    for layer in ("sites", "boroughs", "wards", *released(subjects)):
        x, y = tile_of(corners[0]["longitude"], corners[0]["latitude"], 12)
        yield _MATRIX.format(layer, 12, y, x)


def writes(subjects: Subjects) -> Iterator[Request]:
    """Give writes that name places, visits, operations, imports and people, seen, hidden and missing."""
    visit = {
        "status": "done", "visited_on": "2026-02-20", "outcome": "spoke_with_someone", "people_met": 2,
        "collected_for": "safeguarding",
    }  # fmt: skip
    note = {
        "text": "People seem to sleep above the bay doors.", "category": "forced_labour", "severity": 3,
        "provenance": "saw myself", "recorded_on": "2026-02-20", "review_on": "2026-08-20",
        "collected_for": "safeguarding",
    }  # fmt: skip
    for id in subjects.of("places"):
        yield Request("POST", f"/api/places/{id}/visits", visit)
        yield Request("POST", f"/api/places/{id}/visits", visit | {"team": 1})
        yield Request("POST", f"/api/places/{id}/notes", note)
        yield Request("PATCH", f"/api/places/{id}", {"version": 1, "address": "Unit 2"})
        for version in (1, 2):
            moved = {"type": "Point", "coordinates": list(UPLOADED_AT)}
            yield Request("PATCH", f"/api/places/{id}", {"version": version, "sensitivity": 2, "geometry": moved})
        yield Request("PATCH", f"/api/places/{id}/flags", {"add": ["weapons"], "end": ["dogs"]})
    seen = subjects.ids["places"][0]
    for other in subjects.ids["visits"][::6]:
        yield Request("POST", f"/api/places/{seen}/notes", note | {"visit": str(other)})
    for id in subjects.ids.get("risks", ())[::8]:
        yield Request("DELETE", f"/api/notes/{id}")
    for longitude, latitude in subjects.positions[:6]:
        yield Request("POST", "/api/places", _place(longitude, latitude))
    for operation in (*subjects.operations, MISSING):
        yield Request("PATCH", f"/api/places/{seen}", {"version": 1, "operation": str(operation)})
        yield Request("POST", "/api/places", _place(-1.93, 52.46) | {"operation": str(operation)})
    yield from _imports(subjects)
    for email in subjects.emails:
        yield Request("POST", "/api/session", {"email": email, "password": "not this one", "purpose": "visit"})
    yield Request("POST", "/api/session/tokens", {"minutes": 5})
    yield from _account()


def acts_on_joint_visits(subjects: Subjects) -> Iterator[Request]:
    """Give what is done with joint visits, seen, hidden and missing. Last of all, because it closes places."""
    soon, later = "2026-03-03T18:00:00Z", "2026-03-03T20:00:00Z"
    for place in subjects.of("places")[::3]:
        for partner in (*subjects.organisations[:3], MISSING):
            window = {"starts_at": soon, "ends_at": later}
            yield Request("POST", "/api/joint-visits", {"place": place, "partner": partner, "help": "health"} | window)
    bodies: dict[str, dict[str, Any] | None] = {
        "accept": {"members": [MISSING]}, "extend": {"until": later}, "agree-extension": {"until": later},
        "decline": None, "cancel": None,
    }  # fmt: skip
    for act, body in bodies.items():
        for id in (*subjects.of("joint-visits")[:-2:2], *subjects.of("joint-visits")[-2:]):
            yield Request("POST", f"/api/joint-visits/{id}/{act}", body)


def _account() -> Iterator[Request]:
    yield Request("POST", "/api/session/passkey/options", {})
    yield Request("POST", "/api/session/passkey", {"credential": NO_CREDENTIAL, "purpose": "visit"})
    yield Request("POST", "/api/account/passkeys/options", {})
    yield Request("POST", "/api/account/passkeys", {"name": "Blue phone", "credential": NO_CREDENTIAL})
    for kind in ("passkeys", "sessions"):
        yield Request("DELETE", f"/api/account/{kind}/{MISSING}")


def ends() -> Iterator[Request]:
    """Give what ends the person's sessions, and what this one is answered after that."""
    yield Request("DELETE", "/api/account/sessions")
    yield Request("DELETE", "/api/session")
    yield Request("GET", "/api/session")
    yield Request("POST", "/sign-out", form="nothing=")


def of_import(id: str) -> Iterator[Request]:
    """Give what is asked of an import that was just received."""
    for action, method in (
        ("", "GET"),
        ("/preview", "GET"),
        ("/rejects", "GET"),
        ("/commit", "POST"),
        ("/undo", "POST"),
    ):
        yield Request(method, f"/api/imports/{id}{action}")


_TELLING = (
    "/export?format=geojson",
    "WebMercatorQuad/6/",
    _LIST,
    "/api/imports",
    "/api/joint-visits",
    "/api/places",
)


def telling_first(requests: Iterable[Request]) -> list[Request]:
    """Return requests with those first that show most at once, for where one difference is enough.

    First whole layers and the smallest tiles, then everything that is asked for without naming a record.
    """

    def turn(one: Request) -> int:
        named = _LIST if one.method == "GET" and _NAMES_NOTHING.fullmatch(one.path) else one.path
        return next((turn for turn, part in enumerate(_TELLING) if part in named), len(_TELLING))

    return sorted(requests, key=turn)


def _imports(subjects: Subjects) -> Iterator[Request]:
    for operation in (None, *subjects.operations, MISSING):
        yield Request("POST", "/api/imports", form=_upload(operation))
    for id in subjects.of("imports"):
        yield Request("PUT", f"/api/imports/{id}/mapping", {"mapping": {"name": "name"}})
        for action in ("commit", "undo"):
            yield Request("POST", f"/api/imports/{id}/{action}")
        yield Request("DELETE", f"/api/imports/{id}")


def _upload(operation: UUID | None) -> str:
    fields = {"source": "A list", "collected_for": "safeguarding", "operation": str(operation) if operation else ""}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    rows = f"name,longitude,latitude\n{UPLOADED},{UPLOADED_AT[0]},{UPLOADED_AT[1]}\nNowhere,1,1\n"
    parts.append(
        'Content-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n' + rows
    )
    return "".join(f"--{_BOUNDARY}\r\n{part}\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n"


def _place(longitude: float, latitude: float) -> dict[str, Any]:
    return {
        "name": "Elder Yard", "kind": "car_wash", "collected_for": "safeguarding",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
    }  # fmt: skip
