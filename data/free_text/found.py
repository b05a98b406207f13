"""What a check found in a text: where, of which kind, and a sentence for the writer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SENTENCES: Final = MappingProxyType(
    {
        "name": "This looks like somebody's name. Write who they are to the place: a worker, a resident.",
        "phone": "This looks like a telephone number. Leave it out.",
        "email": "This looks like an e-mail address. Leave it out.",
        "ni_number": "This looks like a National Insurance number. Leave it out.",
        "nhs_number": "This is a valid NHS number. Leave it out.",
        "vehicle": "This looks like a vehicle registration. Leave it out.",
        "birth_date": "This looks like a date of birth. Write an age band: a child, an adult, an older person.",
        "passport": "This looks like the number of a passport or card. Leave it out.",
        "handle": "This looks like an account or a web address. Leave it out.",
        "postcode": "This postcode is not the place's own. Record that place by itself, or leave it out.",
        "address": "This address is not the place's own. Record that place by itself, or leave it out.",
    }
)
"""What is said of each kind of identifier; wording has a sentence for each phrase."""


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """A stretch of a text, `start` to `end` in characters, that asks for one more look."""

    start: int
    end: int
    kind: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of a text: plain (no finding), or what a finding is about."""

    text: str
    finding: Finding | None = None


def identifier(kind: str, span: tuple[int, int]) -> Finding:
    """Return the finding of an identifier."""
    return Finding(start=span[0], end=span[1], kind=kind, sentence=SENTENCES[kind])


def without_overlaps(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the text; of two that overlap, the one handed in first."""
    kept: list[Finding] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept))


def stretches(text: str, found: Sequence[Finding]) -> tuple[Stretch, ...]:
    """Return a text cut at its findings, to be shown with each marked."""
    parts, here = [], 0
    for one in found:
        parts += [Stretch(text=text[here : one.start]), Stretch(text=text[one.start : one.end], finding=one)]
        here = one.end
    return tuple(part for part in (*parts, Stretch(text=text[here:])) if part.text)


def counts(found: Sequence[Finding]) -> list[str]:
    """Return how many findings there are of each kind, as the audit keeps them: "name 2". Never the words."""
    return [f"{kind} {number}" for kind, number in sorted(Counter(one.kind for one in found).items())]
