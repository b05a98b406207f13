"""How long shifts, plans and notices are kept: an organisation may make the periods shorter, never longer.

What was kept long enough is deleted by one function of the gate, which leaves what an open alarm or an open follow-up
needs and writes into each organisation's audit how many records went. Places, visits and notes are not its business:
they are reviewed, and notes erased with their keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries
from data.refusals import refusals

_QUERIES = queries("retention")


class RetentionRefused(ValueError):
    """A period that is too long or too short; the message says between which one may choose."""


class RetentionChanged(ValueError):
    """Somebody chose other periods after these were read."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """For how many days an organisation keeps what a rule is about, and between which it may choose."""

    rule: str
    days: int
    longest: int
    shortest: int


def my_retention(conn: Connection) -> list[Period]:
    """Return the periods of the admin's organisation, by rule. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(Period)) as cursor:
        return cursor.execute(_QUERIES["my_retention"]).fetchall()


def chosen(periods: Sequence[Period], days: Mapping[str, int]) -> list[Period]:
    """Return the periods with these days instead, by rule. Raises RetentionRefused for one out of its range."""
    found = [Period(**{**vars(one), "days": days.get(one.rule, one.days)}) for one in periods]
    for one in found:
        if not one.shortest <= one.days <= one.longest:
            raise RetentionRefused(
                f"Days can be made fewer, and not more: choose from {one.shortest} to {one.longest}."
            )
    return found


def set_retention(conn: Connection, periods: Sequence[Period], were: Sequence[int]) -> None:
    """Keep these periods from now on, if `were` are still the days, by rule; audited.

    Raises NotAnAdmin, RetentionRefused, RetentionChanged.
    """
    values = {"days": [one.days for one in periods], "were": list(were)}
    with _refusals():
        row = conn.execute(_QUERIES["set_retention"], values).fetchone()
    if row is None or not row[0]:
        raise RetentionChanged("Somebody changed these periods after you read them: read them again.")


def forget(conn: Connection) -> int:
    """Delete what was kept long enough, as the operator or the escalator, and commit; the number of records."""
    with conn.transaction():
        row = conn.execute(_QUERIES["forget"]).fetchone()
    return cast(tuple[int], row)[0]


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    return refusals(LookupError, RetentionRefused)
