"""What the check of free text points out, of each kind, and what it leaves alone."""

import pytest

from data.free_text.check import look_over
from data.free_text.found import counts, stretches

OWN = "12 Invented Row, B1 1AA"
FOUND = [
    ("name", "Mrs Kowalczyk", "{} let us in."),
    ("name", "Blerim", "We met {} again."),
    ("name", "fatima", "today {} was there"),
    ("name", "Nguyen Thi Lan", "The papers say {}."),
    ("name", "Żaneta", "They asked {} first."),
    ("name", "Xiomara Quispe", "{} said so."),
    ("phone", "07700 900123", "Ring {} late."),
    ("phone", "+40 721 234 567", "Ring {} late."),
    ("phone", "0121 496 0123", "Ring {} late."),
    ("email", "some.body@example.org", "Write to {}."),
    ("email", "some.body(at)example.org", "Write to {}."),
    ("ni_number", "AB 12 34 56 C", "It says {}."),
    ("ni_number", "ab123456c", "It says {}."),
    ("nhs_number", "943 476 5919", "It says {}."),
    ("vehicle", "BD51 SMR", "A van, {}, waits."),
    ("vehicle", "bd51smr", "A van, {}, waits."),
    ("vehicle", "K123 ABC", "A van, {}, waits."),
    ("birth_date", "born 12/03/1994", "She was {} abroad."),
    ("birth_date", "3 May 1988", "The form says {}."),
    ("passport", "123456789", "A page with {} on it."),
    ("passport", "RO1234567", "A page with {} on it."),
    ("handle", "@sunny_girl", "Adverts by {} online."),
    ("handle", "www.example.org/rooms", "Adverts on {} online."),
    ("postcode", "B21 9BH", "They sleep in {} too."),
    ("postcode", "b219bh", "They sleep in {} too."),
    ("address", "7 Soho Road", "They sleep at {} too."),
    ("address", "2 Invented Row", "They sleep at {} too."),
    ("address", "Flat 3", "They sleep in {} too."),
]
LEFT_ALONE = [
    "They are at 12 Invented Row, B1 1AA, on most days.",
    "Ring 999, 101 or 08000 121 700.",
    "Visited on 3 May 2026 and 14/05/2026.",
    "It says 943 476 5918.",
    "It says BG123456C.",
    "Polish women work on Canal Road in May.",
    "Amber Yard was closed.",
    "Support to leave was offered to a person selling sex.",
]
BETTER = [
    ("prostitutes", "person selling sex"),
    ("refused to engage", "chose not to speak today"),
    ("claims that", "said"),
    ("illegal immigrants", "leave their status out"),
    ("rescued", "support to leave"),
    ("lifestyle choice", "without the judgement"),
    ("victim", "may be being exploited"),
    ("child prostitute", "child who is being sexually exploited"),
    ("is being exploited", "may be being exploited"),
    ("pimp", "seems to control others"),
]


@pytest.mark.parametrize(("kind", "what", "around"), FOUND)
def test_it_points_out(kind: str, what: str, around: str) -> None:
    text = around.format(what)
    found = look_over(text, own_address=OWN)
    assert [(one.kind, text[one.start : one.end]) for one in found] == [(kind, what)]
    assert found[0].sentence.endswith(".")
    assert what not in found[0].sentence


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_it_leaves_alone(text: str) -> None:
    assert look_over(text, own_address=OWN, own_name="Amber Yard") == ()


@pytest.mark.parametrize(("said", "better"), BETTER)
def test_it_suggests_other_words(said: str, better: str) -> None:
    (found,) = look_over(f"There was a {said} here.")
    assert (found.kind, better in found.sentence) == ("wording", True)


def test_a_text_is_cut_at_its_findings_without_losing_a_letter() -> None:
    text = "Fatima said: ring 07700 900123, <b>soon</b>."
    found = look_over(text)
    parts = stretches(text, found)
    assert "".join(part.text for part in parts) == text
    assert [part.finding.kind for part in parts if part.finding] == ["name", "phone"]


def test_what_the_audit_keeps_is_numbers_without_words() -> None:
    assert counts(look_over("Fatima and Blerim, 07700 900123")) == ["name 2", "phone 1"]
