"""Short numbers that stand for texts, and which of them may have come before, in memory that does not grow."""

import os
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.arrays import Claims, Integers

Words = NDArray[np.uint64]

_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_LONGEST: Final = 4096
_SLOTS: Final = 1 << 24
_MOST_SUSPECTS: Final = 50_000


def _powers() -> Words:
    powers = [1]
    for _ in range(_LONGEST - 1):
        powers.append(powers[-1] * _MULTIPLIER % (1 << 64))
    return np.array(powers, dtype=np.uint64)


def _letters() -> NDArray[np.uint8]:
    """Give each byte as it counts in a name: small letters and digits, 0 for all that does not count."""
    table = np.arange(256, dtype=np.uint8)
    table[:128] = 0
    for kept in range(128):
        if chr(kept).isalnum():
            table[kept] = ord(chr(kept).lower())
    return table


_POWERS: Final = _powers()
_LETTERS: Final = _letters()
_BITS: Final = np.array([1 << bit for bit in range(8)], dtype=np.uint8)
_AS_IT_IS: Final = np.arange(256, dtype=np.uint8)


def text_keys(texts: pa.StringArray, *, salt: str = "") -> Integers:
    """Return a 64-bit number for each text, the same for the same text and salt for ever; 0 for ''."""
    return _keys(texts, _AS_IT_IS, _salt(salt))


def name_keys(names: pa.StringArray) -> Integers:
    """Return a 64-bit number for each name, whatever its capitals, spaces and punctuation; 0 for none."""
    letters = np.frombuffer(names.buffers()[2] or b"", dtype=np.uint8)
    if letters.size and letters.max() >= 128:
        names = pc.utf8_lower(names)
    return _keys(names, _LETTERS, _salt("name"))


def _keys(texts: pa.StringArray, table: NDArray[np.uint8], salt: int) -> Integers:
    """Sum letter times power of its place, modulo 2**64, then mix: a polynomial hash without a loop."""
    if texts.offset:
        texts = pa.concat_arrays([texts])
    bounds = np.frombuffer(texts.buffers()[1], dtype=np.int32)[: len(texts) + 1].astype(np.int64)
    raw = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)[bounds[0] : bounds[-1]]
    bounds -= bounds[0]
    letters = table[raw]
    before = np.zeros(len(letters) + 1, dtype=np.int64)
    np.cumsum(letters != 0, out=before[1:])
    place = before[:-1] - np.repeat(before[bounds[:-1]], np.diff(bounds))
    terms = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(letters.astype(np.uint64) * _POWERS[place % _LONGEST], out=terms[1:])
    sums = terms[bounds[1:]] - terms[bounds[:-1]]
    keys = _mixed(sums ^ np.uint64(salt)).view(np.int64)
    counts = before[bounds[1:]] - before[bounds[:-1]]
    found: Integers = np.where(counts == 0, 0, np.where(keys == 0, 1, keys))
    return found


def _mixed(words: Words) -> Words:
    """Spread every bit over all others (the finaliser of SplitMix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed


def _salt(text: str) -> int:
    value = 0
    for letter in text.encode():
        value = (value * _MULTIPLIER + letter + 1) % (1 << 64)
    return value


class Repeats:
    """Remembers keys roughly, in 2 MB however many there are: never overlooks a repeat, sometimes suspects one.

    A Bloom filter with two slots a key (B. H. Bloom, Space/time trade-offs in hash coding, 1970).
    """

    def __init__(self) -> None:
        self._bits = np.zeros(_SLOTS // 8, dtype=np.uint8)
        self._suspects: set[int] | None = set()

    def add(self, keys: Integers) -> None:
        """Note the keys of some rows; 0 does not count."""
        if self._suspects is None:
            return
        ordered = np.sort(keys[keys != 0])
        starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
        known, counts = ordered[starts], np.diff(starts, append=len(ordered))
        words = known.view(np.uint64)
        first = (words & np.uint64(_SLOTS - 1)).astype(np.int64)
        second = (words >> np.uint64(40)).astype(np.int64)
        is_suspect = (counts > 1) | (self._is_set(first) & self._is_set(second))
        for slots in (first, second):
            np.bitwise_or.at(self._bits, slots >> 3, _BITS[slots & 7])
        self._suspects.update(known[is_suspect].tolist())
        if len(self._suspects) > _MOST_SUSPECTS:
            self._suspects = None

    def _is_set(self, slots: Integers) -> Claims:
        found: Claims = (self._bits[slots >> 3] & _BITS[slots & 7]) != 0
        return found

    def suspects(self) -> list[int] | None:
        """Return the keys that may occur more than once; None when they are too many to name."""
        return None if self._suspects is None else sorted(self._suspects)


def random_ids(count: int) -> NDArray[np.uint8]:
    """Return random UUIDs of version 4, bytes of shape ``(count, 16)``."""
    ids: NDArray[Any] = np.frombuffer(os.urandom(16 * count), dtype=np.uint8).reshape(-1, 16).copy()
    ids[:, 6] = ids[:, 6] & 0x0F | 0x40
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    return ids
