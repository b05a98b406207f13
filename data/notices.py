"""Notices: that something waits for a person, in words that tell nothing of any place; and the desks they go to.

What a notice says is its kind's one sentence, a reference that was drawn, and a telephone to call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.errors import CheckViolation
from psycopg.rows import class_row

from data.database import NotAllowed, queries
from data.refusals import refusals

_QUERIES = queries("notices")


class NoSuchNotice(LookupError):
    """A notice that is not for the session, or none: the same."""


class DeskRefused(ValueError):
    """A duty desk that cannot be; the message says why."""


class DeskChanged(ValueError):
    """Somebody set the duty desk after it was read."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice to the session. `telephone` is that of the desk to call about it, None where there is none."""

    id: UUID
    reference: str
    kind: str
    sentence: str
    telephone: str | None
    is_to_desk: bool
    due_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Desk:
    """How an organisation is reached at any hour, and who reads what is sent to its desk, by e-mail address.

    Its admins are told who was named, and `facts_hash`, by which they say what they read; its outreach workers who of
    those is there now; nobody else anything of them.
    """

    telephone: str
    email: str | None
    members: Sequence[str]
    facts_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A notice to send now. `address` is None for a desk that has no e-mail address: then its page alone tells."""

    id: UUID
    address: str | None
    sentence: str
    reference: str
    telephone: str | None


def my_notices(conn: Connection) -> list[Notice]:
    """Return the notices that wait for the session, and those acknowledged in the last day; newest first."""
    with _refusals(), conn.cursor(row_factory=class_row(Notice)) as cursor:
        return cursor.execute(_QUERIES["my_notices"]).fetchall()


def acknowledge(conn: Connection, id: UUID) -> None:
    """Say that one has read a notice and sees to it. Raises NoSuchNotice, NotAllowed."""
    with _refusals():
        row = conn.execute(_QUERIES["acknowledge"], {"id": id}).fetchone()
    if row is None or not row[0]:
        raise NoSuchNotice("There is no such notice.")


def my_duty_desk(conn: Connection) -> Desk | None:
    """Return how the session's organisation is reached; None where nobody set it."""
    with _refusals(), conn.cursor(row_factory=class_row(Desk)) as cursor:
        return cursor.execute(_QUERIES["my_duty_desk"]).fetchone()


def is_anybody_on_duty(conn: Connection) -> bool:
    """Return whether somebody is at the desk of the session's organisation, as its outreach workers are told."""
    desk = my_duty_desk(conn)
    return bool(desk and desk.members)


def desk_candidates(conn: Connection) -> dict[str, UUID]:
    """Return who may be named to the desk of the admin's organisation: memberships by e-mail address.

    Raises NotAnAdmin.
    """
    with refusals(NoSuchNotice, DeskRefused):
        return {email: id for id, email in conn.execute(_QUERIES["desk_candidates"]).fetchall()}


def set_duty_desk(conn: Connection, desk: Desk, *, as_read: bool = False) -> None:
    """Set it, as an admin; members by e-mail address, outreach workers of the own organisation.

    With `as_read` only if it still is what `facts_hash` was read of. Raises NotAnAdmin, DeskRefused, DeskChanged.
    """
    ids = desk_candidates(conn)
    if strangers := [email for email in desk.members if email not in ids]:
        raise DeskRefused(f"Your organisation has no outreach worker {', '.join(strangers)}.")
    values = {
        "telephone": desk.telephone, "email": desk.email, "members": [ids[one] for one in desk.members],
        "is_as_read": as_read, "facts_read": desk.facts_hash,
    }  # fmt: skip
    with refusals(NoSuchNotice, DeskRefused):
        try:
            row = conn.execute(_QUERIES["set_duty_desk"], values).fetchone()
        except CheckViolation as error:
            raise DeskRefused(
                "A desk has a telephone of digits and spaces, and an e-mail address in small letters or none."
            ) from error
    if row is None or not row[0]:
        raise DeskChanged("Somebody set the desk after you read it: read it again.")


def escalate(conn: Connection) -> int:
    """Raise what is due, take the steps that are due, and say that somebody watches; on the escalator's connection.

    Returns for how many shifts that could not be done; the others were climbed for.
    """
    row = conn.execute(_QUERIES["escalate"]).fetchone()
    return int(row[0]) if row else 0


def is_escalating(conn: Connection) -> bool:
    """Tell the desks when nobody escalates, and return whether somebody does; on the escalator's connection."""
    row = conn.execute(_QUERIES["watch"]).fetchone()
    return bool(row and row[0])


def claimed(conn: Connection, *, most: int = 20) -> list[Letter]:
    """Return what is to be sent now, and is nobody else's to send for half a minute."""
    with conn.cursor(row_factory=class_row(Letter)) as cursor:
        return cursor.execute(_QUERIES["claim_notices"], {"most": most}).fetchall()


def sent(conn: Connection, id: UUID) -> None:
    """Say that a notice has left."""
    conn.execute(_QUERIES["notice_sent"], {"id": id})


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    return refusals(NoSuchNotice, DeskRefused, denied=NotAllowed("Notices are read with your own session."))
