"""Near repeats equal pointpats', and are found where they were planted."""

import warnings

import numpy as np
import pytest

from geo.hotspots.near_repeat import NotBands, TooManyPairs, knox


def burkitt() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import geopandas
    import libpysal

    table = geopandas.read_file(libpysal.examples.get_path("burkitt.shp"))
    easting, northing, day = (table[name].to_numpy(dtype=np.float64) for name in ("X", "Y", "T"))
    return easting, northing, day


def test_burkitt_has_thirteen_near_pairs() -> None:
    easting, northing, day = burkitt()
    found = knox(easting, northing, day, metres=[20], days=[5], seed=1)
    assert found.pairs.tolist() == [[13]]
    assert found.p_value[0, 0] == pytest.approx(0.2, abs=0.05)


def test_pairs_and_chance_are_those_of_pointpats() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pointpats import Knox

    numbers = np.random.default_rng(3)
    places, day = numbers.uniform(0, 3_000, (300, 2)), numbers.uniform(0, 200, 300)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.random.seed(3)  # noqa: NPY002 - theirs draws from it.
        theirs = Knox(places, day[:, None], 200, 10, permutations=999)
    ours = knox(places[:, 0], places[:, 1], day, metres=[200], days=[10], seed=3)
    assert ours.pairs[0, 0] == theirs.statistic_
    assert ours.p_value[0, 0] == pytest.approx(theirs.p_sim, abs=0.06)


def test_bands_add_up_to_one_wide_band() -> None:
    numbers = np.random.default_rng(5)
    east, north, day = *numbers.uniform(0, 2_000, (2, 200)), numbers.integers(0, 60, 200).astype(float)
    bands = knox(east, north, day, metres=[100, 250, 400], days=[3, 14], seed=1, replicates=9)
    wide = knox(east, north, day, metres=[400], days=[14], seed=1, replicates=9)
    assert bands.pairs.sum() == wide.pairs.sum()
    np.testing.assert_allclose(bands.expected.sum(), wide.expected.sum())


def test_a_band_ends_with_its_own_end() -> None:
    found = knox(
        np.array([0.0, 100, 350]), np.zeros(3), np.array([0.0, 7, 7]), metres=[100, 250], days=[7], seed=1, replicates=1
    )
    assert found.pairs.tolist() == [[1], [1]]


def test_a_planted_repeat_is_found_and_chance_is_not() -> None:
    numbers = np.random.default_rng(6)
    east, north, day = *numbers.uniform(0, 10_000, (2, 400)), numbers.uniform(0, 365, 400)
    again = slice(0, 40)
    planted = [np.concatenate((column, column[again] + numbers.uniform(0, 3, 40))) for column in (east, north, day)]
    assert knox(planted[0], planted[1], planted[2], metres=[200], days=[7], seed=1).p_value[0, 0] == 0.001
    assert knox(east, north, day, metres=[200], days=[7], seed=1).p_value[0, 0] > 0.05


def test_what_are_no_bands_is_refused() -> None:
    place = np.zeros(2)
    for metres, days in (([], [1]), ([5, 5], [1]), ([5], [3, 1]), ([-1], [1])):
        with pytest.raises(NotBands, match="far ends"):
            knox(place, place, place, metres=metres, days=days, seed=1)


def test_many_events_at_one_place_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.hotspots.near_repeat.MOST_PAIRS", 1_000)
    place = np.zeros(100)
    with pytest.raises(TooManyPairs, match="shorter period"):
        knox(place, place, place, metres=[10], days=[1], seed=1)
