"""The comparison can fail: each rule of decide(), opened() and opened_risks(), taken out in turn, is noticed."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import scalar_row

from tests import worlds
from tests.gate.cast import Cast, make_cast
from tests.gate.draws import World, contexts_of, drawn_world, joint_visits_of, policy_of
from tests.gate.oracle import Context
from tests.gate.test_oracle import keys_expected, rows_opened
from tests.gate.writing import write_world

pytestmark = pytest.mark.proof

# What is taken out of which function: the text there, and what stands in its place.
BROKEN: dict[str, tuple[str, str, str]] = {
    "suspended membership": ("reachable", "AND m.suspended_at IS NULL", ""),
    "disabled person": ("reachable", "AND p.disabled_at IS NULL", ""),
    "membership not begun": ("reachable", "AND m.valid_from <= at", ""),
    "membership ended": ("reachable", "AND at < m.valid_until", ""),
    "membership ended, a moment late": ("reachable", "at < m.valid_until", "at <= m.valid_until"),
    "role and purpose": ("reachable", "rp.role = m.role\n                    AND ", ""),
    "police only": ("reachable", "AND coalesce(rp.organisation_kind, o.kind) = o.kind", ""),
    "clearance": ("reachable", "l.sensitivity <= me.clearance AND ", ""),
    "area": ("reachable", "AND l.area_id = ANY (me.areas)", ""),
    "operation": ("reachable", "l.operation_id IS NULL OR", "true OR"),
    "welfare wall": ("reachable", "AND NOT (for_purpose = 'enforcement' AND l.collected_for = 'welfare')", ""),
    "excluded": ("reachable", "AND NOT h.excluded && me.memberships", ""),
    "excluded under another membership": ("reachable", "x.person_id = m.person_id", "x.id = m.id"),
    "owner only": ("shares", "AND NOT r.owner_only", ""),
    "agreement's purposes": ("shares", "AND for_purpose = ANY (a.purposes)", ""),
    "agreement's areas": ("shares", "AND a.area_id = r.area_id", ""),
    "agreement's highest sensitivity": ("shares", "AND a.max_sensitivity >= r.sensitivity", ""),
    "agreement's kinds": ("shares", "unnest(a.kinds) AS k", "unnest('{0, 1, 2}'::smallint []) AS k"),
    "agreement's precision": ("shares", "least(a.finest_step, r.finest_step)", "r.finest_step"),
    "agreement's direction": ("shares", "AND a.recipient_id = r.organisation_id", ""),
    "record's precision": ("shares", "least(a.finest_step, r.finest_step)", "a.finest_step::int"),
    "record's conditions": ("shares", "WHERE r.finest_step >= 0", ""),
    "provider's signature": ("is_live", "agreement.provider_signed_by IS NOT NULL\n        AND ", ""),
    "recipient's signature": ("is_live", "AND agreement.recipient_signed_by IS NOT NULL", ""),
    "suspended agreement": ("is_live", "AND agreement.suspended_at IS NULL", ""),
    "agreement not begun": ("is_live", "AND agreement.valid_from <= at", ""),
    "agreement ended": ("is_live", "AND at < agreement.valid_until", ""),
    "unknown condition": ("step_under", "('recipients', 'purposes', 'finest_step', 'expires')",
                          "('recipients', 'purposes', 'finest_step', 'expires', 'weather')"),
    "recipients": ("step_under", "WHEN conditions ? 'recipients'", "WHEN false AND conditions ? 'recipients'"),
    "purposes": ("step_under", "WHEN conditions ? 'purposes'", "WHEN false AND conditions ? 'purposes'"),
    "expires": ("step_under", "WHEN conditions ? 'expires'", "WHEN false AND conditions ? 'expires'"),
    "partners' precision": ("decide", "max(least(g.step, rule.step))", "max(g.step)"),
    "own precision rules": ("ruled_steps", "coalesce(rule.organisation_id, o.id) = o.id",
                            "rule.organisation_id IS NULL"),
    "rules of others": ("ruled_steps", "AND coalesce(rule.organisation_id, o.id) = o.id", ""),
    "joint visit's members": ("opened_by_joint_visits", "ON jm.membership_id = s.membership_id", "ON true"),
    "joint visit not accepted": ("opened_by_joint_visits", "AND j.accepted_at IS NOT NULL", ""),
    "joint visit cancelled": ("opened_by_joint_visits", "AND j.cancelled_at IS NULL", ""),
    "joint visit not begun": ("opened_by_joint_visits", "AND j.starts_at - interval '24 hours' <= at", ""),
    "joint visit over": ("opened_by_joint_visits", "AND at < j.ends_at + interval '24 hours'", ""),
    "joint visit's partner": ("opened_by_joint_visits", "AND s.organisation_id = j.partner_id", ""),
    "joint visit's owner": ("opened_by_joint_visits", " AND shared.owner_id = j.owner_id", ""),
    "joint visit's proposer": ("opened_by_joint_visits", " AND proposer.organisation_id = j.owner_id", ""),
    "joint visit's purposes": ("opened_by_joint_visits", "AND s.purpose IN ('visit', 'safeguarding')", ""),
    "joint visit's role": ("opened_by_joint_visits",
                           "AND s.role = 'outreach'\n        AND s.purpose IN ('visit', 'safeguarding')", ""),
    "places alone": ("opened_by_joint_visits", "AND shared.kind = 0", ""),
    "flags of shared notes alone": ("opened_risks", "AND shared.kind = 2", ""),
}  # fmt: skip
OPENING = ("opened_by_joint_visits", "opened_risks")
SEEDS, CONTEXTS = range(1, 9), 60


class Rehearsal:
    """Worlds, contexts and what they must answer, before anything is broken."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.conn = conn
        worlds.hold_clock(conn)
        self.cast: Cast = make_cast(conn)
        self.worlds = [drawn_world(seed, self.cast, contexts=CONTEXTS) for seed in SEEDS]

    def differs(self, function: str) -> bool:
        """Whether the gate now answers any context of any world otherwise than the oracle."""
        return any(self._world_differs(world, function) for world in self.worlds)

    def _world_differs(self, world: World, function: str) -> bool:
        with self.conn.transaction(force_rollback=True):
            write_world(self.conn, self.cast, world)
            contexts = contexts_of(self.cast, world)
            check = self._opens_otherwise if function in OPENING else self._decides_otherwise
            return any(check(world, context) for context in contexts)

    def _decides_otherwise(self, world: World, context: Context) -> bool:
        decided = self.conn.execute(
            "SELECT * FROM access.decide(%s, %s, %s)", [context.who.id, context.purpose, context.at]
        )
        found = {(label, kind): (step, content) for label, kind, step, content in decided}
        return found != keys_expected(self.cast, policy_of(world), context)

    def _opens_otherwise(self, world: World, context: Context) -> bool:
        worlds.set_clock(self.conn, context.at)
        token = worlds.a_session(self.conn, context.who.id, purpose=context.purpose, at=context.at)
        self.conn.execute("SELECT set_config('waymark.token', %s, true)", [token])
        opened = self.conn.execute(
            "SELECT 'place', lock_id FROM store.place WHERE id = ANY (access.opened()) "
            "UNION SELECT 'risk_point', lock_id FROM store.risk_point WHERE note_id = ANY (access.opened_risks())"
        )
        expected = rows_opened(policy_of(world), context, joint_visits_of(self.cast, world))
        return set(opened.fetchall()) != {row for row in expected if row[0] in {"place", "risk_point"}}


@pytest.fixture(scope="module")
def rehearsal(cluster: object, database: str) -> Iterator[Rehearsal]:
    with psycopg.connect(cluster.url(database=database)) as conn:  # type: ignore[attr-defined]
        yield Rehearsal(conn)


def test_unbroken_it_differs_nowhere(rehearsal: Rehearsal) -> None:
    assert not rehearsal.differs("decide")
    assert not rehearsal.differs("opened_risks")


@pytest.mark.parametrize("what", BROKEN)
def test_a_missing_rule_is_noticed(rehearsal: Rehearsal, what: str) -> None:
    function, rule, instead = BROKEN[what]
    with rehearsal.conn.transaction(force_rollback=True):
        cursor = rehearsal.conn.cursor(row_factory=scalar_row)
        (source,) = cursor.execute(
            "SELECT pg_get_functiondef(p.oid) FROM pg_proc AS p WHERE p.pronamespace = 'access'::regnamespace "
            "AND p.proname = %s",
            [function],
        ).fetchall()
        assert rule in source, f"{function} no longer says: {rule}"
        rehearsal.conn.execute(source.replace(rule, instead).encode())
        assert rehearsal.differs(function), f"nothing noticed that {function} lost: {rule}"
