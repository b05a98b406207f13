"""Operations: need-to-know groups whose very existence is hidden from those who are not members.

An admin looks after an operation by being a member of it: other admins, even of the same organisation, are
told that there is none. Naming a member of a partner always succeeds and tells nothing of who works there;
whoever the name fits, now or later, becomes a member. Only the owner's own audit speaks of an operation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries
from data.refusals import refusals

ROLES = ("outreach", "analyst", "admin", "auditor")
_QUERIES = queries("operations")


class NoSuchOperation(LookupError):
    """An operation that is not there, or that the admin does not look after."""


class OperationRefused(ValueError):
    """What was asked of an operation cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class NamedMember:
    """Who is meant: an organisation by its uid, and there an e-mail address and a role."""

    organisation: UUID
    email: str
    role: str


@dataclass(frozen=True, kw_only=True)
class OperationMember:
    """A member of an operation, as the admin named them; for a partner's, nothing says whether there is one."""

    uid: UUID
    name: str
    organisation: str
    email: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation under which the session may record."""

    uid: UUID
    name: str


def add_operation(conn: Connection, name: str) -> UUID:
    """Add an operation of the admin's organisation, with the admin as its first member; its uid."""
    if not 1 <= len(name.strip()) <= 100:
        raise OperationRefused("An operation's name has 1 to 100 characters.")
    with _refusals():
        row = conn.execute(_QUERIES["add_operation"], {"name": name.strip()}).fetchone()
    return cast(tuple[UUID], row)[0]


def add_member(conn: Connection, operation: UUID, *, member: NamedMember) -> None:
    """Let a member of one's own organisation, or whoever a partner has under this name, into an operation."""
    if member.role not in ROLES:
        raise OperationRefused(f"A role is one of {', '.join(ROLES)}, not {member.role!r}.")
    _call(conn, "add_member", operation, member)


def remove_member(conn: Connection, operation: UUID, *, member: NamedMember) -> None:
    """Take a member, or a partner's name, out of an operation; who was not in it stays out."""
    _call(conn, "remove_member", operation, member)


def list_operations(conn: Connection) -> list[OperationMember]:
    """Return the members of every operation that the admin looks after, by operation. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(OperationMember)) as cursor:
        return cursor.execute(_QUERIES["list_operations"]).fetchall()


def my_operations(conn: Connection) -> Sequence[Operation]:
    """Return the operations that the session's membership is in, of whatever role; none for nobody."""
    with conn.cursor(row_factory=class_row(Operation)) as cursor:
        return cursor.execute(_QUERIES["my_operations"]).fetchall()


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    return refusals(NoSuchOperation, OperationRefused)


def _call(conn: Connection, query: str, operation: UUID, member: NamedMember) -> None:
    values = {"operation": operation, "organisation": member.organisation, "email": member.email, "role": member.role}
    with _refusals():
        conn.execute(_QUERIES[query], values)
