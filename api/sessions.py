"""Sessions: sign in, who am I, a token for a GIS client, sign out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.identity import COOKIE, PLAIN_COOKIE, BackingNow, Token, check_origin, cookie_name
from data import sessions

router = APIRouter(tags=["sessions"])
Purpose = Literal["visit", "safeguarding", "analysis", "enforcement", "administration", "audit"]


class Credentials(BaseModel):
    """What a person types to sign in; the purpose holds for the whole session."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1024)]
    purpose: Purpose
    code: Annotated[str | None, Field(max_length=16, description="The six digits of an authenticator")] = None
    organisation: Annotated[str | None, Field(max_length=200)] = None


class TokenAsked(BaseModel):
    """For how many minutes a GIS client may read layers, ten hours at most."""

    model_config = ConfigDict(extra="forbid")

    minutes: Annotated[int, Field(ge=1, le=600)] = 60


@router.post("/session", status_code=201)
def sign_in(credentials: Credentials, request: Request, backing: BackingNow) -> Response:
    """Open a session. The token is shown once; a browser keeps it in a cookie that scripts cannot read."""
    check_origin(request)
    asked = sessions.SignIn(**credentials.model_dump(), address=request.client.host if request.client else "")
    opened = sessions.sign_in(backing.pool, backing.vault, asked)
    answer = json_answer({"token": opened.token, "expires_at": opened.expires_at.isoformat()}, status=201)
    set_cookie(request, answer, opened.token)
    return answer


@router.get("/session")
def who_am_i(backing: BackingNow, token: Token) -> Response:
    """Say who is signed in, for which organisation and purpose, and until when."""
    return json_answer(vars(sessions.my_session(backing.pool, token)))


@router.post("/session/tokens", status_code=201)
def layer_token(asked: TokenAsked, backing: BackingNow, token: Token) -> Response:
    """Open a token for a GIS client: layers only, gone with this session."""
    opened = sessions.open_layer_token(backing.pool, token, minutes=asked.minutes)
    return json_answer({"token": opened.token, "expires_at": opened.expires_at.isoformat()}, status=201)


@router.delete("/session", status_code=204)
def sign_out(backing: BackingNow, token: Token) -> Response:
    """End the session, and every token opened from it."""
    sessions.sign_out(backing.pool, token)
    answer = Response(status_code=204)
    forget_cookie(answer)
    return answer


def set_cookie(request: Request, answer: Response, token: str) -> None:
    """Put the token in a cookie of this host alone, for this browser session; Secure wherever it can be."""
    name = cookie_name(request)
    answer.set_cookie(name, token, path="/", secure=name == COOKIE, httponly=True, samesite="strict")


def forget_cookie(answer: Response) -> None:
    """Take the cookie away again."""
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    answer.delete_cookie(PLAIN_COOKIE, path="/", httponly=True, samesite="strict")
    answer.headers["Clear-Site-Data"] = '"cache", "cookies"'
