"""Releases: counts and hotspot maps, seen as others will read them, approved by a second person, withdrawn."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data import releases
from data.database import entered
from data.hotspot_releases import hotspots_of
from data.releases import NoSuchRelease, Release, ReleaseRefused, Wanted
from data.sessions import SessionFacts
from layers.release_layers import release_named
from layers.releases import approve as approve_now
from layers.releases import prepare as prepare_now
from layers.releases import verdict_on
from web import hotspot_release_words as of_map
from web import release_maps as maps
from web import release_words as said
from web.days import today
from web.forms import Form, read, typed
from web.notices import uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "prepared": "It is prepared, and waits for a second person. Nobody else reads it yet.",
    "approved": "You approved. Its audience reads it from now on.",
    "withdrawn": "It is withdrawn. Nobody else reads it any more.",
}
_SENTENCES = {
    "heading": "Choose what is counted.",
    "quarter": "Choose a quarter.",
    "kind": "Choose what to prepare.",
    "quarters": "Choose one to eight quarters.",
    "audience": "Choose for whom.",
}
Audience = Annotated[str, Field(pattern=r"^(commissioner|public|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]


class TypedRelease(BaseModel):
    """What a form asks to release; `audience` is an agreement's id for a partner."""

    heading: Literal[
        "visited", "concern", "sexual_exploitation", "forced_labour", "domestic_servitude", "criminal_exploitation",
        "debt_bondage", "forced_marriage", "human_trafficking", "not_known",
    ]  # fmt: skip
    quarter: date
    audience: Audience
    kind: Literal["counts", "hotspots"] = "counts"
    quarters: Annotated[int, Field(ge=1, le=8)] = 1

    def wanted(self) -> Wanted:
        """Return it as it is asked of the database."""
        is_partner = self.audience not in {"commissioner", "public"}
        return Wanted(
            audience="agreement" if is_partner else self.audience,
            agreement=UUID(self.audience) if is_partner else None,
            heading=self.heading,
            quarter=self.quarter,
            kind=self.kind,
            quarters=self.quarters if self.kind == "hotspots" else 1,
        )


@router.get("/releases")
def list_page(visitor: VisitorNow) -> Response:
    """List the releases that this session may read; to analysts, with a form to prepare one."""
    return _list_page(visitor, Form(values={"heading": "visited", "kind": "counts"}))


@router.post("/releases")
def prepare(visitor: VisitorNow, data: FormNow) -> Response:
    """Prepare a release."""
    values = typed(data)
    given = read(TypedRelease, values, _SENTENCES)
    if not isinstance(given, TypedRelease):
        return _list_page(visitor, _form(values, given), status=422)
    try:
        id = prepare_now((visitor.backing.pool, visitor.backing.vault), visitor.token, given.wanted())
    except ReleaseRefused as refusal:
        return _list_page(visitor, _form(values, {"quarter": str(refusal)}), status=422)
    return RedirectResponse(f"/releases/{id}?prepared", status_code=303)


@router.get("/releases/{id}")
def release_page(id: str, visitor: VisitorNow) -> Response:
    """Show a release as its audience reads it: squares on a map, and the same as a table."""
    return _release_page(visitor, _id(id), Form())


@router.post("/releases/{id}/approve")
def approve(id: str, visitor: VisitorNow) -> Response:
    """Approve, as another person than who prepared it."""
    reader = (visitor.backing.pool, visitor.backing.vault)
    return _acted(visitor, id, "approved", lambda which: approve_now(reader, visitor.token, which))


@router.post("/releases/{id}/withdraw")
def withdraw(id: str, visitor: VisitorNow) -> Response:
    """Withdraw: nobody else reads it from the next request on."""

    def act(which: UUID) -> None:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            releases.withdraw_release(conn, which)

    return _acted(visitor, id, "withdrawn", act)


def _form(values: Mapping[str, object], faults: Mapping[str, str]) -> Form:
    return Form(values={"kind": "counts"} | dict(values), faults=faults)


def _acted(visitor: Visitor, id: str, done: str, act: Callable[[UUID], None]) -> Response:
    which = _id(id)
    try:
        act(which)
    except ReleaseRefused as refusal:
        return _release_page(visitor, which, Form(faults={"acts": str(refusal)}), status=422)
    where = "/releases" if done == "withdrawn" else f"/releases/{which}"
    return RedirectResponse(f"{where}?{done}", status_code=303)


def _list_page(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        may_prepare = _may_prepare(me)
        recipients = releases.release_recipients(conn) if may_prepare or status != 200 else []
        found = releases.my_releases(conn)
    return visitor.page(
        "releases.html",
        me=me,
        status=status,
        form=form,
        notice=visitor.notice_among(_NOTICES),
        may_prepare=may_prepare,
        kinds=said.KINDS,
        headings=said.HEADINGS.items(),
        spans=said.spans(),
        quarters=said.quarters(today()),
        audiences=said.audiences(recipients),
        groups=said.groups(found),
    )


def _release_page(visitor: Visitor, which: UUID, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    pool, vault = visitor.backing.pool, visitor.backing.vault
    release, document = release_named(pool, visitor.token, which)
    told = _hotspots if release.kind == "hotspots" else _counts
    verdict, refusal = None, ""
    if release.is_ours and release.state == "prepared":
        try:
            verdict = verdict_on((pool, vault), visitor.token, which)
        except ReleaseRefused as refused:
            refusal = str(refused)
    return visitor.page(
        "release_hotspots.html" if release.kind == "hotspots" else "release.html",
        me=me,
        status=status,
        form=form,
        notice=visitor.notice_among(_NOTICES),
        release=release,
        line=said.line(release),
        verdict=verdict and said.verdict_words(verdict),
        refusal=refusal,
        **told(visitor, release, document),
    )


def _counts(visitor: Visitor, _: Release, document: str) -> dict[str, Any]:
    """Return what the page of a release of counts shows."""
    squares = releases.squares_of(document)
    return {
        "rows": said.rows(squares, _areas(visitor, squares)),
        "map": _drawing(visitor, maps.counts_drawn(squares), maps.CLASSES),
    }


def _hotspots(visitor: Visitor, release: Release, document: str) -> dict[str, Any]:
    """Return what the page of a hotspot map shows."""
    squares = hotspots_of(document)
    return {
        "rows": of_map.hotspot_rows(squares, _areas(visitor, [one.square for one in squares]), of=release.quarters),
        "map": _drawing(visitor, of_map.hotspots_drawn(squares), of_map.MAP_CLASSES),
        "in_short": of_map.in_short(release, squares),
        "cautions": of_map.CAUTIONS,
        "how": of_map.how(release),
    }


def _areas(visitor: Visitor, squares: Collection[int]) -> Mapping[int, str]:
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        return releases.square_areas(conn, squares)


def _drawing(visitor: Visitor, squares: Mapping[int, tuple[str, str]], classes: maps.Classes) -> maps.Drawing:
    return maps.drawn((visitor.backing.pool, visitor.backing.vault), visitor.token, squares, classes)


def _may_prepare(me: SessionFacts) -> bool:
    return me.role == "analyst" and me.scope == "full"


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchRelease("There is no such release."))
