"""Whether releases are as they were approved and still tell of no count under 5: from what was published alone.

Hotspot maps are made again of the documents that they name.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from data.audit import is_canonical
from data.releases import Approved, mark_of, squares_of
from geo.disclosure.banding import NotPublished
from geo.disclosure.interval_audit import Impossible, Seen, isolated
from layers.hotspot_releases import is_made_of
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
        values += sum(len(json.loads(release.document)["squares"]) for release in readable)
        counts = [release for release in readable if release.kind == "counts"]
        faults += (f"{organisation}: {fault}" for fault in _filing_faults(readable))
        faults += (f"{organisation}: {fault}" for fault in _published_faults(counts))
        faults += (f"{organisation}: {fault}" for fault in _map_faults(readable))
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
    return is_canonical(document) and {"heading", "kind", "quarter", "squares"} <= json.loads(document).keys()


def _filing_faults(chain: Sequence[Approved]) -> Iterator[str]:
    for release in chain:
        said = json.loads(release.document)
        filed = (release.kind, release.heading, release.quarter.isoformat(), release.quarters)
        if (said["kind"], said["heading"], said["quarter"], said.get("quarters", 1)) != filed:
            yield f"release {release.number} is filed under another kind, heading or quarter than it says."


def _published_faults(chain: Sequence[Approved]) -> Iterator[str]:
    """Give what is wrong with what was published: all of it is somebody's to solve, withdrawn or not."""
    tables: set[Seen] = set()
    for release in chain:
        said = json.loads(release.document)
        tables.update(as_seen(said["heading"], date.fromisoformat(said["quarter"]), squares_of(release.document)))
    try:
        found = isolated(tables, wholes_among(tables))
    except (Impossible, NotPublished) as error:
        yield f"the tables contradict one another. {error}"
        return
    for one in found:
        where = f"heading {one.seen.heading}, quarter {one.seen.quarter // 4} Q{one.seen.quarter % 4 + 1}"
        yield f"a count under 5 can be solved for: {where}, between {one.counts.low} and {one.counts.high}."


def _map_faults(chain: Sequence[Approved]) -> Iterator[str]:
    """Give which hotspot maps are not what their counts make, published before them and to their readers."""
    published: dict[str, Approved] = {}
    for release in chain:
        if release.kind == "counts":
            published.setdefault(mark_of(release.document), release)
            continue
        said = json.loads(release.document)
        sources = [published[mark].document for mark in said.get("made_of", ()) if mark in published]
        if len(sources) < max(1, len(said.get("made_of", ()))):
            yield f"hotspot map {release.number} names counts that were not published before it."
        elif not all(_is_read_by(said, json.loads(source)) for source in sources):
            yield f"hotspot map {release.number} is made of counts that its readers do not have."
        elif not is_made_of(release.document, sources):
            yield f"hotspot map {release.number} is not what its counts make."


def _is_read_by(reader: Mapping[str, Any], source: Mapping[str, Any]) -> bool:
    same = (source["audience"], source["agreement"]) == (reader["audience"], reader["agreement"])
    return same or source["audience"] == "public"


def _audit_faults(approved: Sequence[Approved], audited: Sequence[tuple[int, str]]) -> Iterator[str]:
    kept = Counter((release.organisation_id, mark_of(release.document)) for release in approved)
    known = Counter(audited)
    if missing := (known - kept).total():
        yield f"{missing} releases that the audit says were approved are not there as they were."
    if unknown := (kept - known).total():
        yield f"{unknown} releases are there of whose approval the audit knows nothing."
