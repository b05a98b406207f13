"""Reviews: what is due of the own organisation's places and notes, and what becomes of each. Admins see numbers."""

from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data import reviews
from data.database import NotStorable, entered
from data.places import PlaceEdit, edit_place
from data.relabelling import Relabelling, relabel
from web.days import today
from web.forms import read, typed
from web.note_pages import REVIEW_AFTER
from web.visitors import FormNow, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "kept": "It is kept, until the day you gave.",
    "closed": "The place is closed: nobody is sent there.",
    "coarser": "The place is more protected now: partners see less of it, and so do colleagues of lower clearance.",
    "erased": "The note is erased, and its key with it.",
}
_LONGEST = timedelta(days=5 * 366)


class TypedReview(BaseModel):
    """What was decided about one record."""

    kind: Literal["place", "note"]
    id: UUID
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    act: Literal["keep", "close", "coarsen", "erase"]
    sensitivity: Annotated[int, Field(ge=1, le=3)] = 3
    review_on: date | None = None


@router.get("/reviews")
def reviews_page(visitor: VisitorNow) -> Response:
    """List what is due; for an admin, numbers alone."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        if who.role == "admin":
            counted = reviews.numbers(conn, who)
            return visitor.page("review_numbers.html", me=me, numbers=counted, days=reviews.AHEAD_DAYS)
        due = reviews.due(conn, who, visitor.backing.vault)
    later = (today() + REVIEW_AFTER).isoformat()
    return visitor.page(
        "reviews.html",
        me=me,
        notice=visitor.notice_among(_NOTICES),
        places=due["places"],
        notes=due["notes"],
        later=later,
        clearance=me.clearance,
        days=reviews.AHEAD_DAYS,
        most=reviews.MOST,
    )


@router.post("/reviews")
def review(data: FormNow, visitor: VisitorNow) -> Response:
    """Keep a record until another day, close a place, let less of it be seen, or erase a note."""
    visitor.me()
    given = read(TypedReview, typed(data), {})
    if isinstance(given, dict) or (given.act == "erase") != (given.kind == "note" and given.act != "keep"):
        raise NotStorable("Choose what becomes of one record: keep it, close or coarsen the place, or erase the note.")
    until = given.review_on or today() + REVIEW_AFTER
    if not today() < until <= today() + _LONGEST:
        raise NotStorable("Keep it until a day after today, within five years.")
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
