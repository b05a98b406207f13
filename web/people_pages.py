"""The members of an admin's own organisation: listed, added, given other rights, suspended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import RedirectResponse

from data import members
from data.areas import all_areas
from data.database import entered
from data.effects import Effect, Ground, effect_of_rights, ground_of
from data.members import Grantable, MemberRefused, NoSuchMember, OwnMember, Rights
from geo.shifts.clock import last_day
from web import days, effects, sharing_words
from web.forms import Form, read, typed
from web.notices import notice_of, uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "saved": "The membership is changed. It holds from the next click of anybody signed in with it.",
    "suspended": "The membership is suspended, and every session of it ended.",
    "lifted": "The suspension is lifted. The person may sign in again.",
    "ended": "Every session of this membership ended. The person may sign in again.",
}
_SENTENCES = {
    "email": "Type an e-mail address, with its @.",
    "role": "Choose a role.",
    "clearance": "Choose a clearance from 0 to 3.",
    "areas": "Choose at least one area.",
    "until": "Type the last day of the membership, such as 31 March 2027.",
}


class TypedRights(BaseModel):
    """The rights of a membership as a form gives them."""

    clearance: Annotated[int, Field(ge=0, le=3)]
    areas: Annotated[list[int], Field(min_length=1, max_length=200)]
    until: Annotated[str, AfterValidator(days.day_text)]
    facts_hash: Annotated[str, Field(max_length=64)] = ""


class TypedMember(TypedRights):
    """A new membership as a form gives it."""

    email: Annotated[str, Field(max_length=254)]
    role: Literal["outreach", "analyst", "admin", "auditor"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows beside what the database says: the form, an effect asked for, the status."""

    form: Form | None = None
    effect: effects.Shown | None = None
    status: int = 200


@router.get("/people")
def people(visitor: VisitorNow) -> Response:
    """List the members of the admin's own organisation."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found, areas = members.list_members(conn), len(all_areas(conn))
    return visitor.page("people.html", me=me, members=found, areas=areas, words=sharing_words, last_day=last_day)


@router.get("/people/new")
def new_member(visitor: VisitorNow) -> Response:
    """Ask who joins, as what, and what they may know."""
    return _new_page(visitor, Shown(form=Form(values={"clearance": 2})))


@router.post("/people/new")
def add_member(visitor: VisitorNow, data: FormNow) -> Response:
    """Add a membership and show its first sign-in once, or show what adding it would let them know."""
    values = typed(data, many=["areas"])
    given = read(TypedMember, values, _SENTENCES)
    if not isinstance(given, TypedMember):
        return _new_page(visitor, Shown(form=Form(values=values, faults=given), status=422))
    effect, added, rights = None, None, _rights(given, None)
    try:
        members.check_email(given.email)
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            if values.get("act") == "effect":
                found = effect_of_rights(conn, None, rights=rights, role=given.role)
                effect = _shown(ground_of(conn, found), found)
            else:
                vault = visitor.backing.vault
                added = members.add_member(conn, vault, email=given.email, role=given.role, rights=rights)
    except MemberRefused as refusal:
        return _new_page(visitor, Shown(form=Form(values=values, faults=_fault(refusal)), status=422))
    if added is None:
        return _new_page(visitor, Shown(form=Form(values=values), effect=effect))
    return visitor.page("member_added.html", me=visitor.me(), email=given.email, member_id=added[0], sign_in=added[1])


@router.get("/people/{id}")
def member(id: str, visitor: VisitorNow) -> Response:
    """Show a membership, and the form that changes it."""
    return _member_page(visitor, _id(id), Shown())


@router.post("/people/{id}")
def change_member(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Give a membership other rights, or show what that would change."""
    which, values = _id(id), typed(data, many=["areas"])
    given = read(TypedRights, values, _SENTENCES)
    if not isinstance(given, TypedRights):
        return _member_page(visitor, which, Shown(form=Form(values=values, faults=given), status=422))
    effect = None
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            rights = _rights(given, members.member_of(conn, which))
            if values.get("act") == "effect":
                found = effect_of_rights(conn, which, rights=rights)
                effect = _shown(ground_of(conn, found), found)
            else:
                members.change_member(conn, which, rights=rights, facts_hash=given.facts_hash)
    except MemberRefused as refusal:
        form = Form(values=values, faults=_fault(refusal))
        return _member_page(visitor, which, Shown(form=form, status=422))
    if effect:
        return _member_page(visitor, which, Shown(form=Form(values=values), effect=effect))
    return RedirectResponse(f"/people/{which}?saved", status_code=303)


@router.post("/people/{id}/effect")
def suspension_effect(id: str, visitor: VisitorNow) -> Response:
    """Show what suspending a membership would take away."""
    which = _id(id)
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = effect_of_rights(conn, which, rights=None)
        effect = _shown(ground_of(conn, found), found)
    return _member_page(visitor, which, Shown(effect=effect))


@router.post("/people/{id}/suspend")
def suspend(id: str, visitor: VisitorNow) -> Response:
    """Close a membership at once, without a question."""
    return _acted(visitor, id, "suspended", members.suspend_member)


@router.post("/people/{id}/lift")
def lift(id: str, visitor: VisitorNow) -> Response:
    """Open a suspended membership again."""
    return _acted(visitor, id, "lifted", lambda conn, which: members.suspend_member(conn, which, lift=True))


@router.post("/people/{id}/sessions")
def end_sessions(id: str, visitor: VisitorNow) -> Response:
    """End every open session of a membership."""
    return _acted(visitor, id, "ended", members.end_member_sessions)


def _shown(ground: Ground, found: Sequence[Effect]) -> effects.Shown:
    return effects.shown(ground, found, whom="The member", reach=effects.OF_MEMBER)


def _acted(visitor: Visitor, id: str, done: str, act: Callable[..., None]) -> Response:
    which = _id(id)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            act(conn, which)
    except MemberRefused as refusal:
        return _member_page(visitor, which, Shown(form=None, status=409), refusal=str(refusal))
    return RedirectResponse(f"/people/{which}?{done}", status_code=303)


def _new_page(visitor: Visitor, shown: Shown) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        may = members.grantable(conn)
    roles = [(slug, words, sharing_words.ROLE_MEANINGS[slug]) for slug, words in sharing_words.ROLES.items()]
    return visitor.page(
        "member_new.html",
        me=me,
        status=shown.status,
        form=shown.form,
        effect=shown.effect,
        roles=roles,
        clearances=_clearances(may, 0),
        areas=[(area, name, "") for area, name in may.areas],
    )


def _member_page(visitor: Visitor, which: UUID, shown: Shown, *, refusal: str = "") -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found, may = members.member_of(conn, which), members.grantable(conn)
    form = shown.form or Form(values=_values(found), faults={"acts": refusal} if refusal else {})
    is_stale = form.values.get("facts_hash") != found.facts_hash
    kept = dict(may.areas) | dict(zip(found.area_ids, found.areas, strict=True))
    return visitor.page(
        "member.html",
        me=me,
        status=409 if is_stale else shown.status,
        member=found,
        form=form,
        is_stale=is_stale,
        effect=shown.effect,
        notice=notice_of(visitor.request, _NOTICES),
        clearances=_clearances(may, found.clearance),
        areas=[(area, name, "") for area, name in sorted(kept.items(), key=lambda pair: (pair[0] == 0, pair[0]))],
        words=sharing_words,
        last_day=last_day(found.until),
    )


def _values(found: OwnMember) -> Mapping[str, object]:
    return {
        "clearance": found.clearance,
        "areas": [str(area) for area in found.area_ids],
        "until": last_day(found.until).isoformat(),
        "facts_hash": found.facts_hash,
    }


def _clearances(may: Grantable, had: int) -> list[tuple[int, str, str]]:
    highest = max(may.clearance, had)
    return [(n, str(n), f"Up to: {words}") for n, words in enumerate(sharing_words.SENSITIVITIES) if n <= highest]


def _rights(given: TypedRights, found: OwnMember | None) -> Rights:
    until = days.end(given.until, found.until if found else None)
    return Rights(clearance=given.clearance, areas=given.areas, until=until)


def _fault(refusal: MemberRefused) -> dict[str, str]:
    return {"email" if "e-mail" in str(refusal) else "acts": str(refusal)}


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchMember("Your organisation has no such member."))
