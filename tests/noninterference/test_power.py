"""The power of the non-interference proof: with a policy or filter broken, it turns red."""

import pytest

from tests.noninterference.apart import Harness, compare
from tests.noninterference.breaking import FILTERS, READ_POLICIES, Filter, broken, open_policy

pytestmark = pytest.mark.proof
NOTICED_BY = {"place_cell": "police visit", "visit_cell": "police visit", "risk_cell": "police visit"}
SHUT_TWICE = {
    "note_key": ("note",),
    "note_grade": ("note", "note_key"),
    "note": ("note_key",),
}
"""Tables whose rows leave only beside rows of others: with these policies open too, the proof turns red."""


@pytest.mark.parametrize("table", READ_POLICIES)
def test_an_open_policy_is_noticed(harness: Harness, table: str) -> None:
    kind = NOTICED_BY.get(table, "charity clearance 1")
    tables = (table, *SHUT_TWICE.get(table, ()))
    with harness.pair(kind, *map(open_policy, tables)) as (one, other):
        found = compare(one, other, harness.town.tokens[kind])
    print(f"\npolicy of store.{' and store.'.join(tables)}: {kind}, request {found.requests}: {found.difference}")
    assert found.difference is not None


@pytest.mark.parametrize("broken_filter", FILTERS, ids=lambda one: one.name)
def test_a_broken_filter_is_noticed(harness: Harness, broken_filter: Filter) -> None:
    kind = broken_filter.kind
    with harness.operator(harness.template) as conn:
        statements = broken(conn, [broken_filter])
    with harness.pair(kind, *statements) as (one, other):
        found = compare(one, other, harness.town.tokens[kind])
    print(f"\n{broken_filter.name} ({broken_filter.function}): {kind}, request {found.requests}: {found.difference}")
    assert found.difference is not None
