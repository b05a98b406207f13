"""The duty desk of an admin's organisation: how it is reached, who is on duty, what a change means before saving."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data.database import entered
from data.notices import Desk, DeskChanged, DeskRefused, desk_candidates, my_duty_desk, set_duty_desk
from web.forms import Form, read, typed
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES: Final = {"saved": "Saved. It holds from now on."}
_TELEPHONE = r"^[0-9+][0-9 ]{2,19}$"
_SENTENCES: Final = {
    "telephone": "Type a telephone of digits and spaces, such as 0121 496 0000, which a person answers at any hour.",
    "email": "Type an e-mail address with its @, or leave it empty.",
    "members": "Choose at most 50 people.",
}


class TypedDesk(BaseModel):
    """A desk as a form gives it; `members` are e-mail addresses."""

    telephone: Annotated[str, Field(pattern=_TELEPHONE)]
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] = ""
    members: Annotated[list[str], Field(max_length=50)] = []
    facts_hash: Annotated[str, Field(max_length=64)] = ""

    def desk(self) -> Desk:
        """Return it as a desk, its address in small letters."""
        return Desk(
            telephone=self.telephone, email=self.email.lower() or None, members=sorted(set(self.members)),
            facts_hash=self.facts_hash or None,
        )  # fmt: skip


@router.get("/duty-desk")
def duty_desk_page(visitor: VisitorNow) -> Response:
    """Show how the organisation is reached and who is on duty, to be changed."""
    return _page(visitor, None)


@router.post("/duty-desk")
def keep(visitor: VisitorNow, data: FormNow) -> Response:
    """Save another desk, or show what it would mean."""
    values = typed(data, many=["members"])
    given = read(TypedDesk, values, _SENTENCES)
    if not isinstance(given, TypedDesk):
        return _page(visitor, Form(values=values, faults=given), status=422)
    if values.get("act") == "effect":
        return _page(visitor, Form(values=values), wanted=given.desk())
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            set_duty_desk(conn, given.desk(), as_read=True)
    except DeskChanged as late:
        return _page(visitor, Form(values=values, faults={"acts": str(late)}), status=409)
    except DeskRefused as refusal:
        return _page(visitor, Form(values=values, faults={"members": str(refusal)}), status=422)
    return RedirectResponse("/duty-desk?saved", status_code=303)


def _page(visitor: Visitor, form: Form | None, *, wanted: Desk | None = None, status: int = 200) -> Response:
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        people, desk = desk_candidates(conn), my_duty_desk(conn)
    # Somebody who was named and does outreach no longer cannot be named again: saving leaves them out.
    gone = [email for email in desk.members if email not in people] if desk else []
    return visitor.page(
        "duty_desk.html",
        me=visitor.me(),
        status=status,
        form=form or Form(values=_values_of(desk)),
        notice=visitor.notice_among(_NOTICES),
        effects=_effects(desk, wanted) if wanted else (),
        people=[(email, email, "") for email in people],
        gone=gone,
        is_staffed=bool(desk and len(gone) < len(desk.members)),
    )


def _values_of(desk: Desk | None) -> dict[str, object]:
    if desk is None:
        return {}
    return {
        "telephone": desk.telephone, "email": desk.email or "", "members": list(desk.members),
        "facts_hash": desk.facts_hash or "",
    }  # fmt: skip


def _effects(desk: Desk | None, wanted: Desk) -> list[str]:
    """Return in sentences what another desk means."""
    was = desk or Desk(telephone="", email=None, members=())
    found = []
    if wanted.telephone != was.telephone:
        found.append(
            f"Notices, pages and partners who are to call you say {wanted.telephone}{_instead(was.telephone)}."
        )
    if wanted.email != was.email:
        found.append(
            f"What is sent to the desk goes to {wanted.email}{_instead(was.email)}."
            if wanted.email
            else "Nothing goes to the desk by e-mail: only an open page tells whoever is on duty."
        )
    found += _changes(was.members, wanted.members)
    if not wanted.members:
        found.append("Nobody is on duty: no team can set out. Teams that are out already are watched on.")
    return found or ["Nothing changes."]


def _changes(was: Sequence[str], now: Sequence[str]) -> list[str]:
    joins = [
        f"{one} reads what is sent to the desk, and is told when a team is in danger." for one in now if one not in was
    ]
    leaves = [
        f"{one} is told no longer, and what waits for the desk is gone from their page."
        for one in was
        if one not in now
    ]
    return joins + leaves


def _instead(was: str | None) -> str:
    return f" instead of {was}" if was else ""
