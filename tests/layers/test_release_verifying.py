"""Verifying releases from what was published: every alteration is noticed, and so is what could be solved for."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from data.releases import Approved, Wanted, mark_of, written
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
                organisation_id=3, organisation="A charity", number=number, id=uuid4(), heading=heading,
                quarter=quarter, document=document, hash=last,
            )
        )  # fmt: skip
    return found


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
