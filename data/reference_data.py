"""Open reference data into the database: areas, outlines, postcodes, sites. None of it is protected.

Loading is the operator's work, after migrating; repeating it changes nothing.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.array_copy import stage
from data.database import queries
from geo.arrays import Integers
from geo.cell_lattices import lattices_of, with_neighbours
from geo.national_grid import to_wgs84
from geo.postcodes import normalise_column
from geo.tile_keys import NO_KEY, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from uuid import UUID

    from psycopg import Connection
    from shapely import Polygon

GZIP: Final = b"\x1f\x8b"
NO_POSITION: Final = 90
"""Code-Point Open's quality of a postcode whose position is not known."""

NAMES: Final = {
    "id": ("id", "source_id", "organisation_code", "organisation_data_service_code", "code"),
    "name": ("name", "store_name", "branch_name", "pharmacy_name", "hospital22_name", "site_name"),
    "longitude": ("longitude", "lon", "lng", "long", "long_wgs84", "long_wgs"),
    "latitude": ("latitude", "lat", "lat_wgs84", "lat_wgs"),
    "postcode": ("postcode", "post_code"),
}
"""The column names by which a file of sites is understood, in lower case."""


class NotReferenceData(ValueError):
    """A file that is not what it was offered as."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A site where frontline professionals work; position is longitude and latitude (EPSG:4326).

    Without an id of its own a new site gets a random one.
    """

    source_id: str
    name: str
    position: tuple[float, float]
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedSites:
    """How many sites a file gave, and how many of its rows had no position."""

    sites: int
    without_position: int


def load_reference(conn: Connection) -> None:
    """Fill areas, the area of every 5 km cell, and the outlines of boroughs and wards, from data/reference."""
    files = resources.files("data") / "reference"
    with conn.transaction():
        conn.execute(
            "CREATE TEMPORARY TABLE new_area (id int, code text, name text, kind text) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE new_cell (cell int, area int) ON COMMIT DROP;"
            "CREATE TEMPORARY TABLE new_outline (layer text, code text, name text, borough text, shape text)"
            " ON COMMIT DROP"
        )
        for table, name in (("new_area", "areas.csv"), ("new_cell", "cell_area.csv")):
            with conn.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write((files / name).read_bytes())
        with conn.cursor() as cursor, cursor.copy("COPY new_outline FROM STDIN") as copy:
            for row in _outlines(files):
                copy.write_row(row)
        conn.execute(queries("reference")["load_areas"].encode())
        load_lattices(conn)


def load_lattices(conn: Connection) -> None:
    """Fill the map positions by which squares are drawn: of every 5 km cell that has an area, and those around.

    Cells whose positions are there already are left as they are.
    """
    table = (resources.files("data") / "reference" / "cell_area.csv").read_text().splitlines()
    cells = with_neighbours(np.array([int(row.split(",")[0]) for row in table[1:]]))
    known = np.array([row[0] for row in conn.execute("SELECT cell FROM reference.cell_lattice")], dtype=np.int64)
    missing = np.setdiff1d(cells, known)
    x, y = lattices_of(missing)
    reached = np.isfinite(x).all(axis=1)
    with conn.transaction():
        stage(conn, "new_lattice", {"cell": missing[reached].astype(np.int32), "x": x[reached], "y": y[reached]})
        conn.execute("INSERT INTO reference.cell_lattice SELECT cell, x, y FROM new_lattice")
        conn.execute("DROP TABLE new_lattice")


def _outlines(files: Traversable) -> Iterator[tuple[str, str, str, str, str]]:
    for layer in ("boroughs", "wards"):
        for feature in json.loads((files / f"{layer}.geojson").read_bytes())["features"]:
            said = feature["properties"]
            yield layer, said["code"], said["name"], said.get("borough", said["code"]), json.dumps(feature["geometry"])


def outlines_of(layer: str) -> dict[str, Polygon]:
    """Return the outlines of `boroughs` or `wards` by code, in degrees (EPSG:4326)."""
    features = json.loads((resources.files("data") / "reference" / f"{layer}.geojson").read_bytes())["features"]
    return {feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"]) for feature in features}


def area_ids(conn: Connection) -> dict[str, int]:
    """Return the id of each area by its code."""
    return dict(conn.execute("SELECT code, id FROM reference.area").fetchall())


def areas_of(conn: Connection, cells: Integers) -> Integers:
    """Return the id of the area of each 5 km cell (see geo.cells.cell_key); 0 is elsewhere."""
    known: Integers = np.array(conn.execute("SELECT cell, area_id FROM reference.cell_area ORDER BY cell").fetchall())
    found = np.searchsorted(known[:, 0], cells).clip(max=len(known) - 1)
    return np.where(known[found, 0] == cells, known[found, 1], 0)


def load_postcodes(conn: Connection, file: Path) -> int:
    """Load one file of Code-Point Open and return how many postcodes it gave.

    CSV without header, gzipped or not: postcode, quality, easting, northing (EPSG:27700), and more that is
    not kept. Postcodes of unknown position are left out; those known already get the new position. Raises
    NotReferenceData.
    """
    rows = list(_code_point_rows(file))
    read = normalise_column(np.array([row[1] for row in rows], dtype=object))
    if read.is_bad.any():
        raise NotReferenceData(
            f"Line {rows[int(read.is_bad.argmax())][0]} of {file.name} does not begin with a postcode; "
            "expected Code-Point Open, such as B1 1AY,10,406874,286943."
        )
    with conn.transaction():
        conn.execute("CREATE TEMPORARY TABLE new_postcode (postcode text, easting int, northing int) ON COMMIT DROP")
        with conn.cursor() as cursor, cursor.copy("COPY new_postcode FROM STDIN") as copy:
            for postcode, row in zip(read.postcodes, rows, strict=True):
                copy.write_row((postcode, row[2], row[3]))
        conn.execute(
            "INSERT INTO reference.postcode SELECT DISTINCT ON (postcode) * FROM new_postcode "
            "ON CONFLICT (postcode) DO UPDATE SET easting = excluded.easting, northing = excluded.northing"
        )
        conn.execute("DROP TABLE new_postcode")
    return len(rows)


def _code_point_rows(file: Path) -> Iterator[tuple[int, str, int, int]]:
    """Yield line number, postcode, easting and northing of each row that has a position."""
    for line, row in enumerate(csv.reader(io.StringIO(_text_of(file))), start=1):
        try:
            quality, easting, northing = (int(number) for number in row[1:4])
        except ValueError as error:
            raise NotReferenceData(
                f"Line {line} of {file.name} has no three whole numbers after the postcode; "
                "expected quality, easting and northing, as in Code-Point Open."
            ) from error
        if quality != NO_POSITION:
            yield line, row[0], easting, northing


def _text_of(file: Path) -> str:
    content = file.read_bytes()
    try:
        return (gzip.decompress(content) if content.startswith(GZIP) else content).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise NotReferenceData(f"{file.name} is not readable; expected text in UTF-8, gzipped or not.") from error


def load_sites(conn: Connection, file: Path, *, sector: str, source: str) -> LoadedSites:
    """Load a CSV or GeoJSON file of sites where frontline professionals work.

    A row's position is its longitude and latitude or, without them, its postcode's, when that is loaded. Rows
    without either are counted and left out. Sites of this source that are known already get what the file now
    says. A site is never a place: nobody visits it. Raises NotReferenceData.
    """
    rows = list(_site_rows(file))
    if not rows or "name" not in rows[0]:
        raise NotReferenceData(f"{file.name} holds no sites; expected a column {' or '.join(NAMES['name'])}.")
    _place_by_postcode(conn, rows)
    positions = np.array([[_degrees(row, "longitude"), _degrees(row, "latitude")] for row in rows])
    keys = keys_of(positions[:, 0], positions[:, 1])
    found = [
        Site(source_id=row.get("id") or f"{row['name']}, {row.get('postcode', '')}", name=row["name"], position=(x, y))
        for row, (x, y), key in zip(rows, positions.tolist(), keys.tolist(), strict=True)
        if key != NO_KEY and row["name"]
    ]
    store_sites(conn, found, sector=sector, source=source)
    return LoadedSites(sites=len(found), without_position=len(rows) - len(found))


def store_sites(conn: Connection, sites: Sequence[Site], *, sector: str, source: str) -> None:
    """Store sites of one sector and source, over those of the same source and id that are there."""
    keys = keys_of([site.position[0] for site in sites], [site.position[1] for site in sites])
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reference.site AS s (id, source, source_id, sector, name, longitude, latitude, key) "
            "VALUES (coalesce(%s, gen_random_uuid()), %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (source, source_id) DO UPDATE SET sector = excluded.sector, name = excluded.name, "
            "longitude = excluded.longitude, latitude = excluded.latitude, key = excluded.key",
            [
                (site.id, source, site.source_id, sector, site.name, *site.position, key)
                for site, key in zip(sites, keys.tolist(), strict=True)
            ],
        )


def _site_rows(file: Path) -> Iterator[dict[str, str]]:
    """Yield what each row says under the names of NAMES, whatever the file calls them."""
    text = _text_of(file)
    rows = _features(text, file.name) if text.lstrip().startswith("{") else csv.DictReader(io.StringIO(text))
    for row in rows:
        said = {str(name).strip().lower(): str(value or "").strip() for name, value in row.items()}
        yield {
            name: next(said[heading] for heading in headings if heading in said)
            for name, headings in NAMES.items()
            if said.keys() & set(headings)
        }


def _features(text: str, name: str) -> Iterator[dict[str, object]]:
    try:
        for feature in json.loads(text)["features"]:
            longitude, latitude = feature["geometry"]["coordinates"][:2]
            yield {**feature["properties"], "longitude": longitude, "latitude": latitude}
    except (KeyError, TypeError, ValueError) as error:
        raise NotReferenceData(f"{name} is not GeoJSON of points; expected a FeatureCollection.") from error


def _place_by_postcode(conn: Connection, rows: Sequence[dict[str, str]]) -> None:
    """Give rows that have a postcode and no longitude the position of the postcode."""
    lacking = [row for row in rows if not row.get("longitude") and row.get("postcode")]
    read = normalise_column(np.array([row["postcode"] for row in lacking], dtype=object)).postcodes.tolist()
    known = {
        postcode: (easting, northing)
        for postcode, easting, northing in conn.execute(
            "SELECT postcode, easting, northing FROM reference.postcode WHERE postcode = ANY (%s)", [read]
        )
    }
    for row, postcode in zip(lacking, read, strict=True):
        if postcode in known:
            longitude, latitude = to_wgs84(*known[postcode])
            row |= {"longitude": str(longitude), "latitude": str(latitude)}


def _degrees(row: dict[str, str], name: str) -> float:
    """Return a coordinate, NaN where the row says none or what is not a number."""
    try:
        return float(row.get(name) or "nan")
    except ValueError:
        return float("nan")
