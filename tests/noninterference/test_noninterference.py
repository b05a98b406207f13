"""What a session cannot see changes no byte of what it is answered."""

import time

import pytest

from tests.noninterference.apart import Harness, compare, different_rows
from tests.noninterference.town import KINDS

pytestmark = pytest.mark.proof
BLIND = {
    "charity admin", "charity auditor", "council, no agreement", "nhs, agreement over",
    "commissioner, agreement suspended", "other, agreement half signed",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_changes_change_no_byte(harness: Harness, kind: str) -> None:
    began = time.monotonic()
    with harness.pair(kind) as (one, other):
        tables = different_rows(one, other, harness.town.tokens[kind])
        found = compare(one, other, harness.town.tokens[kind])
    counts = harness.counts[kind]
    print(f"\n{kind}: {found.requests} requests {found.statuses}, {found.features} features of records,")
    print(f"  {sum(counts.values())} changes {counts}, {time.monotonic() - began:.1f} s")
    assert tables == []
    assert found.difference is None
    assert sum(counts.values()) > 50
    assert (found.features == 0) == (kind in BLIND)
    assert found.statuses[200] > 100
    assert found.statuses[404] > 50
