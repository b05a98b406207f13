"""What the API knows, worded: safety first, the same facts in the same order everywhere."""

from datetime import date
from typing import Any

import psycopg
import pytest

from data.sessions import PURPOSES as KNOWN_PURPOSES
from layers.catalogue import ATTEND_RULES, LAYERS
from web import facts, words
from web.signs import legend
from web.vendor import STATIC

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-1.9, 52.48], [-1.89, 52.48], [-1.89, 52.49], [-1.9, 52.49], [-1.9, 52.48]]],
}


def a_known_place(**more: Any) -> dict[str, Any]:
    known = {"name": "Amber Yard", "kind": "car_wash", "status": "active", "attend_rule": "two_people"}
    return known | {"address": "12 Invented Row", "postcode": "B1 1AA"} | more


def test_a_card_lists_each_risk_flag_with_its_severity_and_day() -> None:
    risk = {"category": "forced_labour", "severity": 4, "recorded_on": date(2026, 2, 3)}
    card = facts.card(a_known_place(risks=[risk]))
    assert card.facts[3:] == (("Risk flag", "Forced labour, severity 4 of 5, 3 February 2026"),)


def test_a_row_and_a_card_tell_the_same_facts_in_the_same_order() -> None:
    point = {"type": "Point", "coordinates": [-1.9, 52.48]}
    row = facts.row({"id": "7", "geometry": point, "properties": a_known_place()})
    card = facts.card(a_known_place(owner="Test Charity", review_on=date(2027, 1, 5)))
    assert row.facts == ("Car wash · Active", "12 Invented Row, B1 1AA")
    assert row.attend_rule == card.attend_rule == "two_people"
    assert card.facts == (
        ("Kind", "Car wash"),
        ("Status", "Active"),
        ("Address", "12 Invented Row, B1 1AA"),
        ("Recorded by", "Test Charity"),
        ("Review by", "5 January 2027"),
    )
    assert row.box == (-1.9, 52.48, -1.9, 52.48)


@pytest.mark.parametrize(("metres", "said"), [(100, "100 m square"), (500, "500 m square"), (5000, "5 km square")])
def test_a_square_is_called_by_its_size_and_cannot_be_opened(metres: int, said: str) -> None:
    row = facts.row({"id": "x", "geometry": SQUARE, "properties": {"size": metres, "attend_rule": "ok"}})
    assert (row.title, row.id, row.sign) == (said, None, "square-ok")
    assert row.box == (-1.9, 52.48, -1.89, 52.49)


def test_an_attend_rule_nobody_knows_reads_as_the_strictest() -> None:
    assert words.attend_rule("new_rule") == "Do not attend"
    square = {"id": "x", "geometry": SQUARE, "properties": {"size": 500, "attend_rule": "new_rule"}}
    assert facts.row(square).sign == "square-do_not_attend"


def test_a_note_keeps_the_authors_words_and_puts_the_grade_beside_them() -> None:
    note = {
        "category": "forced_labour",
        "severity": 4,
        "text": "<b>as written</b>",
        "provenance": "was told by the person",
        "recorded_on": date(2026, 10, 2),
        "review_on": date(2027, 4, 2),
        "grade": {"source": 2, "intelligence": "B", "handling": "P"},
    }
    entry = facts.note_entry(note)
    assert entry.text == "<b>as written</b>"
    assert entry.lines == (
        "Recorded 2 October 2026; the author was told by the person.",
        "Police grade beside it: 2BP.",
        "Review by 2 April 2027.",
    )


@pytest.mark.parametrize(
    ("places", "squares", "is_whole", "said"),
    [
        (0, 0, True, "Nothing here that this session may see."),
        (1, 0, True, "1 place."),
        (2, 1, True, "2 places and 1 square."),
        (0, 3, True, "3 squares."),
        (50, 0, False, "The first 50 places. Move closer to list the rest."),
    ],
)
def test_the_list_says_how_much_it_holds(places: int, squares: int, said: str, *, is_whole: bool) -> None:
    point = {"type": "Point", "coordinates": [-1.9, 52.48]}
    rows = [facts.row({"id": "7", "geometry": point, "properties": a_known_place()})] * places
    rows += [facts.row({"id": "x", "geometry": SQUARE, "properties": {"size": 500, "attend_rule": "ok"}})] * squares
    assert facts.list_in_words(rows, is_whole=is_whole) == said


def test_every_purpose_is_offered_in_words() -> None:
    assert {purpose.slug for purpose in words.PURPOSES} == set(KNOWN_PURPOSES)


def test_every_attend_rule_has_advice_and_pictures() -> None:
    assert tuple(words.ADVICE) == ATTEND_RULES
    pictures = {path.stem for path in (STATIC / "img").glob("*.svg")}
    assert {*ATTEND_RULES, *(f"square-{rule}" for rule in ATTEND_RULES)} <= pictures
    assert {sign.sign for layer in LAYERS for sign in legend(layer)} <= pictures


def test_coded_words_read_as_the_taxonomy_titles_them(operator: psycopg.Connection) -> None:
    titles = operator.execute("SELECT slug, title FROM reference.taxonomy").fetchall()
    assert {slug: words.in_words(slug) for slug, _ in titles} == dict(titles)
