"""The ratio that would have been found is found that often, and a smaller one less often."""

import numpy as np
import pytest
import scipy.stats

from geo.hotspots.detectable import detectable_ratio, first_called


@pytest.mark.parametrize("level", [1e-7, 1e-4, 0.01, 0.2])
def test_the_first_count_called_is_the_first_below_the_level(level: float) -> None:
    expected = np.concatenate((np.geomspace(1e-6, 1e5, 200), np.arange(1.0, 40)))
    first = first_called(expected, level)
    assert (scipy.stats.poisson.sf(first - 1, expected) <= level).all()
    before = np.maximum(first - 1, 1)
    assert ((scipy.stats.poisson.sf(before - 1, expected) > level) | (first == 1)).all()


@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_the_ratio_is_found_with_the_power_asked_for(power: float) -> None:
    expected = np.array([0.3, 2.0, 11.5, 400.0])
    ratio = detectable_ratio(expected, level=1e-4, power=power)
    count = first_called(expected, 1e-4)
    np.testing.assert_allclose(scipy.stats.poisson.sf(count - 1, expected * ratio), power, rtol=1e-9)


def test_more_visits_show_smaller_ratios() -> None:
    ratio = detectable_ratio(np.geomspace(0.1, 1e4, 30), level=1e-4)
    assert ratio[0] > 30
    assert ratio[-1] < 1.1
    assert (np.diff(ratio) < 0.5).all()


def test_nothing_expected_shows_nothing() -> None:
    assert detectable_ratio(np.array([0.0]), level=0.05).tolist() == [np.inf]
    assert detectable_ratio(np.array([5.0]), level=0).tolist() == [np.inf]
