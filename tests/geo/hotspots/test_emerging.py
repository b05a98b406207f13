"""Trends equal pymannkendall's; planted histories get their names."""

import numpy as np
import pymannkendall
import pytest

from geo.hotspots.emerging import Pattern, TooFewSteps, emerging, mann_kendall
from geo.hotspots.grids import Grid
from geo.hotspots.windows import disc_windows

GRID = Grid(west=400_000, south=280_000, cell_metres=250, columns=20, rows=16)
WINDOWS = disc_windows(GRID, 250, land=np.ones(GRID.cells, dtype=np.bool_))
STEPS = 20
SPOT = 8 * GRID.columns + 10


@pytest.mark.parametrize("steps", [3, 10, 24])
@pytest.mark.parametrize("kinds", [2, 6, 1_000_000])
def test_the_trend_is_pymannkendalls_with_and_without_ties(steps: int, kinds: int) -> None:
    series = np.random.default_rng(steps * kinds).integers(0, kinds, (steps, 60)).astype(np.float64)
    statistic, z, tail = mann_kendall(series)
    for cell in range(60):
        if np.ptp(series[:, cell]) == 0:  # Theirs divides by 0.
            assert (statistic[cell], z[cell], tail[cell]) == (0, 0, 1)
            continue
        theirs = pymannkendall.original_test(series[:, cell])
        assert statistic[cell] == theirs.s
        assert z[cell] == pytest.approx(theirs.z, abs=1e-12)
        assert tail[cell] == pytest.approx(theirs.p, abs=1e-12)


def planted(history: np.ndarray) -> Pattern:
    """Give the pattern of a 3 by 3 spot with this history, in steps of steady noise elsewhere."""
    values = np.random.default_rng(5).normal(0, 1, (STEPS, GRID.cells))
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            values[:, SPOT + row * GRID.columns + column] += history
    return Pattern(int(emerging(values, WINDOWS, steps_back=0).pattern[SPOT]))


def after(step: int, value: float = 6.0) -> np.ndarray:
    return np.where(np.arange(STEPS) >= step, value, 0.0)


@pytest.mark.parametrize(
    ("history", "pattern"),
    [
        (after(STEPS), Pattern.NONE),
        (after(STEPS - 1), Pattern.NEW),
        (after(STEPS - 5), Pattern.CONSECUTIVE),
        (np.linspace(15, 30, STEPS), Pattern.INTENSIFYING),
        (np.linspace(30, 15, STEPS), Pattern.DIMINISHING),
        (after(STEPS - 2) + np.where(np.arange(STEPS) % 5 == 0, 6.0, 0.0), Pattern.SPORADIC),
        (
            after(STEPS - 5) - np.where(np.arange(STEPS) == 3, 8.0, 0.0) + (np.arange(STEPS) == 7) * 6,
            Pattern.OSCILLATING,
        ),
        (np.where(np.arange(STEPS) < STEPS - 1, 8.0, 0.0), Pattern.HISTORICAL),
    ],
)
def test_planted_histories_get_their_names(history: np.ndarray, pattern: Pattern) -> None:
    assert planted(history) == pattern


def test_a_steady_spot_is_persistent() -> None:
    steady = 8 + 0.5 * np.where(np.arange(STEPS) % 2 == 0, 1, -1)
    assert planted(steady) == Pattern.PERSISTENT


def test_a_step_sees_itself_and_those_before_it_never_those_after() -> None:
    values = np.random.default_rng(6).normal(0, 1, (STEPS, GRID.cells))
    later = values.copy()
    later[15] += np.random.default_rng(7).permutation(np.linspace(-1, 1, GRID.cells))
    scale = (values.mean(), values.std()), (later.mean(), later.std())
    first, second = (
        emerging(table, WINDOWS, steps_back=2).z * spread
        for table, (_, spread) in zip((values, later), scale, strict=True)
    )
    moved = np.abs(first - second).max(axis=1) > 1e-6
    assert np.flatnonzero(moved).tolist() == [15, 16, 17]


def test_noise_has_no_pattern() -> None:
    values = np.random.default_rng(8).normal(0, 1, (STEPS, GRID.cells))
    assert (emerging(values, WINDOWS).pattern == Pattern.NONE).mean() > 0.99


def test_few_steps_are_refused() -> None:
    with pytest.raises(TooFewSteps, match="expected 10 or more"):
        emerging(np.zeros((9, GRID.cells)), WINDOWS)
