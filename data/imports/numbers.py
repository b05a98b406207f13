"""Numbers as files write them."""

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data.imports.vocabulary import NOTHING
from geo.arrays import Claims, Floats

_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,4})?$"
_THOUSANDS = r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$"
_NOTHING = pa.array(NOTHING)


class Numbers(NamedTuple):
    """A column of numbers, NaN where nothing is said; `is_bad` where something is, but no number."""

    values: Floats
    is_bad: Claims


def numbers_of(texts: pa.StringArray) -> Numbers:
    """Return the numbers of a column; points for decimals, commas between thousands."""
    trimmed = pc.utf8_trim_whitespace(texts)
    try:
        values = pc.cast(pc.if_else(pc.equal(trimmed, ""), None, trimmed), pa.float64())
        bad = pc.is_in(trimmed, value_set=_NOTHING.slice(0, 0))
    except pa.ArrowInvalid:
        values, bad = _picked(trimmed)
    return Numbers(
        pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False).astype("float64"),
        pc.fill_null(bad, fill_value=False).to_numpy(zero_copy_only=False),
    )


def _picked(trimmed: pa.StringArray) -> tuple[pa.Array, pa.Array]:
    """Read the numbers among other texts."""
    has_thousands = pc.match_substring_regex(trimmed, _THOUSANDS)
    plain = pc.if_else(has_thousands, pc.replace_substring(trimmed, ",", ""), trimmed)
    is_number = pc.match_substring_regex(plain, _NUMBER)
    values = pc.cast(pc.if_else(is_number, plain, None), pa.float64())
    is_nothing = pc.is_in(trimmed, value_set=_NOTHING)
    return values, pc.and_(pc.invert(is_number), pc.invert(is_nothing))
