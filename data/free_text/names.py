"""Names of people in a text: known ones, and what stands where a name would stand.

No model and no register: lists written for this project, titles, capitals, and the words around. Names from
languages without a list are found by where they stand, less surely; tests print how many are.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from data.free_text.found import Finding, identifier
from data.free_text.given_names import ALONE, KNOWN
from data.free_text.ordinary_words import (
    ACTION,
    BEFORE_A_NAME,
    BEFORE_A_PLACE,
    CALLED,
    NOT_NAMES,
    SENTENCE_STARTERS,
    SPEECH,
    TITLES,
)

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001  # an apostrophe as people type it
_SENTENCE_ENDS: Final = frozenset('.!?:;•*"“(\n')
_STROKES: Final = str.maketrans("łŁđĐøØıŞşßæ", "lLdDoOiSssa")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word: where it is, plain (small, without accents), and how it stands in its sentence."""

    start: int
    end: int
    plain: str
    is_capital: bool
    begins_sentence: bool
    follows_on: bool
    """Nothing but one space lies between it and the word before."""


def names(text: str, own: str = "") -> Iterator[Finding]:
    """Give what looks like somebody's name; `own` words are the place's and no name."""
    words = _read(text)
    ours = frozenset(word.plain for word in _read(own))
    here = 0
    while here < len(words):
        run = _run(words, here)
        found = _named(words, here, run, ours)
        if found:
            first, after = found
            yield identifier("name", (words[first].start, words[after - 1].end))
            here = after
        else:
            here += 1


def plain(word: str) -> str:
    """Return a word in small letters without accents: "Żaneta" is "zaneta"."""
    bare = unicodedata.normalize("NFKD", word.translate(_STROKES))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).lower()


def _read(text: str) -> Sequence[_Word]:
    words, last = list[_Word](), 0
    for match in _WORD.finditer(text):
        between = text[last : match.start()]
        is_capital = match[0][0].isupper()
        words.append(
            _Word(
                match.start(),
                match.end(),
                plain(match[0]).removesuffix("'s").removesuffix("’s"),  # noqa: RUF001  # as above
                is_capital and not (match[0].isupper() and len(match[0]) > 1 and plain(match[0]) not in KNOWN),
                not words or any(mark in _SENTENCE_ENDS for mark in between),
                between == " ",
            )
        )
        last = match.end()
    return words


def _run(words: Sequence[_Word], here: int) -> int:
    """Return where the capitalised words that begin at `here` end, at most four of them."""
    after = here
    while (
        after < len(words)
        and after - here < 4
        and words[after].is_capital
        and (after == here or (words[after].follows_on and not words[after].begins_sentence))
    ):
        after += 1
    return after


def _named(words: Sequence[_Word], here: int, after: int, ours: frozenset[str]) -> tuple[int, int] | None:
    """Return from which word to which a name stands at `here`, or None."""
    word = words[here]
    if after == here:  # In small letters: after "called" a known name, elsewhere one that is no word.
        is_name = word.plain in ALONE or (word.plain in KNOWN and _is_called(words, here) and len(word.plain) > 2)
        return (here, here + 1) if is_name and word.plain not in ours else None
    if word.plain in TITLES:
        return (here, after) if after > here + 1 and words[here + 1].plain not in NOT_NAMES else None
    run = words[here:after]
    if any(one.plain in NOT_NAMES or one.plain in ours for one in run):
        return (here, here + 1) if word.plain in ALONE - ours else None
    if word.begins_sentence and word.plain in SENTENCE_STARTERS:
        return None
    is_known = word.plain in KNOWN
    is_name = (
        len(run) > 1
        or word.plain in ALONE
        or _is_called(words, here)
        or (is_known and not word.begins_sentence)
        or _acts(words, after, ACTION if is_known or not word.begins_sentence else SPEECH)
        or _stands_like_a_name(words, here)
    )
    return (here, after) if is_name else None


def _is_called(words: Sequence[_Word], here: int) -> bool:
    return any(word.plain in CALLED for word in words[max(0, here - 2) : here])


def _acts(words: Sequence[_Word], after: int, verbs: frozenset[str]) -> bool:
    return after < len(words) and words[after].follows_on and words[after].plain in verbs


def _stands_like_a_name(words: Sequence[_Word], here: int) -> bool:
    word = words[here]
    if word.begins_sentence or not here or len(word.plain) < 3:
        return False
    before = words[here - 1].plain
    return word.follows_on and before in BEFORE_A_NAME and before not in BEFORE_A_PLACE
