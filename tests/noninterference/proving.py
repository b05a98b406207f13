"""The proof for one kind of session, and the kinds by organisation, so that the files take about as long each."""

import time
from collections.abc import Callable

from tests.noninterference.apart import Harness
from tests.noninterference.attempts import different_attempts
from tests.noninterference.comparing import (
    compare,
    different_audit,
    different_rows,
    everything,
    subjects_of,
    unasked,
)
from tests.noninterference.town import KINDS, MEMBERS

Recorder = Callable[[str, object], None]
BLIND = {
    "charity admin", "charity auditor", "council, no agreement", "nhs, agreement over",
    "commissioner, agreement suspended", "other, agreement half signed",
}  # fmt: skip


ASKED_PAGES = {
    "charity visit", "charity clearance 1", "charity excluded member", "charity analyst", "charity admin",
    "charity auditor", "police visit", "police enforcement", "police joint visit", "council, no agreement",
}  # fmt: skip
"""The kinds that ask every page as well as every operation of the API; with --whole, all kinds do."""


def turn_of(kind: str, *, whole: bool) -> int | None:
    """Return which share of places and releases a kind of session asks about: None, all of them, with --whole.

    Without, of three kinds each asks about every third by its id, and lists, exports, tiles and boxes of all.
    The power of the proof is shown with the same share: every filter that is broken is noticed with it.
    """
    return None if whole else list(KINDS).index(kind)


def kinds_of(*organisations: str) -> list[str]:
    """Return the kinds of session of these organisations."""
    return [name for name, kind in KINDS.items() if MEMBERS[kind.member].organisation in organisations]


def prove(harness: Harness, kind: str, *, whole: bool) -> str:
    """Hold that hidden changes change nothing for a kind of session; what was compared, in a sentence."""
    with_pages = whole or kind in ASKED_PAGES
    began, token, turn = time.monotonic(), harness.town.tokens[kind], turn_of(kind, whole=whole)
    with harness.pair(kind) as (one, other):
        tables = different_rows(one, other, token)
        attempts = different_attempts(one, other, token)
        requests = everything(one, subjects_of(one, other, turn=turn), with_pages=with_pages)
        found = compare(one, other, token, requests, turn=turn)
        left_out = unasked(one, found, with_pages=with_pages)
        audit = different_audit(one, other, token)
    counts = harness.counts[kind]
    assert not tables, tables
    assert not attempts, attempts[:5]
    assert found.difference is None, found.difference
    assert not left_out, left_out
    assert not audit, audit[:5]
    assert sum(counts.values()) > 50, counts
    assert (found.features == 0) == (kind in BLIND), found.features
    assert found.statuses[200] > 100, found.statuses
    assert found.statuses[404] > 50, found.statuses
    asked = f"{found.requests} requests{'' if with_pages else ' of the API alone'}"
    return (
        f"{kind}: {asked}, {found.features} features, {sum(counts.values())} hidden changes,"
        f" {time.monotonic() - began:.0f} s"
    )
