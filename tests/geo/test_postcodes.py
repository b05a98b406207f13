"""Postcodes come out written one way, or are refused."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.postcodes import NotAPostcode, is_postcode, normalise, normalise_column, outward_code

CODE_POINT = Path("../shared/testdata/postcodes/codepoint_open_2014-08")


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("b1 1ay", "B1 1AY"),
        ("B1  1AY", "B1 1AY"),
        ("B11AY", "B1 1AY"),
        (" B 1 1 A Y ", "B1 1AY"),
        ("b15 2tt", "B15 2TT"),
        ("CV1 1DD", "CV1 1DD"),
        ("wv10\t0aa", "WV10 0AA"),
        ("W1A 1AA", "W1A 1AA"),
        ("EC1A1BB", "EC1A 1BB"),
    ],
)
def test_a_postcode_is_written_in_capitals_with_one_space(text: str, postcode: str) -> None:
    assert normalise(text) == postcode
    assert is_postcode(text)
    assert normalise(postcode) == postcode


@pytest.mark.parametrize(
    "text",
    [
        "",
        "B1",
        "B1 1A",
        "B1 11A",
        "1B 1AY",
        "QB1 1AY",
        "BI1 1AY",
        "B1 1CY",
        "B1 1AO",
        "W1Z 1AA",
        "EC1C 1BB",
        "B123 1AY",
        "GIR 0AA",
        "B1 1AY, Birmingham",
        "B\u0661 1AY",
        "B" + " " * 1_000_000 + "1 1AY",
    ],
)
def test_what_has_another_form_is_refused_without_repeating_it(text: str) -> None:
    assert not is_postcode(text)
    with pytest.raises(NotAPostcode, match=r"expected one such as B1 1AY\.$"):
        normalise(text)


@pytest.mark.parametrize(("text", "district"), [("b11ay", "B1"), ("WV10 0AA", "WV10"), ("ec1a 1bb", "EC1A")])
def test_the_outward_code_is_the_district(text: str, district: str) -> None:
    assert outward_code(text) == district


@given(st.lists(st.text("bBwW1 9aAyYcC", max_size=9) | st.none() | st.floats() | st.lists(st.none())))
def test_a_column_reads_as_its_rows_do(texts: list[object]) -> None:
    column = np.empty(len(texts), dtype=object)
    for i, text in enumerate(texts):
        column[i] = text
    read = normalise_column(column)
    for i, text in enumerate(texts):
        is_good = isinstance(text, str) and is_postcode(text)
        assert read.is_bad[i] == (not is_good)
        assert read.postcodes[i] == (normalise(str(text)) if is_good else None)


@pytest.mark.parametrize("area", ["b", "cv", "dy", "ws", "wv"])
def test_every_postcode_of_code_point_open_is_one(area: str) -> None:
    if not CODE_POINT.is_dir():
        pytest.skip("Code-Point Open is not beside the checkout")
    with gzip.open(CODE_POINT / f"{area}.csv.gz", "rt", newline="") as lines:
        padded = np.array([row[0] for row in csv.reader(lines)], dtype=object)
    read = normalise_column(padded)
    assert len(padded) > 9_000
    assert not read.is_bad.any()
    assert [text.split() for text in read.postcodes] == [[text[:4].strip(), text[4:].strip()] for text in padded]
