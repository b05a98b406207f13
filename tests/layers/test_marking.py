"""Cells of a spreadsheet that would be taken for formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.exports import plain_text


@given(text=st.text())
def test_no_text_starts_a_formula(text: str) -> None:
    assert not str(plain_text(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert str(plain_text(text)).endswith(text)


@pytest.mark.parametrize("value", [None, 3, -3, 2.5, True, "plain", ""])
def test_what_starts_no_formula_stays_as_it_is(value: object) -> None:
    assert plain_text(value) is value
