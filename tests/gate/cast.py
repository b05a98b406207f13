"""The standing cast of the generated worlds: organisations, memberships, every label, a record behind each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from uuid import UUID

from psycopg import Connection

from tests import worlds
from tests.gate.oracle import Handling, Label, Organisation
from tests.worlds import NOON

HOUR = timedelta(hours=1)
KINDS_OF_ORGANISATION = ("police", "charity", "council", "nhs")
# Organisation and person of each membership: persons 0 and 2 belong to two organisations.
MEMBERSHIPS = ((0, 0), (0, 1), (1, 2), (1, 3), (2, 4), (2, 5), (3, 6), (1, 0), (2, 2), (3, 7))
OWNERS = (0, 1, 2)
AREAS = (1, 2)

_RECORDS = """
INSERT INTO store.place (id, lock_id, name, kind, changed_by, changed_at)
SELECT public.record_id(id), id * 32 + 5, 'A place', 6, public.record_id(0), now() FROM access.label;
INSERT INTO store.place_flag
SELECT id, id, lock_id, 'danger_flag', 3, '2026-02-03', '2026-09-01', NULL, changed_by, changed_at FROM store.place;
INSERT INTO store.place_history SELECT id, 1, lock_id, '{}', changed_by, changed_at FROM store.place;
INSERT INTO store.place_point
SELECT public.record_id(id), id * 32 + 4, owner_id * 4 + sensitivity, 1, 1, 1, 6, 0, -1.9, 52.5, 406123, 286456
FROM access.label;
INSERT INTO store.visit (id, place_id, lock_id, status, visited_on, changed_by, changed_at)
SELECT id, id, lock_id + 8, 'done', '2026-02-03', changed_by, changed_at FROM store.place;
INSERT INTO store.visit_point
SELECT place_id, place_id, lock_id + 8, shelf, 1, 1, 1, 1, '2026-02-03', -1.9, 52.5, 406123, 286456
FROM store.place_point;
INSERT INTO store.note (
    id, place_id, lock_id, category, severity, provenance, ciphertext, review_on, recorded_on, changed_by, changed_at
)
SELECT id, id, lock_id + 16, 1, 1, 'unsure', '', '2026-09-01', '2026-02-03', changed_by, changed_at FROM store.place;
INSERT INTO store.note_key SELECT id, lock_id, '' FROM store.note;
INSERT INTO store.note_grade SELECT id, lock_id, 1, 'B', 'P', changed_by, changed_at FROM store.note;
INSERT INTO store.risk_point
SELECT place_id, place_id, lock_id + 16, shelf, 1, 1, 1, 1, 1, '2026-02-03', -1.9, 52.5, 406123, 286456
FROM store.place_point;
"""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """What stays the same in every world of a database: organisations, memberships, operation, labels."""

    organisations: Sequence[Organisation]
    persons: Sequence[UUID]
    memberships: Sequence[UUID]
    proposers: Sequence[UUID]
    signers: Sequence[UUID]
    operation: int
    labels: Sequence[Label]


def make_cast(conn: Connection) -> Cast:
    """Write the standing cast, every combination of a label, and one record of each kind behind each label."""
    worlds.some_areas(conn, numbers=AREAS)
    ids = [worlds.an_organisation(conn, kind=kind) for kind in KINDS_OF_ORGANISATION]
    uids: dict[int, UUID] = dict(conn.execute("SELECT id, uid FROM access.organisation").fetchall())
    organisations = [
        Organisation(id=id, uid=uids[id], kind=kind) for id, kind in zip(ids, KINDS_OF_ORGANISATION, strict=True)
    ]
    persons = [worlds.a_person(conn) for _ in range(8)]
    memberships = [worlds.a_membership(conn, ids[o], areas=(), person=persons[p]) for o, p in MEMBERSHIPS]
    operation = worlds.an_operation(conn, ids[0])
    labels = []
    for handling_id, handling in _handlings(conn, organisations, memberships, persons):
        for owner, sensitivity, area, within, why in product(
            OWNERS, range(4), AREAS, (None, operation), ("welfare", "safeguarding", "enforcement")
        ):
            values = {"sensitivity": sensitivity, "area": area, "operation": within, "collected_for": why}
            id = worlds.a_label(conn, ids[owner], handling=handling_id, **values)  # type: ignore[arg-type]
            labels.append(Label(id=id, owner=ids[owner], handling=handling, **values))  # type: ignore[arg-type]
    conn.execute(
        "CREATE FUNCTION public.record_id(label int) RETURNS uuid LANGUAGE sql IMMUTABLE "
        "AS $$ SELECT ('00000000-0000-4000-8000-' || lpad(label::text, 12, '0'))::uuid $$"
    )
    conn.execute(_RECORDS.encode())
    return Cast(
        organisations=organisations,
        persons=persons,
        memberships=memberships,
        proposers=[worlds.a_membership(conn, id) for id in ids],
        signers=[worlds.a_membership(conn, id, role="admin", areas=()) for id in ids],
        operation=operation,
        labels=labels,
    )


def _handlings(
    conn: Connection, organisations: Sequence[Organisation], memberships: Sequence[UUID], persons: Sequence[UUID]
) -> list[tuple[int, Handling]]:
    charity, nhs = str(organisations[1].uid), str(organisations[3].uid)
    drafts: list[tuple[bool, tuple[int, ...], dict[str, object]]] = [
        (False, (), {}),
        (True, (), {}),
        (False, (7,), {}),
        (False, (4, 8), {"recipients": [charity]}),
        (False, (), {"recipients": [charity, nhs]}),
        (False, (), {"purposes": ["visit", "analysis"]}),
        (False, (), {"finest_step": 1}),
        (False, (), {"expires": (NOON + HOUR).isoformat().replace("+00:00", "Z")}),
        (False, (), {"weather": "fine"}),
        (False, (2,), {"purposes": ["safeguarding"], "finest_step": 2, "expires": (NOON + 2 * HOUR).isoformat()}),
    ]
    made = []
    for owner_only, excluded, conditions in drafts:
        people = frozenset(persons[MEMBERSHIPS[n][1]] for n in excluded)
        handling = Handling(owner_only=owner_only, excluded_people=people, conditions=conditions)
        blank = not (owner_only or excluded or conditions)
        id = 0 if blank else worlds.a_handling(
            conn, owner_only=owner_only, excluded=[memberships[n] for n in excluded], conditions=conditions
        )  # fmt: skip
        made.append((id, handling))
    return made


def record_id(label: Label) -> UUID:
    """Return the id of the place, visit and note behind a label."""
    return UUID(f"00000000-0000-4000-8000-{label.id:012d}")
