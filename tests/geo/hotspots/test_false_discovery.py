"""Adjusted tails equal scipy's, and the line parts those that are called from the others."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.false_discovery import adjusted, line

shares = st.lists(st.floats(0, 1), min_size=1, max_size=60).map(np.array)


@given(shares)
def test_adjusted_tails_are_scipys(tails: np.ndarray) -> None:
    np.testing.assert_allclose(adjusted(tails), scipy.stats.false_discovery_control(tails), rtol=1e-12)


@given(shares, st.sampled_from([0.01, 0.05, 0.2]))
def test_the_line_parts_what_is_called_from_the_rest(tails: np.ndarray, level: float) -> None:
    called = tails <= line(tails, level)
    lines = level * np.arange(1, len(tails) + 1) / len(tails)
    ranked = np.flatnonzero(np.sort(tails) <= lines)
    assert called.sum() == (ranked[-1] + 1 if len(ranked) else 0)


def test_what_was_not_tested_counts_for_nothing() -> None:
    tails = np.array([0.01, np.nan, 0.04, np.nan])
    assert adjusted(tails)[[0, 2]].tolist() == [0.02, 0.04]
    assert np.isnan(adjusted(tails)[[1, 3]]).all()
    assert line(tails, 0.05) == 0.05
    assert line(np.array([np.nan]), 0.05) == 0


def test_esda_calls_the_same_cells() -> None:
    from esda import fdr

    tails = np.concatenate((np.random.default_rng(1).uniform(0, 1, 900), np.random.default_rng(2).uniform(0, 1e-4, 60)))
    np.testing.assert_array_equal(tails <= line(tails, 0.05), tails <= fdr(tails, 0.05))


def test_tables_keep_their_shape() -> None:
    table = np.random.default_rng(3).uniform(0, 1, (4, 7))
    np.testing.assert_allclose(adjusted(table).ravel(), adjusted(table.ravel()))


@pytest.mark.parametrize("level", [0.05, 0.5])
def test_nothing_called_gives_what_a_single_hot_cell_would_need(level: float) -> None:
    assert line(np.ones(50), level) == pytest.approx(level / 50)
