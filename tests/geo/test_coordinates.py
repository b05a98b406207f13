"""The reference system of real files is told, and doubt is said to be doubt."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import judge_columns
from geo.national_grid import to_grid
from geo.tile_keys import Bounds

TESTDATA = Path("../shared/testdata")
WEST_MIDLANDS = Bounds(-2.21, 52.34, -1.42, 52.67)
GRID_NAMES = ("Easting", "Northing")

Columns = tuple[np.ndarray, np.ndarray]


def rows(path: str) -> Iterator[list[str]]:
    file = TESTDATA / path
    if not file.is_file():
        pytest.skip(f"{file.name} is not beside the checkout")
    reading = gzip.open if file.suffix == ".gz" else open
    with reading(file, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines)


def columns(path: str, first: str | int, second: str | int) -> Columns:
    table = list(rows(path))
    if isinstance(first, str):
        header, *table = table
        first, second = header.index(first), header.index(str(second))
    pairs = [(float(row[first]), float(row[int(second)])) for row in table]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])


@pytest.fixture(scope="module")
def stations() -> Columns:
    return columns("messy/translink_stationsni_irish_grid.csv", "Easting", "Northing")


@pytest.fixture(scope="module")
def crimes() -> Columns:
    return columns("crime/2011-02-west-midlands-street.csv.gz", "Easting", "Northing")


@pytest.fixture(scope="module")
def postcodes() -> Columns:
    return columns("postcodes/wm_postcodes_latlon.csv.gz", "LONG", "LAT")


@pytest.mark.parametrize("areas", [None, WEST_MIDLANDS])
def test_irish_stations_are_not_put_on_the_wirral(stations: Columns, areas: Bounds | None) -> None:
    found = judge_columns(*stations, said=GRID_NAMES, areas=areas)
    assert (found.system, found.swapped) == ("irish_grid", False)
    assert "100% of the rows fall on land in Ireland" in found.reason
    assert "85% of the rows fall on land in Britain" in found.reason
    assert found.share_inside == (None if areas is None else 0)


def test_stations_of_belfast_alone_could_be_the_wirral_and_nothing_is_guessed(
    stations: Columns,
) -> None:
    easting, northing = stations
    belfast = (easting > 330_000) & (easting < 336_000) & (northing < 378_000)
    assert np.count_nonzero(belfast) > 5
    found = judge_columns(easting[belfast], northing[belfast], said=GRID_NAMES, areas=WEST_MIDLANDS)
    assert found.system == "unknown"
    assert "more than one grid" in found.reason
    assert "name the grid" in found.reason
    named = (*GRID_NAMES, "stations_irish_grid.csv")
    assert judge_columns(easting[belfast], northing[belfast], said=named).system == "irish_grid"
    wirral = Bounds(-3.3, 53.2, -2.9, 53.5)
    at_home = judge_columns(easting[belfast], northing[belfast], said=GRID_NAMES, areas=wirral)
    assert (at_home.system, at_home.share_inside) == ("bng", 1)


@pytest.mark.parametrize("said", [(), GRID_NAMES, ("x", "y")])
@pytest.mark.parametrize("areas", [None, WEST_MIDLANDS])
def test_crimes_of_the_west_midlands_are_british(crimes: Columns, said: tuple[str, ...], areas: Bounds | None) -> None:
    found = judge_columns(*crimes, said=said, areas=areas)
    assert (found.system, found.swapped) == ("bng", False)
    assert found.share_inside is None or found.share_inside > 0.99


def test_exchanged_crimes_are_known_by_the_areas_and_never_taken_for_positions(
    crimes: Columns,
) -> None:
    easting, northing = crimes
    found = judge_columns(northing, easting, said=GRID_NAMES, areas=WEST_MIDLANDS)
    assert (found.system, found.swapped) == ("bng", True)
    assert "the two columns exchanged" in found.reason
    assert judge_columns(northing, easting, said=GRID_NAMES).system == "irish_grid"
    assert judge_columns(northing, easting).system == "unknown"


@pytest.mark.parametrize("area", ["b", "cv", "dy", "ws", "wv"])
def test_code_point_without_a_header_is_british(area: str) -> None:
    found = judge_columns(*columns(f"postcodes/codepoint_open_2014-08/{area}.csv.gz", 2, 3))
    assert (found.system, found.swapped) == ("bng", False)


def test_degrees_tell_their_own_order(postcodes: Columns) -> None:
    longitude, latitude = postcodes
    straight = judge_columns(longitude, latitude, said=("LONG", "LAT"), areas=WEST_MIDLANDS)
    crossed = judge_columns(latitude, longitude, said=("LONG", "LAT"), areas=WEST_MIDLANDS)
    assert (straight.system, straight.swapped) == ("wgs84", False)
    assert (crossed.system, crossed.swapped) == ("wgs84", True)
    assert straight.share_inside == crossed.share_inside
    assert straight.share_inside is not None
    assert straight.share_inside > 0.9
    assert "exchanged" in crossed.reason


def test_longitudes_without_their_minus_sign_are_noticed(postcodes: Columns) -> None:
    longitude, latitude = postcodes
    found = judge_columns(-longitude, latitude, areas=WEST_MIDLANDS)
    assert found.system == "unknown"
    assert "lost their minus sign" in found.reason


degrees = st.tuples(st.floats(-5, 1.5), st.floats(51, 58))


@given(positions=st.lists(degrees, min_size=1, max_size=30), swapped=st.booleans())
def test_british_degrees_are_degrees_in_the_order_they_come(
    positions: list[tuple[float, float]], *, swapped: bool
) -> None:
    pairs = np.array(positions)
    found = judge_columns(pairs[:, int(swapped)], pairs[:, 1 - int(swapped)])
    assert (found.system, found.swapped) == ("wgs84", swapped)


@given(st.lists(st.tuples(st.floats(-2.2, -1.45), st.floats(52.35, 52.66)), min_size=1))
def test_grid_positions_in_the_areas_are_british_in_the_order_they_come(
    positions: list[tuple[float, float]],
) -> None:
    pairs = np.array(positions)
    easting, northing = to_grid(pairs[:, 0], pairs[:, 1])
    for swapped, given_columns in ((False, (easting, northing)), (True, (northing, easting))):
        found = judge_columns(*given_columns, said=GRID_NAMES, areas=WEST_MIDLANDS)
        assert (found.system, found.swapped, found.share_inside) == ("bng", swapped, 1)


@pytest.mark.parametrize("swapped", [False, True])
def test_web_mercator_is_recognised(*, swapped: bool) -> None:
    metres = [np.array([-211_500.0, -200_000.0]), np.array([6_890_000.0, 6_880_000.0])]
    found = judge_columns(metres[int(swapped)], metres[1 - int(swapped)], said=("x", "y"))
    assert (found.system, found.swapped) == ("web_mercator", swapped)


def test_rows_without_a_position_do_not_count() -> None:
    easting = np.array([407_000, np.nan, 0, np.inf, 0, np.nan, 408_000])
    northing = np.array([287_000, 5.0, 0, 5, 0, np.nan, 288_000])
    found = judge_columns(easting, northing, areas=WEST_MIDLANDS)
    assert (found.system, found.share_inside) == ("bng", 1)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ([np.nan, 0], [1, 0], "No row has two numbers."),
        ([], [], "No row has two numbers."),
        ([2.35], [48.0], "no row falls in the British Isles"),
        ([9e6, 5e5], [9e6, 5e7], "neither degrees nor metres"),
        ([690_000, 20_000], [100_000, 1_200_000], "fit no grid of the British Isles"),
    ],
)
def test_numbers_that_fit_nothing_are_unknown_for_a_reason(
    first: list[float], second: list[float], reason: str
) -> None:
    found = judge_columns(np.array(first, dtype=float), np.array(second, dtype=float))
    assert found.system == "unknown"
    assert reason in found.reason
    assert found.reason.endswith(".")


def test_a_file_that_names_a_grid_its_numbers_contradict_is_not_believed(crimes: Columns) -> None:
    said = (*GRID_NAMES, "irish_grid.csv")
    assert judge_columns(*crimes, said=said).system == "bng"
