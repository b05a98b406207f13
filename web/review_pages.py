"""Reviews: what is due of the own organisation's places and notes, and what becomes of each. Admins see numbers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data import reviews
from data.database import entered
from data.places import PlaceEdit, edit_place
from data.relabelling import Relabelling, relabel
from web.days import Day, today
from web.forms import Form, read, typed
from web.note_pages import REVIEW_AFTER
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES: Final = {
    "kept": "It is kept, until the day you gave.",
    "closed": "The place is closed: nobody is sent there.",
    "coarser": "The place is more protected now: partners see less of it, and so do colleagues of lower clearance.",
    "erased": "The note is erased, and its key with it.",
}
_LONGEST: Final = timedelta(days=5 * 366)
_DAY: Final = "Keep it until a day after today, within five years."
_CHOICE: Final = "Choose what becomes of one record: keep it, close or coarsen the place, or erase the note."


class TypedReview(BaseModel):
    """What was decided about one record."""

    kind: Literal["place", "note"]
    id: UUID
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    act: Literal["keep", "close", "coarsen", "erase"]
    sensitivity: Annotated[int, Field(ge=1, le=3)] = 3
    review_on: Day | None = None


@router.get("/reviews")
def reviews_page(visitor: VisitorNow) -> Response:
    """List what is due; for an admin, numbers alone."""
    me = visitor.me()
    if me.role != "admin":
        return _page(visitor, Form())
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        counted = reviews.numbers(conn, who)
    return visitor.page("review_numbers.html", me=me, numbers=counted, days=reviews.AHEAD_DAYS)


@router.post("/reviews")
def review(data: FormNow, visitor: VisitorNow) -> Response:
    """Keep a record until another day, close a place, let less of it be seen, or erase a note."""
    visitor.me()
    values = typed(data)
    given = _given(values)
    if not isinstance(given, TypedReview):
        return _page(visitor, Form(values=values, faults=given), status=422)
    until = given.review_on or today() + REVIEW_AFTER
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        vault = visitor.backing.vault
        if given.kind == "place":
            status = "closed" if given.act == "close" else None
            edit = PlaceEdit(version=given.version, review_on=until, status=status)
            edit_place(conn, who, vault, (given.id, edit))
            if given.act == "coarsen":
                relabel(conn, vault, given.id, Relabelling(sensitivity=given.sensitivity))
        elif given.act == "erase":
            reviews.erase_note(conn, vault, given.id)
        else:
            reviews.keep_note(conn, who, vault, (given.id, given.version, until))
    done = {"keep": "kept", "close": "closed", "coarsen": "coarser", "erase": "erased"}[given.act]
    return RedirectResponse(f"/reviews?{done}", status_code=303)


def _given(values: Mapping[str, object]) -> TypedReview | dict[str, str]:
    """Return what was decided, or the fault: beside the record's day, or about the whole."""
    given = read(TypedReview, values, {})
    if isinstance(given, dict):
        return _day_fault(values) if set(given) == {"review_on"} else {"due": _CHOICE}
    if (given.act == "erase") != (given.kind == "note" and given.act != "keep"):
        return {"due": _CHOICE}
    if given.review_on and not today() < given.review_on <= today() + _LONGEST:
        return _day_fault(values)
    return given


def _day_fault(values: Mapping[str, object]) -> dict[str, str]:
    return {f"until-{values['id']}": _DAY}


def _page(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        due = reviews.due(conn, who, visitor.backing.vault)
    return visitor.page(
        "reviews.html",
        me=me,
        status=status,
        form=form,
        notice=visitor.notice_among(_NOTICES),
        places=due["places"],
        notes=due["notes"],
        later=(today() + REVIEW_AFTER).isoformat(),
        clearance=me.clearance,
        days=reviews.AHEAD_DAYS,
        most=reviews.MOST,
    )
