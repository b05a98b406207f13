"""Rates equal esda's and spdep's, and are drawn to the mean by as much as their base is small."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.empirical_bayes import NotRates, smoothed_rates
from geo.hotspots.windows import near_windows


def sids() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    import geopandas
    import libpysal

    table = geopandas.read_file(libpysal.examples.get_path("sids2.shp"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        middle = table.geometry.centroid
    events, base = (table[name].to_numpy(dtype=np.float64) for name in ("SID74", "BIR74"))
    return events, base, middle.x.to_numpy(), middle.y.to_numpy()


def test_rates_of_sids_are_esdas() -> None:
    from esda.smoothing import Empirical_Bayes

    events, base, *_ = sids()
    np.testing.assert_allclose(
        smoothed_rates(events, base), np.ravel(Empirical_Bayes(events, base).r), rtol=0, atol=1e-15
    )


def test_local_rates_lie_between_the_rate_and_the_mean_of_the_window() -> None:
    events, base, easting, northing = sids()
    windows = near_windows(easting, northing, 0.7)
    rate, mean = events / base, windows.sums(events) / windows.sums(base)
    local = smoothed_rates(events, base, windows)
    assert (local >= np.minimum(rate, mean) - 1e-15).all()
    assert (local <= np.maximum(rate, mean) + 1e-15).all()
    assert np.abs(local - smoothed_rates(events, base)).max() > 1e-5


def test_local_rates_are_marshalls_window_by_window() -> None:
    events, base, easting, northing = sids()
    windows = near_windows(easting, northing, 0.7)
    local = smoothed_rates(events, base, windows)
    for cell in (0, 17, 99):
        near = np.hypot(easting - easting[cell], northing - northing[cell]) <= 0.7
        mean = events[near].sum() / base[near].sum()
        spread = (base[near] * (events[near] / base[near] - mean) ** 2).sum() / base[near].sum()
        between = max(spread - mean / base[near].mean(), 0)
        kept = between / (between + mean / base[cell])
        assert local[cell] == pytest.approx(mean + kept * (events[cell] / base[cell] - mean), rel=1e-9)


def test_a_window_of_everything_is_the_global_rate() -> None:
    events, base, easting, northing = sids()
    windows = near_windows(easting, northing, 1e6)
    np.testing.assert_allclose(smoothed_rates(events, base, windows), smoothed_rates(events, base), rtol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 50)), min_size=1, max_size=30))
def test_rates_are_finite_and_never_negative(rows: list[tuple[int, int]]) -> None:
    events, base = np.array(rows, dtype=np.float64).T
    if not base.sum() > 0:
        return
    rates = smoothed_rates(events, base)
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()


def test_no_base_at_all_is_refused() -> None:
    with pytest.raises(NotRates, match="some base"):
        smoothed_rates(np.ones(3), np.zeros(3))
