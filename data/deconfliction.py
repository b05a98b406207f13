"""Deconfliction: two organisations that plan visits near one another are told to call, and nothing else.

An admin decides whether their organisation takes part, and one who is in an operation whom their organisation's own
visits for it tell. The look for clashes belongs to no session: nothing that anybody asks for is different by what it
finds, but the notices of two duty desks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries
from data.operations import NoSuchOperation, OperationRefused
from data.refusals import refusals

TELLS: Final = ("none", "own", "both")
"""Whose desks an organisation's visits for an operation set off: nobody's, its own, both."""
_QUERIES = queries("deconfliction")


class MayNotTakePart(ValueError):
    """An organisation that cannot take part yet; the message says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Since when an organisation takes part, None where it does not; and whether it has a desk that could be called."""

    since: datetime | None
    has_desk: bool


@dataclass(frozen=True, kw_only=True)
class Telling:
    """An operation that the admin is in, and whom their own organisation's visits for it tell: one of TELLS."""

    uid: UUID
    name: str
    tells: str


def my_deconfliction(conn: Connection) -> Part:
    """Return whether the admin's organisation takes part. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(Part)) as cursor:
        return cast(Part, cursor.execute(_QUERIES["my_deconfliction"]).fetchone())


def set_deconfliction(conn: Connection, *, takes_part: bool) -> None:
    """Take part from now on, or no longer. Raises NotAnAdmin, MayNotTakePart without a duty desk."""
    with _refusals():
        conn.execute(_QUERIES["set_deconfliction"], {"takes_part": takes_part})


def operations_tell(conn: Connection) -> list[Telling]:
    """Return the operations that the admin is in, partners' too, by name. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(Telling)) as cursor:
        return cursor.execute(_QUERIES["operations_tell"]).fetchall()


def set_operation_tells(conn: Connection, operation: UUID, tells: str) -> None:
    """Decide whom the own organisation's visits for an operation tell; nobody decides it for another's.

    Raises NotAnAdmin, NoSuchOperation, OperationRefused.
    """
    if tells not in TELLS:
        raise OperationRefused(f"An operation's visits tell one of {', '.join(TELLS)}.")
    with refusals(NoSuchOperation, OperationRefused):
        conn.execute(_QUERIES["set_operation_tells"], {"operation": operation, "tells": tells})


def look_for_clashes(conn: Connection) -> int:
    """Look once, as the operator or the escalator, and commit; the number of notices written."""
    with conn.transaction():
        row = conn.execute(_QUERIES["look_for_clashes"]).fetchone()
    return cast(tuple[int], row)[0]


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    return refusals(LookupError, MayNotTakePart)
