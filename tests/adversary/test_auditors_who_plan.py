"""An insider plans visits and audits as well, here or at another organisation: the audit says which desks were told."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from tests import worlds
from tests.gate.clashing import Side, alone_at_noon, looked, two
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof
REFUSED = psycopg.errors.InsufficientPrivilege
FIND = "SELECT seq FROM audit.find(1000000, 1000, NULL, NULL, NULL, NULL, NULL)"
TOLD = (
    "SELECT entry ->> 'what' FROM audit.find(1000000, 1000, '{disclosure}', NULL, NULL, NULL, NULL)"
    " WHERE entry ->> 'what' LIKE '%%near one another'"
)
HEAD, ACTORS = "SELECT seq FROM audit.my_head()", "SELECT email FROM audit.my_actors()"
ENTRIES = "SELECT seq FROM audit.my_entries(0, 1000)"


@pytest.fixture(autouse=True)
def alone(writer: psycopg.Connection) -> None:
    alone_at_noon(writer)


def auditing(conn: psycopg.Connection, at: Side, person: UUID | None = None) -> str:
    """Let somebody audit for an organisation; their session."""
    member = worlds.a_membership(conn, at.organisation, role="auditor", areas=(), person=person)
    return worlds.a_session(conn, member, purpose="audit")


def person_of(conn: psycopg.Connection, membership: UUID) -> UUID:
    row = conn.execute("SELECT person_id FROM access.membership WHERE id = %s", [membership]).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def test_who_planned_a_visit_reads_in_no_chain_that_desks_were_told(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, other = two(writer)
    planner = person_of(writer, one.planner)
    insiders = [auditing(writer, side, planner) for side in (one, other)]
    colleague = auditing(writer, one)
    assert looked(writer) == 2
    for insider in insiders:
        for query in (FIND, HEAD, ACTORS):
            with pytest.raises(REFUSED, match="Whoever plans visits reads no audit"):
                asked(service, insider, query)
        assert asked(service, insider, ENTRIES) == []
    assert asked(service, colleague, TOLD) == [("a duty desk was told that visits are near one another",)]
    assert asked(service, colleague, ENTRIES) != []


@pytest.mark.parametrize(("ended", "days", "reads"), [("valid_until", 2, False), ("suspended_at", 2, False),
                                                      ("valid_until", 4, True), ("suspended_at", 4, True)])  # fmt: skip
def test_who_planned_until_three_days_ago_audits_now(
    writer: psycopg.Connection, service: psycopg.Connection, *, ended: str, days: int, reads: bool
) -> None:
    one, _ = two(writer)
    insider = auditing(writer, one, person_of(writer, one.planner))
    writer.execute(
        f"UPDATE access.membership SET {ended} = %s WHERE id = %s".encode(), [NOON - timedelta(days=days), one.planner]
    )
    looked(writer)
    if reads:
        assert asked(service, insider, TOLD) != []
        assert asked(service, insider, ENTRIES) != []
    else:
        with pytest.raises(REFUSED):
            asked(service, insider, FIND)
        assert asked(service, insider, ENTRIES) == []
