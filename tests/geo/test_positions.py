"""Positions as people type them."""

import pytest

from geo.positions import near, readings

BIRMINGHAM = (406983, 286900)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("52.48, -1.8986", "latitude first"),
        ("-1.8986 52.48", "longitude first"),
        ("52.48° N 1.8986° W", "latitude first"),
        ("w1.8986, n52.48", "longitude first"),
        ("52.48/-1.8986", "latitude first"),
        ("52.48, −1.8986", "latitude first"),  # noqa: RUF001 - a minus sign, as pages print it
        ("406983 286900", "easting first"),
        ("286900, 406983", "northing first"),
        ("SP 06983 86900", "square"),
    ],
)
def test_a_position_is_read_in_either_order_and_says_which(text: str, kind: str) -> None:
    (reading,) = readings(text)
    assert reading.kind == kind
    assert (reading.easting, reading.northing) == pytest.approx(BIRMINGHAM, abs=1)
    box = reading.box
    assert box.west < reading.longitude < box.east
    assert box.south < reading.latitude < box.north


def test_a_grid_reference_is_the_whole_square() -> None:
    (square,) = readings("sp0686")
    assert square.metres == 1000
    assert (square.easting, square.northing) == (406_500, 286_500)


@pytest.mark.parametrize(
    "text", ["", "canal", "B1 1AY", "0, 0", "48.85, 2.35", "52.48", "52.48 E, 1.89 N", "SP", "J 3374", "1" * 101]
)
def test_other_texts_and_places_abroad_are_no_position(text: str) -> None:
    assert readings(text) == []


def test_a_postcode_is_shown_with_what_is_around_it() -> None:
    box = near(*BIRMINGHAM)
    assert box.east - box.west == pytest.approx(0.0029, abs=0.0003)
