"""Reference data are complete, load twice alike, and refuse files that are something else."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import psycopg
import pytest
import shapely

from data.reference_data import NotReferenceData, load_postcodes, load_reference, load_sites
from geo.cells import COARSEST_METRES, cell_of_key
from scripts.reference import REFERENCE, best_fit, derive

EVERYTHING = """
    SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (
        SELECT a::text AS row FROM reference.area AS a
        UNION ALL SELECT c::text FROM reference.cell_area AS c
        UNION ALL SELECT concat(layer, code, name, area_id, st_astext(shape)) FROM reference.outline
    ) AS rows
"""


def table(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def one(conn: psycopg.Connection, query: str) -> object:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for path in REFERENCE.iterdir()) < 400_000


def test_seven_boroughs_come_first_and_the_force_they_make_up_is_no_area() -> None:
    areas = table("areas.csv")
    assert [area["id"] for area in areas] == [str(n) for n in range(1, len(areas) + 1)]
    assert [area["kind"] for area in areas] == ["borough"] * 7 + ["force"] * 42
    assert "West Midlands" not in [area["name"] for area in areas]


@pytest.mark.parametrize(("layer", "count"), [("boroughs", 7), ("wards", 163)])
def test_outlines_are_valid_and_meet_without_overlap(layer: str, count: int) -> None:
    features = json.loads((REFERENCE / f"{layer}.geojson").read_text())["features"]
    shapes = np.array([shapely.geometry.shape(feature["geometry"]) for feature in features])
    assert len(shapes) == count
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(shapely.union_all(shapes)), rel=1e-4)


def test_a_square_that_a_borough_reaches_is_the_borough_s_with_the_greatest_share() -> None:
    """Four squares of 5 km: two boroughs share the first with a force, one has a sliver of the second."""
    boroughs = np.array([shapely.box(0, 0, 1_500, 5_000), shapely.box(1_500, 0, 2_400, 5_000)])
    slivers = np.array([shapely.box(5_000, 0, 5_100, 5_000), shapely.box(10_000, 0, 10_010, 5_000)])
    boroughs = np.array([boroughs[0].union(slivers[1]), boroughs[1].union(slivers[0])])
    forces = np.array([shapely.box(2_400, 0, 12_000, 5_000)])
    cells, area = best_fit(boroughs, forces)
    assert dict(zip(cells.tolist(), area.tolist(), strict=True)) == {0: 0, 10_000: 1, 20_000: 2}


def test_boroughs_have_the_squares_that_they_reach() -> None:
    features = json.loads((REFERENCE / "boroughs.geojson").read_text())["features"]
    ours = [int(row["cell"]) for row in table("cell_area.csv") if int(row["area"]) <= len(features)]
    corners = cell_of_key(ours)
    square_kilometres = len(ours) * (COARSEST_METRES / 1_000) ** 2
    assert 1_200 < square_kilometres < 1_700
    assert corners.easting.min() >= 380_000
    assert corners.easting.max() < 445_000


def test_the_files_are_what_the_source_gives(testdata: Path, tmp_path: Path) -> None:
    derive(testdata / "boundaries", tmp_path)
    assert (tmp_path / "cell_area.csv").read_text() == (REFERENCE / "cell_area.csv").read_text()
    assert (tmp_path / "areas.csv").read_text() == (REFERENCE / "areas.csv").read_text()
    for layer in ("boroughs.geojson", "wards.geojson"):
        assert json.loads((tmp_path / layer).read_text()) == json.loads((REFERENCE / layer).read_text())


def test_loading_twice_leaves_what_loading_once_left(operator: psycopg.Connection) -> None:
    load_reference(operator)
    once = one(operator, EVERYTHING)
    load_reference(operator)
    assert one(operator, EVERYTHING) == once
    assert one(operator, "SELECT count(*) FROM reference.outline WHERE layer = 'wards'") == 163
    assert one(operator, "SELECT count(*) FROM reference.cell_area") == len(table("cell_area.csv"))


def test_code_point_open_is_loaded_and_a_newer_file_moves_a_postcode(
    operator: psycopg.Connection, tmp_path: Path
) -> None:
    older, newer = tmp_path / "b.csv.gz", tmp_path / "b.csv"
    older.write_bytes(gzip.compress(b'"B1  1AY",10,406874,286943,"E92000001"\r\n"B1 1ZZ",90,0,0,""\r\n'))
    newer.write_text("B11AY,10,406900,286900\n")
    assert load_postcodes(operator, older) == 1
    load_postcodes(operator, newer)
    rows = operator.execute("SELECT * FROM reference.postcode WHERE postcode LIKE 'B1 1%'").fetchall()
    assert rows == [("B1 1AY", 406900, 286900)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Postcode,Quality,Eastings,Northings\n", "Line 1 of codes.csv has no three whole numbers"),
        (b"B1 1AY,10,406874,286943\n,10,1,2\n", "Line 2 of codes.csv does not begin with a postcode"),
        (b"B1 1AY\n", "Line 1 of codes.csv has no three whole numbers"),
        (b"\x1f\x8bnot gzip", "codes.csv is not readable"),
    ],
)
def test_what_is_not_code_point_is_refused_with_the_line(
    operator: psycopg.Connection, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "codes.csv"
    file.write_bytes(content)
    with pytest.raises(NotReferenceData, match=said):
        load_postcodes(operator, file)


def test_real_postcodes_and_sites_load(operator: psycopg.Connection, testdata: Path) -> None:
    codes = testdata / "postcodes" / "codepoint_open_2014-08"
    assert load_postcodes(operator, codes / "ws.csv.gz") == 9_895
    sites = testdata / "sites"
    hospitals = load_sites(operator, sites / "wm_hospitals_2022.geojson", sector="health", source="NHS")
    assert (hospitals.sites, hospitals.without_position) == (33, 0)
    banks = load_sites(operator, sites / "wm_bank_branches_geolytix.csv", sector="banking", source="GEOLYTIX")
    assert (banks.sites, banks.without_position) == (207, 0)
    surgeries = load_sites(operator, sites / "wm_gp_practices_epraccur_2019.csv", sector="health", source="ODS")
    assert 30 < surgeries.sites < 120
    assert surgeries.sites + surgeries.without_position == 501
    assert one(operator, "SELECT count(*) FROM reference.site WHERE key < 0 OR longitude > -1 OR latitude < 52") == 0


def test_sites_loaded_again_are_the_same_sites(operator: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_text("Code,Name,Lon,Lat\n1,Invented Office,-1.9,52.5\n2,Nowhere Office,,\n")
    for _ in range(2):
        loaded = load_sites(operator, file, sector="employment", source="invented")
        assert (loaded.sites, loaded.without_position) == (1, 1)
    assert one(operator, "SELECT count(*) FROM reference.site WHERE source = 'invented'") == 1


def test_a_file_without_names_holds_no_sites(operator: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(NotReferenceData, match=r"sites\.csv holds no sites"):
        load_sites(operator, file, sector="health", source="invented")


def test_the_site_kinds_of_tiles_are_those_of_the_list(operator: psycopg.Connection) -> None:
    assert one(operator, "SELECT layers.site_kinds()") == one(
        operator, "SELECT words FROM reference.slugs WHERE list = 'site_kind'"
    )
