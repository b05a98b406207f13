"""Changing a place, its history by field, and marking it for review."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data.database import NotAllowed, entered
from data.flags import FlagEdit, edit_flags, flags
from data.place_hours import languages
from data.places import ChangedMeanwhile, PlaceEdit, coded_list, edit_place, history, may_record_at, place
from web import facts
from web.card_pages import place_id_of
from web.days import Day, today
from web.forms import Form, read, typed
from web.place_fields import HOURS, SENTENCES, Address, AttendRule, HoursText, Name, Postcode, Word, further_faults
from web.place_history import changes
from web.visitors import FormNow, Visitor, VisitorNow
from web.words import ATTEND_CHOICES

router = APIRouter(include_in_schema=False)
STATUSES = (("active", "Active", ""), ("unconfirmed", "Unconfirmed", ""), ("closed", "Closed", ""))
_FIELDS = ("version", "name", "kind", "address", "postcode", "status", "attend_rule", "review_on", *HOURS, "languages")
_MANY = ("add", "end", "languages")
_NOT_YOURS = "Only the organisation that recorded a place changes it."


class TypedEdit(BaseModel):
    """The fields of the form that changes a place; `version` is the one that was read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    name: Name
    kind: Word
    address: Address = ""
    postcode: Postcode = ""
    status: Literal["active", "unconfirmed", "closed"]
    attend_rule: AttendRule
    review_on: Day | None = None
    open_hours: HoursText = ""
    safe_hours: HoursText = ""
    no_knock_hours: HoursText = ""
    languages: Annotated[list[Word], Field(max_length=10)] = []
    add: Annotated[list[Word], Field(max_length=40)] = []
    end: Annotated[list[Word], Field(max_length=40)] = []


@router.get("/places/{id}/edit")
def edit_page(id: str, visitor: VisitorNow) -> Response:
    """Show the facts of a place as they are, to be changed."""
    return _page(visitor, place_id_of(id), None)


@router.post("/places/{id}/edit")
def save_edit(id: str, data: FormNow, visitor: VisitorNow) -> Response:
    """Change a place and its flags together; if somebody saved meanwhile, show both versions."""
    place_id, values = place_id_of(id), typed(data, many=_MANY)
    given = read(TypedEdit, values, SENTENCES)
    faults = given if isinstance(given, dict) else further_faults(given.postcode, given.review_on)
    if isinstance(given, dict) or (faults and "postcode" in faults):
        return _page(visitor, place_id, values, faults)
    edit = PlaceEdit(**given.model_dump(include=set(_FIELDS)))
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            edit_place(conn, who, visitor.backing.vault, (place_id, edit))
            if given.add or given.end:
                edit_flags(conn, who, visitor.backing.vault, (place_id, FlagEdit(add=given.add, end=given.end)))
    except ChangedMeanwhile:
        return _page(visitor, place_id, values, is_late=True)
    return RedirectResponse(f"/places/{place_id}?edited", status_code=303)


@router.get("/places/{id}/history")
def history_page(id: str, visitor: VisitorNow) -> Response:
    """Show what changed, by field, when, and in whose role."""
    me, place_id = visitor.me(), place_id_of(id)
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        now = place(conn, visitor.backing.vault, place_id)
        past = history(conn, visitor.backing.vault, place_id)
        kinds = list(coded_list(conn, "site_kind"))
    return visitor.page("history.html", me=me, place_id=place_id, changes=changes(now, past, kinds))


@router.post("/places/{id}/review")
def mark_for_review(id: str, visitor: VisitorNow) -> Response:
    """Let a place be looked at again from today on."""
    place_id, vault = place_id_of(id), visitor.backing.vault
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        version = place(conn, vault, place_id)["version"]
        edit_place(conn, who, vault, (place_id, PlaceEdit(version=version, review_on=today())))
    return RedirectResponse(f"/places/{place_id}?marked", status_code=303)


def _page(
    visitor: Visitor,
    place_id: UUID,
    values: Mapping[str, object] | None,
    faults: Mapping[str, str] | None = None,
    *,
    is_late: bool = False,
) -> Response:
    """Return the form: as the place is, or as it was typed; `is_late` shows both, ready to save over the new one."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        now = place(conn, visitor.backing.vault, place_id)
        if not may_record_at(conn, place_id):
            raise NotAllowed(_NOT_YOURS)
        kinds = coded_list(conn, "site_kind")
        lists = {name: coded_list(conn, name) for name in ("danger_flag", "contact_flag")}
        found = flags(conn, place_id)
        spoken = languages(conn)
    shown: dict[str, Any] = {name: now[name] if now[name] is not None else "" for name in _FIELDS}
    if values is not None:
        shown = {**shown, **values, **({"version": now["version"]} if is_late else {})}
    return visitor.page(
        "edit.html",
        me=me,
        status=409 if is_late else 422 if faults else 200,
        place_id=place_id,
        form=Form(values=shown, faults=faults or {}),
        theirs=facts.card(now) if is_late else None,
        kinds=list(kinds.items()),
        statuses=STATUSES,
        attend_choices=ATTEND_CHOICES,
        languages=[(slug, title, "") for slug, title in spoken.items()],
        flag_choices=facts.flag_choices(lists, found),
    )
