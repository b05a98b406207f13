"""A table of counts becomes a table to be read; one place more moves no more of it than its rule allows."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.disclosure.banding import Published
from geo.disclosure.releasing import Cell, Count, released
from geo.disclosure.sticky import Before
from tests.geo.disclosure.histories import KEY, records_of

UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
COUNTS = st.dictionaries(st.integers(1, 60), st.integers(0, 45), min_size=1, max_size=25)


def a_table(counts: dict[int, int], *, salt: int = 0) -> list[Count]:
    return [Count(square=square, places=n, records=records_of(n, salt=salt)) for square, n in counts.items()]


def release(counts: dict[int, int], before: dict[int, Before], *, salt: int = 0) -> tuple[Cell, ...]:
    return released(a_table(counts, salt=salt), before, key=KEY, heading="visited")


def as_before(cells: tuple[Cell, ...], counts: dict[int, int]) -> dict[int, Before]:
    return {cell.square: Before(value=cell.value, count=counts[cell.square]) for cell in cells}


def number(value: Published) -> int:
    return 0 if value is None else value


def test_every_square_is_there_whether_anything_was_counted_in_it_or_not() -> None:
    cells = release({1: 0, 2: 4, 3: 30}, {})
    assert [cell.square for cell in cells] == [1, 2, 3]
    assert [cell.value for cell in cells[:2]] == [None, None]
    assert cells[2].value in {25, 30, 35}


@UNHURRIED
@given(COUNTS, st.data())
def test_one_place_more_changes_nothing_of_the_next_release(counts: dict[int, int], data: st.DataObject) -> None:
    first = release(counts, {})
    square = data.draw(st.sampled_from(sorted(counts)))
    grown = counts | {square: counts[square] + 1}
    second = release(grown, as_before(first, counts), salt=7)
    assert [cell.value for cell in second] == [cell.value for cell in first]


@UNHURRIED
@given(COUNTS, st.data())
def test_one_place_more_moves_one_square_of_a_first_release_and_by_10_at_most(
    counts: dict[int, int], data: st.DataObject
) -> None:
    square = data.draw(st.sampled_from(sorted(counts)))
    grown = counts | {square: counts[square] + 1}
    for one, other in zip(release(counts, {}), release(grown, {}), strict=True):
        if one.square == square:
            assert abs(number(one.value) - number(other.value)) <= 10
        else:
            assert one == other


@UNHURRIED
@given(COUNTS, st.data())
def test_whatever_moves_by_less_than_three_over_quarters_stays_as_it_was_first_published(
    counts: dict[int, int], data: st.DataObject
) -> None:
    first = release(counts, {})
    for quarter in range(3):
        moved = {square: max(0, n + data.draw(st.integers(-2, 2))) for square, n in counts.items()}
        cells = release(moved, as_before(first, counts), salt=quarter)
        assert [cell.value for cell in cells] == [cell.value for cell in first]


@UNHURRIED
@given(COUNTS)
def test_the_same_records_give_the_same_table_to_everybody_for_ever(counts: dict[int, int]) -> None:
    assert release(counts, {}) == release(counts, {})
    assert set(release(counts, {})) == set(release(dict(reversed(counts.items())), {}))
