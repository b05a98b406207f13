"""A whole published beside its parts: whether somebody who holds both could see through a band.

A borough is the sum of its 5 km squares. Each published value bounds its true count, and the sum ties them, so that
each count is at most what the whole leaves and at least what the others do not fill (interval protection, as in
geo.disclosure.interval_audit, for one sum and by arithmetic alone).
"""

from collections.abc import Sequence

from geo.disclosure.banding import LEAST, Published, counts_behind


def is_seen_through(whole: Published, parts: Sequence[Published], *, are_all: bool) -> bool:
    """Return whether of any band, the whole's or a part's, not every count from 0 to 4 remains possible.

    `are_all`: every part was published, so that the whole is their sum and not only at least that.
    """
    if not parts:
        return False
    bounds, known = counts_behind(whole), [counts_behind(part) for part in parts]
    lows, highs = sum(one.low for one in known), sum(one.high for one in known)
    if whole is None and (lows > 0 or (are_all and highs < LEAST - 1)):
        return True
    return any(
        part is None
        and (bounds.high - (lows - one.low) < LEAST - 1 or (are_all and bounds.low - (highs - one.high) > 0))
        for part, one in zip(parts, known, strict=True)
    )
