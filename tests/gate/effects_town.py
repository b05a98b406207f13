"""A town for the effect of changes: records behind every kind of label, and what a session there knows of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import TypeVar
from uuid import UUID

from psycopg import Connection

from data.database import freshen
from tests import worlds
from tests.gate.town import asked

T = TypeVar("T")
PLACES_AT = ((406_123.0, 286_456.0), (409_871.0, 284_120.0), (402_040.0, 291_733.0))
KNOWN = """
WITH known AS (
    SELECT lock_id >> 5 AS label, (lock_id & 31) >> 3 AS kind, max(lock_id & 7) AS step
    FROM (
        SELECT lock_id FROM store.place_cell UNION ALL SELECT lock_id FROM store.place_point
        UNION ALL SELECT lock_id FROM store.visit_cell UNION ALL SELECT lock_id FROM store.visit_point
        UNION ALL SELECT lock_id FROM store.risk_cell UNION ALL SELECT lock_id FROM store.risk_point
    ) AS position
    GROUP BY 1, 2
),
held AS (
    SELECT lock_id, cell, ok + two_people + contact_owner_first + do_not_attend AS records FROM store.place_cell
    UNION ALL SELECT lock_id, cell, visits FROM store.visit_cell
    UNION ALL SELECT lock_id, cell, notes FROM store.risk_cell
)
SELECT k.label, k.kind, k.step, h.cell, sum(h.records)::int
FROM known AS k
JOIN held AS h ON h.lock_id = k.label * 32 + k.kind * 8
GROUP BY 1, 2, 3, 4
"""
Known = dict[tuple[int, int], tuple[int, dict[int, int]]]
"""By label and kind: the finest step at which a session knows the records, and how many in each 5 km square."""


@dataclass(frozen=True, kw_only=True)
class EffectsTown:
    """A charity with an admin, a police force, and a session of the widest rights there for each purpose."""

    charity: int
    police: int
    admin: str
    own_labels: frozenset[int]
    sessions: dict[str, str]


def a_town_of_labels(conn: Connection) -> EffectsTown:
    """Make the town: a place, a visit and a note of the charity behind each label that matters."""
    worlds.some_areas(conn)
    charity, police = worlds.an_organisation(conn), worlds.an_organisation(conn, kind="police")
    labels = _records(conn, charity)
    others = worlds.a_label(conn, police, sensitivity=1)
    worlds.a_place(conn, others)
    admin = worlds.a_membership(conn, charity, role="admin", areas=(0, 1, 2))
    officer = worlds.a_membership(conn, police, areas=(0, 1, 2))
    analyst = worlds.a_membership(conn, police, role="analyst", areas=(0, 1, 2))
    sessions = {
        purpose: worlds.a_session(conn, officer, purpose=purpose)
        for purpose in ("visit", "safeguarding", "enforcement")
    }
    return EffectsTown(
        charity=charity,
        police=police,
        admin=worlds.a_session(conn, admin, purpose="administration"),
        own_labels=frozenset(labels),
        sessions=sessions | {"analysis": worlds.a_session(conn, analyst, purpose="analysis")},
    )


def _records(conn: Connection, owner: int) -> list[int]:
    dice = Random(4)
    handlings = [
        0,
        worlds.a_handling(conn, owner_only=True),
        worlds.a_handling(conn, conditions={"finest_step": 1}),
        worlds.a_handling(conn, conditions={"purposes": ["visit"]}),
    ]
    labels = []
    for sensitivity, area, why, handling in product(range(4), (1, 2), ("welfare", "safeguarding"), handlings):
        label = worlds.a_label(conn, owner, sensitivity=sensitivity, area=area, collected_for=why, handling=handling)
        labels.append(label)
        at = dice.choice(PLACES_AT)
        place = worlds.a_place(conn, label, at=at)
        if dice.random() < 0.5:
            worlds.a_place(conn, label, at=dice.choice(PLACES_AT))
        worlds.a_visit(conn, label, place, at=at)
        worlds.a_note(conn, label, place, at=at)
    operation = worlds.an_operation(conn, owner)
    secret = worlds.a_label(conn, owner, operation=operation)
    worlds.a_place(conn, secret)
    return labels


def known(conn: Connection, token: str, labels: frozenset[int]) -> Known:
    """Return what a session really reads of the records behind these labels."""
    found: Known = {}
    freshen(conn, token)
    for label, kind, step, cell, records in asked(conn, token, KNOWN):
        if label in labels:
            found.setdefault((label, kind), (step, {}))[1][cell] = records
    return found


def difference(purpose: str, before: Known, after: Known) -> Counter[tuple[str, int, int, int, int]]:
    """Count records by purpose, kind, step before, step after and square."""
    counted: Counter[tuple[str, int, int, int, int]] = Counter()
    for key in before.keys() | after.keys():
        was, becomes = before.get(key, (-1, {})), after.get(key, (-1, {}))
        for cell, records in (was[1] or becomes[1]).items():
            counted[purpose, key[1], was[0], becomes[0], cell] += records
    return counted


def draw(dice: Random, of: Sequence[T]) -> list[T]:
    """Return some of these, drawn, in order."""
    return sorted(dice.sample(list(of), dice.randint(1, len(of))), key=str)


def a_uid(conn: Connection, organisation: int) -> UUID:
    """Return the uid of an organisation."""
    row = conn.execute("SELECT uid FROM access.organisation WHERE id = %s", [organisation]).fetchone()
    assert row is not None
    return UUID(str(row[0]))
