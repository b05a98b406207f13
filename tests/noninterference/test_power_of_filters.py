"""The power of the non-interference proof: with a filter broken, it turns red."""

import pytest

from tests.noninterference.apart import Harness
from tests.noninterference.asking import telling_first
from tests.noninterference.breaking import broken
from tests.noninterference.comparing import compare, different_audit, everything, subjects_of
from tests.noninterference.filters import AUDITED, FILTERS
from tests.noninterference.one_filter import Filter
from tests.noninterference.proving import Recorder, turn_of

pytestmark = pytest.mark.proof


def statements_that_break(harness: Harness, one: Filter) -> list[str]:
    with harness.operator(harness.template) as conn:
        return broken(conn, [one])


@pytest.mark.parametrize("broken_filter", FILTERS, ids=lambda one: one.name)
def test_a_broken_filter_is_noticed(
    harness: Harness, record_property: Recorder, pytestconfig: pytest.Config, broken_filter: Filter
) -> None:
    kind, turn = broken_filter.kind, turn_of(broken_filter.kind, whole=pytestconfig.getoption("whole"))
    with harness.pair(kind, *statements_that_break(harness, broken_filter)) as (one, other):
        asked = telling_first(everything(one, subjects_of(one, other, turn=turn)))
        found = compare(one, other, harness.town.tokens[kind], asked, turn=turn)
    where = f"{broken_filter.name} ({broken_filter.function})"
    record_property("proof", f"{where} broken -> noticed by {kind}, request {found.requests}: {found.difference}")
    assert found.difference is not None


def test_an_entry_of_the_audit_that_counts_hidden_records_is_noticed(
    harness: Harness, record_property: Recorder
) -> None:
    token = harness.town.tokens[AUDITED.kind]
    with harness.pair(AUDITED.kind, *statements_that_break(harness, AUDITED)) as (one, other):
        asked = telling_first(everything(one, subjects_of(one, other)))[:3]
        assert compare(one, other, token, asked).difference is None
        noticed = different_audit(one, other, token)
    record_property("proof", f"{AUDITED.name} ({AUDITED.function}) broken -> noticed by {AUDITED.kind}: the audit")
    assert noticed
