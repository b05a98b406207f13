"""The rules that a session lives under, told to everybody: precision by audience, and the live agreements.

Every function takes a connection that the session's token was entered on in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries

_QUERIES = queries("rules")


@dataclass(frozen=True, kw_only=True)
class PrecisionRule:
    """How precisely an audience may know records of a sensitivity under a purpose; -1 is not at all.

    `default_step` holds for every organisation, `own_step` for the session's own, which may be stricter.
    """

    audience: str
    purpose: str
    sensitivity: int
    default_step: int
    own_step: int


@dataclass(frozen=True, kw_only=True)
class LiveAgreement:
    """An agreement of the session's own organisation that holds now, in its terms."""

    provider: str
    recipient: str
    title: str
    purposes: list[str]
    areas: list[str]
    kinds: list[int]
    max_sensitivity: int
    finest_step: int
    valid_from: datetime
    valid_until: datetime


def precision_rules(conn: Connection) -> list[PrecisionRule]:
    """Return the precision table as it holds for the session's own organisation; nothing for nobody."""
    with conn.cursor(row_factory=class_row(PrecisionRule)) as cursor:
        return cursor.execute(_QUERIES["precision_rules"]).fetchall()


def live_agreements(conn: Connection) -> list[LiveAgreement]:
    """Return the live agreements that the session's role and purpose may know of."""
    with conn.cursor(row_factory=class_row(LiveAgreement)) as cursor:
        return cursor.execute(_QUERIES["live_agreements"]).fetchall()
