"""The power of the non-interference proof: with a policy or filter broken, it turns red."""

import pytest

from tests.noninterference.apart import Harness, compare, different_rows
from tests.noninterference.breaking import FILTERS, READ_POLICIES, Filter, broken, open_policy

pytestmark = pytest.mark.proof
CELLS = {"place_cell", "visit_cell", "risk_cell"}
SHUT_TWICE = {"place", "note", "note_key", "note_grade"}
"""Tables whose rows leave only beside another table's row behind the same label: no answer depends on these alone."""


@pytest.mark.parametrize("table", READ_POLICIES)
def test_an_open_policy_is_noticed(harness: Harness, table: str) -> None:
    kind = "police visit" if table in CELLS else "charity clearance 1"
    token = harness.town.tokens[kind]
    with harness.pair(kind, open_policy(table)) as (one, other):
        tables = different_rows(one, other, token)
        found = compare(one, other, token) if table not in SHUT_TWICE else None
    seen = found.difference if found else "rows read by the service's role (no answer shows them alone)"
    print(f"\npolicy of store.{table}: {kind}: {seen}")
    assert table in tables
    assert seen is not None


@pytest.mark.parametrize("broken_filter", FILTERS, ids=lambda one: one.name)
def test_a_broken_filter_is_noticed(harness: Harness, broken_filter: Filter) -> None:
    kind = broken_filter.kind
    with harness.operator(harness.template) as conn:
        statements = broken(conn, [broken_filter])
    with harness.pair(kind, *statements) as (one, other):
        found = compare(one, other, harness.town.tokens[kind])
    print(f"\n{broken_filter.name} ({broken_filter.function}): {kind}, request {found.requests}: {found.difference}")
    assert found.difference is not None
