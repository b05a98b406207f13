"""The members of an admin's own organisation, as that admin manages them.

Every function takes a connection that an admin's token was entered on in the same transaction; the database
judges who is acting, what they may give, and writes the audit. A member of strangers is a missing one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries
from data.passwords import STRONG, PasswordCost, hash_password, new_password, new_totp_secret, totp_address
from data.refusals import refusals
from data.vault import Vault

ROLES = ("outreach", "analyst", "admin", "auditor")
_QUERIES = queries("members")


class NoSuchMember(LookupError):
    """A membership that is not there, or that is not of the admin's own organisation."""


class MemberRefused(ValueError):
    """What was asked of a membership cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class OwnMember:
    """A membership of the admin's own organisation; its state is live, suspended, disabled or expired.

    `facts_hash` stands for what was read: whoever changes the membership names it.
    """

    id: UUID
    email: str
    role: str
    clearance: int
    areas: list[str]
    area_ids: list[int]
    until: datetime
    state: str
    sessions: int
    is_me: bool
    facts_hash: str


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What a membership may know, and until when: clearance 0 to 3, areas by number."""

    clearance: int
    areas: Sequence[int]
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Grantable:
    """What an admin may give at most: the own clearance, and the own areas as number and name."""

    clearance: int
    areas: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class FirstSignIn:
    """What a new person signs in with, told once and kept nowhere. It opens nothing for who is known already."""

    password: str
    totp_address: str

    @property
    def authenticator_key(self) -> str:
        """Return the key in it as somebody reads it out and types it: in groups of four."""
        return " ".join(wrap(parse_qs(urlsplit(self.totp_address).query)["secret"][0], 4))


def list_members(conn: Connection) -> list[OwnMember]:
    """Return every membership of the admin's own organisation, by e-mail address and role. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(OwnMember)) as cursor:
        return cursor.execute(_QUERIES["list_members"]).fetchall()


def member_of(conn: Connection, id: UUID) -> OwnMember:
    """Return one membership of the admin's own organisation. Raises NotAnAdmin, NoSuchMember."""
    found = next((member for member in list_members(conn) if member.id == id), None)
    if found is None:
        raise NoSuchMember("Your organisation has no such member.")
    return found


def grantable(conn: Connection) -> Grantable:
    """Return what the admin may give to others. Raises NotAnAdmin."""
    with _refusals():
        rows = conn.execute(_QUERIES["grantable"]).fetchall()
    return Grantable(
        clearance=max((row[0] for row in rows), default=0), areas=tuple((area, name) for _, area, name in rows)
    )


def add_member(
    conn: Connection, vault: Vault, *, email: str, role: str, rights: Rights, cost: PasswordCost = STRONG
) -> tuple[UUID, FirstSignIn]:
    """Add a membership; its id, and what the person signs in with if they are new here and everywhere.

    The answer is the same, and takes as long, for a person whom another organisation knows: they keep their own
    password. Raises MemberRefused, NotAnAdmin.
    """
    check_email(email)
    if role not in ROLES:
        raise MemberRefused(f"A role is one of {', '.join(ROLES)}.")
    person, password, secret = uuid4(), new_password(), new_totp_secret()
    values = {
        "email": email,
        "role": role,
        "clearance": rights.clearance,
        "areas": sorted(set(rights.areas)),
        "until": rights.until,
        "person": person,
        "password_hash": hash_password(password, cost),
        "totp_secret": vault.seal_secret(secret, person_id=person),
    }
    added = cast(UUID, _call(conn, "add_member", **values))
    return added, FirstSignIn(password=password, totp_address=totp_address(secret, email=email.lower()))


def change_member(conn: Connection, member: UUID, *, rights: Rights, facts_hash: str) -> None:
    """Give a membership other rights, for the next statement of any open session.

    Raises MemberRefused when somebody changed it since `facts_hash` was read, or when the admin gives more than
    they hold, or changes their own; NoSuchMember, NotAnAdmin.
    """
    areas = sorted(set(rights.areas))
    values = {"clearance": rights.clearance, "areas": areas, "until": rights.until, "facts_hash": facts_hash}
    _call(conn, "change_member", member=member, **values)


def suspend_member(conn: Connection, member: UUID, *, lift: bool = False) -> None:
    """Close a membership and end its sessions at once, or open it again. Raises as change_member."""
    _call(conn, "suspend_member", member=member, lift=lift)


def end_member_sessions(conn: Connection, member: UUID) -> None:
    """End the open sessions of a membership, whose person may sign in again. Raises NoSuchMember, NotAnAdmin."""
    _call(conn, "end_member_sessions", member=member)


def check_email(email: str) -> None:
    """Raise MemberRefused unless this may be an e-mail address."""
    name, _, domain = email.partition("@")
    if not name or not domain or "@" in domain or any(sign.isspace() for sign in email) or len(email) > 254:
        raise MemberRefused("An e-mail address has a name, one @ and a domain, and no spaces.")


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    return refusals(NoSuchMember, MemberRefused)


def _call(conn: Connection, query: str, **values: object) -> object:
    with _refusals():
        row = conn.execute(_QUERIES[query], values).fetchone()
    return row[0] if row else None
