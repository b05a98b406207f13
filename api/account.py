"""One's own ways in: passkeys, and the sessions that are open."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.answers import json_answer
from api.identity import BackingNow, Token, check_origin
from api.sessions import Purpose, set_cookie
from data import own_sessions, passkeys, sessions
from data.database import entered

router = APIRouter(tags=["account"])
_STRICT = ConfigDict(extra="forbid")
Base64 = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[A-Za-z0-9_-]*$")]
PasskeyName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class Answered(BaseModel):
    """What an authenticator answered; which parts depends on whether it made a passkey or used one."""

    clientDataJSON: Base64  # noqa: N815 - the names are WebAuthn's
    attestationObject: Base64 | None = None  # noqa: N815
    authenticatorData: Base64 | None = None  # noqa: N815
    signature: Base64 | None = None
    userHandle: Base64 | None = None  # noqa: N815


class Credential(BaseModel):
    """A public-key credential as a browser writes it in JSON (WebAuthn level 3, toJSON)."""

    id: Base64
    rawId: Base64  # noqa: N815
    type: Annotated[str, Field(pattern="^public-key$")]
    response: Answered


class PasskeyCredentials(BaseModel):
    """A passkey to sign in with; the purpose holds for the whole session."""

    model_config = _STRICT

    credential: Credential
    purpose: Purpose
    organisation: Annotated[str | None, Field(max_length=200)] = None


class NewPasskey(BaseModel):
    """A passkey to add, under a name by which its owner knows it."""

    model_config = _STRICT

    name: PasskeyName
    credential: Credential


def party_of(request: Request) -> passkeys.RelyingParty:
    """Return the host name and origin that this service was asked under: a passkey made for it is good nowhere else."""
    host = request.url.hostname or ""
    scheme = "http" if host == "localhost" else "https"
    return passkeys.RelyingParty(id=host, origin=f"{scheme}://{request.headers.get('host', '')}")


@router.post("/session/passkey/options")
def sign_in_options(request: Request, backing: BackingNow) -> Response:
    """Return what a browser needs to ask for a passkey of this host."""
    check_origin(request)
    return _options(passkeys.sign_in_options(backing.vault, party_of(request)))


@router.post("/session/passkey", status_code=201)
def sign_in(credentials: PasskeyCredentials, request: Request, backing: BackingNow) -> Response:
    """Open a session with a passkey. The token is shown once; a browser keeps it in a cookie."""
    check_origin(request)
    asked = passkeys.PasskeySignIn(
        credential=credentials.credential.model_dump(exclude_none=True),
        purpose=credentials.purpose,
        organisation=credentials.organisation,
        address=request.client.host if request.client else "",
    )
    opened = passkeys.sign_in_with_passkey(backing.pool, backing.vault, party_of(request), asked)
    answer = json_answer({"token": opened.token, "expires_at": opened.expires_at.isoformat()}, status=201)
    set_cookie(request, answer, opened.token)
    return answer


@router.post("/account/passkeys/options")
def enrolment_options(request: Request, backing: BackingNow, token: Token) -> Response:
    """Return what a browser needs to make a passkey for who is signed in."""
    email = sessions.my_session(backing.pool, token).email
    with entered(backing.pool, token) as (conn, who):
        return _options(passkeys.enrolment_options(conn, backing.vault, who, party_of(request), email=email))


@router.post("/account/passkeys", status_code=201)
def add_passkey(body: NewPasskey, request: Request, backing: BackingNow, token: Token) -> Response:
    """Add a passkey; only within a quarter of an hour after signing in."""
    credential = body.credential.model_dump(exclude_none=True)
    with entered(backing.pool, token) as (conn, who):
        id = passkeys.add_passkey(conn, backing.vault, who, party_of(request), name=body.name, credential=credential)
    return json_answer({"id": str(id)}, status=201)


@router.get("/account/passkeys")
def my_passkeys(backing: BackingNow, token: Token) -> Response:
    """List one's passkeys: their names, and when they were added and used."""
    with entered(backing.pool, token) as (conn, _):
        found = passkeys.my_passkeys(conn)
    told = ("id", "name", "added_at", "last_used_at")
    return json_answer({"passkeys": [{name: getattr(one, name) for name in told} for one in found]})


@router.delete("/account/passkeys/{id}", status_code=204)
def remove_passkey(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Remove one of one's passkeys."""
    with entered(backing.pool, token) as (conn, _):
        passkeys.remove_passkey(conn, id)
    return Response(status_code=204)


@router.get("/account/sessions")
def my_sessions(backing: BackingNow, token: Token) -> Response:
    """List one's sessions that may still be used, this one first."""
    with entered(backing.pool, token) as (conn, _):
        found = own_sessions.my_sessions(conn)
    return json_answer({"sessions": [vars(one) for one in found]})


@router.delete("/account/sessions/{id}", status_code=204)
def end_session(id: UUID, backing: BackingNow, token: Token) -> Response:
    """End one of one's sessions, and every layer token opened from it."""
    with entered(backing.pool, token) as (conn, _):
        own_sessions.end_session(conn, id)
    return Response(status_code=204)


@router.delete("/account/sessions")
def end_other_sessions(backing: BackingNow, token: Token) -> Response:
    """End all of one's sessions but this one."""
    with entered(backing.pool, token) as (conn, _):
        ended = own_sessions.end_other_sessions(conn)
    return json_answer({"ended": ended})


def _options(text: str) -> Response:
    return json_answer(orjson.Fragment(text))
