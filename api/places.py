"""Places, their visits and their risk notes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.answers import json_answer
from api.identity import BackingNow, Token
from data import flags, notes, places, reviews, visits
from data.database import entered
from data.relabelling import Relabelling, relabel
from data.teams import MOST

router = APIRouter(tags=["places"])
_STRICT = ConfigDict(extra="forbid")
Line = StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x08\x0e-\x1f\x7f]*$")
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
AttendRule = Literal["ok", "two_people", "contact_owner_first", "do_not_attend"]
Status = Literal["active", "unconfirmed", "closed"]
CollectedFor = Literal["welfare", "safeguarding", "enforcement"]
TeamNumber = Annotated[int | None, Field(ge=0, le=MOST, strict=True)]
Sensitivity = Annotated[int, Field(ge=0, le=3, strict=True)]


class GeoPoint(BaseModel):
    """A GeoJSON point: longitude, latitude (EPSG:4326)."""

    model_config = _STRICT

    type: Literal["Point"]
    coordinates: Annotated[list[float], Field(min_length=2, max_length=3)]


class PlaceBody(BaseModel):
    """A place to record."""

    model_config = _STRICT

    name: Annotated[str, Line]
    kind: Word
    sensitivity: Sensitivity = 2
    collected_for: CollectedFor
    geometry: GeoPoint
    address: Address = ""
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)] = ""
    status: Status = "active"
    attend_rule: AttendRule = "ok"
    review_on: date | None = None
    operation: UUID | None = None


Hours = Annotated[str | None, Field(max_length=500)]


class PlaceEditBody(BaseModel):
    """What to change of a place; `version` is the one that was read.

    What is left out or null stays, but for `operation`: null takes the place out of its operation. Visits and notes
    follow the place's new sensitivity, operation and position. Hours are written as Mon-Fri 09:00-17:00, Sat
    10:00-14:00; an empty text takes them away.
    """

    model_config = _STRICT

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    name: Annotated[str | None, Line] = None
    kind: Word | None = None
    address: Address | None = None
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)] | None = None
    status: Status | None = None
    attend_rule: AttendRule | None = None
    review_on: date | None = None
    open_hours: Hours = None
    safe_hours: Hours = None
    no_knock_hours: Hours = None
    languages: Annotated[list[Word], Field(max_length=10)] | None = None
    sensitivity: Sensitivity | None = None
    operation: UUID | None = None
    geometry: GeoPoint | None = None

    def edit(self) -> places.PlaceEdit:
        """Return what is to change of the place's own words."""
        return places.PlaceEdit(**self.model_dump(exclude={"sensitivity", "operation", "geometry"}))

    def relabelling(self) -> Relabelling:
        """Return how the place is to be protected, and where it is."""
        at = self.geometry.coordinates if self.geometry else None
        return Relabelling(
            sensitivity=self.sensitivity,
            operation=self.operation,
            sets_operation="operation" in self.model_fields_set,
            position=(at[0], at[1]) if at else None,
        )


class RiskCheckBody(BaseModel):
    """The five questions at the door, and what the team decided; left out where nobody answered."""

    model_config = _STRICT

    unexpected: bool | None = None
    exit_clear: bool | None = None
    aggression: bool | None = None
    children: bool | None = None
    control: bool | None = None
    decision: Literal["continue", "shorten", "withdraw"] | None = None


class FlagsBody(BaseModel):
    """Flags to add to a place and to end, by their slugs."""

    model_config = _STRICT

    add: Annotated[list[Word], Field(max_length=40)] = []
    end: Annotated[list[Word], Field(max_length=40)] = []
    review_on: date | None = None


class VisitBody(BaseModel):
    """A visit to record; `team` is a number of /api/teams, 0 where nobody said."""

    model_config = _STRICT

    status: Literal["planned", "done", "abandoned"]
    visited_on: date
    outcome: Word | None = None
    people_met: Annotated[int | None, Field(ge=0, le=500)] = None
    children_met: Annotated[int | None, Field(ge=0, le=500)] = None
    indicators: Annotated[list[Word], Field(max_length=20)] = []
    needs: Annotated[list[Word], Field(max_length=20)] = []
    risk_check: RiskCheckBody = RiskCheckBody()
    sensitivity: Sensitivity = 0
    collected_for: CollectedFor | None = None
    team: TeamNumber = None


class GradeBody(BaseModel):
    """A police member's 3x5x2 grade."""

    model_config = _STRICT

    source: Literal[1, 2, 3]
    intelligence: Literal["A", "B", "C", "D", "E"]
    handling: Literal["P", "C"]


class NoteBody(BaseModel):
    """A risk note to record: about the place, never about a named person. A visit's note takes the visit's `team`."""

    model_config = _STRICT

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=r"^[^\x00]*$")
    ]
    category: Word
    severity: Annotated[int, Field(ge=1, le=5)]
    provenance: Literal["saw myself", "was told by the person", "was told by someone else", "unsure"]
    recorded_on: date
    review_on: date
    sensitivity: Sensitivity = 0
    collected_for: CollectedFor | None = None
    visit: UUID | None = None
    grade: GradeBody | None = None
    team: TeamNumber = None


@router.post("/places", status_code=201)
def record_place(body: PlaceBody, backing: BackingNow, token: Token) -> Response:
    """Record a place of one's own organisation."""
    longitude, latitude = body.geometry.coordinates[:2]
    with entered(backing.pool, token) as (conn, who):
        new = places.NewPlace(**body.model_dump(exclude={"geometry"}), longitude=longitude, latitude=latitude)
        id = places.add_place(conn, who, backing.vault, new)
    return json_answer({"id": str(id)}, status=201)


@router.get("/places/{id}")
def place(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Return the card of a place, safety first."""
    with entered(backing.pool, token) as (conn, _):
        card = places.place(conn, backing.vault, id)
        found = flags.flags(conn, id)
    return json_answer(_card(card) | told(found))


@router.patch("/places/{id}")
def edit_place(id: UUID, body: PlaceEditBody, backing: BackingNow, token: Token) -> Response:
    """Change, relabel or move a place of one's own organisation; what it was is kept."""
    with entered(backing.pool, token) as (conn, who):
        version = places.edit_place(conn, who, backing.vault, (id, body.edit()))
        relabel(conn, backing.vault, id, body.relabelling())
    return json_answer({"id": str(id), "version": version})


@router.patch("/places/{id}/flags")
def edit_flags(id: UUID, body: FlagsBody, backing: BackingNow, token: Token) -> Response:
    """Add and end danger and contact-safety flags of a place of one's own organisation."""
    with entered(backing.pool, token) as (conn, who):
        found = flags.edit_flags(conn, who, backing.vault, (id, flags.FlagEdit(**body.model_dump())))
    return json_answer(told(found))


@router.get("/places/{id}/history")
def place_history(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Return what a place was before each edit."""
    with entered(backing.pool, token) as (conn, _):
        versions = places.history(conn, backing.vault, id)
    return json_answer({"versions": versions})


@router.get("/places/{id}/visits")
def place_visits(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Return the visits to a place that this session may read."""
    with entered(backing.pool, token) as (conn, who):
        places.refuse_layer_token(who)
        found = visits.visits(conn, backing.vault, id)
    return json_answer({"visits": found})


@router.post("/places/{id}/visits", status_code=201)
def record_visit(id: UUID, body: VisitBody, backing: BackingNow, token: Token) -> Response:
    """Record a visit to a place."""
    with entered(backing.pool, token) as (conn, who):
        given = body.model_dump() | {"collected_for": _collected_for(body.collected_for, who.purpose)}
        given["risk_check"] = visits.RiskCheck(**given["risk_check"])
        new = visits.NewVisit(**given)
        made = visits.add_visit(conn, who, backing.vault, (id, new))
    return json_answer({"id": str(made)}, status=201)


@router.get("/places/{id}/notes")
def place_notes(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Return the risk notes on a place that this session may read."""
    with entered(backing.pool, token) as (conn, who):
        places.refuse_layer_token(who)
        found = notes.notes(conn, backing.vault, id)
    return json_answer({"notes": found})


@router.post("/places/{id}/notes", status_code=201)
def record_note(id: UUID, body: NoteBody, backing: BackingNow, token: Token) -> Response:
    """Record a risk note on a place; `warnings` say where its text may point at a person, or could say it better."""
    with entered(backing.pool, token) as (conn, who):
        given = body.model_dump() | {"collected_for": _collected_for(body.collected_for, who.purpose)}
        given["grade"] = notes.Grade(**given["grade"]) if given["grade"] else None
        warnings = notes.look_over_note(conn, id, body.text)
        made = notes.add_note(conn, who, backing.vault, (id, notes.NewNote(**given)))
    return json_answer({"id": str(made), "warnings": warnings}, status=201)


@router.get("/reviews")
def due_reviews(backing: BackingNow, token: Token) -> Response:
    """Return what is due for review of the own organisation; for an admin, numbers in fives alone."""
    with entered(backing.pool, token) as (conn, who):
        if who.role == "admin":
            return json_answer({"numbers": reviews.numbers(conn, who)})
        found = reviews.due(conn, who, backing.vault)
    return json_answer(found)


@router.delete("/notes/{id}", status_code=204)
def erase_note(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Erase a risk note of one's own organisation for good, its key first."""
    with entered(backing.pool, token) as (conn, _):
        reviews.erase_note(conn, backing.vault, id)
    return Response(status_code=204)


def told(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the flags of a place, and what may be left behind there: what is not known to be safe may not."""
    shown = [{name: value for name, value in flag.items() if name != "days"} for flag in found]
    return {"flags": shown, "may_leave": flags.contact(found)}


def _collected_for(given: str | None, purpose: str) -> str:
    return given or ("enforcement" if purpose == "enforcement" else "welfare")


def _card(card: dict[str, Any]) -> dict[str, Any]:
    """Return a place's card with its position as GeoJSON, and the attend rule first."""
    position = {"type": "Point", "coordinates": [round(card["longitude"], 7), round(card["latitude"], 7)]}
    kept = {name: value for name, value in card.items() if name not in {"longitude", "latitude", "easting", "northing"}}
    return {"attend_rule": kept.pop("attend_rule"), **kept, "geometry": position}
