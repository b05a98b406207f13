"""OSTN15 against Ordnance Survey's own test stations, and what bad rows do."""

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geo.national_grid import to_grid, to_wgs84

STATIONS = Path("../shared/testdata/ostn15")
METRES_PER_DEGREE = 111_300


@pytest.fixture(scope="module")
def stations() -> Path:
    if not STATIONS.is_dir():
        pytest.skip("the OSTN15 test stations are not beside the checkout")
    return STATIONS


def rows(path: Path) -> Iterator[list[str]]:
    with path.open(newline="") as lines:
        yield from csv.reader(lines)


def columns(path: Path, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    wanted = [row for row in rows(path) if row and row[0].startswith("TP")]
    if "TestOutput_OSGBtoETRS" in path.name:
        wanted = [row for row in wanted if row[1] == "RESULT"]
    return (
        np.array([float(row[first]) for row in wanted]),
        np.array([float(row[second]) for row in wanted]),
    )


def test_every_station_reaches_its_grid_position_within_a_millimetre(stations: Path) -> None:
    latitude, longitude = columns(stations / "OSTN15_OSGM15_TestInput_ETRStoOSGB_odd.txt", 1, 2)
    easting, northing = columns(stations / "OSTN15_OSGM15_TestOutput_ETRStoOSGB_odd.txt", 1, 2)
    found = to_grid(longitude, latitude)
    assert len(easting) == 20
    np.testing.assert_allclose(found[0], easting, rtol=0, atol=0.00101)
    np.testing.assert_allclose(found[1], northing, rtol=0, atol=0.00101)


def test_every_station_returns_to_its_longitude_and_latitude_within_a_millimetre(
    stations: Path,
) -> None:
    easting, northing = columns(stations / "OSTN15_OSGM15_TestInput_OSGBtoETRS_odd.txt", 1, 2)
    latitude, longitude = columns(stations / "OSTN15_OSGM15_TestOutput_OSGBtoETRS_odd.txt", 2, 3)
    found = to_wgs84(easting, northing)
    east = (found[0] - longitude) * np.cos(np.radians(latitude)) * METRES_PER_DEGREE
    north = (found[1] - latitude) * METRES_PER_DEGREE
    assert len(easting) == 20
    assert np.hypot(east, north).max() < 0.001


def test_a_million_positions_go_there_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    numbers = np.random.default_rng(27700)
    longitude = numbers.uniform(-3.5, 0.5, 1_000_000)
    latitude = numbers.uniform(50.8, 55.0, 1_000_000)
    started = time.perf_counter()
    easting, northing = to_grid(longitude, latitude)
    there = time.perf_counter()
    back = to_wgs84(easting, northing)
    ended = time.perf_counter()
    with capsys.disabled():
        print(f"\n1,000,000 to the grid {there - started:.2f} s, back {ended - there:.2f} s")
    np.testing.assert_allclose(back[0], longitude, rtol=0, atol=1e-8)
    np.testing.assert_allclose(back[1], latitude, rtol=0, atol=1e-8)


def test_a_bad_row_is_nan_and_spoils_no_other() -> None:
    longitude = np.array([-1.9, np.nan, 2.35, np.inf, -1.9, -1.9, 0.0, 500.0])
    latitude = np.array([52.48, 52.0, 48.85, 52.0, -np.inf, np.nan, 0.0, 95.0])
    easting, northing = to_grid(longitude, latitude)
    assert np.isfinite(easting).tolist() == [True] + [False] * 7
    assert np.isnan(easting).tolist() == np.isnan(northing).tolist()


def test_off_the_grid_is_nan_on_the_way_back() -> None:
    easting = np.array([407_000, -1.0, 701_000, 1e9, np.nan, 407_000])
    northing = np.array([287_000, 1.0, 5_000, 5.0, 5.0, 1_251_000])
    longitude, latitude = to_wgs84(easting, northing)
    assert np.isfinite(longitude).tolist() == [True] + [False] * 5
    assert np.isnan(longitude).tolist() == np.isnan(latitude).tolist()


def test_the_arrays_given_are_left_as_they_were() -> None:
    longitude, latitude = np.array([-1.9, 400.0]), np.array([52.48, 52.48])
    longitude.flags.writeable = latitude.flags.writeable = False
    easting, northing = to_grid(longitude, latitude)
    assert (longitude[0], latitude[0]) == (-1.9, 52.48)
    assert not np.shares_memory(easting, longitude)
    assert to_wgs84(easting, northing)[0][0] == pytest.approx(-1.9, abs=1e-8)


def test_shapes_are_kept_and_a_single_number_will_do() -> None:
    easting, _ = to_grid(-1.9, 52.48)
    assert easting.shape == ()
    square, _ = to_grid(np.full((2, 3), -1.9), np.full((2, 3), 52.48))
    assert square.shape == (2, 3)
    assert np.unique(square).tolist() == [float(easting)]
    assert to_grid(np.array([]), np.array([]))[0].size == 0


def test_coordinates_of_different_lengths_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"different shapes, \(1,\) and \(2,\)"):
        to_grid(np.array([1.0]), np.array([1.0, 2.0]))
