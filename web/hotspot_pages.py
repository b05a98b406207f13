"""Hotspots: ask what, when, where and how; a map, a ranked table, and how it was made."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data.sessions import SessionFacts
from layers.hotspot_desk import NoSuchWork
from layers.hotspot_questions import QuestionRefused
from layers.hotspot_tables import RATIO_WORDS
from layers.hotspots import Answer, ask, stop
from layers.hotspots import frame as frame_of
from web.forms import Form, typed
from web.hotspot_forms import (
    BESIDE,
    KNOWN_CHOICES,
    METHOD_CHOICES,
    SEVERITY_CHOICES,
    SQUARES,
    Wish,
    earlier,
    months_offered,
    read_wish,
    values_of,
)
from web.hotspot_views import View, view_of
from web.notices import uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_USUAL = Wish(question=lambda usual: usual)


@router.get("/hotspots")
def usual_page(visitor: VisitorNow) -> Response:
    """Show the usual map: the last twelve months, everything, 500 m."""
    return _page(visitor, _USUAL)


@router.post("/hotspots")
def asked_page(visitor: VisitorNow, data: FormNow) -> Response:
    """Show what was asked; posted, so that no address tells what is looked for."""
    values = typed(data)
    me = visitor.me()
    wish = read_wish(values, frame_of(visitor.backing.pool, visitor.token).categories)
    if isinstance(wish, dict):
        return _form(visitor, me, Form(values=values, faults=wish), status=422)
    return _page(visitor, wish, values=values, is_whole=values.get("list") == "whole")


@router.post("/hotspots/work/{id}/stop")
def stop_work(id: str, visitor: VisitorNow) -> Response:
    """Stop the work on a map."""
    stop((visitor.backing.pool, visitor.backing.hotspots), work_id(id), visitor.token)
    return RedirectResponse("/hotspots", status_code=303)


def answers_to(visitor: Visitor, me: SessionFacts, wish: Wish) -> list[Answer]:
    """Return the answer to a wish, and the one that is set beside it. Raises QuestionRefused, NotAllowed."""
    reader = (visitor.backing.pool, visitor.backing.hotspots)
    answer = ask(reader, me, wish.question, visitor.token)
    if not wish.beside:
        return [answer]
    other = earlier(answer.question, wish.beside)
    return [answer, ask(reader, me, lambda _: other, visitor.token)]


def work_id(text: str) -> UUID:
    """Return the id of work. Raises NoSuchWork for what is none."""
    return uuid_of(text, NoSuchWork("There is no such work."))


def _page(
    visitor: Visitor, wish: Wish, *, values: Mapping[str, object] | None = None, is_whole: bool = False
) -> Response:
    me = visitor.me()
    try:
        answers = answers_to(visitor, me, wish)
    except QuestionRefused as refusal:
        return _form(visitor, me, Form(values=values or {}, faults={"first": str(refusal)}), status=422)
    first = answers[0]
    form = Form(values=values_of(first.question, beside=wish.beside, hides_small=wish.hides_small))
    if first.work is not None:
        return visitor.page("hotspot_working.html", me=me, form=form, work=first.work)
    shown = [
        view_of(one, organisation=me.organisation, hides_small=wish.hides_small, is_whole=is_whole)
        for one in answers
        if one.found is not None
    ]
    return _form(visitor, me, form, views=shown, is_whole=is_whole, hides_small=wish.hides_small)


def _form(
    visitor: Visitor,
    me: SessionFacts,
    form: Form,
    *,
    views: list[View] | None = None,
    status: int = 200,
    **more: object,
) -> Response:
    around = frame_of(visitor.backing.pool, visitor.token)
    values = {**values_of(around.usual, beside="", hides_small=False), **form.values}
    parts = [one.drawn for one in views or ()]
    return visitor.page(
        "hotspots.html",
        me=me,
        status=status,
        form=replace(form, values=values),
        views=views or [],
        has_squares=any(view.count for view in views or ()),
        categories=list(around.categories.items()),
        severities=SEVERITY_CHOICES,
        known=KNOWN_CHOICES,
        areas=[(name, name) for name in me.areas],
        months=months_offered(around.today),
        squares=SQUARES,
        methods=METHOD_CHOICES,
        beside=BESIDE,
        ratio_words=RATIO_WORDS,
        drawn=parts,
        changes=changes(views or []),
        **{"is_whole": False, "hides_small": False, **more},
    )


def changes(views: list[View]) -> list[tuple[str, str]]:
    """Return the squares that are hot in one of two maps alone, and in which; of the rows that are listed."""
    if len(views) < 2:
        return []
    now, before = ({row["square"] for row in view.rows if row["state"].startswith("hot")} for view in views)
    return [(square, "Hot now, not then") for square in sorted(now - before)] + [
        (square, "Hot then, not now") for square in sorted(before - now)
    ]
