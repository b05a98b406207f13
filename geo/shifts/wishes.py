"""Wishes that cannot be met by anybody, named one by one before anything is solved."""

from dataclasses import dataclass

from geo.shifts.problem import Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A must-go stop that no team can visit, and a sentence that says why; the sentence names no place."""

    stop: str
    why: str


def impossible(shift: Shift) -> tuple[Wish, ...]:
    """Return each must-go stop that no team could visit even if it went nowhere else, in the order of the shift."""
    raise NotImplementedError


def unreachable(shift: Shift) -> tuple[Wish, ...]:
    """Return the same of all stops, must-go or not: what a page shows of places that cannot be in any plan."""
    raise NotImplementedError
