"""Every real file that must be importable, from its bytes to places."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from data.imports.desk import Desk
from data.imports.layout import Asked
from data.imports.publish import commit
from data.imports.records import Import, rows_of
from data.imports.stage import stage
from tests.data.imports.conftest import Receive, World

Staged = Callable[..., Import]

BY_COORDINATES = {
    "sites/gm_jobcentreplus.csv": (26, "name"),
    "sites/gm_post_offices.geojson": (343, "DISTNAME"),
    "sites/wm_bank_branches_geolytix.csv": (207, "branch_name"),
    "sites/wm_hospitals_2022.geojson": (33, "hospital22_name"),
    "sites/wm_retail_points_geolytix_v40.csv": (614, "store_name"),
    "sites/geolytix_retailpoints_v40_202601.csv.gz": (19_233, "store_name"),
    "messy/trafford_fast_food_outlets_fsa.csv": (291, "name"),
    "messy/trafford_libraries_archive.csv": (13, "Name"),
    "messy/trafford_schools_and_colleges.csv": (103, "name"),
    "crime/2011-02-west-midlands-street.csv.gz": (25_558, None),
    "crime/2024-01-west-midlands-street.excerpt.csv": (16, None),
    "crime/2018-01-avon-and-somerset-street.csv.gz": (13_566, None),
    "postcodes/codepoint_open_2014-08/cv.csv.gz": (19_508, None),
    "boundaries/os_library_buildings.csv.gz": (3_469, "distinctive_name"),
    "osm/rutland-latest-free.shp.zip": (501, "name"),
}
BY_POSTCODE = {
    "sites/wm_gp_practices_epraccur_2019.csv": (501, "name"),
    "sites/gm_pharmacies.csv": (631, "pharmacy_name"),
    "sites/gm_food_banks.csv": (171, "Name"),
    "messy/libraries/birmingham_city_council.csv": (44, "Library name"),
    "messy/libraries/coventry_city_council.csv": (18, "Library name"),
    "messy/libraries/dudley_metropolitan_borough_council.csv": (17, "Library name"),
    "messy/libraries/solihull_metropolitan_borough_council.csv": (16, "Library name"),
    "messy/libraries/libraries_bolton.csv": (15, "name"),
    "messy/libraries/libraries_manchester.csv": (22, "name"),
    "messy/derived_wm_libraries.xlsx": (61, "Library name"),
}


@pytest.fixture
def staged(desk: Desk, received: Receive, testdata: Path) -> Staged:
    def take(name: str, sheet: str | None = None) -> Import:
        return stage(desk, received(testdata / name, Path(name).name), asked=Asked(sheet=sheet))

    return take


@pytest.mark.parametrize("name", BY_COORDINATES)
def test_a_file_with_coordinates_is_recognised_and_staged(name: str, staged: Staged) -> None:
    rows, named = BY_COORDINATES[name]
    found = staged(name)
    assert (found.rows_read, found.mapping["name"]) == (rows, named)
    assert found.good + found.duplicates + found.rejected == rows
    assert found.good > 0.8 * rows


@pytest.mark.parametrize("name", BY_POSTCODE)
def test_a_file_without_coordinates_is_placed_by_its_postcodes(name: str, world: World, staged: Staged) -> None:
    world.operator.execute("INSERT INTO reference.postcode VALUES ('B27 7XH', 411000, 283000) ON CONFLICT DO NOTHING")
    rows, named = BY_POSTCODE[name]
    found = staged(name)
    assert (found.rows_read, found.mapping["name"], found.mapping["position"]) == (rows, named, "postcode")
    assert found.good + found.duplicates + found.rejected == rows


def test_code_point_open_without_a_header_keeps_its_grid_to_the_metre(
    desk: Desk, received: Receive, testdata: Path
) -> None:
    import_id = received(testdata / "postcodes/codepoint_open_2014-08/b.csv.gz", "b.csv.gz")
    found = stage(desk, import_id)
    assert (found.mapping["position"], found.mapping["crs"]) == ("grid", "EPSG:27700")
    assert found.mapping["position_columns"] == ["column 3", "column 4"]
    first = rows_of(desk, import_id, at_most=1)[0]
    assert (first.line, first.name, first.postcode) == (1, "B1 1AY", "B1 1AY")


@pytest.mark.parametrize("area", ["dy", "ws", "wv"])
def test_every_file_of_code_point_open_is_recognised(area: str, staged: Staged) -> None:
    found = staged(f"postcodes/codepoint_open_2014-08/{area}.csv.gz")
    assert (found.mapping["position"], found.mapping["crs"]) == ("grid", "EPSG:27700")
    assert found.good > 0.8 * found.rows_read


def test_postcodes_with_longitude_and_latitude_are_points(staged: Staged) -> None:
    found = staged("postcodes/wm_postcodes_latlon.csv.gz")
    assert found.mapping["position"] == "longitude and latitude"
    assert found.good > 0.8 * found.rows_read


def test_a_list_of_column_headers_holds_no_places(staged: Staged) -> None:
    found = staged("postcodes/codepoint_open_2014-08/Code-Point_Open_Column_Headers.csv")
    assert (found.good, found.rejected) == (0, found.rows_read)


def test_every_crime_file_has_the_columns_of_one_that_is_imported(testdata: Path) -> None:
    tried = {
        header_of(testdata / name)
        for name in [*BY_COORDINATES, "crime/2018-01-city-of-london-street.csv.gz"]
        if name.startswith("crime/")
    }
    files = [*testdata.glob("crime/*.csv.gz"), *testdata.glob("crime/*.csv")]
    assert len(files) > 70
    assert {header_of(file) for file in files} == tried


def header_of(file: Path) -> str:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
        return lines.readline().decode().strip()


def test_a_committed_crime_file_keeps_every_point(world: World, desk: Desk, received: Receive, testdata: Path) -> None:
    before = world.count("store.place_point")
    import_id = received(testdata / "crime/2018-01-city-of-london-street.csv.gz", "london.csv.gz")
    good = stage(desk, import_id).good
    assert commit(desk, import_id).status == "committed"
    assert world.count("store.place_point") == before + good


def test_a_layer_of_a_zipped_shapefile_can_be_chosen(staged: Staged) -> None:
    found = staged("osm/rutland-latest-free.shp.zip", sheet="gis_osm_pois_free_1")
    assert (found.layout["sheet"], found.rows_read) == ("gis_osm_pois_free_1", 455)
    assert len(found.layout["sheets"]) == 18


def test_a_workbook_with_a_title_gives_the_rows_that_its_cells_have(
    desk: Desk, received: Receive, testdata: Path
) -> None:
    import_id = received(testdata / "messy/derived_wm_libraries.xlsx", "libraries.xlsx")
    found = stage(desk, import_id)
    assert (found.layout["header_line"], found.layout["sheet"]) == (3, "Libraries")
    assert rows_of(desk, import_id, at_most=1)[0].line == 4
