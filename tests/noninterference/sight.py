"""What one session may know, as access.decide() says, which has its own proof against an oracle (tests/gate)."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import Connection

from tests.worlds import NOTE, PLACE, VISIT


@dataclass
class Sight:
    """What a session may know: the finest step by label and kind of record, whose content, what is opened to it."""

    steps: dict[tuple[int, int], int] = field(default_factory=dict)
    content: set[tuple[int, int]] = field(default_factory=set)
    opened: set[UUID] = field(default_factory=set)
    flags: set[UUID] = field(default_factory=set)
    membership: UUID | None = None
    organisation: int = 0
    """The session's own organisation, whose live agreements its people are told."""
    manages: int | None = None
    """The organisation whose people, agreements or audit an admin or auditor reads: those are no secret to them."""
    takes_part: bool = False
    """Whether the session may take part in joint visits, and so is told who of its own organisation may go."""
    joint_visits: set[UUID] = field(default_factory=set)
    """The joint visits that it may know of; what each place is shared as stands in `shared`, by label."""
    joint_places: set[UUID] = field(default_factory=set)
    shared: set[int] = field(default_factory=set)
    months_told: set[int] = field(default_factory=set)  # The labels whose notes an analyst counts by month.
    counted: set[int] = field(default_factory=set)
    """The labels of its own records that an admin is told the number of, by 5 km square: all outside operations."""

    def step(self, label: int, kind: int) -> int:
        """Return the finest step, -1 for nothing."""
        return self.steps.get((label, kind), -1)


def sight_of(conn: Connection, token: str) -> Sight:
    """Return what the session of this token may know."""
    found = Sight()
    digest = hashlib.sha256(token.encode()).digest()
    for label, kind, step, content in conn.execute(
        "SELECT d.label_id, d.kind, d.step, d.content AND (s.scope = 'full' OR d.kind = 0)"
        " FROM access.session AS s, access.decide(s.membership_id, s.purpose, access.clock()) AS d"
        " WHERE s.token_hash = %s",
        [digest],
    ):
        found.steps[label, kind] = step
        if content:
            found.content.add((label, kind))
    row = conn.execute(
        "SELECT m.organisation_id, s.purpose IN ('administration', 'audit'),"
        " m.role = 'outreach' AND s.purpose IN ('visit', 'safeguarding') AND s.scope = 'full',"
        " ARRAY(SELECT h.label_id FROM access.shares(m.id, s.purpose, access.clock(), NULL) AS h WHERE h.kind = 0),"
        " m.id, s.purpose = 'analysis'"
        " FROM access.session AS s JOIN access.membership AS m ON m.id = s.membership_id WHERE s.token_hash = %s",
        [digest],
    ).fetchone()
    assert row is not None
    found.organisation, found.manages = row[0], row[0] if row[1] else None
    found.takes_part, found.shared, found.membership = row[2], set(row[3]), row[4]
    own = "SELECT id FROM access.label WHERE owner_id = %s AND operation_id IS NULL"
    found.counted = {label for (label,) in conn.execute(own, [found.manages])}
    analyses = conn.execute("SELECT id FROM access.label WHERE owner_id = %s AND %s", [found.organisation, row[5]])
    found.months_told = {label for (label,) in analyses}
    found.steps |= {(label, kind): 0 for label in found.counted for kind in (PLACE, VISIT, NOTE)}
    with conn.transaction():
        conn.execute("SELECT set_config('waymark.token', %s, true)", [token])
        row = conn.execute("SELECT access.opened(), access.opened_risks()").fetchone()
        found.opened, found.flags = (set(ids or []) for ids in row or ((), ()))
        if found.takes_part:
            found.joint_visits = {id for (id,) in conn.execute("SELECT id FROM store.joint_visits(NULL)")}
    at = conn.execute("SELECT place_id FROM store.joint_visit WHERE id = ANY (%s)", [list(found.joint_visits)])
    found.joint_places = {place for (place,) in at}
    return found
