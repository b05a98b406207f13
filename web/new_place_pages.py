"""Adding a place by form: a position, then near-duplicates side by side, then the facts. Positions are posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data.database import NotAllowed, entered
from data.operations import my_operations
from data.places import NewPlace, NotInBritain, add_place, coded_list
from data.positions import NoSuchPosition, find_position
from geo.tile_keys import Bounds
from layers.catalogue import layer_named
from layers.features import Asked, page
from web.days import Day
from web.forms import Form, read, typed
from web.near import Near, box_around, near_ones
from web.place_fields import SENTENCES, Address, AttendRule, Name, Postcode, Word, further_faults
from web.visitors import FormNow, Visitor, VisitorNow
from web.words import ATTEND_CHOICES, COLLECTED_FOR, PLACE_SENSITIVITIES

router = APIRouter(include_in_schema=False)


class TypedPlace(BaseModel):
    """The fields of the form of a new place."""

    name: Name
    kind: Word
    address: Address = ""
    postcode: Postcode = ""
    attend_rule: AttendRule
    sensitivity: Annotated[int, Field(ge=0, le=3)]
    collected_for: Literal["welfare", "safeguarding", "enforcement"]
    operation: UUID | None = None
    review_on: Day | None = None


class _Position(BaseModel):
    longitude: Annotated[float, Field(ge=-9, le=3)]
    latitude: Annotated[float, Field(ge=49, le=62)]


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What the page shows: the fields, the position once it is known, places near it, and a status."""

    form: Form
    position: _Position | None = None
    near: Sequence[Near] = ()
    is_asked_twice: bool = False
    status: int = 200
    words: str = field(default="")


@router.get("/places/new")
def new_place_page(visitor: VisitorNow) -> Response:
    """Ask where it is."""
    return _page(visitor, _Shown(form=Form()))


@router.post("/places/new")
def new_place(data: FormNow, visitor: VisitorNow) -> Response:
    """Find the position, show what is near, then ask for the facts and save them."""
    values = typed(data)
    position = read(_Position, values, {})
    if not isinstance(position, _Position):
        return _find(visitor, values)
    if "name" not in values:
        near = _near(visitor, position, str(values.get("near_name", "")))
        return _page(visitor, _Shown(form=Form(values=_defaults(values)), position=position, near=near))
    given = read(TypedPlace, values, SENTENCES)
    faults = given if isinstance(given, dict) else further_faults(given.postcode, given.review_on)
    if isinstance(given, dict) or faults:
        return _page(visitor, _Shown(form=Form(values=values, faults=faults), position=position, status=422))
    near = _near(visitor, position, given.name)
    if {one.id for one in near} - set(str(values.get("seen", "")).split()):
        shown = _Shown(form=Form(values=values), position=position, near=near, is_asked_twice=True, status=422)
        return _page(visitor, shown)
    return _save(visitor, given, position, values)


def _find(visitor: Visitor, values: Mapping[str, object]) -> Response:
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        try:
            found = find_position(conn, str(values.get("where", ""))[:700])
        except NoSuchPosition as error:
            return _page(visitor, _Shown(form=Form(values=values, faults={"where": str(error)}), status=422))
    position = _Position(longitude=found.longitude, latitude=found.latitude)
    filled = _defaults({"address": found.address, "postcode": found.postcode})
    near = _near(visitor, position, "")
    return _page(visitor, _Shown(form=Form(values=filled), position=position, near=near, words=found.words))


def _save(visitor: Visitor, given: TypedPlace, at: _Position, values: Mapping[str, object]) -> Response:
    new = NewPlace(**given.model_dump(), longitude=at.longitude, latitude=at.latitude)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            made = add_place(conn, who, visitor.backing.vault, new)
    except NotInBritain as error:
        return _page(visitor, _Shown(form=Form(values=values, faults={"where": str(error)}), status=422))
    return RedirectResponse(f"/places/{made}?added", status_code=303)


def _near(visitor: Visitor, at: _Position, name: str) -> list[Near]:
    """Return the places near by that this session may see; the gate and the audit are those of the layer."""
    box = Bounds(*box_around(at.longitude, at.latitude))
    asked = Asked(limit=1000, box=box)
    found = page((visitor.backing.pool, visitor.backing.vault), layer_named("places"), asked, visitor.token)
    return near_ones(found.features, at=(at.longitude, at.latitude), name=name)


def _defaults(values: Mapping[str, object]) -> dict[str, object]:
    return {"sensitivity": "2", "attend_rule": "two_people", **values}


def _page(visitor: Visitor, shown: _Shown) -> Response:
    me = visitor.me()
    if me.role != "outreach" or me.scope != "full":
        raise NotAllowed("Places are added by outreach workers.")
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        kinds = coded_list(conn, "site_kind")
        operations = my_operations(conn)
    choices: dict[str, Any] = {
        "kinds": list(kinds.items()),
        "attend_choices": ATTEND_CHOICES,
        "sensitivities": [choice for choice in PLACE_SENSITIVITIES if int(choice[0]) <= me.clearance],
        "collected_choices": [
            choice for choice in COLLECTED_FOR if (choice[0] == "enforcement") == (me.purpose == "enforcement")
        ],
        "operations": [(operation.uid, operation.name) for operation in operations],
    }
    return visitor.page("new_place.html", me=me, status=shown.status, shown=shown, form=shown.form, **choices)
