"""A whole beside its parts: what arithmetic says is seen through agrees with trying every set of true counts."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.disclosure.banding import LEAST, Published, counts_behind
from geo.disclosure.wholes import is_seen_through

values = st.sampled_from([None, None, 5, 10, 15])


def remain(whole: Published, parts: list[Published], *, are_all: bool) -> list[set[int]]:
    """Return which counts remain possible of the whole and of each part, by trying them all."""
    bounds = counts_behind(whole)
    found: list[set[int]] = [set() for _ in range(len(parts) + 1)]
    for counts in product(*(range(one.low, one.high + 1) for one in map(counts_behind, parts))):
        totals = [sum(counts)] if are_all else range(sum(counts), bounds.high + 1)
        for total in totals:
            if total in bounds:
                for at, count in enumerate((total, *counts)):
                    found[at].add(count)
    return found


@settings(max_examples=150, deadline=None)
@given(whole=values, parts=st.lists(values, min_size=1, max_size=3), are_all=st.booleans())
def test_arithmetic_agrees_with_trying_all(*, whole: Published, parts: list[Published], are_all: bool) -> None:
    possible = remain(whole, parts, are_all=are_all)
    if not all(possible):
        return  # No true counts lead to these: they are never published together.
    bands = [one for one, value in zip(possible, (whole, *parts), strict=True) if value is None]
    tried = any(not set(range(LEAST)) <= one for one in bands)
    assert is_seen_through(whole, parts, are_all=are_all) == tried


def test_without_parts_nothing_is_seen_through() -> None:
    assert not is_seen_through(None, [], are_all=True)


def test_a_borough_that_its_other_squares_fill_shows_the_last_one() -> None:
    assert is_seen_through(10, [10, 10, 5, None], are_all=True)
    assert not is_seen_through(20, [10, None, None], are_all=True)
