"""The register of initiatives: listed for the organisation, added and changed by its analysts."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data import initiatives
from data.database import NotAllowed, entered
from data.initiatives import (
    KINDS,
    MOST_REACHED,
    SECTORS,
    Initiative,
    InitiativeChanged,
    InitiativeEdit,
    InitiativeRefused,
    NoSuchInitiative,
)
from data.sessions import SessionFacts
from web.days import Day
from web.forms import Form, read, typed
from web.initiative_words import KIND_WORDS, SECTOR_WORDS, dates_in_words
from web.notices import uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES: Final = {
    "added": "The initiative is in the register.",
    "changed": "The change is saved; what it was before is kept.",
    "withdrawn": "The initiative is out of the register.",
}
_SENTENCES: Final = {
    "kind": "Choose what kind of initiative it is.",
    "title": "Give it a title of at most 200 characters.",
    "sector": "Choose a sector.",
    "audience": "Say for whom in at most 200 characters.",
    "starts_on": "Write the first day.",
    "ends_on": "Write the last day; a single day is both.",
    "areas": "Choose at least one borough.",
    "site_id": "Choose a site of the list, or none.",
    "reach": "How many people it reached is a whole number, or left empty.",
}


class TypedInitiative(BaseModel):
    """What a form asks of an initiative."""

    kind: Literal[KINDS]  # type: ignore[valid-type]  # the words of the register
    title: Annotated[str, Field(min_length=1, max_length=200)]
    sector: Literal[SECTORS]  # type: ignore[valid-type]  # as above
    audience: Annotated[str, Field(max_length=200)] = ""
    starts_on: Day
    ends_on: Day
    areas: Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(min_length=1, max_length=50)]
    site_id: UUID | None = None
    reach: Annotated[int, Field(ge=0, le=MOST_REACHED)] | None = None
    is_published: Literal["yes"] | None = None

    def edit(self) -> InitiativeEdit:
        """Return the same for what is stored."""
        given = {name: getattr(self, name) for name in InitiativeEdit.__dataclass_fields__}
        return InitiativeEdit(**{**given, "is_published": self.is_published == "yes"})


@router.get("/initiatives")
def list_page(visitor: VisitorNow) -> Response:
    """List the initiatives that the session may read, own ones first."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        found = initiatives.initiatives(conn, who)
        names = {number: name for number, _, name in initiatives.boroughs(conn)}
    return visitor.page(
        "initiatives.html",
        me=me,
        own=[_row(one, names) for one in found if one.is_own],
        others=[_row(one, names) for one in found if not one.is_own],
        may_write=me.role == "analyst",
        notice=visitor.notice_among(_NOTICES),
    )


@router.get("/initiatives/new")
def new_page(visitor: VisitorNow) -> Response:
    """Ask for a new initiative."""
    return _form(visitor, Form())


@router.post("/initiatives/new")
def add(visitor: VisitorNow, data: FormNow) -> Response:
    """Keep a new initiative."""
    values = typed(data, many=("areas",))
    given = _given(values)
    if not isinstance(given, TypedInitiative):
        return _form(visitor, Form(values=values, faults=given), status=422)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            made = initiatives.add_initiative(conn, who, given.edit())
    except InitiativeRefused as refusal:
        return _form(visitor, Form(values=values, faults={"title": str(refusal)}), status=422)
    return RedirectResponse(f"/initiatives/{made}?added", status_code=303)


@router.get("/initiatives/{id}")
def initiative_page(id: str, visitor: VisitorNow) -> Response:
    """Show an initiative, with what it was before."""
    me, which = visitor.me(), _id(id)
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        found = initiatives.initiative(conn, who, which)
        past = initiatives.initiative_past(conn, which)
        names = {number: name for number, _, name in initiatives.boroughs(conn)}
    return visitor.page(
        "initiative.html",
        me=me,
        one=_row(found, names),
        past=[{"at": one.changed_at, "row": _past_row(one.was, names)} for one in past],
        may_write=me.role == "analyst" and found.is_own,
        notice=visitor.notice_among(_NOTICES),
    )


@router.get("/initiatives/{id}/edit")
def edit_page(id: str, visitor: VisitorNow) -> Response:
    """Show an initiative as a form."""
    return _form(visitor, None, which=_id(id))


@router.post("/initiatives/{id}/edit")
def edit(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Keep another version, or withdraw it."""
    which, values = _id(id), typed(data, many=("areas",))
    given = _given(values)
    read_version = str(values.get("version", ""))
    version = int(read_version) if read_version.isascii() and read_version.isdecimal() and len(read_version) < 9 else 0
    if not isinstance(given, TypedInitiative):
        return _form(visitor, Form(values=values, faults=given), which=which, status=422)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            if values.get("act") == "withdraw":
                initiatives.withdraw_initiative(conn, who, (which, version))
            else:
                initiatives.change_initiative(conn, who, (which, version), given.edit())
    except InitiativeRefused as refusal:
        return _form(visitor, Form(values=values, faults={"title": str(refusal)}), which=which, status=422)
    except InitiativeChanged as refusal:
        return _form(visitor, Form(values=values, faults={"title": str(refusal)}), which=which, status=409)
    if values.get("act") == "withdraw":
        return RedirectResponse("/initiatives?withdrawn", status_code=303)
    return RedirectResponse(f"/initiatives/{which}?changed", status_code=303)


def _given(values: Mapping[str, object]) -> TypedInitiative | dict[str, str]:
    given = read(TypedInitiative, values, _SENTENCES)
    if isinstance(given, TypedInitiative) and given.ends_on < given.starts_on:
        return {"ends_on": "The last day is not before the first."}
    return given


def _form(visitor: Visitor, form: Form | None, *, which: UUID | None = None, status: int = 200) -> Response:
    me = _analyst(visitor)
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        now = initiatives.initiative(conn, who, which) if which else None
        if now and not now.is_own:
            raise NoSuchInitiative("There is no such initiative.")
        boroughs = initiatives.boroughs(conn)
        sites = initiatives.sites(conn)
    shown = form if form is not None else Form(values=_values(now))
    return visitor.page(
        "initiative_form.html",
        me=me,
        status=status,
        form=shown,
        which=which,
        kinds=[(slug, words, "") for slug, words in KIND_WORDS.items()],
        sectors=list(SECTOR_WORDS.items()),
        boroughs=[(number, name, "") for number, _, name in boroughs],
        sites=[(id, f"{name} ({sector})") for id, name, sector in sites],
    )


def _analyst(visitor: Visitor) -> SessionFacts:
    me = visitor.me()
    if me.role != "analyst":
        raise NotAllowed("Initiatives are written by analysts.")
    return me


def _values(now: Initiative | None) -> dict[str, object]:
    if now is None:
        return {}
    values: dict[str, object] = {name: value for name, value in vars(now).items() if value is not None}
    values |= {"areas": [str(area) for area in now.areas], "is_published": "yes" if now.is_published else ""}
    return values | {"starts_on": now.starts_on.isoformat(), "ends_on": now.ends_on.isoformat()}


def _row(one: Initiative, names: Mapping[int, str]) -> dict[str, Any]:
    """Return an initiative as a page says it."""
    return {
        "id": one.id,
        "title": one.title,
        "organisation": one.organisation,
        "kind": KIND_WORDS[one.kind],
        "sector": SECTOR_WORDS[one.sector],
        "audience": one.audience,
        "dates": dates_in_words(one.starts_on, one.ends_on),
        "boroughs": ", ".join(names.get(area, "Elsewhere") for area in one.areas),
        "site": one.site or "",
        "reach": "" if one.reach is None else f"{one.reach:,}",
        "is_published": one.is_published,
    }


def _past_row(was: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, str]:
    return {
        "title": was["title"],
        "dates": dates_in_words(date.fromisoformat(was["starts_on"]), date.fromisoformat(was["ends_on"])),
        "boroughs": ", ".join(names.get(area, "Elsewhere") for area in was["areas"]),
        "reach": "" if was["reach"] is None else f"{was['reach']:,}",
    }


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchInitiative("There is no such initiative."))
