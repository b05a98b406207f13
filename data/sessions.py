"""Signing in and out. What a session may do is decided in the database, never here."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from psycopg import Connection

from data.database import NotAllowed, Pool, connected, enter, entered, queries
from data.passwords import is_password, totp_step
from data.vault import Vault

PURPOSES = ("visit", "safeguarding", "analysis", "enforcement", "administration", "audit")
IDLE_MINUTES = 15
"""How long a session lasts without use, as access.open_session grants it."""
_DOOR: Final = "door"


class SignInRefused(PermissionError):
    """The e-mail address, password, one-time code or purpose was not accepted; which one is not said."""


class CodeNeeded(PermissionError):
    """The password was right; a one-time code is needed as well."""


class WaitFirst(PermissionError):
    """Too many failed sign-ins: `seconds` must pass before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many sign-ins failed. Wait {seconds} seconds, then try again.")
        self.seconds = seconds


class ChooseOrganisation(LookupError):
    """The person has several memberships for this purpose; `organisations` are their names."""

    def __init__(self, organisations: Sequence[str]) -> None:
        super().__init__("You belong to several organisations for this purpose: name one as `organisation`.")
        self.organisations = tuple(organisations)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """What a person typed to sign in, and from which network address."""

    email: str
    password: str
    purpose: str
    code: str | None = None
    organisation: str | None = None
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenedSession:
    """A new session: its token, shown once, and when it ends at the latest."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    """What a person is told about their own session."""

    email: str
    organisation: str
    organisation_kind: str
    role: str
    purpose: str
    scope: str
    clearance: int
    areas: list[str]
    expires_at: datetime
    is_demo: bool


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def sign_in(pool: Pool, vault: Vault, asked: SignIn) -> OpenedSession:
    """Open a session of one membership and one purpose, audited before the token is returned.

    Raises WaitFirst, SignInRefused, CodeNeeded or ChooseOrganisation. A failure is remembered under keyed
    hashes of the address typed and of the network address; nobody is ever locked out.
    """
    callers = [vault.caller_hash("email", asked.email), vault.caller_hash("address", asked.address)]
    with connected(pool) as conn:
        with failures_of(conn, callers):
            membership = _membership(conn, vault, asked)
        with conn.transaction():
            return open_session(conn, vault, membership=membership, purpose=asked.purpose)


@contextmanager
def failures_of(conn: Connection, callers: Sequence[bytes]) -> Iterator[None]:
    """Let these callers try to sign in, and remember it when they are refused. Raises WaitFirst."""
    wait = _value(conn, "seconds_to_wait", callers=list(callers))
    if wait:
        raise WaitFirst(int(str(wait)))
    try:
        yield
    except SignInRefused:
        conn.execute(queries("sessions")["note_failure"], {"callers": list(callers)})
        raise


def lay_door(conn: Connection, vault: Vault) -> None:
    """Have the database open sessions only for who knows this vault's key, as the operator, whenever we come up."""
    conn.execute(queries("sessions")["lay_door"], {"key": vault.derived_key(_DOOR)})


def open_session(conn: Connection, vault: Vault, *, membership: UUID, purpose: str) -> OpenedSession:
    """Open a session of a membership that may have it, in the caller's transaction. Raises SignInRefused."""
    token = secrets.token_urlsafe(32)
    said = token_hash(token) + membership.bytes + purpose.encode()
    expires_at = _value(
        conn, "open_session", membership=membership, purpose=purpose, token_hash=token_hash(token),
        proof=hmac.digest(vault.derived_key(_DOOR), said, "sha256"),
    )  # fmt: skip
    if not isinstance(expires_at, datetime):
        raise SignInRefused("The sign-in was not accepted.")
    return OpenedSession(token=token, expires_at=expires_at)


def _membership(conn: Connection, vault: Vault, asked: SignIn) -> UUID:
    refusal = SignInRefused("The e-mail address, password, one-time code or purpose was not accepted.")
    row = conn.execute(queries("sessions")["credential_of"], {"email": asked.email}).fetchone()
    person, kept, sealed_secret, last_step, is_demo = row or (None, None, None, 0, False)
    if not is_password(asked.password, kept) or row is None:
        raise refusal
    step = None
    if sealed_secret is not None:
        if not asked.code:
            raise CodeNeeded("Type the six digits that your authenticator shows as well.")
        secret = vault.open_secret(sealed_secret, person_id=person)
        step = totp_step(secret, asked.code, at=time.time(), last_step=last_step)
    if step is None and (sealed_secret is not None or not is_demo):
        raise refusal
    chosen = membership_for(conn, person, asked.purpose, organisation=asked.organisation)
    # Used up last, so that whoever must first choose an organisation need not wait for another code.
    if step is not None and not _value(conn, "use_totp_step", person=person, step=step):
        raise refusal
    return chosen


def membership_for(conn: Connection, person: object, purpose: str, *, organisation: str | None) -> UUID:
    """Return the membership that a person signs in with. Raises SignInRefused or ChooseOrganisation."""
    choices = conn.execute(queries("sessions")["memberships_for"], {"person": person, "purpose": purpose}).fetchall()
    if organisation:
        choices = [choice for choice in choices if choice[1] == organisation]
    if not choices:
        raise SignInRefused("The e-mail address, password, one-time code or purpose was not accepted.")
    if len(choices) > 1:
        raise ChooseOrganisation([str(choice[1]) for choice in choices])
    return cast(UUID, choices[0][0])


def open_layer_token(pool: Pool, token: str | None, *, minutes: int) -> OpenedSession:
    """Return a token for a GIS client: layers only, gone with this session, `minutes` at most (600).

    Raises NotSignedIn, and NotAllowed when asked with a layer token.
    """
    new = secrets.token_urlsafe(32)
    with entered(pool, token) as (conn, _):
        expires_at = _value(conn, "open_layer_token", token_hash=token_hash(new), minutes=minutes)
    if not isinstance(expires_at, datetime):
        raise NotAllowed("A layer token cannot open another: ask with the session itself.")
    return OpenedSession(token=new, expires_at=expires_at)


def sign_out(pool: Pool, token: str | None) -> None:
    """End the session and every layer token opened from it. Raises NotSignedIn."""
    with entered(pool, token) as (conn, _):
        conn.execute(queries("sessions")["end_session"])


def my_session(pool: Pool, token: str | None) -> SessionFacts:
    """Return what the person is told about their session. Raises NotSignedIn."""
    with entered(pool, token) as (conn, _):
        row = conn.execute(queries("sessions")["my_session"]).fetchone()
    if row is None:
        raise SignInRefused("The session ended meanwhile: sign in again.")
    names = SessionFacts.__dataclass_fields__
    return SessionFacts(**dict(zip(names, row, strict=True)))


def my_purpose(pool: Pool, token: str | None) -> str:
    """Return the purpose of the session. Raises NotSignedIn."""
    with connected(pool) as conn:
        return enter(conn, token).purpose


def is_demo(pool: Pool) -> bool:
    """Return whether this is a demo database, where people sign in with a password alone."""
    with connected(pool) as conn:
        return bool(_value(conn, "is_demo"))


def _value(conn: Connection, query: str, **values: object) -> object:
    row = conn.execute(queries("sessions")[query], values).fetchone()
    return row[0] if row else None
