"""National Grid references such as ``SP 0686``: read, written, and told from Irish ones.

A reference names a square, not a point: its letters a 100 km square, its digits, half for the
easting and half for the northing, a square inside that of 10 km (two digits) down to 1 m (ten).

Source: Ordnance Survey, A guide to coordinate systems in Great Britain, section 7.
"""

import re
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from geo.arrays import Claims, Integers, Texts
from geo.cells import NotOnTheGrid

_LETTERS: Final = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_SIDE: Final = 100_000
_COLUMNS, _ROWS = 7, 13
_LONGEST: Final = 40
_MOST_DIGITS: Final = 10

_FORM: Final = re.compile(r"([A-HJ-Z]{2}) *(\d*) *(\d*)", re.ASCII)
_IRISH: Final = re.compile(r"[A-HJ-Z] *(?:\d *)+", re.ASCII)


class NotAGridReference(ValueError):
    """Text that names no square of the National Grid."""


class IrishGridReference(NotAGridReference):
    """A reference to the Irish Grid: one letter where the National Grid has two."""


@dataclass(frozen=True, slots=True)
class GridReference:
    """A square of the National Grid: its south-west corner and its side, in metres (EPSG:27700)."""

    easting: int
    northing: int
    metres: int

    @property
    def centre(self) -> tuple[float, float]:
        """Easting and northing of the middle of the square."""
        return self.easting + self.metres / 2, self.northing + self.metres / 2


class ReadColumn(NamedTuple):
    """A column of references, read: -1 in all three where ``is_bad``."""

    easting: Integers
    northing: Integers
    metres: Integers
    is_bad: Claims


def parse(text: str) -> GridReference:
    """Return the square that a grid reference names; letters of either case, spaces as they come.

    Spaces may stand around the letters and between the two halves of the digits, nowhere else.
    Raises ``IrishGridReference`` or ``NotAGridReference`` with what was expected.
    """
    found = _read(text)
    if found is None:
        raise _refusal(text)
    return GridReference(*found)


def parse_column(texts: Texts) -> ReadColumn:
    """Return the squares that a column of grid references names; no row spoils the others.

    What is not text (None, NaN, numbers) is bad. For the reason, ``parse`` the bad ones.
    """
    nothing = (-1, -1, -1)
    found = [_read(text) or nothing if isinstance(text, str) else nothing for text in texts]
    table = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
    return ReadColumn(table[:, 0], table[:, 1], table[:, 2], table[:, 2] < 0)


def grid_reference_of(easting: float, northing: float, *, metres: int = 100) -> str:
    """Return the reference of the square that holds a position, such as ``SP 068 860``.

    ``metres`` is the square's side: 1, 10, 100, 1000, 10000 or 100000. Raises ``NotOnTheGrid`` for
    a position that no lettered square holds, ``ValueError`` for another side.
    """
    digits = {_SIDE // 10**count: count for count in range(6)}.get(metres)
    if digits is None:
        message = f"No grid reference has squares of {metres} m; expected 1, 10, 100 m and so on."
        raise ValueError(message)
    if not (0 <= easting < _COLUMNS * _SIDE and 0 <= northing < _ROWS * _SIDE):
        message = "The position is outside the lettered squares, 700 km by 1300 km."
        raise NotOnTheGrid(message)
    column, east = divmod(int(easting), _SIDE)
    row, north = divmod(int(northing), _SIDE)
    letters = _letters_of(column, row)
    if not digits:
        return letters
    return f"{letters} {east // metres:0{digits}} {north // metres:0{digits}}"


def _read(text: str) -> tuple[int, int, int] | None:
    if len(text) > _LONGEST or not text.isascii():
        return None
    form = _FORM.fullmatch(" ".join(text.upper().split()))
    corner = _CORNERS.get(form[1]) if form else None
    if form is None or corner is None:
        return None
    first, second = form[2], form[3]
    if not second:
        half = len(first) // 2
        first, second = first[:half], first[half:]
    if len(first) != len(second) or len(first) > _MOST_DIGITS // 2:
        return None
    metres = _SIDE // 10 ** len(first)
    return corner[0] + int(first or 0) * metres, corner[1] + int(second or 0) * metres, metres


def _refusal(text: str) -> NotAGridReference:
    """Say what is wrong without repeating the place."""
    is_short = len(text) <= _LONGEST and text.isascii()
    plain = " ".join(text.upper().split()) if is_short else ""
    digits = sum(letter.isdigit() for letter in plain)
    if _IRISH.fullmatch(plain) and digits % 2 == 0:
        return IrishGridReference("This is an Irish Grid reference, with one letter; expected a British one, with two.")
    form = _FORM.fullmatch(plain)
    if form and form[1] not in _CORNERS:
        return NotAGridReference(f"The National Grid has no square {form[1]}.")
    if form and (digits % 2 or digits > _MOST_DIGITS):
        return NotAGridReference(f"The digits of this reference number {digits}; expected an even number, at most 10.")
    if form:
        return NotAGridReference(
            f"The digits of this grid reference are split {len(form[2])} and {len(form[3])}; expected two equal halves."
        )
    return NotAGridReference(
        "This is not a grid reference; expected two letters and an even number of digits, such as SP 0686."
    )


def _letters_of(column: int, row: int) -> str:
    """Return the two letters of a 100 km square, by its place from the grid's south-west corner.

    The first letter counts squares of 500 km, the second 100 km inside one; both run from A in the
    north-west, five to a row, without I; the grid's corner is ten columns into the lettering.
    """
    down = 19 - row
    first = down // 5 * 5 + (column + 10) // 5
    second = down % 5 * 5 + column % 5
    return _LETTERS[first] + _LETTERS[second]


_CORNERS: Final = {
    _letters_of(column, row): (column * _SIDE, row * _SIDE) for column in range(_COLUMNS) for row in range(_ROWS)
}
