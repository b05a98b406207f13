"""One filter of the gate that a proof breaks, to see that it is noticed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Filter:
    """One condition: where it stands, its words, what takes their place, and a kind of session to notice it."""

    name: str
    function: str
    says: str
    instead: str
    kind: str
    also: str = ""
    """A statement without which nothing asks what is broken here."""
