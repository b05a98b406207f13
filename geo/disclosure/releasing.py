"""A table of true counts to the table that may be read by others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.disclosure.banding import Published, published
from geo.disclosure.perturbing import noise_of
from geo.disclosure.sticky import Before, stays


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """A true count: distinct places in a 5 km square, and the digest of which they are."""

    square: int
    places: int
    records: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What is published of a square; `is_drawn`: from this count, and not kept from before."""

    square: int
    value: Published
    is_drawn: bool


def released(counts: Sequence[Count], before: Mapping[int, Before], *, key: bytes, heading: str) -> tuple[Cell, ...]:
    """Return the published table of one heading and quarter, a cell for each count, in their order.

    `before` says by square what was last published of it. No total is made: each square stands for itself.
    """
    return tuple(_cell(one, before.get(one.square), key=key, heading=heading) for one in counts)


def _cell(one: Count, before: Before | None, *, key: bytes, heading: str) -> Cell:
    if before is not None and stays(before, one.places):
        return Cell(square=one.square, value=before.value, is_drawn=False)
    noise = noise_of(key, heading=heading, square=one.square, records=one.records)
    return Cell(square=one.square, value=published(one.places, noise), is_drawn=True)
