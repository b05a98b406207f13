"""Files that are broken, hostile or not what they say: each refused with a sentence, and nothing is left of it."""

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from data.imports.desk import Desk
from data.imports.limits import Limits
from data.imports.publish import commit
from data.imports.receive import Offer, receive
from data.imports.records import rejects_of, rows_of
from data.imports.refusals import FileRefused, FileTooLarge
from data.imports.stage import stage
from tests.data.imports.conftest import Receive, World

HEADER = b"name,lon,lat\n"
GOOD = b"A,-1.9,52.4\n"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


DOCTYPE = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def kml(body: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'.encode()


REFUSED = {
    "an empty file": (b"", "is empty"),
    "only a header": (HEADER, "no rows"),
    "HTML named .csv": (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "a NUL byte": (HEADER + GOOD + b"B\0,-1.9,52.4\n", "Line 3 holds a NUL"),
    "a PDF": (b"%PDF-1.7 ...", "PDF"),
    "a cut-short zip": (zipped({"a.shp": random.Random(1).randbytes(999)})[:500], "damaged or cut short"),
    "a zip of something else": (zipped({"readme.txt": b"hello"}), "neither a Shapefile nor a workbook"),
    "a shapefile without its table": (zipped({"a.shp": b"x", "a.shx": b"x"}), "lacks a.dbf"),
    "a broken shapefile": (zipped({"a.shp": b"x", "a.shx": b"x", "a.dbf": b"x"}), "damaged"),
    "a stray name in a zip": (zipped({"../a.shp": b"x", "../a.shx": b"x", "../a.dbf": b"x"}), "outside its own folder"),
    "a cut-short gzip": (gzip.compress(HEADER + GOOD * 9999)[:99], "gzip file is damaged"),
    "JSON that is not GeoJSON": (b'{"type": "Topology", "objects": {}}', "TopoJSON"),
    "cut-short GeoJSON": (b'{"type": "FeatureCollection", "features": [{"type": "Fea', "cut short"),
    "a pipeline named .geojson": (
        b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd ! write x"}',
        "no whole GeoJSON",
    ),
    "a KML with an entity": (kml("<Placemark><name>&x;</name></Placemark>", DOCTYPE), "document type"),
    "KML that is not well-formed": (kml("<Placemark>").replace(b"</Document>", b""), "not well-formed"),
    "columns exchanged": (b"name,longitude,latitude\n" + b"A,52.4,-1.9\n" * 5, "exchanged"),
    "no positions": (b"name,colour\nA,red\n", "No column says where"),
    "positions without names": (b"lon,lat\n-1.9,52.4\n", "No column says what the places are called"),
    "a quotation mark never closed": (HEADER + b'"A,-1.9,52.4\n' + GOOD * 300_000, "every quotation mark closed"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_is_refused_with_a_sentence(what: str, desk: Desk, received: Receive) -> None:
    content, words = REFUSED[what]
    with pytest.raises(FileRefused, match=words):
        stage(desk, received(content))


@pytest.mark.parametrize(
    ("name", "words", "column"),
    [
        ("messy/translink_stationsni_irish_grid.csv", "Irish Grid", "Easting and Northing"),
        ("messy/codepoint_open_Codelist.xls", "No column says where", None),
        ("boundaries/uk-geojson/lsoa_by_lad/topo_E08000026.json", "TopoJSON", None),
        ("osm/os_open_roads_trafford_roadNode.geojson.gz", "holds no CSV", None),
    ],
)
def test_a_real_file_that_cannot_be_placed_is_refused(
    name: str, words: str, column: str | None, desk: Desk, received: Receive, testdata: Path
) -> None:
    with pytest.raises(FileRefused, match=words) as refusal:
        stage(desk, received(testdata / name, Path(name).name))
    if column:
        assert (refusal.value.column, refusal.value.line, refusal.value.said) == (column, 2, "332254, 371972")
        assert refusal.value.expected


def test_a_zip_bomb_is_refused_before_it_is_opened(desk: Desk, received: Receive) -> None:
    bomb = zipped({"a.shp": bytes(300 << 20), "a.shx": b"", "a.dbf": b""})
    with pytest.raises(FileTooLarge, match="would unpack to 300 MB"):
        stage(desk, received(bomb))


def test_a_gzip_bomb_is_stopped_while_it_unpacks(desk: Desk, received: Receive) -> None:
    with pytest.raises(FileTooLarge, match="unpacks to more than"):
        stage(desk, received(gzip.compress(b"a" * (300 << 20))))


def test_an_upload_over_the_limit_is_not_kept(world: World, desk: Desk) -> None:
    small = world.desk(str(desk.token), limits=Limits(file_bytes=1000))
    before = set(world.uploads.iterdir())
    with pytest.raises(FileTooLarge, match="larger than 1 kB"):
        receive(small, io.BytesIO(bytes(2000)), Offer(file_name="a", source="a", collected_for="welfare"))
    assert set(world.uploads.iterdir()) == before


def test_too_many_rows_are_refused(world: World, desk: Desk, received: Receive) -> None:
    few = world.desk(str(desk.token), limits=Limits(rows=10))
    with pytest.raises(FileTooLarge, match="more than 10 rows"):
        stage(few, received(HEADER + GOOD * 11))


def test_the_process_that_reads_has_only_its_share_of_memory(world: World, desk: Desk, received: Receive) -> None:
    poor = world.desk(str(desk.token), limits=Limits(memory_bytes=200 << 20))
    with pytest.raises(FileRefused):
        stage(poor, received(HEADER + GOOD * 400_000))


ROWS = {
    "infinite": (b"X,1e308,1e308\n", "not on Earth"),
    "beyond numbers": (b"X,1e400,52\n", "infinite"),
    "text for a number": (b"X,west,52.4\n", "numbers"),
    "nowhere": (b"X,0,0\n", "none was known"),
    "the sea off Norway": (b"X,5.1,60.4\n", "outside Britain"),
    "no position": (b"X,,\n", "no position"),
    "no name": (b",-1.9,52.4\n", "a name"),
    "a name too long": (b"X" * 201 + b",-1.9,52.4\n", "at most 200 letters"),
    "too few columns": (b"X,-1.9\n", "a row of 3 columns"),
    "too many columns": (b"X,-1.9,52.4,9\n", "a row of 3 columns"),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_bad_row_is_told_by_line_column_what_was_said_and_what_was_expected(
    what: str, desk: Desk, received: Receive
) -> None:
    row, expected = ROWS[what]
    import_id = received(HEADER + GOOD + b'"B\nC",-1.8,52.5\n' + row + b"D,-1.7,52.45\n")
    found = stage(desk, import_id)
    assert (found.good, found.rejected) == (3, 1)
    heading, line = list(rejects_of(desk, import_id))
    assert heading == "line,verdict,column,said,expected\r\n"
    assert line.startswith("5,rejected,")
    assert expected in line


def test_an_unclosed_ring_spoils_its_own_feature_only(desk: Desk, received: Receive, testdata: Path) -> None:
    import_id = received(testdata / "boundaries/postcode_districts/CV.geojson", "CV.geojson")
    found = stage(desk, import_id)
    assert (found.rows_read, found.rejected) == (24, 1)
    line = list(rejects_of(desk, import_id))[1]
    assert "geometry" in line
    assert "not closed" in line
    assert "valid shape" in line


def test_names_stay_as_they_were_written(world: World, desk: Desk, received: Receive) -> None:
    names = ["=1+1", "\u202eevil\u202c", "مقهى النجمة", "Café “Ünïcode”", "O'Brien; DROP TABLE place"]
    rows = [f'"{name}";-1.9;52.{number}' for number, name in enumerate(names, start=3)]
    import_id = received("\r\n".join(["name;lon;lat", *rows]).encode())
    stage(desk, import_id)
    assert [row.name for row in rows_of(desk, import_id)] == names
    commit(desk, import_id)
    stored = {row[0] for row in world.operator.execute("SELECT name FROM store.place").fetchall()}
    assert set(names) <= stored


def test_windows_1252_and_utf_16_are_read(desk: Desk, received: Receive) -> None:
    text = "name,lon,lat\r\nCafé ‰ Zoë,-1.9,52.4\r\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        import_id = received(text.encode(encoding))
        found = stage(desk, import_id)
        assert rows_of(desk, import_id)[0].name == "Café ‰ Zoë"
        assert found.layout["columns"] == ["name", "lon", "lat"]
