"""What each true count may be published as, written out; and which counts stand behind each published value."""

import pytest

from geo.disclosure.banding import NotPublished, counts_behind, possible_values, published
from geo.disclosure.perturbing import P_TABLE

# Every true count from 0 to 40, and what is published of it for a noise of -3, -2, -1, 0, 1, 2, 3; "." is the band
# "fewer than 5".
TABLE = """
 0   .  .  .  .  .  .  .
 1   .  .  .  .  .  .  .
 2   .  .  .  .  .  .  .
 3   .  .  .  .  .  .  .
 4   .  .  .  .  .  .  .
 5   .  .  .  5  5  5 10
 6   .  .  5  5  5 10 10
 7   .  5  5  5 10 10 10
 8   5  5  5 10 10 10 10
 9   5  5 10 10 10 10 10
10   5 10 10 10 10 10 15
11  10 10 10 10 10 15 15
12  10 10 10 10 15 15 15
13  10 10 10 15 15 15 15
14  10 10 15 15 15 15 15
15  10 15 15 15 15 15 20
16  15 15 15 15 15 20 20
17  15 15 15 15 20 20 20
18  15 15 15 20 20 20 20
19  15 15 20 20 20 20 20
20  15 20 20 20 20 20 25
21  20 20 20 20 20 25 25
22  20 20 20 20 25 25 25
23  20 20 20 25 25 25 25
24  20 20 25 25 25 25 25
25  20 25 25 25 25 25 30
26  25 25 25 25 25 30 30
27  25 25 25 25 30 30 30
28  25 25 25 30 30 30 30
29  25 25 30 30 30 30 30
30  25 30 30 30 30 30 35
31  30 30 30 30 30 35 35
32  30 30 30 30 35 35 35
33  30 30 30 35 35 35 35
34  30 30 35 35 35 35 35
35  30 35 35 35 35 35 40
36  35 35 35 35 35 40 40
37  35 35 35 35 40 40 40
38  35 35 35 40 40 40 40
39  35 35 40 40 40 40 40
40  35 40 40 40 40 40 45
"""


def written_table() -> dict[int, list[int | None]]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return {int(count): [None if value == "." else int(value) for value in values] for count, *values in lines}


def test_what_is_published_of_0_to_40_is_the_written_table() -> None:
    assert {count: [published(count, noise) for noise in sorted(P_TABLE)] for count in range(41)} == written_table()


def test_no_count_under_5_is_ever_published_as_a_number() -> None:
    assert all(possible_values(count) == {None} for count in range(5))


def test_the_band_does_not_say_that_a_count_is_under_5() -> None:
    assert [count for count in range(41) if None in possible_values(count)] == list(range(8))


def test_the_counts_behind_a_value_are_those_that_could_be_published_as_it() -> None:
    for value in (None, *range(5, 40, 5)):
        behind = [count for count in range(60) if value in possible_values(count)]
        assert list(range(counts_behind(value).low, counts_behind(value).high + 1)) == behind


@pytest.mark.parametrize("value", [0, 3, 7, -5])
def test_what_is_never_published_has_no_counts_behind_it(value: int) -> None:
    with pytest.raises(NotPublished, match="multiple of 5"):
        counts_behind(value)
