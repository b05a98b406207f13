"""What somebody does who was told of a team: take an alarm, say how it ended, say that a notice was seen."""

from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data import notices, shifts
from data.database import entered
from data.notices import NoSuchNotice
from data.shifts import NoSuchShift, ShiftRefused
from web.forms import Form, typed
from web.notices import uuid_of
from web.today_pages import page
from web.visitors import FormNow, VisitorNow

router = APIRouter(include_in_schema=False)


@router.post("/today/alarms/{id}/take")
def take(id: str, visitor: VisitorNow) -> Response:
    """Take an alarm: from now on it is one's own to see to."""
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            shifts.take_alarm(conn, _id(id))
    except ShiftRefused as refusal:
        return page(visitor, Form(faults={"alarms": str(refusal)}), status=422)
    return RedirectResponse("/today?taken", status_code=303)


@router.post("/today/alarms/{id}/close")
def close(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Say how an alarm that one took ended."""
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            shifts.close_alarm(conn, _id(id), str(typed(data).get("how", ""))[:20])
    except ShiftRefused as refusal:
        return page(visitor, Form(faults={"alarms": str(refusal)}), status=422)
    return RedirectResponse("/today?ended", status_code=303)


@router.post("/today/notices/{id}")
def acknowledge(id: str, visitor: VisitorNow) -> Response:
    """Say that one has read a notice and sees to it."""
    which = uuid_of(id, NoSuchNotice("There is no such notice."))
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        notices.acknowledge(conn, which)
    return RedirectResponse("/today?seen", status_code=303)


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchShift("There is no such alarm."))
