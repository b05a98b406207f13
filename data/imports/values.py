"""Columns whose texts stand for a code: kind, status, attend rule, sensitivity, postcode."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.imports.batches import Batch
from data.imports.mapping import Mapping
from data.imports.texts import claims, column
from data.imports.vocabulary import ATTEND_RULES, KIND_WORDS, STATUSES, plain
from geo.arrays import Claims
from geo.postcodes import INWARD_PATTERN, OUTWARD_PATTERN, normalise_column

Small = NDArray[np.int16]
Doubt = tuple[Claims, str, pa.StringArray, str]

_UNKNOWN = -1
_CLOSED = 2
_WELL_WRITTEN = f"^(?:{OUTWARD_PATTERN}) {INWARD_PATTERN}$"
_MOST_REMEMBERED = 100_000
_KIND_PATTERNS = tuple((re.compile(rf"\b{word}(?:s|es)?\b"), slug) for word, slug in KIND_WORDS)


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The codes of each row; `faults` and `doubts` are rows whose text stands for none, with the field's name."""

    kind: Small
    status: Small
    attend_rule: Small
    sensitivity: Small
    faults: list[Doubt]
    doubts: list[Doubt]


def codes_of(batch: Batch, mapping: Mapping, choices: tuple[dict[str, int], int], memory: dict[str, int]) -> Codes:
    """Return the codes of a batch; `choices` are the kinds of place by slug, and the usual sensitivity."""
    kinds, usual = choices
    default = kinds[mapping.kind_default]
    kind = _coded(batch, mapping.kind, lambda text: _kind(text, kinds, default, memory), default)
    rule = _coded(batch, mapping.attend_rule, lambda text: ATTEND_RULES.get(text.lower(), _UNKNOWN) if text else 0, 0)
    status = _coded(batch, mapping.status, lambda text: STATUSES.get(text.lower(), _UNKNOWN), 0)
    levels = {"": usual, "0": 0, "1": 1, "2": 2, "3": 3}
    sensitivity = _coded(batch, mapping.sensitivity, lambda text: levels.get(text, _UNKNOWN), usual)
    faults = [
        (rows, name, column(batch, getattr(mapping, name)), expected)
        for rows, name, expected in (
            (rule < 0, "attend_rule", "ok, two_people, contact_owner_first or do_not_attend"),
            (sensitivity < 0, "sensitivity", "0, 1, 2 or 3"),
        )
        if rows.any()
    ]
    doubts: list[Doubt] = []
    if (status < 0).any():
        doubts.append((status < 0, "status", column(batch, mapping.status), "active, unconfirmed or closed"))
    status = np.where(status < 0, 1, status)
    if mapping.closed is not None:
        status = np.where(claims(pc.not_equal(column(batch, mapping.closed), "")), _CLOSED, status)
    return Codes(
        kind=kind,
        status=status.astype(np.int16),
        attend_rule=rule,
        sensitivity=sensitivity,
        faults=faults,
        doubts=doubts,
    )


def _coded(batch: Batch, name: str | None, code: Callable[[str], int], usual: int) -> Small:
    """Return a code for each row; each different text is coded once a batch."""
    if name is None:
        return np.full(len(batch), usual, dtype=np.int16)
    found = pc.dictionary_encode(column(batch, name))
    codes = np.array([code(text) for text in found.dictionary.to_pylist()], dtype=np.int16)
    coded: Small = codes[found.indices.to_numpy()]
    return coded


def _kind(text: str, kinds: dict[str, int], default: int, memory: dict[str, int]) -> int:
    if text not in memory and len(memory) < _MOST_REMEMBERED:
        memory[text] = _read_kind(plain(text), kinds, default)
    return memory.get(text, default)


def _read_kind(words: str, kinds: dict[str, int], default: int) -> int:
    slug = words.replace(" ", "_")
    if slug in kinds:
        return kinds[slug]
    return next((kinds[slug] for pattern, slug in _KIND_PATTERNS if pattern.search(words) and slug in kinds), default)


def postcodes_of(texts: pa.StringArray) -> tuple[pa.StringArray, Claims]:
    """Return a clean column of postcodes as they are written, '' where there is none, and which rows are no postcode.

    Those that are written well already, as most are, are recognised by Arrow alone.
    """
    is_well_written = claims(pc.match_substring_regex(texts, _WELL_WRITTEN))
    is_filled = claims(pc.not_equal(texts, ""))
    others = np.flatnonzero(is_filled & ~is_well_written)
    if not len(others):
        return texts, np.zeros(len(texts), dtype=np.bool_)
    found = pc.dictionary_encode(texts.take(pa.array(others)))
    read = normalise_column(found.dictionary.to_numpy(zero_copy_only=False))
    written = pa.array(np.where(read.is_bad, "", read.postcodes), pa.string()).take(found.indices)
    is_bad = np.zeros(len(texts), dtype=np.bool_)
    is_bad[others] = read.is_bad[found.indices.to_numpy()]
    is_other = pa.array(is_filled & ~is_well_written)
    return pc.replace_with_mask(texts, is_other, written), is_bad
