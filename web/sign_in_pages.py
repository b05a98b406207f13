"""Signing in and out by form: works without JavaScript."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from api.backing import Backing
from api.identity import check_origin
from api.sessions import forget_cookie, set_cookie
from data import sessions
from data.database import NotSignedIn
from web.visitors import Visitor, VisitorNow
from web.words import PURPOSES

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "ended": "Your session ended. Sessions end after 15 minutes without use, and after ten hours.",
    "out": "You are signed out.",
}


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
def front() -> Response:
    """Lead to the map, which asks strangers to sign in."""
    return RedirectResponse("/map", status_code=303)


@router.get("/sign-in")
def sign_in_page(visitor: VisitorNow) -> Response:
    """Ask who somebody is and what they are here to do."""
    notice = next((words for name, words in _NOTICES.items() if name in visitor.request.query_params), "")
    return _page(visitor, Typed(), Asking(notice=notice))


@router.post("/sign-in")
def sign_in(visitor: VisitorNow, typed: Annotated[Typed, Form()]) -> Response:
    """Open a session and lead to the map, or say what is missing. What was typed as a password is never sent back."""
    request = visitor.request
    check_origin(request)
    asking = _missing(typed)
    if asking is None:
        address = request.client.host if request.client else ""
        asked = sessions.SignIn(**{**typed.model_dump(), "email": typed.email.strip()}, address=address)
        opened = _opened(visitor.backing, asked)
        if isinstance(opened, sessions.OpenedSession):
            answer = RedirectResponse("/map", status_code=303)
            set_cookie(request, answer, opened.token)
            return answer
        asking = opened
    return _page(visitor, typed, asking)


@router.post("/sign-out")
def sign_out(visitor: VisitorNow) -> Response:
    """End the session, if there is one, and forget its cookie."""
    with suppress(NotSignedIn):
        sessions.sign_out(visitor.backing.pool, visitor.token)
    answer = RedirectResponse("/sign-in?out", status_code=303)
    forget_cookie(answer)
    return answer


def _missing(typed: Typed) -> Asking | None:
    faults = {}
    if "@" not in typed.email:
        faults["email"] = "Type your e-mail address, with its @."
    if not typed.password:
        faults["password"] = "Type your password."  # noqa: S105  # a sentence
    if typed.purpose not in {purpose.slug for purpose in PURPOSES}:
        faults["purpose"] = "Choose what you are here to do."
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


def _page(visitor: Visitor, typed: Typed, asking: Asking) -> Response:
    answer = visitor.page(
        "sign_in.html",
        me=None,
        status=asking.status,
        typed=typed,
        purposes=PURPOSES,
        notice=asking.notice,
        faults=asking.faults,
        organisations=asking.organisations,
    )
    if asking.wait:
        answer.headers["Retry-After"] = str(asking.wait)
    return answer
