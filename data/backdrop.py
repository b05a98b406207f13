"""An administrator's base map: one PMTiles archive of vector tiles, opened once and read tile by tile."""

import html
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, HeaderDict, MagicNumberNotFound, SpecVersionUnsupported, TileType

from geo.tile_keys import Bounds, NoSuchTile, check_tile, tile_of

Schema = Literal["openmaptiles", "protomaps", "shortbread"]

_SCHEMAS: Final[dict[Schema, frozenset[str]]] = {
    "openmaptiles": frozenset({"transportation"}),
    "protomaps": frozenset({"earth", "roads"}),
    "shortbread": frozenset({"streets"}),
}
"""Layers by which each schema is known."""

_DEFAULT_CREDIT: Final = "© OpenStreetMap contributors"
_LONGEST_CREDIT: Final = 200
_DAMAGED: Final = (OSError, EOFError, ValueError, IndexError, OverflowError, zlib.error)


class NotABackdrop(ValueError):
    """A file that cannot be the base map, with the reason in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Backdrop:
    """An open archive: its schema, zooms, bounds in degrees, whom to credit; `is_packed` says that tiles are gzip."""

    schema: Schema
    min_zoom: int
    max_zoom: int
    bounds: Bounds
    credit: str
    is_packed: bool
    reader: Reader

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return a tile as it is stored, empty where the archive has none. Raises NoSuchTile."""
        check_tile(z, x, y)
        try:
            return self.reader.get(z, x, y) or b""
        except _DAMAGED as error:
            raise NoSuchTile("This tile of the base map is damaged.") from error


def open_backdrop(folder: Path) -> Backdrop | None:
    """Return the base map that lies in a folder, the first by name; None where there is none. Raises NotABackdrop."""
    files = sorted(folder.glob("*.pmtiles")) if folder.is_dir() else []
    return _opened(files[0]) if files else None


def _opened(file: Path) -> Backdrop:
    try:
        with file.open("rb") as opened:
            reader = Reader(MmapSource(opened))
        header = reader.header()
        _check(header, file.stat().st_size)
        metadata = reader.metadata()
        found = Backdrop(
            schema=_schema_of(metadata),
            min_zoom=header["min_zoom"],
            max_zoom=header["max_zoom"],
            bounds=_bounds_of(header),
            credit=_credit_of(metadata),
            is_packed=header["tile_compression"] == Compression.GZIP,
            reader=reader,
        )
        middle = ((found.bounds.west + found.bounds.east) / 2, (found.bounds.south + found.bounds.north) / 2)
        reader.get(found.max_zoom, *tile_of(*middle, found.max_zoom))
    except NotABackdrop:
        raise
    except SpecVersionUnsupported as error:
        raise NotABackdrop("The base map is PMTiles of another version; expected version 3.") from error
    except (MagicNumberNotFound, UnicodeDecodeError) as error:
        raise NotABackdrop("The base map is not a PMTiles archive; expected one of vector tiles, version 3.") from error
    except (*_DAMAGED, AttributeError, KeyError, TypeError) as error:
        raise NotABackdrop("The base map is damaged or cannot be read; copy the file again.") from error
    return found


def _check(header: HeaderDict, size: int) -> None:
    if header["tile_type"] != TileType.MVT:
        raise NotABackdrop("The base map holds pictures; expected vector tiles (MVT).")
    if header["tile_compression"] not in {Compression.GZIP, Compression.NONE}:
        raise NotABackdrop("The tiles of the base map are compressed in another way than gzip; expected gzip or none.")
    if header["internal_compression"] != Compression.GZIP:
        raise NotABackdrop("The directory of the base map is compressed in another way than gzip; expected gzip.")
    ends = [header[f"{part}_offset"] + header[f"{part}_length"] for part in ("root", "metadata", "tile_data")]  # type: ignore[literal-required]  # three of its keys
    if max(ends) > size:
        raise NotABackdrop("The base map is shorter than it says: copy the file again.")
    if not 0 <= header["min_zoom"] <= header["max_zoom"] <= 22:
        raise NotABackdrop("The base map has zooms that no map has; expected 0 to 22.")


def _schema_of(metadata: dict[str, Any]) -> Schema:
    """Return the schema by the names of the layers, which older programs wrote as JSON inside the JSON."""
    listed = metadata.get("vector_layers") or orjson.loads(metadata.get("json") or "{}").get("vector_layers") or []
    names = {layer["id"] for layer in listed}
    for schema, known_by in _SCHEMAS.items():
        if known_by <= names:
            return schema
    raise NotABackdrop("The base map's layers follow no known schema; expected OpenMapTiles, Protomaps or Shortbread.")


def _bounds_of(header: HeaderDict) -> Bounds:
    west, south = header["min_lon_e7"] / 1e7, header["min_lat_e7"] / 1e7
    east, north = header["max_lon_e7"] / 1e7, header["max_lat_e7"] / 1e7
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise NotABackdrop("The base map has bounds that are nowhere; expected degrees.")
    return Bounds(west, max(south, -85.0), east, min(north, 85.0))


def _credit_of(metadata: dict[str, Any]) -> str:
    """Return whom the file credits, as text: links and other markup are left out."""
    said = html.unescape(re.sub(r"<[^>]*>", " ", str(metadata.get("attribution") or "")))
    text = " ".join(said.replace("(c)", "©").replace("(C)", "©").split())[:_LONGEST_CREDIT]
    return text or _DEFAULT_CREDIT
