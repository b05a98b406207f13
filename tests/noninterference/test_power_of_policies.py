"""The power of the non-interference proof: with a policy open, it turns red."""

import pytest

from tests.noninterference.apart import Harness
from tests.noninterference.asking import telling_first
from tests.noninterference.attempts import different_attempts
from tests.noninterference.breaking import READ_POLICIES, WRITE_POLICIES, open_to_readers, open_to_writers
from tests.noninterference.comparing import compare, different_rows, everything, subjects_of
from tests.noninterference.proving import Recorder, turn_of

pytestmark = pytest.mark.proof
KINDS = {
    **dict.fromkeys(("store.place_cell", "store.visit_cell", "store.risk_cell"), "police visit"),
    **dict.fromkeys(("store.note_count", "store.visit_count"), "charity analyst"),
    **dict.fromkeys(("imports.import", "imports.finding"), "charity admin"),
}
SHUT_TWICE = {
    "store.place", "store.place_flag", "store.note", "store.note_key", "store.note_grade", "imports.finding",
}  # fmt: skip
"""Tables whose rows leave only beside another table's row that is shut as well: no answer depends on these alone."""


@pytest.mark.parametrize("table", READ_POLICIES)
def test_a_policy_open_to_readers_is_noticed(
    harness: Harness, record_property: Recorder, pytestconfig: pytest.Config, table: str
) -> None:
    kind = KINDS.get(table, "charity clearance 1")
    turn = turn_of(kind, whole=pytestconfig.getoption("whole"))
    token = harness.town.tokens[kind]
    with harness.pair(kind, open_to_readers(table)) as (one, other):
        tables = different_rows(one, other, token)
        asked = [] if table in SHUT_TWICE else telling_first(everything(one, subjects_of(one, other, turn=turn)))
        found = compare(one, other, token, asked, turn=turn)
    noticed = found.difference if asked else "rows read by the service's role (no answer shows them alone)"
    record_property("proof", f"policy {READ_POLICIES[table]} of {table} open -> noticed by {kind}: {noticed}")
    assert table in tables
    assert noticed is not None


@pytest.mark.parametrize(("policy", "table"), WRITE_POLICIES)
def test_a_policy_open_to_writers_is_noticed(
    harness: Harness, record_property: Recorder, policy: str, table: str
) -> None:
    kind = WRITE_POLICIES[policy, table]
    with harness.pair(kind, open_to_writers(policy, table)) as (one, other):
        noticed = different_attempts(one, other, harness.town.tokens[kind], tables=[table])
    record_property("proof", f"policy {policy} of store.{table} open -> noticed by {kind}: {noticed[:1]}")
    assert noticed
