"""A hotspot map made of published counts alone: prepared, and made again before it is approved and when verified."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from data import hotspot_releases
from data.database import Conn
from data.hotspot_releases import Square, written_hotspots
from data.releases import ReleaseRefused, Wanted, squares_of
from geo.disclosure.released_hotspots import released_hotspots
from geo.quarters import span

STATES: Final = ("too few to say", "no clear excess", "hot")
"""What is said of a square, by its state."""


class NotItsCounts(ValueError):
    """Documents that a hotspot map cannot be made of: others than those of its headings and quarters, in order."""


def made(wanted: Wanted, documents: Sequence[str]) -> str:
    """Return the document of a map, made of these documents of counts and of nothing else.

    For each quarter in order come the places visited, then the places noted. Raises NotItsCounts.
    """
    _check(wanted, documents)
    tables = [squares_of(document) for document in documents]
    told = released_hotspots(tables[::2], tables[1::2])
    squares = [
        Square(
            square=one.square, state=int(one.state), quarters=one.quarters, visited=one.visited, noted=one.noted,
            expected=one.expected,
        )
        for one in told
    ]  # fmt: skip
    return written_hotspots(wanted, documents, squares)


def made_again(document: str, sources: Sequence[str]) -> str:
    """Return what the map that a document holds is, made anew of its counts. Raises NotItsCounts."""
    said = json.loads(document)
    wanted = Wanted(
        kind="hotspots",
        audience=said["audience"],
        agreement=UUID(said["agreement"]) if said["agreement"] else None,
        heading=said["heading"],
        quarter=date.fromisoformat(said["quarter"]),
        quarters=said["quarters"],
    )
    return made(wanted, sources)


def is_made_of(document: str, sources: Sequence[str]) -> bool:
    """Return whether a map's document is what its sources make; what cannot be read, or made, is not."""
    try:
        return made_again(document, sources) == document
    except (KeyError, ValueError):
        return False


def prepare_hotspots(conn: Conn, wanted: Wanted) -> UUID:
    """Prepare a map of what is published to its audience; its id. Raises NotAllowed, ReleaseRefused."""
    sources = hotspot_releases.hotspot_sources(conn, wanted)
    document = made(wanted, [one.document for one in sources])
    return hotspot_releases.prepare_hotspots(conn, wanted, document, sources)


def check_hotspots(conn: Conn, id: UUID) -> int | None:
    """Return of how many documents a map was made, after it was made again; None where the release is of counts.

    Raises NoSuchRelease, NotAllowed, ReleaseRefused.
    """
    waiting = hotspot_releases.hotspots_with_sources(conn, id)
    if waiting is None:
        return None
    if not waiting.is_current:
        raise ReleaseRefused("Counts that it was made of were withdrawn or replaced since: prepare this release again.")
    if not is_made_of(waiting.document, waiting.sources):
        raise ReleaseRefused("Made again of its counts, this map is another: prepare this release again.")
    return len(waiting.sources)


def _check(wanted: Wanted, documents: Sequence[str]) -> None:
    expected = [
        ("counts", heading, quarter.isoformat())
        for quarter in span(wanted.quarter, wanted.quarters)
        for heading in ("visited", wanted.heading)
    ]
    given = [(said["kind"], said["heading"], said["quarter"]) for said in map(json.loads, documents)]
    if given != expected:
        raise NotItsCounts("A hotspot map is made of the counts of its own headings and quarters, in order.")
