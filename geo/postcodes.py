"""Postcodes: one way to write them, and whether the form is right.

Only the form is judged, by the rules of BS 7666 (as the government data standard for postcodes
gives them), not whether Royal Mail ever gave the postcode out. ``GIR 0AA``, which fits no rule and
is no place, is refused.
"""

import re
from typing import Final, NamedTuple

import numpy as np

from geo.arrays import Claims, Texts

_LONGEST: Final = 20
_INWARD: Final = 3

# As in B1, B15, W1A, CV1, WV10 and EC1A.
OUTWARD_PATTERN: Final = (
    "[A-PR-UWYZ][0-9]|[A-PR-UWYZ][0-9][0-9]|[A-PR-UWYZ][0-9][ABCDEFGHJKPSTUW]|"
    "[A-PR-UWYZ][A-HK-Y][0-9]|[A-PR-UWYZ][A-HK-Y][0-9][0-9]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]"
)
INWARD_PATTERN: Final = "[0-9][ABD-HJLNP-UW-Z]{2}"
_FORM: Final = re.compile(f"(?:{OUTWARD_PATTERN}){INWARD_PATTERN}", re.ASCII)


class NotAPostcode(ValueError):
    """Text without the form of a postcode."""


class ReadPostcodes(NamedTuple):
    """A column of postcodes, normal; None where ``is_bad``."""

    postcodes: Texts
    is_bad: Claims


def normalise(text: str) -> str:
    """Return a postcode in capitals with one space before its last three characters: ``B1 1AY``.

    Spaces of any number and place are taken as typing habits. Raises ``NotAPostcode``.
    """
    postcode = _read(text)
    if postcode is None:
        message = "This does not have the form of a postcode; expected one such as B1 1AY."
        raise NotAPostcode(message)
    return postcode


def is_postcode(text: str) -> bool:
    """Say whether text has the form of a postcode, however spaced and in whatever case."""
    return _read(text) is not None


def outward_code(text: str) -> str:
    """Return the part that names the postcode district: ``B1``. Raises ``NotAPostcode``."""
    return normalise(text)[: -_INWARD - 1]


def normalise_column(texts: Texts) -> ReadPostcodes:
    """Return a column of postcodes as ``normalise`` writes them; no row spoils the others.

    What is not text (None, NaN, numbers) is bad. Each different text is read once.
    """
    known: dict[str, str | None] = {}
    found = np.full(len(texts), None, dtype=object)
    for i, text in enumerate(texts):
        if isinstance(text, str):
            if text not in known:
                known[text] = _read(text)
            found[i] = known[text]
    return ReadPostcodes(found, np.array([postcode is None for postcode in found], dtype=np.bool_))


def _read(text: str) -> str | None:
    if len(text) > _LONGEST or not text.isascii():
        return None
    tight = "".join(text.upper().split())
    if not _FORM.fullmatch(tight):
        return None
    return f"{tight[:-_INWARD]} {tight[-_INWARD:]}"
