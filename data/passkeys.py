"""Passkeys (WebAuthn, W3C Recommendation): added by who is signed in, and a way to sign in.

A challenge is not stored when it is given out: it is sealed by the vault with the time and its use, and only once
it was answered rightly is it remembered, so that no answer is good twice and strangers fill no table.
"""

import hashlib
import json
import secrets
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import webauthn
from psycopg import Connection
from psycopg.rows import class_row
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from data.database import NotAllowed, Pass, Pool, connected, queries
from data.places import refuse_layer_token
from data.refusals import refusals
from data.sessions import OpenedSession, SignInRefused, failures_of, membership_for, open_session
from data.vault import NotAReference, Vault

GOOD_FOR = 5 * 60
"""Seconds in which a challenge must be answered."""
_QUERIES = queries("account")
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, struct.error)
"""What the library raises for an answer that no authenticator gives."""
_NOT_A_SESSION = "A layer token reads layers only: ask with the session itself."
_REFUSED = "The passkey was not accepted. Try again, or sign in with your password."


class PasskeyRefused(ValueError):
    """A passkey that cannot be added, in a sentence."""


class NoSuchPasskey(LookupError):
    """A passkey that is not the person's, or not there."""


@dataclass(frozen=True, kw_only=True)
class RelyingParty:
    """Where a passkey is good: the host name, and the origin that the browser reports."""

    id: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class PasskeySignIn:
    """What a browser sent to sign in with a passkey, for which purpose, from which network address."""

    credential: Mapping[str, Any]
    purpose: str
    organisation: str | None = None
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """A passkey of one's own; `credential_id` tells the authenticator that it is there already."""

    id: UUID
    name: str
    added_at: datetime
    last_used_at: datetime | None
    credential_id: bytes


def sign_in_options(vault: Vault, party: RelyingParty) -> str:
    """Return what a browser needs to ask for any passkey of this host, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=_new_challenge(vault, "sign in"),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def sign_in_with_passkey(pool: Pool, vault: Vault, party: RelyingParty, asked: PasskeySignIn) -> OpenedSession:
    """Open a session of the person whose passkey answered a challenge of ours.

    Raises WaitFirst, SignInRefused or ChooseOrganisation; the same answer may be sent again with an organisation.
    """
    callers = [vault.caller_hash("address", asked.address)]
    with connected(pool) as conn, failures_of(conn, callers):
        challenge, until = _answered(vault, asked.credential, "sign in")
        credential = _credential_id(asked.credential)
        row = conn.execute(_QUERIES["passkey_of"], {"credential": credential, "party": party.id}).fetchone()
        if row is None:
            raise SignInRefused(_REFUSED)
        count = _verified(party, asked.credential, challenge, (row[2], row[3]))
        membership = membership_for(conn, row[1], asked.purpose, organisation=asked.organisation)
        with conn.transaction():
            if not _value(conn, "use_challenge", challenge=hashlib.sha256(challenge).digest(), until=until):
                raise SignInRefused(_REFUSED)
            conn.execute(_QUERIES["note_passkey_use"], {"passkey": row[0], "count": count})
            return open_session(conn, vault, membership=membership, purpose=asked.purpose)


def enrolment_options(conn: Connection, vault: Vault, who: Pass, party: RelyingParty, *, email: str) -> str:
    """Return what a browser needs to make a passkey for the person who is signed in, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Waymark",
        user_id=who.person_id.bytes,
        user_name=email,
        challenge=_new_challenge(vault, f"add {who.session_id}"),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in my_passkeys(conn)],
    )
    return webauthn.options_to_json(options)


def add_passkey(
    conn: Connection, vault: Vault, who: Pass, party: RelyingParty, *, name: str, credential: Mapping[str, Any]
) -> UUID:
    """Add a passkey for the person who is signed in, under a name of their own; its id.

    Raises PasskeyRefused, and NotAllowed for a layer token.
    """
    refuse_layer_token(who)
    try:
        challenge, until = _answered(vault, credential, f"add {who.session_id}")
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (*_MALFORMED, SignInRefused) as error:
        raise PasskeyRefused("The passkey could not be checked: try to add it again.") from error
    if not _value(conn, "use_challenge", challenge=hashlib.sha256(challenge).digest(), until=until):
        raise PasskeyRefused("The passkey was sent twice: it is there already, or try to add it again.")
    with refusals(NoSuchPasskey, PasskeyRefused, denied=NotAllowed(_NOT_A_SESSION)):
        added = _value(
            conn,
            "add_passkey",
            credential=made.credential_id,
            party=party.id,
            key=made.credential_public_key,
            count=made.sign_count,
            name=name,
        )
    return cast(UUID, added)


def my_passkeys(conn: Connection) -> Sequence[Passkey]:
    """Return the passkeys of the person who is signed in, oldest first. Raises NotAllowed for a layer token."""
    denied = NotAllowed(_NOT_A_SESSION)
    with refusals(NoSuchPasskey, PasskeyRefused, denied=denied), conn.cursor(row_factory=class_row(Passkey)) as cursor:
        return cursor.execute(_QUERIES["my_passkeys"]).fetchall()


def remove_passkey(conn: Connection, id: UUID) -> None:
    """Remove one of one's own passkeys. Raises NoSuchPasskey."""
    if not _value(conn, "remove_passkey", id=id):
        raise NoSuchPasskey("There is no such passkey.")


def _new_challenge(vault: Vault, use: str) -> bytes:
    value = secrets.token_bytes(16) + int(time.time()).to_bytes(8, "big")
    return vault.seal_reference(value, use=f"passkey: {use}").encode()


def _answered(vault: Vault, credential: Mapping[str, Any], use: str) -> tuple[bytes, datetime]:
    """Return the challenge that a credential answers, when it is ours and not too old, and until when it is good."""
    try:
        client = json.loads(webauthn.base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = webauthn.base64url_to_bytes(client["challenge"])
        made = int.from_bytes(vault.open_reference(challenge.decode("ascii"), use=f"passkey: {use}")[16:], "big")
    except (KeyError, TypeError, ValueError, NotAReference) as error:
        raise SignInRefused(_REFUSED) from error
    if not 0 <= time.time() - made <= GOOD_FOR:
        raise SignInRefused("The passkey took longer than five minutes. Try again.")
    return challenge, datetime.fromtimestamp(made + GOOD_FOR + 60, UTC)


def _credential_id(credential: Mapping[str, Any]) -> bytes:
    try:
        return webauthn.base64url_to_bytes(str(credential["rawId"]))
    except (KeyError, ValueError) as error:
        raise SignInRefused(_REFUSED) from error


def _verified(party: RelyingParty, credential: Mapping[str, Any], challenge: bytes, kept: tuple[bytes, int]) -> int:
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=kept[0],
            credential_current_sign_count=kept[1],
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise SignInRefused(_REFUSED) from error
    return verified.new_sign_count


def _value(conn: Connection, query: str, **values: object) -> object:
    row = conn.execute(_QUERIES[query], values).fetchone()
    return row[0] if row else None
