"""An administrator's base map: which files are used, and why others are not."""

import gzip
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from data.backdrop import NotABackdrop, open_backdrop
from geo.tile_keys import NoSuchTile, tile_of

RUTLAND = Path(__file__).parents[3] / "shared" / "testdata" / "basemap" / "rutland.pmtiles"
TILE = gzip.compress(b"a tile")
HEADER: Mapping[str, Any] = {
    "tile_type": TileType.MVT,
    "tile_compression": Compression.GZIP,
    "min_zoom": 0,
    "max_zoom": 0,
    "min_lon_e7": -20_000_000,
    "min_lat_e7": 520_000_000,
    "max_lon_e7": -10_000_000,
    "max_lat_e7": 530_000_000,
    "center_zoom": 0,
    "center_lon_e7": 0,
    "center_lat_e7": 0,
}


def an_archive(
    folder: Path, *, layers: tuple[str, ...] = ("earth", "roads"), tile: bytes = TILE, more: Any = None, **header: Any
) -> Path:
    """Make an archive of one tile, at zoom 0."""
    out = BytesIO()
    writer = Writer(out)
    writer.write_tile(zxy_to_tileid(0, 0, 0), tile)
    writer.finalize({**HEADER, **header}, {"vector_layers": [{"id": name} for name in layers], **(more or {})})
    file = folder / "region.pmtiles"
    file.write_bytes(out.getvalue())
    return file


@pytest.mark.parametrize(
    ("layers", "schema"),
    [
        (("water", "transportation"), "openmaptiles"),
        (("earth", "roads"), "protomaps"),
        (("streets", "land"), "shortbread"),
    ],
)
def test_the_schema_is_known_by_its_layers(tmp_path: Path, layers: tuple[str, ...], schema: str) -> None:
    an_archive(tmp_path, layers=layers)
    found = open_backdrop(tmp_path)
    assert found is not None
    assert found.schema == schema
    assert found.tile(0, 0, 0) == TILE
    assert found.tile(1, 0, 0) == b""
    with pytest.raises(NoSuchTile):
        found.tile(1, 2, 0)


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_without_a_file_there_is_no_backdrop(tmp_path: Path, folder: str) -> None:
    assert open_backdrop(tmp_path / folder) is None


@pytest.mark.parametrize(
    ("said", "credit"),
    [
        ('<a href="https://x.invalid">&copy; OpenStreetMap</a> contributors', "© OpenStreetMap contributors"),
        ("(c) OpenStreetMap contributors (ODbL)", "© OpenStreetMap contributors (ODbL)"),
        (None, "© OpenStreetMap contributors"),
        ("<script>alert(1)</script>" + "x" * 500, ("alert(1) " + "x" * 500)[:200]),
    ],
)
def test_the_credit_is_text(tmp_path: Path, said: str | None, credit: str) -> None:
    an_archive(tmp_path, more={"attribution": said})
    found = open_backdrop(tmp_path)
    assert found is not None
    assert found.credit == credit


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"tile_type": TileType.PNG}, "pictures"),
        ({"tile_compression": Compression.BROTLI}, "gzip or none"),
        ({"min_lon_e7": 10_000_000, "max_lon_e7": -10_000_000}, "bounds"),
    ],
)
def test_an_archive_of_another_kind_is_refused_with_the_reason(
    tmp_path: Path, header: dict[str, Any], words: str
) -> None:
    an_archive(tmp_path, **header)
    with pytest.raises(NotABackdrop, match=words):
        open_backdrop(tmp_path)


@pytest.mark.parametrize("layers", [(), ("buildings",)])
def test_layers_of_no_known_schema_are_refused(tmp_path: Path, layers: tuple[str, ...]) -> None:
    an_archive(tmp_path, layers=layers)
    with pytest.raises(NotABackdrop, match="expected OpenMapTiles, Protomaps or Shortbread"):
        open_backdrop(tmp_path)


@pytest.mark.fault
@pytest.mark.parametrize("keep", [0, 6, 7, 8, 60, 127, 140, 200])
def test_a_file_cut_anywhere_is_refused_without_naming_its_path(tmp_path: Path, keep: int) -> None:
    file = an_archive(tmp_path)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(NotABackdrop) as refused:
        open_backdrop(tmp_path)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.fault
@pytest.mark.parametrize("content", [b"PMTiles\x02" + b"\0" * 200, b"\xff" * 300, b"not a map at all" * 20])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "region.pmtiles").write_bytes(content)
    with pytest.raises(NotABackdrop, match="PMTiles"):
        open_backdrop(tmp_path)


@pytest.mark.fault
def test_a_damaged_directory_is_refused(tmp_path: Path) -> None:
    file = an_archive(tmp_path)
    content = bytearray(file.read_bytes())
    content[130:140] = b"\0" * 10
    file.write_bytes(content)
    with pytest.raises(NotABackdrop, match="damaged"):
        open_backdrop(tmp_path)


@pytest.mark.fault
def test_zooms_that_no_map_has_are_refused(tmp_path: Path) -> None:
    file = an_archive(tmp_path)
    content = bytearray(file.read_bytes())
    content[100:102] = b"\x09\x03"
    file.write_bytes(content)
    with pytest.raises(NotABackdrop, match="zooms"):
        open_backdrop(tmp_path)


@pytest.mark.skipif(not RUTLAND.exists(), reason="the test data is not here")
def test_a_real_archive_of_openmaptiles_is_read() -> None:
    found = open_backdrop(RUTLAND.parent)
    assert found is not None
    assert (found.schema, found.max_zoom, found.is_packed) == ("openmaptiles", 14, True)
    assert gzip.decompress(found.tile(14, *tile_of(-0.73, 52.67, 14)))
