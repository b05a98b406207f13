"""Write a drawn world over the one before it, and ask the gate about it as the service would."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import Connection

from tests import worlds
from tests.gate.cast import Cast
from tests.gate.draws import World, joint_visits_of, members_of
from tests.gate.oracle import Agreement, Context
from tests.worlds import LONG_AGO, NOON

TABLES = (
    "place", "place_history", "place_flag", "place_point", "place_cell", "visit", "visit_point", "visit_cell",
    "note", "note_key", "note_grade", "risk_point", "risk_cell",
)  # fmt: skip
_ROWS = " UNION ALL ".join(f"SELECT '{table}', lock_id FROM store.{table}" for table in TABLES)
_RECORDABLE = b"SELECT label FROM generate_series(1, 1500) AS label WHERE access.may_record(label * 32 + 5)"
_CLEAN = """
DELETE FROM access.session;
DELETE FROM store.joint_visit;
DELETE FROM access.agreement;
DELETE FROM access.precision_rule WHERE organisation_id IS NOT NULL;
DELETE FROM access.operation_member;
DELETE FROM access.membership_area;
UPDATE access.person SET disabled_at = NULL WHERE disabled_at IS NOT NULL;
"""

Lock = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the gate answered one context: decide(), the set bits of the ring, rows by table and lock."""

    decided: dict[tuple[int, int], tuple[int, bool]]
    bits: frozenset[int]
    rows: frozenset[Lock]
    recordable: frozenset[int] | None


def write_world(conn: Connection, cast: Cast, world: World) -> None:
    """Write the world's policy over the one before it."""
    conn.execute(_CLEAN.encode())
    for number in world.disabled:
        conn.execute("UPDATE access.person SET disabled_at = %s WHERE id = %s", [NOON, cast.persons[number]])
    for member in members_of(cast, world):
        conn.execute(
            "UPDATE access.membership SET role = %s, clearance = %s, valid_from = %s, valid_until = %s,"
            " suspended_at = %s WHERE id = %s",
            [
                member.role,
                member.clearance,
                member.valid_from,
                member.valid_until,
                LONG_AGO if member.is_suspended else None,
                member.id,
            ],
        )
        for area in member.areas:
            conn.execute("INSERT INTO access.membership_area VALUES (%s, %s)", [member.id, area])
        for operation in member.operations:
            conn.execute("INSERT INTO access.operation_member VALUES (%s, %s)", [operation, member.id])
    for agreement in world.agreements:
        _write_agreement(conn, agreement)
    for rule in world.rules:
        conn.execute(
            "INSERT INTO access.precision_rule VALUES (%s, %s, %s, %s, %s)",
            [rule.owner, rule.audience, rule.purpose, rule.sensitivity, rule.step],
        )
    _write_joint_visits(conn, cast, world)


def _write_agreement(conn: Connection, agreement: Agreement) -> None:
    worlds.an_agreement(
        conn,
        agreement.provider,
        agreement.recipient,
        purposes=sorted(agreement.purposes),
        kinds=sorted(agreement.kinds),
        areas=agreement.areas,
        max_sensitivity=agreement.max_sensitivity,
        finest_step=agreement.finest_step,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        signed=agreement.signatures,
        suspended_at=LONG_AGO if agreement.is_suspended else None,
    )


def _write_joint_visits(conn: Connection, cast: Cast, world: World) -> None:
    proposers = {
        organisation.id: proposer for organisation, proposer in zip(cast.organisations, cast.proposers, strict=True)
    }
    for visit in joint_visits_of(cast, world):
        id = worlds.a_joint_visit(
            conn, visit.place, visit.owner, visit.partner,
            members=visit.members, starts_at=visit.starts_at, ends_at=visit.ends_at,
            proposed_by=proposers[visit.proposer], is_accepted=visit.is_accepted,
        )  # fmt: skip
        if visit.is_cancelled:
            conn.execute("UPDATE store.joint_visit SET cancelled_at = %s WHERE id = %s", [NOON, id])


def ask(operator: Connection, application: Connection, context: Context, *, enters: bool, records: bool) -> Seen:
    """Ask the gate: decide() as the operator; ring and rows as the service with a session.

    A context that `enters` has its ring stored; otherwise the ring is computed in each statement. One that
    `records` asks may_record() about every label as well.
    """
    worlds.set_clock(operator, context.at)
    token = worlds.a_session(operator, context.who.id, purpose=context.purpose, scope=context.scope, at=context.at)
    decided = {
        (label, kind): (step, content)
        for label, kind, step, content in operator.execute(
            "SELECT * FROM access.decide(%s, %s, %s)", [context.who.id, context.purpose, context.at]
        )
    }
    operator.commit()
    if enters:
        application.execute("SELECT access.freshen(%s)", [token])
        application.commit()
    with application.transaction():
        carry = "SELECT access.enter(%s)" if enters else "SELECT set_config('waymark.token', %s, true)"
        application.execute(carry.encode(), [token])
        ring = application.execute("SELECT access.keyring()::text").fetchone()
        rows = application.execute(_ROWS.encode()).fetchall()
        recordable = application.execute(_RECORDABLE).fetchall() if records else None
        return Seen(
            decided=decided,
            bits=frozenset(_ones((ring and ring[0]) or "")),
            rows=frozenset((table, lock) for table, lock in rows),
            recordable=None if recordable is None else frozenset(label for (label,) in recordable),
        )


def _ones(bits: str) -> Iterator[int]:
    at = bits.find("1")
    while at >= 0:
        yield at
        at = bits.find("1", at + 1)
