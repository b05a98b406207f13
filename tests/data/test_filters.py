"""CQL2 filters: every value a parameter, every name listed, everything else refused with a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from data.filters import NotAFilter, condition

NAMES = ("kind", "name", "severity", "review_on")


def written(text: str) -> tuple[str, dict[str, Any]]:
    clause, values = condition(text, NAMES)
    assert isinstance(clause, sql.Composable)
    return clause.as_string(None), values


@pytest.mark.parametrize(
    ("text", "expected", "values"),
    [
        ("kind = 'shop'", '(feature."kind" = %(filter_0)s)', ["shop"]),
        (
            "severity >= 3 AND kind <> 'x'",
            '((feature."severity" >= %(filter_0)s) AND (feature."kind" <> %(filter_1)s))',
            [3, "x"],
        ),
        ("NOT kind LIKE 'a%'", '(NOT (feature."kind" LIKE %(filter_0)s))', ["a%"]),
        ("severity IN (1, 2)", '(feature."severity" = ANY (%(filter_0)s))', [[1, 2]]),
        ("severity BETWEEN 1 AND 2", '(feature."severity" BETWEEN %(filter_0)s AND %(filter_1)s)', [1, 2]),
        ("kind IS NULL", '(feature."kind" IS NULL)', []),
        ("review_on < DATE('2026-01-01')", '(feature."review_on" < %(filter_0)s::date)', ["2026-01-01"]),
        ("casei(name) = 'x'", '(lower(feature."name") = %(filter_0)s)', ["x"]),
    ],
)  # fmt: skip
def test_a_filter_becomes_a_condition_with_its_values_beside_it(text: str, expected: str, values: list[Any]) -> None:
    assert written(text) == (expected, {f"filter_{number}": value for number, value in enumerate(values)})


@given(value=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=50))
def test_no_value_is_ever_part_of_the_statement(value: str) -> None:
    quoted = value.replace("'", "''")
    try:
        clause, values = written(f"kind = '{quoted}'")
    except NotAFilter:
        return
    assert clause == '(feature."kind" = %(filter_0)s)'
    assert list(values) == ["filter_0"]


@given(text=st.text(max_size=200))
def test_any_text_is_a_filter_or_refused_with_a_sentence(text: str) -> None:
    said = "The filter was read."
    try:
        condition(text, NAMES)
    except NotAFilter as error:
        said = str(error)
    assert said.startswith("The ")
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lock_id = 1", "has no property"),
        ("pg_sleep(1) = 1", "uses 'pg_sleep'"),
        ("S_INTERSECTS(kind, POINT(0 0))", "use bbox"),
        ("kind = 'a' " + "OR kind = 'a' " * 200, "characters"),
        ("NOT (" * 25 + "kind = 'a'" + ")" * 25, "nested deeper"),
    ],
)
def test_what_is_refused_is_named(text: str, said: str) -> None:
    with pytest.raises(NotAFilter) as refusal:
        condition(text, NAMES)
    assert said.lower() in str(refusal.value).lower()
