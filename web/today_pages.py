"""Today: one's shift, stop by stop, with its check-ins; phone first, and whole without JavaScript."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from api.plan_work import Asker
from api.shift_work import OnShift, on_shift, set_out
from api.shift_work import check_in as checked_in
from data import notices, plans, shifts
from data.database import entered
from data.flags import contact
from data.passwords import WeakPassword
from data.places import coded_list
from data.shifts import Contacts, NoSuchShift, Outcome, ShiftRefused, TooManyWords
from layers.plan_documents import read_document
from web import facts
from web import today_words as said
from web.forms import Form, read, typed
from web.notices import uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "saved": "Saved.",
    "out": "You have set out. Read the briefing of the first stop.",
    "closed": "The shift is closed. Thank you.",
    "words": "Your words are set.",
    "taken": "You take this. Say below how it ended.",
    "ended": "It is closed.",
    "seen": "Noted.",
    "visited": "The visit is saved.",
}
_SENTENCES = {
    "plan": "Choose a plan.",
    "buddy": "Choose a buddy.",
    "second": "Choose a second contact.",
    "manager": "Choose a duty manager.",
}


class TypedDeparture(BaseModel):
    """The plan, and who is told when the team does not check in."""

    plan: UUID
    buddy: UUID
    second: UUID
    manager: UUID


@router.get("/today")
def today_page(visitor: VisitorNow) -> Response:
    """Show one's shift and what is next, what waits for one as a contact, and the plans that can set out."""
    return page(visitor, Form())


@router.post("/today/start")
def start(visitor: VisitorNow, data: FormNow) -> Response:
    """Set out with one's team."""
    values = typed(data)
    given = read(TypedDeparture, values, _SENTENCES)
    if not isinstance(given, TypedDeparture):
        return page(visitor, Form(values=values, faults=given), status=422)
    try:
        set_out(_asker(visitor), given.plan, Contacts(**given.model_dump(exclude={"plan"})))
    except ShiftRefused as refusal:
        return page(visitor, Form(values=values, faults={"buddy": str(refusal)}), status=422)
    return _led("out")


@router.get("/today/words")
def words_page(visitor: VisitorNow) -> Response:
    """Ask for the two words."""
    return _words(visitor, Form())


@router.post("/today/words")
def set_words(visitor: VisitorNow, data: FormNow) -> Response:
    """Set one's two words."""
    values = typed(data)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            shifts.set_words(conn, str(values.get("safe", "")), str(values.get("duress", "")))
    except (WeakPassword, ShiftRefused) as refusal:
        return _words(visitor, Form(faults={"safe": str(refusal)}), status=422)
    return _led("words")


@router.post("/today/{id}/briefing")
def read_briefing(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Say that one has read the briefing of the stop that is next: then it opens."""
    number = str(typed(data).get("stop", ""))
    which, stop = _id(id), int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            shifts.read_briefing(conn, which, stop)
    except ShiftRefused as refusal:
        return page(visitor, Form(faults={"now": str(refusal)}), status=422)
    return _led("saved")


@router.post("/today/{id}/check-in")
def check_in(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Check in. Whatever was said, and with whichever word, the answer is the same."""
    values, which = typed(data), _id(id)
    kind, word = str(values.get("kind", ""))[:20], str(values.get("word", ""))[:64]
    try:
        checked_in(_asker(visitor), which, kind, word=word)
    except ShiftRefused as refusal:
        status = 429 if isinstance(refusal, TooManyWords) else 422
        return page(visitor, Form(faults={"now": str(refusal)}), status=status)
    return _led("saved")


@router.post("/today/{id}/close")
def close(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Say what became of each stop, and close the shift."""
    values, which = typed(data, many=("follow",)), _id(id)
    again = Form(values=values).chosen("follow")
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            numbers = [stop.number for stop in shifts.stops_of(conn, which)]
            outcomes = [_outcome(values, number, again) for number in numbers]
            shifts.close_shift(conn, which, outcomes)
    except ShiftRefused as refusal:
        return page(visitor, Form(values=values, faults={"now": str(refusal)}), status=422)
    return _led("closed")


def page(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    """Return the page of today, with a form's faults where there are some."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        found, told = shifts.my_shifts(conn), shifts.my_alarms(conn)
        noticed = [one for one in notices.my_notices(conn) if one.acknowledged_at is None]
        desk, people = notices.my_duty_desk(conn), plans.colleagues(conn)
        titles = {**coded_list(conn, "danger_flag"), **coded_list(conn, "contact_flag")}
        is_watched, has_words = shifts.is_watched(conn), shifts.has_words(conn)
        begun = {shift.plan_id for shift in found if shift.is_mine}
        ready = [plan for plan in plans.my_plans(conn) if plan.state == "ready" and plan.id not in begun]
    mine = next((shift for shift in found if shift.is_mine and shift.state != "closed"), None)
    on = on_shift(_asker(visitor), mine.id) if mine else None
    mine_to_go = [] if mine else [plan for plan in ready if _goes(plan, who.membership_id)]
    return visitor.page(
        "today.html", me=me, status=status, form=form, notice=visitor.notice_among(_NOTICES), said=said, on=on,
        safety=_safety(on, titles), is_watched=is_watched, has_words=has_words, desk=desk, noticed=noticed,
        waiting=said.others(noticed),
        is_staffed=bool(desk and desk.members),
        others=[shift for shift in found if not shift.is_mine and shift.state != "closed"],
        alarms=[said.alarm_card(alarm, found) for alarm in told],
        going=[plan for plan in mine_to_go if plan.stage == "now"],
        later=next((plan for plan in mine_to_go if plan.stage == "later"), None),
        people=[(person.id, person.email) for person in people if not person.is_me],
    )  # fmt: skip


def _goes(plan: plans.Plan, membership: UUID) -> bool:
    return any(membership in team.members for team in read_document(plan.document).asked.teams)


def _safety(on: OnShift | None, titles: dict[str, str]) -> dict[str, object] | None:
    if on is None or on.briefing is None:
        return None
    return facts.safety(on.briefing.flags, contact(on.briefing.flags), titles)


def _outcome(values: dict[str, object], number: int, again: frozenset[str]) -> Outcome:
    became = str(values.get(f"became-{number}", ""))
    if became not in shifts.BECAME:
        raise ShiftRefused("Say of each stop what became of it.")
    return Outcome(became=became, is_follow_up=str(number) in again)


def _words(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        has_words = shifts.has_words(conn)
    return visitor.page("words.html", me=me, status=status, form=form, has_words=has_words)


def _led(notice: str) -> Response:
    return RedirectResponse(f"/today?{notice}", status_code=303)


def _asker(visitor: Visitor) -> Asker:
    return visitor.backing, visitor.token


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchShift("There is no such shift."))
