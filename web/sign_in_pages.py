"""Signing in and out by form: works without JavaScript."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from api.backing import Backing
from api.identity import backing_of, check_origin
from api.sessions import forget_cookie, set_cookie
from data import sessions
from data.database import NotSignedIn
from web.beginnings import beginning
from web.forms import Form, read, typed
from web.hiding import show_again
from web.holding import Held, carried
from web.visitors import FormNow, Visitor, VisitorNow
from web.words import PURPOSES

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "ended": f"Your session ended. It ends after {sessions.IDLE_MINUTES} minutes without use, and after ten hours. "
    "If you are out, sign in and check in; if you cannot, call your buddy or your duty desk.",
    "out": "You are signed out.",
}
_TOO_LATE = "Your session had ended. What you sent is held here, and offered to you again once you have signed in."
_KEPT = ("email", "purpose", "organisation")
"""What is shown again of what was typed: never a password or a code."""


class Typed(BaseModel):
    """The fields of the sign-in form as they were typed."""

    email: Annotated[str, Field(max_length=254)] = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    code: Annotated[str, Field(max_length=16)] = ""
    purpose: Annotated[str, Field(max_length=40)] = ""
    organisation: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What the sign-in page says besides its fields: a notice, faults by field, organisations to choose from."""

    notice: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    status: int = 200
    wait: int = 0


@router.get("/")
def front(request: Request) -> Response:
    """Lead to where somebody begins, or to sign in; nothing is hidden any longer."""
    visitor = Visitor(request, backing_of(request), request.app.state.pages)
    me = visitor.me_or_nobody()
    answer = RedirectResponse(beginning(visitor.backing, visitor.token, me) if me else "/sign-in", status_code=303)
    show_again(answer)
    return answer


@router.get("/sign-in")
def sign_in_page(visitor: VisitorNow) -> Response:
    """Ask who somebody is and what they are here to do."""
    return _page(visitor, Form(), Asking(notice=visitor.notice_among(_NOTICES)))


@router.post("/sign-in")
def sign_in(visitor: VisitorNow, data: FormNow) -> Response:
    """Open a session and lead on, or say what is missing. What was typed as a password is never sent back.

    A form that came too late for an earlier session is offered again.
    """
    request = visitor.request
    check_origin(request)
    values, held = typed(data), carried(data)
    me = visitor.me_or_nobody() if held and not values.get("email") else None
    if me is not None:  # They used a passkey meanwhile.
        return visitor.page("held.html", me=me, held=held)
    given = read(Typed, values, {})
    asking = _missing(given) if isinstance(given, Typed) else Asking(faults=given, status=422)
    if isinstance(given, Typed) and asking is None:
        address = request.client.host if request.client else ""
        asked = sessions.SignIn(**given.model_dump(), address=address)
        opened = _opened(visitor.backing, asked)
        if isinstance(opened, sessions.OpenedSession):
            answer = _lead_on(visitor, opened.token, held)
            set_cookie(request, answer, opened.token)
            return answer
        asking = opened
    shown = Form(values={name: values.get(name, "") for name in _KEPT}, faults=asking.faults if asking else {})
    return _page(visitor, shown, asking or Asking(), held)


def too_late(visitor: Visitor, held: Held) -> Response:
    """Ask somebody whose session had ended to sign in, holding what they sent."""
    return _page(visitor, Form(), Asking(notice=_TOO_LATE, status=401), held)


@router.post("/sign-out")
def sign_out(visitor: VisitorNow) -> Response:
    """End the session, if there is one, and forget its cookie."""
    with suppress(NotSignedIn):
        sessions.sign_out(visitor.backing.pool, visitor.token)
    answer = RedirectResponse("/sign-in?out", status_code=303)
    forget_cookie(answer)
    return answer


def _lead_on(visitor: Visitor, token: str, held: Held | None) -> Response:
    me = sessions.my_session(visitor.backing.pool, token)
    if held is None:
        return RedirectResponse(beginning(visitor.backing, token, me), status_code=303)
    return visitor.page("held.html", me=me, held=held)


def _missing(typed: Typed) -> Asking | None:
    faults = {}
    if typed.purpose not in {purpose.slug for purpose in PURPOSES}:
        faults["purpose"] = "Choose what you are here to do."
    if "@" not in typed.email:
        faults["email"] = "Type your e-mail address, with its @."
    if not typed.password:
        faults["password"] = "Type your password."  # noqa: S105  # a sentence
    return Asking(faults=faults, status=422) if faults else None


def _opened(backing: Backing, asked: sessions.SignIn) -> sessions.OpenedSession | Asking:
    again = " Type your password again too."
    try:
        return sessions.sign_in(backing.pool, backing.vault, asked)
    except sessions.CodeNeeded:
        return Asking(faults={"code": "Type the six digits that your authenticator shows." + again}, status=401)
    except sessions.ChooseOrganisation as choice:
        words = "You belong to several organisations: choose one." + again
        return Asking(faults={"organisation": words}, organisations=choice.organisations, status=409)
    except sessions.WaitFirst as wait:
        return Asking(faults={"email": str(wait)}, status=429, wait=wait.seconds)
    except sessions.SignInRefused:
        words = "The e-mail address, password, one-time code or purpose was not accepted. Check all four."
        return Asking(faults={"email": words}, status=401)


def _page(visitor: Visitor, form: Form, asking: Asking, held: Held | None = None) -> Response:
    answer = visitor.page(
        "sign_in.html",
        me=None,
        status=asking.status,
        form=form,
        purposes=[(purpose.slug, purpose.title, purpose.meaning) for purpose in PURPOSES],
        notice=asking.notice,
        organisations=[(name, name) for name in asking.organisations],
        held=held.inputs() if held else (),
    )
    if asking.wait:
        answer.headers["Retry-After"] = str(asking.wait)
    return answer
