"""Briefings for the commissioner: prepared by one analyst, approved by another, opened as page, file and map."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data import briefings
from data.briefings import BriefingHead, BriefingRefused, NoSuchBriefing
from data.database import entered
from geo.quarters import latest_published, quarter_in_words, span
from geo.shifts.clock import first_day
from layers.briefings import approve as approve_now
from layers.briefings import make_briefing, recounted
from layers.catalogue import layer_named
from layers.features import Asked, page
from web.briefing_document import briefing_html, policy_of_the_file
from web.briefing_maps import briefing_script
from web.briefing_pdf import briefing_pdf, font_file
from web.briefing_views import compared_in_words, view_of
from web.forms import Form, typed
from web.notices import uuid_of
from web.sheet_maps import MAP_ID
from web.sheet_pages import WITHOUT_TRUSTED_TYPES
from web.vendor import vendor_files
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
OFFERED: Final = 4
"""The latest quarters that a briefing may be made for."""
_NOTICES: Final = {
    "prepared": "The briefing is prepared. Another analyst of your organisation reads and approves it.",
    "approved": "The briefing is approved: the commissioner's analysts may open it while an agreement is live.",
    "withdrawn": "The briefing is withdrawn: nobody else opens it from now on.",
}


@router.get("/briefings")
def list_page(visitor: VisitorNow) -> Response:
    """List the briefings that the analyst may know of, and offer to prepare one."""
    return _list(visitor, Form())


@router.post("/briefings")
def prepare(visitor: VisitorNow, data: FormNow) -> Response:
    """Prepare a briefing for a quarter, and lead to it."""
    values = typed(data)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            briefings.briefings(conn, who)
            quarter = _quarter(values)
            document, checksum = make_briefing((conn, who, visitor.backing.vault), quarter)
            made = briefings.add_briefing(conn, who, (quarter, document, checksum))
    except BriefingRefused as refusal:
        return _list(visitor, Form(values=values, faults={"quarter": str(refusal)}), status=422)
    return RedirectResponse(f"/briefings/{made}?prepared", status_code=303)


@router.get("/briefings/{id}")
def briefing_page(id: str, visitor: VisitorNow) -> Response:
    """Show a briefing, and what can be done with it."""
    return _page(visitor, _id(id))


@router.post("/briefings/{id}/approve")
def approve(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Approve the briefing that was read; another person prepared it."""
    which, read = _id(id), str(typed(data).get("checksum", ""))
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            approve_now(conn, who, (which, read))
    except BriefingRefused as refusal:
        return _page(visitor, which, fault=str(refusal))
    return RedirectResponse(f"/briefings/{which}?approved", status_code=303)


@router.post("/briefings/{id}/withdraw")
def withdraw(id: str, visitor: VisitorNow) -> Response:
    """Withdraw a briefing."""
    which = _id(id)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            briefings.withdraw_briefing(conn, who, which)
    except BriefingRefused as refusal:
        return _page(visitor, which, fault=str(refusal))
    return RedirectResponse(f"/briefings/{which}?withdrawn", status_code=303)


@router.post("/briefings/{id}/verify")
def verify(id: str, visitor: VisitorNow) -> Response:
    """Count again, and say of how many values the data of today give the same."""
    which = _id(id)
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        head, document = briefings.opened(conn, who, which, form="page")
        if not head.is_own:
            raise NoSuchBriefing("There is no such briefing.")
        again, drawn = recounted((conn, who, visitor.backing.vault), document)
    return _page(visitor, which, notice=compared_in_words(document, again, drawn))


@router.get("/briefings/{id}/briefing.html")
def html_file(id: str, visitor: VisitorNow) -> Response:
    """Return the briefing as one HTML file: the same bytes for everybody."""
    answer = Response(briefing_html(_document(visitor, id, "html")), media_type="text/html")
    answer.headers["Content-Security-Policy"] = policy_of_the_file()
    return answer


@router.get("/briefings/{id}/briefing.pdf")
def pdf_file(id: str, visitor: VisitorNow) -> Response:
    """Return the briefing as a PDF: the same bytes for everybody."""
    pdf = briefing_pdf(_document(visitor, id, "pdf"), font_file(vendor_files()))
    headers = {"Content-Disposition": 'attachment; filename="briefing.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/briefings/{id}/map")
def map_page(id: str, visitor: VisitorNow) -> Response:
    """Show the briefing's boroughs on a map that moves, with the same facts as a list."""
    me = visitor.me()
    view = view_of(_document(visitor, id, "map"))
    answer = visitor.page("briefing_map.html", me=me, id=id, view=view, map_id=MAP_ID)
    answer.headers["Content-Security-Policy"] = WITHOUT_TRUSTED_TYPES
    return answer


@router.get("/briefings/{id}/map.js")
def map_script(id: str, visitor: VisitorNow) -> Response:
    """Return the script that draws it."""
    view = view_of(_document(visitor, id, "map"))
    reader = (visitor.backing.pool, visitor.backing.vault)
    found = page(reader, layer_named("boroughs"), Asked(limit=1000), visitor.token).features
    plain: list[dict[str, Any]] = orjson.loads(orjson.dumps(found))
    return Response(briefing_script(view.boroughs, plain), media_type="text/javascript")


def _document(visitor: Visitor, id: str, form: str) -> Mapping[str, Any]:
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        return briefings.opened(conn, who, _id(id), form=form)[1]


def _page(visitor: Visitor, which: UUID, *, fault: str = "", notice: str = "") -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        head, document = briefings.opened(conn, who, which, form="page")
    return visitor.page(
        "briefing.html",
        me=me,
        status=422 if fault else 200,
        head=head,
        view=view_of(document),
        fault=fault,
        notice=notice or visitor.notice_among(_NOTICES),
    )


def _list(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        found = briefings.briefings(conn, who)
        today = first_day(briefings.moment(conn))
    return visitor.page(
        "briefings.html",
        me=me,
        status=status,
        form=form,
        quarters=[(one.isoformat(), quarter_in_words(one)) for one in reversed(span(latest_published(today), OFFERED))],
        own=[_row(one) for one in found if one.is_own],
        others=[_row(one) for one in found if not one.is_own],
    )


def _row(one: BriefingHead) -> dict[str, Any]:
    return {"head": one, "quarter": quarter_in_words(one.quarter)}


def _quarter(values: Mapping[str, object]) -> date:
    try:
        return datetime.strptime(str(values.get("quarter", "")), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise BriefingRefused("Choose a quarter.") from None


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchBriefing("There is no such briefing."))
