"""Grid references are read in every usual way of writing, and refused with a reason."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import NotOnTheGrid
from geo.grid_references import (
    GridReference,
    IrishGridReference,
    NotAGridReference,
    grid_reference_of,
    parse,
    parse_column,
)


@pytest.mark.parametrize(
    ("text", "square"),
    [
        ("SP", GridReference(400_000, 200_000, 100_000)),
        ("SP 08", GridReference(400_000, 280_000, 10_000)),
        ("SP 0686", GridReference(406_000, 286_000, 1_000)),
        ("SP06 86", GridReference(406_000, 286_000, 1_000)),
        ("sp0686", GridReference(406_000, 286_000, 1_000)),
        ("  SP  068   860 ", GridReference(406_800, 286_000, 100)),
        ("SP 0686 8608", GridReference(406_860, 286_080, 10)),
        ("SP0686086860", GridReference(406_860, 286_860, 1)),
        ("SV 00000 00000", GridReference(0, 0, 1)),
        ("TG 51409 13177", GridReference(651_409, 313_177, 1)),
        ("HU 396 753", GridReference(439_600, 1_175_300, 100)),
        ("NN 166 712", GridReference(216_600, 771_200, 100)),
    ],
)
def test_a_reference_names_the_square_of_its_south_west_corner(text: str, square: GridReference) -> None:
    assert parse(text) == square


def test_the_centre_is_half_a_side_in() -> None:
    assert parse("SP 0686").centre == (406_500, 286_500)


@given(
    st.floats(0, 700_000, exclude_max=True),
    st.floats(0, 1_300_000, exclude_max=True),
    st.sampled_from([1, 10, 100, 1_000, 10_000, 100_000]),
)
def test_what_is_written_reads_back_as_the_square_that_holds_the_position(
    easting: float, northing: float, metres: int
) -> None:
    square = parse(grid_reference_of(easting, northing, metres=metres))
    assert square.metres == metres
    assert square.easting <= easting < square.easting + metres
    assert square.northing <= northing < square.northing + metres


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SP 068", "reference number 3; expected an even number"),
        ("SP 068 6", "split 3 and 1; expected two equal halves"),
        ("SP 123456 123456", "number 12; expected an even number, at most 10"),
        ("ZZ 0686", "no square ZZ"),
        ("SI 0686", "not a grid reference"),
        ("S P 0686", "not a grid reference"),
        ("SP 06 86 11", "not a grid reference"),
        ("SP -6 86", "not a grid reference"),
        ("", "not a grid reference"),
        ("406500, 286500", "not a grid reference"),
        ("SP ٠٦٨٦", "not a grid reference"),
        ("ß 0686", "not a grid reference"),
        ("SP" + "0" * 1_000_000, "not a grid reference"),
        ("SP" + " " * 1_000_000 + "x", "not a grid reference"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAGridReference, match=reason) as refusal:
        parse(text)
    assert not isinstance(refusal.value, IrishGridReference)


@pytest.mark.parametrize("text", ["J 3324 7197", "j33247197", "O 15 34", "H 4 5"])
def test_an_irish_reference_is_called_one(text: str) -> None:
    with pytest.raises(IrishGridReference, match="Irish Grid reference, with one letter"):
        parse(text)


@given(
    st.lists(
        st.text("SPTQHU 0123456789x", max_size=14)
        | st.from_regex(r"\A[A-Za-z]{1,2} ?\d{0,6} ?\d{0,6}\Z")
        | st.none()
        | st.floats()
        | st.integers()
    )
)
def test_a_column_reads_as_its_rows_do(texts: list[str | float | None]) -> None:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    read = parse_column(column)
    for i, text in enumerate(texts):
        try:
            square = parse(text if isinstance(text, str) else "")
        except NotAGridReference:
            assert read.is_bad[i]
            assert read.easting[i] == read.northing[i] == read.metres[i] == -1
        else:
            assert not read.is_bad[i]
            assert (read.easting[i], read.northing[i]) == (square.easting, square.northing)
            assert read.metres[i] == square.metres


def test_a_position_outside_the_letters_cannot_be_written() -> None:
    for position in ((-1.0, 0.0), (0.0, 1_300_000.0), (float("nan"), 0.0)):
        with pytest.raises(NotOnTheGrid, match="outside the lettered squares"):
            grid_reference_of(*position)


def test_a_side_no_reference_has_is_refused() -> None:
    with pytest.raises(ValueError, match="squares of 500 m"):
        grid_reference_of(400_000, 280_000, metres=500)
