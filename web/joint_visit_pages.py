"""Joint visits: proposed from a card, answered with who goes, read before one goes, given more time, cancelled."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import RedirectResponse

from data import joint_visits
from data.database import entered
from data.flags import contact
from data.joint_visits import JointVisitRefused, NoSuchJointVisit, Proposal
from data.places import coded_list, place
from web import days, facts
from web import joint_visit_words as said
from web.card_pages import place_id_of
from web.forms import Form, read, typed
from web.notices import uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
MomentText = Annotated[str, AfterValidator(days.moment_text)]
_MORE = timedelta(hours=2)
_NOTICES = {
    "proposed": "It is proposed. Nothing opens before the other organisation has accepted.",
    "accepted": "You accepted. The place opens by itself, to those you named.",
    "declined": "You declined. Nothing of it will open.",
    "cancelled": "It is cancelled. What was open is closed.",
    "asked": "You asked for more time. Somebody else of your organisation has to agree.",
    "agreed": "There is more time now.",
}
_SENTENCES = {
    "partner": "Choose with whom.",
    "help": "Choose what help you ask for.",
    "starts_at": "Give the day and time when it starts.",
    "ends_at": "Give the day and time when it ends.",
    "members": "Choose at least one who goes, and at most 20.",
    "until": "Give the day and time until when it is to last.",
}


class TypedProposal(BaseModel):
    """What a form proposes."""

    partner: UUID
    help: Literal["visit_together", "keep_safe", "support", "health", "interpreter", "children"]
    starts_at: MomentText
    ends_at: MomentText


class TypedAcceptance(BaseModel):
    """Who is named."""

    members: Annotated[list[UUID], Field(min_length=1, max_length=20)]


class TypedTime(BaseModel):
    """Until when a joint visit is to last."""

    until: MomentText


@router.get("/joint-visits")
def list_page(visitor: VisitorNow) -> Response:
    """List what waits for an answer, what is agreed and open, and what is over."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = joint_visits.joint_visits(conn, visitor.backing.vault)
    return visitor.page("joint_visits.html", me=me, groups=said.groups(found))


@router.get("/joint-visits/{id}")
def briefing_page(id: str, visitor: VisitorNow) -> Response:
    """Show a joint visit: how to attend, flags, where, who, when, and what may be done."""
    return _briefing_page(visitor, _id(id), Form())


@router.post("/joint-visits/{id}/accept")
def accept(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Accept, naming who goes."""
    values = typed(data, many=("members",))
    given = read(TypedAcceptance, values, _SENTENCES)
    if not isinstance(given, TypedAcceptance):
        return _briefing_page(visitor, _id(id), Form(values=values, faults=given), status=422)
    return _done(visitor, id, ("accepted", joint_visits.accept), field="members", members=given.members)


@router.post("/joint-visits/{id}/decline")
def decline(id: str, visitor: VisitorNow) -> Response:
    """Decline a proposal."""
    return _done(visitor, id, ("declined", joint_visits.decline))


@router.post("/joint-visits/{id}/cancel")
def cancel(id: str, visitor: VisitorNow) -> Response:
    """Cancel: what is open closes at once."""
    return _done(visitor, id, ("cancelled", joint_visits.cancel))


@router.post("/joint-visits/{id}/extend")
def ask_more_time(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Ask for more time."""
    values = typed(data)
    given = read(TypedTime, values, _SENTENCES)
    if not isinstance(given, TypedTime):
        return _briefing_page(visitor, _id(id), Form(values=values, faults=given), status=422)
    until = days.moment(given.until)
    return _done(visitor, id, ("asked", joint_visits.ask_more_time), field="until", until=until)


@router.post("/joint-visits/{id}/agree-extension")
def agree_more_time(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Agree to the time that stands on the button."""
    given = read(TypedTime, typed(data), _SENTENCES)
    if not isinstance(given, TypedTime):
        return _briefing_page(visitor, _id(id), Form(faults=given), status=422)
    return _done(visitor, id, ("agreed", joint_visits.agree_more_time), until=days.moment(given.until))


@router.get("/places/{id}/joint-visit")
def proposal_page(id: str, visitor: VisitorNow) -> Response:
    """Ask with whom, when and for what help a place of one's own is to be visited."""
    return _proposal_page(visitor, place_id_of(id), Form())


@router.post("/places/{id}/joint-visit")
def propose(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Propose the place."""
    place_id, values = place_id_of(id), typed(data)
    given = read(TypedProposal, values, _SENTENCES)
    if not isinstance(given, TypedProposal):
        return _proposal_page(visitor, place_id, Form(values=values, faults=given), status=422)
    window = {"starts_at": days.moment(given.starts_at), "ends_at": days.moment(given.ends_at)}
    new = Proposal(place=place_id, partner=given.partner, help=given.help, **window)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            made = joint_visits.propose(conn, visitor.backing.vault, new)
    except JointVisitRefused as refusal:
        form = Form(values=values, faults={"ends_at": str(refusal)})
        return _proposal_page(visitor, place_id, form, status=422)
    return RedirectResponse(f"/joint-visits/{made}?proposed", status_code=303)


def _done(
    visitor: Visitor, id: str, act: tuple[str, Callable[..., None]], *, field: str = "acts", **values: object
) -> Response:
    which, (notice, do) = _id(id), act
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            do(conn, visitor.backing.vault, which, **values)
    except JointVisitRefused as refusal:
        return _briefing_page(visitor, which, Form(faults={field: str(refusal)}), status=422)
    return RedirectResponse(f"/joint-visits/{which}?{notice}", status_code=303)


def _briefing_page(visitor: Visitor, which: UUID, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = joint_visits.briefing(conn, visitor.backing.vault, which)
        titles = {**coded_list(conn, "danger_flag"), **coded_list(conn, "contact_flag")}
    visit = found.visit
    later = days.moment_field(visit.ends_at + _MORE)
    return visitor.page(
        "joint_visit.html",
        me=me,
        status=status,
        notice=visitor.notice_among(_NOTICES),
        form=Form(values={"until": later, **form.values}, faults=form.faults),
        visit=visit,
        line=said.line(visit),
        said=said,
        card=found.card,
        safety=facts.safety(found.flags, contact(found.flags), titles) if found.card else None,
        risks=[said.risk_words(risk) for risk in found.card["risks"]] if found.card else [],
        members=[(member.id, member.email, "") for member in found.members],
        may=_may(visit),
    )


def _may(visit: joint_visits.JointVisit) -> Sequence[str]:
    """Return the acts that the page offers; whether each is allowed the database says."""
    is_agreed = visit.state in {"accepted", "extended"}
    offered = {
        "answer": visit.state == "proposed" and not visit.is_ours,
        "cancel": is_agreed or (visit.state == "proposed" and visit.is_ours),
        "ask": is_agreed and visit.is_ours,
        "agree": is_agreed and visit.extension_until is not None and not visit.is_asked_by_me,
    }
    return [act for act, is_offered in offered.items() if is_offered]


def _proposal_page(visitor: Visitor, place_id: UUID, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        card = place(conn, visitor.backing.vault, place_id)
        partners = joint_visits.partners_for(conn, place_id)
    return visitor.page(
        "joint_visit_new.html",
        me=me,
        status=status,
        form=form,
        place_id=place_id,
        card=card,
        partners=[(partner.uid, partner.name) for partner in partners],
        help=said.HELP,
    )


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchJointVisit("There is no such joint visit."))
