"""Organisations, people and their memberships, managed by the operator of the server.

The connection is the operator's. Every change is in the audit of each organisation that it concerns, with the
actor "operator", in the caller's transaction; it works on the next statement of any open session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from data.areas import area_ids
from data.database import queries
from data.passwords import STRONG, PasswordCost, check_password, hash_password, new_password, new_totp_secret
from data.passwords import totp_address as totp_address_of
from data.vault import Vault

KINDS = ("police", "charity", "council", "nhs", "commissioner", "other")
ROLES = ("outreach", "analyst", "admin", "auditor")
_QUERIES = queries("people")


class NoSuchOrganisation(LookupError):
    """A name that is no organisation's."""


class NoSuchUser(LookupError):
    """An e-mail address, or a membership, that is not there."""


class NotAUser(ValueError):
    """An organisation or a membership that cannot be as it was described, or is there already."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """Which membership is meant; organisation and role may be left out where they go without saying."""

    email: str
    organisation: str | None = None
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewMember:
    """A membership to be: who, where, as what, up to which sensitivity, in which areas, until when."""

    email: str
    organisation: str
    role: str
    clearance: int
    areas: Sequence[str]
    until: datetime


@dataclass(frozen=True, kw_only=True)
class NewSignIn:
    """What a person needs to sign in, told once and kept nowhere: the address is for an authenticator."""

    password: str
    totp_address: str | None


@dataclass(frozen=True, kw_only=True)
class User:
    """A membership as the operator sees it; its state is live, suspended, disabled or expired."""

    email: str
    organisation: str
    role: str
    clearance: int
    areas: list[str]
    until: datetime
    state: str


def add_organisation(conn: Connection, vault: Vault, *, name: str, kind: str) -> UUID:
    """Add a partner, with a key of its own for its notes; its uid. Raises NotAUser."""
    if kind not in KINDS:
        raise NotAUser(f"An organisation's kind is one of {', '.join(KINDS)}, not {kind!r}.")
    if not 1 <= len(name.strip()) <= 200:
        raise NotAUser("An organisation's name has 1 to 200 characters.")
    added = conn.execute(_QUERIES["add_organisation"], {"name": name.strip(), "kind": kind}).fetchone()
    if added is None:
        raise NotAUser(f"There is an organisation called {name.strip()!r} already.")
    organisation, uid = added
    wrapped = vault.new_organisation_key()
    conn.execute(_QUERIES["add_organisation_key"], {"organisation": organisation, "wrapped": wrapped})
    audit(conn, organisation, what="added the organisation", kind=kind)
    return UUID(str(uid))


def add_user(
    conn: Connection, vault: Vault, new: NewMember, *, password: str | None = None, cost: PasswordCost = STRONG
) -> NewSignIn | None:
    """Add a membership, and the person when the e-mail address is new.

    Returns what a new person signs in with, made up unless `password` is given; None for a person who can
    sign in already. Raises NotAUser, NoSuchOrganisation, NoSuchArea or WeakPassword, in a sentence.
    """
    organisation = _organisation(conn, new.organisation)
    areas = area_ids(conn, new.areas)
    _check(new)
    person, sign_in = _person(conn, new.email), None
    if person is None:
        person = uuid4()
        conn.execute(_QUERIES["add_person"], {"id": person, "email": new.email})
        sign_in = _set_credential(conn, vault, person, email=new.email, password=password, cost=cost)
    said = {"role": new.role, "clearance": new.clearance, "until": new.until}
    row = conn.execute(_QUERIES["add_membership"], {"person": person, "organisation": organisation} | said).fetchone()
    if row is None:
        raise NotAUser(f"{new.email} is {new.role} at {new.organisation} already.")
    conn.execute(_QUERIES["set_areas"], {"membership": row[0], "areas": areas})
    conn.execute(_QUERIES["join_named_members"])
    details = said | {"until": new.until.isoformat(), "areas": [str(area) for area in areas]}
    audit(conn, organisation, what="added a membership", membership=row[0], **details)
    return sign_in


def list_users(conn: Connection, organisation: str | None = None) -> list[User]:
    """Return every membership, or those of one organisation, by organisation, e-mail address and role."""
    with conn.cursor(row_factory=class_row(User)) as cursor:
        return cursor.execute(_QUERIES["list_users"], {"organisation": organisation}).fetchall()


def suspend(conn: Connection, member: Member, *, lift: bool = False) -> None:
    """Close a membership, or open it again; its sessions are over with it. Raises NoSuchUser."""
    _change(conn, "suspend", member, what="lifted a suspension" if lift else "suspended a membership", lift=lift)


def set_areas(conn: Connection, member: Member, areas: Sequence[str]) -> None:
    """Set the areas of a membership. Raises NoSuchUser or NoSuchArea."""
    _change(conn, "set_areas", member, what="set areas", areas=area_ids(conn, areas))


def set_clearance(conn: Connection, member: Member, clearance: int) -> None:
    """Set the highest sensitivity that a membership may know. Raises NoSuchUser or NotAUser."""
    _check_clearance(clearance)
    _change(conn, "set_clearance", member, what="set a clearance", clearance=clearance)


def set_until(conn: Connection, member: Member, until: datetime) -> None:
    """Set when a membership ends. Raises NoSuchUser."""
    _change(conn, "set_until", member, what="set the end of a membership", until=until)


def set_password(
    conn: Connection, vault: Vault, email: str, *, password: str | None = None, new_codes: bool = False
) -> NewSignIn:
    """Give a person another password, made up unless given, and with `new_codes` another authenticator and no passkey.

    Ends every session of the person. Raises NoSuchUser or WeakPassword.
    """
    person = _known_person(conn, email)
    if new_codes:
        sign_in = _set_credential(conn, vault, person, email=email, password=password, cost=STRONG)
        conn.execute(_QUERIES["remove_passkeys"], {"person": person})
    else:
        sign_in = NewSignIn(password=_chosen(password, about=[email]), totp_address=None)
        hashed = hash_password(sign_in.password)
        conn.execute(_QUERIES["set_password_alone"], {"person": person, "password_hash": hashed})
    _end_sessions(conn, person, what="set a password and an authenticator" if new_codes else "set a password")
    return sign_in


def disable(conn: Connection, email: str, *, lift: bool = False) -> None:
    """Shut a person out of every organisation, or let them in again. Raises NoSuchUser."""
    person = _known_person(conn, email)
    conn.execute(_QUERIES["disable"], {"person": person, "lift": lift})
    _end_sessions(conn, person, what="let a person in again" if lift else "disabled a person")


def audit(conn: Connection, organisation: int, **details: object) -> None:
    """Put what the operator did in an organisation's audit; numbers, truths and lists of text stay what they are."""
    plain = {name: value if isinstance(value, int | list) else str(value) for name, value in details.items()}
    conn.execute(_QUERIES["audit"], {"organisation": organisation, "details": Jsonb(plain | {"actor": "operator"})})


def _check(new: NewMember) -> None:
    if new.role not in ROLES:
        raise NotAUser(f"A role is one of {', '.join(ROLES)}, not {new.role!r}.")
    name, _, domain = new.email.partition("@")
    if not name or not domain or "@" in domain or any(sign.isspace() for sign in new.email) or len(new.email) > 254:
        raise NotAUser("An e-mail address has a name, one @ and a domain, and no spaces.")
    if not new.areas:
        raise NotAUser('A membership needs at least one area; "all" stands for every one.')
    if new.until <= datetime.now(new.until.tzinfo):
        raise NotAUser(f"A membership ends in the future; {new.until:%d %B %Y} has passed.")
    _check_clearance(new.clearance)


def _check_clearance(clearance: int) -> None:
    if not 0 <= clearance <= 3:
        raise NotAUser(f"A clearance is 0, 1, 2 or 3, not {clearance}.")


def _organisation(conn: Connection, name: str) -> int:
    row = conn.execute(_QUERIES["organisation_id"], {"name": name}).fetchone()
    if row is None:
        raise NoSuchOrganisation(f"There is no organisation called {name!r}: add it first.")
    return int(row[0])


def _person(conn: Connection, email: str) -> UUID | None:
    row = conn.execute(_QUERIES["person_id"], {"email": email}).fetchone()
    return row[0] if row else None


def _known_person(conn: Connection, email: str) -> UUID:
    person = _person(conn, email)
    if person is None:
        raise NoSuchUser(f"Nobody has the e-mail address {email!r}.")
    return person


def _chosen(password: str | None, *, about: Sequence[str]) -> str:
    if password is None:
        return new_password()
    check_password(password, about=about)
    return password


def _set_credential(
    conn: Connection, vault: Vault, person: UUID, *, email: str, password: str | None, cost: PasswordCost
) -> NewSignIn:
    secret = new_totp_secret()
    chosen = _chosen(password, about=[email])
    values = {
        "person": person,
        "password_hash": hash_password(chosen, cost),
        "totp_secret": vault.seal_secret(secret, person_id=person),
    }
    conn.execute(_QUERIES["set_credential"], values)
    return NewSignIn(password=chosen, totp_address=totp_address_of(secret, email=email.lower()))


def _end_sessions(conn: Connection, person: UUID, *, what: str) -> None:
    conn.execute(_QUERIES["end_sessions"], {"person": person})
    for (organisation,) in conn.execute(_QUERIES["organisations_of"], {"person": person}).fetchall():
        audit(conn, organisation, what=what, person=person)


def _change(conn: Connection, query: str, member: Member, *, what: str, **values: Any) -> None:  # noqa: ANN401 - values of columns
    found = conn.execute(
        _QUERIES["memberships"], {"email": member.email, "organisation": member.organisation, "role": member.role}
    ).fetchall()
    if len(found) != 1:
        raise NoSuchUser(
            f"{len(found) or 'No'} memberships fit {member.email!r}; name one by e-mail address, organisation and role."
        )
    membership, organisation = found[0]
    conn.execute(_QUERIES[query], {"membership": membership} | values)
    told = {name: [str(item) for item in value] if isinstance(value, list) else value for name, value in values.items()}
    audit(conn, organisation, what=what, membership=membership, **told)
