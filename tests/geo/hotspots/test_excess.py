"""Tails are exact, expectations add up, and what can be told is said."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.excess import NotCounts, State, excess, expected_by_team, expected_by_visits, tails
from geo.hotspots.grids import Grid
from geo.hotspots.windows import disc_windows, near_windows

GRID = Grid(west=400_000, south=280_000, cell_metres=250, columns=12, rows=10)
WINDOWS = disc_windows(GRID, 500, land=np.ones(GRID.cells, dtype=np.bool_))


@given(st.integers(1, 5_000), st.floats(0, 1), st.floats(0, 1))
def test_tails_are_those_of_the_binomial(total: int, part: float, share: float) -> None:
    count = np.array([round(part * total)], dtype=np.float64)
    expected = np.array([share * total])
    exact = scipy.stats.binom.sf(count - 1, total, min(expected[0] / total, 1))
    np.testing.assert_allclose(tails(count, expected, total), exact, rtol=1e-8, atol=1e-300)


def test_tails_of_a_million_notes_are_exact_too() -> None:
    count, expected = np.array([90.0, 1_200.0]), np.array([40.0, 1_000.0])
    exact = scipy.stats.binom.sf(count - 1, 1_000_000, expected / 1e6)
    np.testing.assert_allclose(tails(count, expected, 1e6), exact, rtol=1e-9)


counts = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 50)), min_size=4, max_size=4)


@given(st.lists(counts, min_size=1, max_size=5))
def test_expected_notes_are_as_many_as_the_notes(rows: list[list[tuple[int, int]]]) -> None:
    table = np.array(rows, dtype=np.float64)
    notes, visits = table[..., 0], table[..., 1]
    assert expected_by_team(notes, visits).sum() == pytest.approx(notes.sum())
    assert expected_by_visits(notes.sum(axis=0), visits.sum(axis=0)).sum() == pytest.approx(notes.sum())


def test_one_team_alone_is_the_same_either_way() -> None:
    numbers = np.random.default_rng(1)
    visits = numbers.integers(1, 20, (1, 30)).astype(np.float64)
    notes = numbers.binomial(visits.astype(int), 0.1).astype(np.float64)
    np.testing.assert_allclose(expected_by_team(notes, visits), expected_by_visits(notes[0], visits[0]))


def test_a_team_is_expected_to_write_as_it_writes_elsewhere() -> None:
    visits = np.array([[10.0, 10, 0], [0, 10, 10]])
    notes = np.array([[4.0, 4, 0], [0, 1, 1]])
    np.testing.assert_allclose(expected_by_team(notes, visits), [4, 5, 1])


def test_what_a_window_holds_is_what_is_counted_in_it() -> None:
    numbers = np.random.default_rng(2)
    visits = numbers.poisson(6, GRID.cells).astype(np.float64)
    notes = numbers.binomial(visits.astype(int), 0.2).astype(np.float64)
    told = excess(notes, expected_by_visits(notes, visits), WINDOWS)
    easting, northing = GRID.centres()
    near = np.hypot(easting - easting[50], northing - northing[50]) <= 500
    assert told.notes[50] == notes[near].sum()
    assert told.expected[50] == pytest.approx(visits[near].sum() * notes.sum() / visits.sum())
    assert told.ratio[50] == pytest.approx(told.notes[50] / told.expected[50])
    assert told.tail[50] == pytest.approx(
        scipy.stats.binom.sf(told.notes[50] - 1, notes.sum(), told.expected[50] / notes.sum())
    )
    np.testing.assert_allclose(told.adjusted, scipy.stats.false_discovery_control(told.tail))


def test_where_nobody_went_nothing_is_said() -> None:
    visits = np.full(GRID.cells, 40.0)
    easting, _ = GRID.centres()
    visits[easting > GRID.west + 1_500] = 0
    notes = visits / 10
    told = excess(notes, expected_by_visits(notes, visits), WINDOWS)
    unseen = WINDOWS.sums(visits) == 0
    assert unseen.any()
    assert np.isnan(told.tail[unseen]).all()
    assert np.isnan(told.ratio[unseen]).all()
    assert np.isinf(told.detectable[unseen]).all()
    assert (told.state[unseen] == State.TOO_FEW_VISITS).all()
    assert (told.state[~unseen & (WINDOWS.sums(visits) > 200)] == State.ORDINARY).all()


def test_a_cell_is_hot_up_to_the_line_and_not_beyond() -> None:
    visits = np.full(GRID.cells, 50.0)
    notes = np.full(GRID.cells, 2.0)
    notes[[65, 66, 77]] = 30
    told = excess(notes, expected_by_visits(notes, visits), WINDOWS)
    assert told.hot.any()
    np.testing.assert_array_equal(told.hot, told.tail <= told.line)
    np.testing.assert_array_equal(told.hot, told.state == State.HOT)


def test_no_notes_at_all_are_no_hotspot() -> None:
    nothing, visits = np.zeros(5), np.full(5, 1_000.0)
    told = excess(nothing, expected_by_visits(nothing, visits), near_windows(np.arange(5.0), np.zeros(5), 1))
    assert not told.hot.any()
    assert (told.state == State.TOO_FEW_VISITS).all()  # Nothing was expected, so no ratio could have been seen.


@pytest.mark.parametrize(
    ("notes", "visits"),
    [([1.0, 2], [1.0]), ([-1.0], [3.0]), ([1.0], [-3.0]), ([np.nan], [3.0]), ([1.0], [np.inf]), ([2.0], [0.0])],
)
def test_what_are_no_counts_is_refused(notes: list[float], visits: list[float]) -> None:
    with pytest.raises(NotCounts, match=r"\.$"):
        expected_by_visits(np.array(notes), np.array(visits))


def test_a_team_with_notes_but_no_visits_is_refused() -> None:
    with pytest.raises(NotCounts, match="no visits"):
        expected_by_team(np.array([[1.0], [1.0]]), np.array([[5.0], [0.0]]))
