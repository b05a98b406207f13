"""Verifying releases from what was published: every alteration is noticed, and so is what could be solved for."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from data.releases import Approved, Wanted, mark_of, written
from layers.hotspot_releases import NotItsCounts, made
from layers.release_verifying import Verified, verify

pytestmark = pytest.mark.proof
AGREEMENT = UUID(int=7)
Q3, Q4 = date(2025, 7, 1), date(2025, 10, 1)


def released(*tables: tuple[str, date, Mapping[int, int | None]]) -> list[Approved]:
    """Chain tables as the database does."""
    last, found = hashlib.sha256(b"waymark releases 3").digest(), []
    for number, (heading, quarter, squares) in enumerate(tables, 1):
        wanted = Wanted(audience="agreement", agreement=AGREEMENT, heading=heading, quarter=quarter)
        document = written(wanted, squares)
        last = hashlib.sha256(last + document.encode()).digest()
        found.append(
            Approved(
                organisation_id=3, organisation="A charity", number=number, id=uuid4(), kind="counts", heading=heading,
                quarter=quarter, quarters=1, document=document, hash=last,
            )
        )  # fmt: skip
    return found


def with_map(chain: list[Approved], document: str) -> list[Approved]:
    """Chain a hotspot map after these."""
    last = replace(
        chain[-1], number=chain[-1].number + 1, kind="hotspots", heading="concern", quarter=Q4, quarters=1,
        document=document, hash=hashlib.sha256(chain[-1].hash + document.encode()).digest(),
    )  # fmt: skip
    return [*chain, last]


def map_of(sources: list[str], *, audience: str = "agreement") -> str:
    """Return the document of the hotspot map that these counts make."""
    agreement = AGREEMENT if audience == "agreement" else None
    wanted = Wanted(audience=audience, agreement=agreement, heading="concern", quarter=Q4, kind="hotspots")
    return made(wanted, sources)


CHAIN = released(("visited", Q3, {1: 10, 2: None}), ("visited", Q4, {1: 10, 2: None}), ("concern", Q4, {1: None, 2: 5}))
AUDITED = [(3, mark_of(one.document)) for one in CHAIN]


def faults(chain: list[Approved], audited: list[tuple[int, str]] = AUDITED) -> str:
    return "\n".join(verify(chain, audited).faults)


def test_what_is_as_it_was_approved_has_no_fault() -> None:
    assert verify(CHAIN, AUDITED) == Verified(releases=3, values=6, faults=[])


def test_a_changed_value_is_noticed_by_the_chain_and_by_the_audit() -> None:
    altered = replace(CHAIN[1], document=CHAIN[1].document.replace("[1,10]", "[1,15]"))
    found = faults([CHAIN[0], altered, CHAIN[2]])
    assert "hash of release 2" in found
    assert "not there as they were" in found
    assert "knows nothing" in found


def test_a_release_that_was_taken_away_is_noticed_wherever_it_stood() -> None:
    assert "release 2 is missing" in faults([CHAIN[0], CHAIN[2]])
    assert "1 releases that the audit says were approved" in faults(CHAIN[:2])


def test_a_document_written_otherwise_is_noticed() -> None:
    spaced = replace(CHAIN[0], document=CHAIN[0].document.replace(":", ": "))
    assert "not canonical" in faults([spaced, *CHAIN[1:]])


def test_two_values_of_one_square_and_quarter_contradict_one_another() -> None:
    chain = released(("visited", Q4, {1: 10}), ("visited", Q4, {1: 15}))
    assert "contradict" in faults(chain, [(3, mark_of(one.document)) for one in chain])


def test_a_total_published_beside_its_parts_is_solved_and_said() -> None:
    parts = [
        (heading, Q4, {1: 10})
        for heading in (
            "sexual_exploitation", "domestic_servitude", "criminal_exploitation", "debt_bondage", "forced_marriage",
            "human_trafficking", "not_known",
        )
    ]  # fmt: skip
    chain = released(*parts, ("forced_labour", Q4, {1: None}), ("concern", Q4, {1: 30}))
    found = faults(chain, [(3, mark_of(one.document)) for one in chain])
    assert found == (
        "A charity: a count under 5 can be solved for: heading forced_labour, quarter 2025 Q4, between 0 and 0."
    )


def of_map(document: str) -> str:
    chain = with_map(CHAIN, document)
    return faults(chain, [(3, mark_of(one.document)) for one in chain])


SOURCES = [CHAIN[1].document, CHAIN[2].document]


def test_a_hotspot_map_is_made_again_of_the_documents_that_it_names() -> None:
    chain = with_map(CHAIN, map_of(SOURCES))
    found = verify(chain, [(3, mark_of(one.document)) for one in chain])
    assert found == Verified(releases=4, values=8, faults=[])


def test_a_hotspot_map_that_says_anything_else_is_noticed() -> None:
    whole = map_of(SOURCES)
    assert "[1,0,1,10,null,0]" in whole
    assert "not what its counts make" in of_map(whole.replace("[1,0,1,10,null,0]", "[1,2,1,10,null,0]"))
    assert "not what its counts make" in of_map(whole.replace('"quarters":1', '"quarters":2'))


def test_a_hotspot_map_of_counts_that_were_not_published_is_noticed() -> None:
    (other,) = released(("concern", Q4, {1: 35, 2: 5}))
    assert "names counts that were not published" in of_map(map_of([SOURCES[0], other.document]))
    assert "names counts that were not published" in of_map(map_of(SOURCES).replace('"made_of":["', '"made_of":["0'))


def test_a_hotspot_map_for_readers_without_its_counts_is_noticed() -> None:
    assert "counts that its readers do not have" in of_map(map_of(SOURCES, audience="public"))


def test_other_counts_than_those_of_its_quarters_make_no_map() -> None:
    for sources in (SOURCES[::-1], [CHAIN[0].document, SOURCES[1]], SOURCES[:1], [*SOURCES, *SOURCES]):
        with pytest.raises(NotItsCounts):
            map_of(sources)
