"""Makers of counts over quarters, and of what is released of them."""

from collections.abc import Sequence

from geo.disclosure.perturbing import records_digest
from geo.disclosure.releasing import Cell, Count, released
from geo.disclosure.sticky import Before

KEY = b"a key of the tests' own, 32 long"


def records_of(count: int, *, salt: int = 0) -> bytes:
    """Return the digest of so many places, others for another salt."""
    return records_digest(salt.to_bytes(2, "big") + number.to_bytes(2, "big") for number in range(count))


def history(counts: Sequence[int], *, square: int = 1, heading: str = "visited", salt: int = 0) -> list[Cell]:
    """Release a square quarter after quarter, each with what was published before in mind."""
    cells: list[Cell] = []
    before: dict[int, Before] = {}
    for count in counts:
        one = Count(square=square, places=count, records=records_of(count, salt=salt))
        (cell,) = released([one], before, key=KEY, heading=heading)
        if cell.is_drawn:
            before = {square: Before(value=cell.value, count=count)}
        cells.append(cell)
    return cells
