"""What was published stays while little changed: one place more or less moves nothing.

Somebody who knows of one place that came or went between two quarters would otherwise read the difference of two
tables. A value is drawn again only when the count moved by three or more since it was drawn.
"""

from dataclasses import dataclass
from typing import Final

from geo.disclosure.banding import Published

LEAST_CHANGE: Final = 3
"""By how much a count must move, since its published value was drawn, to be drawn again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What was published of a square before, and the true count that it was drawn from."""

    value: Published
    count: int


def stays(before: Before, count: int) -> bool:
    """Return whether what was published stays for this count."""
    return abs(count - before.count) < LEAST_CHANGE
