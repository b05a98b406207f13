"""How much the check of free text finds, and how often it is wrong, on a synthetic set: printed, and held."""

from collections import Counter
from collections.abc import Iterable
from random import Random

import pytest

from data.free_text.check import look_over
from data.free_text.given_names import KNOWN
from data.free_text.names import plain
from tests.data.free_text.synthetic import (
    CLEAN,
    OWN,
    UNLISTED,
    Planted,
    identifiers,
    listed_names,
    unlisted_names,
)


def is_found(one: Planted) -> bool:
    """Say whether all of what was put in is marked, as whatever kind of identifier."""
    marked = set[int]()
    for finding in look_over(one.text, own_address=OWN):
        if finding.kind != "wording":
            marked.update(range(finding.start, finding.end))
    return all(at in marked for at in range(one.start, one.end) if one.text[at].isalnum())


def recall(set_of: Iterable[Planted], *, by: str) -> dict[str, float]:
    found, all_of = Counter[str](), Counter[str]()
    for one in set_of:
        group = getattr(one, by)
        all_of[group] += 1
        found[group] += is_found(one)
    print(f"\n{sum(found.values())} of {sum(all_of.values())} found")
    for group, number in all_of.items():
        print(f"  {group}: {found[group] / number:.3f} of {number}")
    return {"": sum(found.values()) / sum(all_of.values())} | {
        group: found[group] / number for group, number in all_of.items()
    }


def test_identifiers_of_every_kind_are_found() -> None:
    measured = recall(identifiers(Random("identifiers"), 150), by="kind")
    assert measured[""] >= 0.98
    assert min(measured.values()) >= 0.95


def test_names_of_every_origin_that_is_listed_are_found() -> None:
    measured = recall(listed_names(Random("names"), 60), by="origin")
    assert measured[""] >= 0.95
    assert min(measured.values()) >= 0.9


def test_names_on_no_list_are_found_by_where_they_stand() -> None:
    assert not [name for names in UNLISTED.values() for name in names.split() if plain(name) in KNOWN]
    measured = recall(unlisted_names(), by="origin")
    assert measured[""] >= 0.8


def test_false_alarms_are_rare() -> None:
    words = len(CLEAN.split())
    found = [(one.kind, CLEAN[one.start : one.end]) for one in look_over(CLEAN, own_address=OWN)]
    print(f"\n{len(found)} false alarms in {words} words: {found}")
    assert len(found) / words <= 1 / 200


@pytest.mark.parametrize("piece", ["a ", "Aa ", "0", "0 ", "@", "1 a ", "www.", "A1", "born "])
def test_hostile_texts_take_no_time(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    assert isinstance(look_over(text, own_address=OWN), tuple)
