"""Agreements of an admin's own organisation: read in sentences, drafted, changed, signed, suspended, renewed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data import agreements
from data.agreements import Agreement, AgreementRefused, NoSuchAgreement, OwnPart
from data.areas import all_areas
from data.database import entered
from data.effects import effect_of_draft, effect_of_suspension, effect_of_terms, ground_of
from web import days, effects
from web.agreement_forms import MANY, SENTENCES, TypedDraft, TypedTerms, choices, values_of
from web.forms import Form, read, typed
from web.notices import notice_of, uuid_of
from web.sharing_words import terms_in_a_sentence
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "drafted": "The agreement is drafted. It holds when an admin of each side has signed it.",
    "signed": "You signed the agreement for your organisation.",
    "suspended": "The agreement is suspended. From now on it lets nobody see anything.",
    "resumed": "The suspension is lifted. The terms stand as a draft, for both sides to sign again.",
    "renewed": "The renewal is drafted. Both sides sign it, while the agreement before runs out.",
    "narrowed": "The agreement is narrowed, at once. Both signatures stay, because the terms only became stricter.",
    "changed": "The terms are changed. Both sides sign them anew before they hold.",
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An agreement with its terms in a sentence, the own side's part, and where it stands."""

    agreement: Agreement
    part: OwnPart
    sentence: str
    state: str
    words: str

    @property
    def partner(self) -> str:
        """Return the other side's name."""
        return self.agreement.recipient if self.part.is_provider else self.agreement.provider

    @property
    def signed_at(self) -> tuple[datetime | None, datetime | None]:
        """Return when the own side signed, and when the other did."""
        both = (self.agreement.provider_signed_at, self.agreement.recipient_signed_at)
        return both if self.part.is_provider else both[::-1]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows beside what the database says: the form, an effect asked for, the status."""

    form: Form | None = None
    effect: effects.Shown | None = None
    status: int = 200


@router.get("/agreements")
def list_page(visitor: VisitorNow) -> Response:
    """List the agreements that the admin's organisation is part of, in sentences."""
    me, found = visitor.me(), _listed(visitor)
    return visitor.page("agreements.html", me=me, agreements=found)


@router.get("/agreements/new")
def draft_page(visitor: VisitorNow) -> Response:
    """Ask for the terms of a new agreement."""
    today = days.today().isoformat()
    return _form_page(visitor, None, Shown(form=Form(values={"valid_from": today, "finest_step": "1 km"})))


@router.post("/agreements/new")
def draft(visitor: VisitorNow, data: FormNow) -> Response:
    """Draft an agreement, or show what it would let the other side see."""
    values = typed(data, many=MANY)
    given = read(TypedDraft, values, SENTENCES)
    if not isinstance(given, TypedDraft):
        return _form_page(visitor, None, Shown(form=Form(values=values, faults=given), status=422))
    effect = drafted = None
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            own = next(one.uid for one in agreements.list_organisations(conn) if one.is_own)
            sides = (own, given.partner) if given.direction == "give" else (given.partner, own)
            terms = given.terms()
            if values.get("act") == "effect":
                found = effect_of_draft(conn, provider=sides[0], recipient=sides[1], terms=terms)
                effect = effects.shown(ground_of(conn, found), found, whom="The other organisation")
            else:
                drafted = agreements.draft_agreement(conn, provider=sides[0], recipient=sides[1], terms=terms)
    except AgreementRefused as refusal:
        return _form_page(visitor, None, Shown(form=Form(values=values, faults=_fault(refusal)), status=422))
    if effect:
        return _form_page(visitor, None, Shown(form=Form(values=values), effect=effect))
    return RedirectResponse(f"/agreements/{drafted}?drafted", status_code=303)


@router.get("/agreements/{id}")
def agreement_page(id: str, visitor: VisitorNow) -> Response:
    """Show an agreement: its terms, who signed when, and what can be done."""
    return _agreement_page(visitor, _id(id), Shown())


@router.get("/agreements/{id}/change")
def change_page(id: str, visitor: VisitorNow) -> Response:
    """Show the terms as a form."""
    return _form_page(visitor, _id(id), Shown())


@router.post("/agreements/{id}/change")
def change(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Change the terms, or show what the change would do. What only narrows keeps both signatures."""
    which, values = _id(id), typed(data, many=MANY)
    given = read(TypedTerms, values, SENTENCES)
    if not isinstance(given, TypedTerms):
        return _form_page(visitor, which, Shown(form=Form(values=values, faults=given), status=422))
    effect, keeps = None, False
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            now = agreements.agreement_of(conn, which)
            terms = given.terms(now)
            if values.get("act") == "effect":
                found = effect_of_terms(conn, which, terms=terms)
                effect = effects.shown(ground_of(conn, found), found, whom=now.recipient)
            else:
                keeps = agreements.amend_agreement(conn, which, terms=terms, terms_hash=given.terms_hash)
    except AgreementRefused as refusal:
        return _form_page(visitor, which, Shown(form=Form(values=values, faults=_fault(refusal)), status=422))
    if effect:
        return _form_page(visitor, which, Shown(form=Form(values=values), effect=effect))
    return RedirectResponse(f"/agreements/{which}?{'narrowed' if keeps else 'changed'}", status_code=303)


@router.post("/agreements/{id}/effect")
def effect_page(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Show what signing an agreement, or suspending it, would change for the recipient."""
    which = _id(id)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            now = agreements.agreement_of(conn, which)
            is_end = typed(data).get("of") == "suspending"
            found = effect_of_suspension(conn, which) if is_end else effect_of_terms(conn, which, terms=now.terms)
            effect = effects.shown(ground_of(conn, found), found, whom=now.recipient)
    except AgreementRefused as refusal:
        return _agreement_page(visitor, which, Shown(form=Form(faults=_fault(refusal)), status=409))
    return _agreement_page(visitor, which, Shown(effect=effect))


@router.post("/agreements/{id}/sign")
def sign(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Sign the terms that were read; others than those are not signed."""
    read_terms = str(typed(data).get("terms_hash", ""))
    return _acted(
        visitor, id, "signed", lambda conn, which: agreements.sign_agreement(conn, which, terms_hash=read_terms)
    )


@router.post("/agreements/{id}/suspend")
def suspend(id: str, visitor: VisitorNow) -> Response:
    """Stop an agreement at once, without a question."""
    return _acted(visitor, id, "suspended", agreements.suspend_agreement)


@router.post("/agreements/{id}/resume")
def resume(id: str, visitor: VisitorNow) -> Response:
    """Lift a suspension; both sides sign again."""
    return _acted(visitor, id, "resumed", agreements.resume_agreement)


@router.post("/agreements/{id}/renew")
def renew(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Draft the same terms for the time after."""
    which, until = _id(id), str(typed(data).get("until", ""))
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            renewal = agreements.renew_agreement(conn, which, until=days.end(until))
    except (AgreementRefused, days.NotADay) as refusal:
        form = Form(values={"until": until}, faults={"until": str(refusal)})
        return _agreement_page(visitor, which, Shown(form=form, status=422))
    return RedirectResponse(f"/agreements/{renewal}?renewed", status_code=303)


def _acted(visitor: Visitor, id: str, done: str, act: Callable[..., None]) -> Response:
    which = _id(id)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            act(conn, which)
    except AgreementRefused as refusal:
        return _agreement_page(visitor, which, Shown(form=Form(faults=_fault(refusal)), status=409))
    return RedirectResponse(f"/agreements/{which}?{done}", status_code=303)


def _agreement_page(visitor: Visitor, which: UUID, shown: Shown) -> Response:
    me = visitor.me()
    found = next((one for one in _listed(visitor) if one.agreement.id == which), None)
    if found is None:
        raise NoSuchAgreement("Your organisation is part of no such agreement.")
    return visitor.page(
        "agreement.html",
        me=me,
        status=shown.status,
        listed=found,
        form=shown.form or Form(),
        effect=shown.effect,
        notice="" if shown.effect else notice_of(visitor.request, _NOTICES),
    )


def _form_page(visitor: Visitor, which: UUID | None, shown: Shown) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        now = agreements.agreement_of(conn, which) if which else None
        offered = choices(all_areas(conn), agreements.list_organisations(conn))
    form = shown.form or Form(values=values_of(now) if now else {})
    is_stale = now is not None and form.values.get("terms_hash") != now.terms_hash
    values: dict[str, Any] = {"form": form, "offered": offered, "agreement": now, "effect": shown.effect}
    values["is_stale"] = is_stale
    return visitor.page("agreement_form.html", me=me, status=409 if is_stale else shown.status, **values)


def _listed(visitor: Visitor) -> list[Listed]:
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        parts, areas = agreements.own_parts(conn), len(all_areas(conn))
        found = agreements.list_agreements(conn)
    now = datetime.now(UTC)
    return [
        Listed(
            agreement=one,
            part=parts[one.id],
            sentence=terms_in_a_sentence(one, all_areas=areas),
            **_state(one, parts[one.id], now),
        )
        for one in found
        if one.id in parts
    ]


def _state(one: Agreement, part: OwnPart, now: datetime) -> dict[str, str]:
    own, other = one.provider_signed_at, one.recipient_signed_at
    own, other = (own, other) if part.is_provider else (other, own)
    if one.valid_until <= now:
        return {"state": "ended", "words": "Ended"}
    if one.suspended_at:
        return {
            "state": "suspended",
            "words": "Suspended by us" if part.suspended_here else "Suspended by the other side",
        }
    if one.is_live:
        return {"state": "live", "words": "Live"}
    if own and other:
        return {"state": "later", "words": "Signed, begins later"}
    return {"state": "draft", "words": "Waiting for the other side" if own else "Waiting for your signature"}


def _fault(refusal: AgreementRefused) -> dict[str, str]:
    return {"acts": str(refusal)}


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchAgreement("Your organisation is part of no such agreement."))
