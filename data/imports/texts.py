"""Columns of text, cleaned and joined without a Python loop over rows."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.imports.batches import Batch
from data.imports.mapping import Mapping
from data.imports.vocabulary import NO_NAME, NOTHING
from geo.arrays import Claims

_NOTHING = pa.array(NOTHING)
_NO_NAME = pa.array(NO_NAME)
_BREAKS = np.zeros(256, dtype=np.bool_)
_BREAKS[[9, 10, 11, 12, 13]] = True
_JUNK = " ,;"
_SPACE = ord(" ")


def claims(array: pa.Array) -> Claims:
    """Return an Arrow column of yes and no as NumPy has it; NULL is no."""
    plain: Claims = pc.fill_null(array, fill_value=False).to_numpy(zero_copy_only=False)
    return plain


def clean(texts: pa.StringArray, *, nothing: pa.Array = _NOTHING) -> pa.StringArray:
    """Return a column with single spaces between words, trimmed, with '' for NULL and for words that mean nothing."""
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(texts, ""))
    letters = np.frombuffer(trimmed.buffers()[2] or b"", dtype=np.uint8)
    if _BREAKS[letters].any() or ((letters[1:] == _SPACE) & (letters[:-1] == _SPACE)).any():
        trimmed = pc.replace_substring_regex(trimmed, r"\s+", " ")
    is_nothing = pc.is_in(trimmed, value_set=nothing)
    return pc.if_else(is_nothing, "", trimmed) if pc.any(is_nothing).as_py() else trimmed


def column(batch: Batch, name: str | None) -> pa.StringArray:
    """Return a clean column of a batch; '' throughout when there is none."""
    return clean(batch.columns[name]) if name is not None else empty(len(batch))


def empty(count: int) -> pa.StringArray:
    """Return a column of empty texts."""
    return pa.repeat(pa.scalar("", pa.string()), count)


def has_nul(texts: pa.StringArray) -> Claims:
    """Say which texts hold a NUL, which no database stores."""
    letters = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)
    if letters.all():
        return np.zeros(len(texts), dtype=np.bool_)
    return np.fromiter(("\0" in (text or "") for text in texts.to_pylist()), dtype=np.bool_, count=len(texts))


def joined(parts: Sequence[pa.StringArray], separator: str, count: int) -> pa.StringArray:
    """Return the parts of each row that say something, joined."""
    whole = parts[0] if parts else empty(count)
    for part in parts[1:]:
        both = pc.binary_join_element_wise(whole, part, separator)
        whole = pc.if_else(pc.equal(part, ""), whole, pc.if_else(pc.equal(whole, ""), part, both))
    return whole


def names(batch: Batch, mapping: Mapping) -> tuple[pa.StringArray, Claims]:
    """Return each row's name, its column's, else what the pattern makes, else ''; and which are their column's."""
    own = clean(batch.columns[mapping.name], nothing=_NO_NAME) if mapping.name is not None else empty(len(batch))
    is_missing = pc.equal(own, "")
    if mapping.name_pattern and pc.any(is_missing).as_py():
        return pc.if_else(is_missing, _from_pattern(batch, mapping), own), ~claims(is_missing)
    return own, ~claims(is_missing)


def _from_pattern(batch: Batch, mapping: Mapping) -> pa.StringArray:
    columns = mapping.pattern_columns()
    literals = mapping.name_pattern
    parts: list[pa.StringArray | str] = []
    for name in columns:
        before, _, literals = literals.partition(f"{{{name}}}")
        parts += [before, column(batch, name)]
    pieces = [pa.repeat(pa.scalar(part, pa.string()), len(batch)) if isinstance(part, str) else part for part in parts]
    tail = pa.repeat(pa.scalar(literals, pa.string()), len(batch))
    made = pc.utf8_trim(pc.binary_join_element_wise(*chain(pieces, [tail]), ""), _JUNK)
    if not columns:
        return made
    says_something = pc.not_equal(joined([column(batch, name) for name in columns], " ", len(batch)), "")
    return pc.if_else(says_something, made, "")
