"""Whether releases are as they were approved and still tell of no count under 5: from what was published alone."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from data.audit import is_canonical
from data.releases import Approved, mark_of, squares_of
from geo.disclosure.banding import NotPublished
from geo.disclosure.interval_audit import Impossible, Seen, isolated
from layers.release_tables import as_seen, wholes_among


@dataclass(frozen=True, kw_only=True)
class Verified:
    """How many releases and published values were looked at, and what is wrong with them, in sentences."""

    releases: int
    values: int
    faults: Sequence[str]


def verify(approved: Sequence[Approved], audited: Sequence[tuple[int, str]]) -> Verified:
    """Recompute the chain of each organisation's releases, the audit's marks of them, and the audit by intervals.

    `approved` is all that was ever approved, by organisation in order, withdrawn or not; `audited` the approvals that
    the audit knows of.
    """
    values, faults = 0, list[str]()
    for organisation, found in groupby(approved, key=attrgetter("organisation")):
        chain = list(found)
        faults += (f"{organisation}: {fault}" for fault in _chain_faults(chain))
        readable = [release for release in chain if _is_table(release.document)]
        values += sum(len(squares_of(release.document)) for release in readable)
        faults += (f"{organisation}: {fault}" for fault in _published_faults(readable))
    faults += _audit_faults(approved, audited)
    return Verified(releases=len(approved), values=values, faults=faults)


def _chain_faults(chain: Sequence[Approved]) -> Iterator[str]:
    previous = hashlib.sha256(f"waymark releases {chain[0].organisation_id}".encode()).digest()
    for expected, release in enumerate(chain, 1):
        if release.number != expected:
            yield f"release {expected} is missing from the chain."
            return
        if not _is_table(release.document):
            yield f"release {release.number} is not canonical JSON of a table: it was altered."
        if hashlib.sha256(previous + release.document.encode()).digest() != release.hash:
            yield f"the hash of release {release.number} does not follow from the one before and its document."
        previous = release.hash


def _is_table(document: str) -> bool:
    return is_canonical(document) and {"heading", "quarter", "squares"} <= json.loads(document).keys()


def _published_faults(chain: Sequence[Approved]) -> Iterator[str]:
    """Give what is wrong with what was published: all of it is somebody's to solve, withdrawn or not."""
    tables: set[Seen] = set()
    for release in chain:
        said = json.loads(release.document)
        if (said["heading"], date.fromisoformat(said["quarter"])) != (release.heading, release.quarter):
            yield f"release {release.number} is filed under another heading or quarter than it says."
        tables.update(as_seen(said["heading"], date.fromisoformat(said["quarter"]), squares_of(release.document)))
    try:
        found = isolated(tables, wholes_among(tables))
    except (Impossible, NotPublished) as error:
        yield f"the tables contradict one another. {error}"
        return
    for one in found:
        where = f"heading {one.seen.heading}, quarter {one.seen.quarter // 4} Q{one.seen.quarter % 4 + 1}"
        yield f"a count under 5 can be solved for: {where}, between {one.counts.low} and {one.counts.high}."


def _audit_faults(approved: Sequence[Approved], audited: Sequence[tuple[int, str]]) -> Iterator[str]:
    kept = Counter((release.organisation_id, mark_of(release.document)) for release in approved)
    known = Counter(audited)
    if missing := (known - kept).total():
        yield f"{missing} releases that the audit says were approved are not there as they were."
    if unknown := (kept - known).total():
        yield f"{unknown} releases are there of whose approval the audit knows nothing."
