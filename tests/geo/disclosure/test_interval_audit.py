"""Somebody who holds every published table and solves for the true counts never isolates one under 5."""

import random
from collections.abc import Iterator
from itertools import product

import pytest

from geo.disclosure.banding import Published, possible_values
from geo.disclosure.interval_audit import Impossible, Seen, isolated, solved
from tests.geo.disclosure.histories import history

pytestmark = pytest.mark.proof
HEADINGS = ("visited", "forced_labour", "sexual_exploitation")


def could_have_led_to(counts: tuple[int, ...], values: tuple[Published, ...]) -> bool:
    """Play the rules with these true counts; whether some noise publishes these values."""
    drawn_from: int | None = None
    last: Published = None
    for count, value in zip(counts, values, strict=True):
        if drawn_from is not None and abs(count - drawn_from) < 3:
            if value != last:
                return False
        elif value in possible_values(count):
            drawn_from, last = count, value
        else:
            return False
    return True


def by_trying(values: tuple[Published, ...]) -> list[tuple[int, int]]:
    possible = [one for one in product(range(22), repeat=len(values)) if could_have_led_to(one, values)]
    return [(min(column), max(column)) for column in zip(*possible, strict=True)]


def chain(*values: Published) -> list[Seen]:
    return [Seen(square=1, heading="visited", quarter=quarter, value=value) for quarter, value in enumerate(values)]


@pytest.mark.parametrize("values", [*product((None, 5, 10), repeat=2), *product((None, 5), repeat=3)], ids=str)
def test_the_programs_find_what_trying_every_count_finds(values: tuple[Published, ...]) -> None:
    assert [tuple(one.counts) for one in solved(chain(*values))] == by_trying(values)


def releases(chance: random.Random) -> Iterator[tuple[Seen, int]]:
    """Release some squares over up to six quarters under several headings, each several times and not every time."""
    for square in range(3):
        for heading in HEADINGS[: chance.randint(1, 3)]:
            count, counts = chance.choice((0, 1, 3, 4, 6, 9, 15)), []
            for _ in range(chance.randint(1, 6)):
                counts.append(count)
                count = max(0, count + chance.choice((-7, -3, -2, -1, 0, 0, 1, 2, 3, 7)))
            quarters = sorted(chance.sample(range(8), len(counts)))
            cells = history(counts, square=square, heading=heading, salt=chance.randrange(65_536))
            for quarter, cell, true in zip(quarters, cells, counts, strict=True):
                seen = Seen(square=square, heading=heading, quarter=quarter, value=cell.value)
                yield from [(seen, true)] * chance.randint(1, 3)


def test_a_thousand_overlapping_releases_never_isolate_a_count_under_5(pytestconfig: pytest.Config) -> None:
    worlds, least = (80, 1_000) if pytestconfig.getoption("whole") else (20, 150)
    bands = small = 0
    tables = set()
    for seed in range(worlds):
        published = list(releases(random.Random(seed)))
        true = dict(published)
        tables |= {(seed, seen.heading, seen.quarter) for seen in true}
        for one in solved([seen for seen, _ in published]):
            assert true[one.seen] in one.counts, (seed, one)
            assert not one.is_isolated, (seed, one)
            if true[one.seen] < 5:
                small += 1
                assert one.counts.high - one.counts.low >= 4, (seed, one)
            bands += one.seen.value is None
    assert len(tables) >= least
    assert min(bands, small) > least // 3


def test_a_total_beside_its_parts_isolates_and_the_audit_says_so() -> None:
    parts = [Seen(square=1, heading=f"part {number}", quarter=1, value=10) for number in range(5)]
    last = Seen(square=1, heading="part 5", quarter=1, value=None)
    whole = {"whole": [*(one.heading for one in parts), "part 5"]}
    loose = Seen(square=1, heading="whole", quarter=1, value=50)
    assert not isolated([*parts, last, loose], whole)
    tight = Seen(square=1, heading="whole", quarter=1, value=20)
    (found,) = isolated([*parts, last, tight], whole)
    assert found.seen == last
    assert tuple(found.counts) == (0, 0)


def test_a_whole_is_at_least_the_sum_of_those_parts_that_were_published() -> None:
    seen = [
        Seen(square=1, heading="a", quarter=1, value=40),
        Seen(square=1, heading="whole", quarter=1, value=35),
        Seen(square=1, heading="b", quarter=2, value=None),
    ]
    counts = {one.seen.heading: one.counts for one in solved(seen, {"whole": ["a", "b", "c"]})}
    assert counts["a"].high == counts["whole"].high == 40
    assert tuple(counts["b"]) == (0, 7)


def test_tables_that_no_counts_could_have_led_to_are_noticed() -> None:
    twice = [*chain(20), Seen(square=1, heading="visited", quarter=0, value=None)]
    with pytest.raises(Impossible):
        isolated(twice)
