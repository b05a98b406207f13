"""The best plan that can be found in the time there is, and never a worse one than the greedy plan.

The solver is PyVRP (Wouda, Lan & Kool 2024, doi:10.1287/ijoc.2023.0055): iterated local search for the team orienteering
and vehicle routing problems with time windows, as prize-collecting vehicle routing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.shifts.plans import Plan
from geo.shifts.problem import Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A plan, its score in points, and the seconds after which it was there."""

    plan: Plan
    score: int
    elapsed: float


def solved(shift: Shift, *, seconds: float | None = None, iterations: int | None = None, seed: int = 0) -> Plan:
    """Return the best plan found in so many seconds (for people) or iterations (the same plan each time).

    Must-go stops that ``wishes.impossible`` names are left out like any other. Every plan has passed
    ``checking.faults``. Raises ``NoPlan`` where the must-go stops, each possible alone, are not together.
    """
    raise NotImplementedError


def improving(shift: Shift, *, seconds: float, first: float = 1.0, seed: int = 0) -> Iterator[Answer]:
    """Give the best plan after ``first`` seconds, then each better one, until ``seconds`` have passed.

    Closing the iterator ends the search within a quarter of a second or so. Raises as ``solved`` does.
    """
    raise NotImplementedError
