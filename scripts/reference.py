"""`waymark reference`: open data about the country, made small and loaded. Nothing here is protected.

`waymark reference derive SOURCE_DIR` rebuilds data/reference/ from two open files in SOURCE_DIR: the
GeoPackage wm_boundaries.gpkg (layers lad_detailed, ward_2013_detailed) and police_force_areas.geojson.
data/reference/LICENCE.md says where they come from.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import geopandas
import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from data.reference_data import NotReferenceData, load_postcodes, load_sites
from geo.arrays import Integers
from geo.cells import COARSEST_METRES, KEY_COLUMNS
from scripts.installation import installation

GRID = 27700
DEGREES = 4326
SNAP_METRES = 0.1
TOLERANCE_METRES = 25
DECIMALS = 5
OUR_FORCE = "E23000014"

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"

Shapes = NDArray[np.object_]


class NotTheSource(ValueError):
    """The folder lacks a file that reference data are derived from."""


def simplified(shapes: Shapes, tolerance: float = TOLERANCE_METRES) -> Shapes:
    """Return polygons with fewer vertices, neighbours still meeting exactly, in metres (EPSG:27700).

    Gaps and overlaps of millimetres, left where other outlines were dissolved, are closed first.
    `tolerance` is the side of the triangles that vanish (Visvalingam and Whyatt, 1993).
    """
    return np.asarray(
        shapely.coverage_simplify(shapely.coverage_clean(shapes, snapping_distance=SNAP_METRES), tolerance)
    )


def feature_collection(frame: geopandas.GeoDataFrame) -> dict[str, object]:
    """Return GeoJSON of a frame in EPSG:27700, its other columns as properties, degrees to five decimals."""
    exact = frame.to_crs(DEGREES).geometry.to_numpy()
    shapes = shapely.transform(exact, lambda degrees: np.round(degrees, DECIMALS))
    if not shapely.is_valid(shapes).all():
        raise ValueError(f"Rounded to {DECIMALS} decimals an outline crosses itself; expected valid polygons.")
    columns = frame.columns.drop("geometry")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": dict(zip(columns, row, strict=True)),
                "geometry": shapely.geometry.mapping(shape),
            }
            for row, shape in zip(frame[columns].itertuples(index=False), shapes, strict=True)
        ],
    }


def best_fit(boroughs: Shapes, forces: Shapes) -> tuple[Integers, Integers]:
    """Return the 5 km cells that the shapes touch, and for each the position of its area.

    Positions count the boroughs first, then the forces. A cell of which boroughs cover one hundredth or more
    goes to the borough with the greatest share, so that nowhere in a borough is out of its people's reach;
    elsewhere to the force with the greatest share. Shapes in metres (EPSG:27700).
    """
    cells = cells_touched(np.concatenate([boroughs, forces]))
    columns, rows = np.divmod(cells, KEY_COLUMNS)
    squares = shapely.box(*(COARSEST_METRES * edge for edge in (columns, rows, columns + 1, rows + 1)))
    of_boroughs, of_forces = overlaps(squares, boroughs), overlaps(squares, forces)
    is_ours = of_boroughs.sum(axis=1) >= COARSEST_METRES**2 / 100
    area = np.where(is_ours, of_boroughs.argmax(axis=1), len(boroughs) + of_forces.argmax(axis=1))
    on_land = is_ours | (of_forces.max(axis=1) > 0)
    return cells[on_land], area[on_land]


def cells_touched(shapes: Shapes) -> Integers:
    """Return the numbers of the 5 km cells within the bounds of any of the shapes, in order."""
    found: set[int] = set()
    for west, south, east, north in np.floor(shapely.bounds(shapes) / COARSEST_METRES).astype(np.int64):
        across, up = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
        found.update((across * KEY_COLUMNS + up).ravel().tolist())
    return np.array(sorted(found), dtype=np.int64)


def overlaps(squares: Shapes, shapes: Shapes) -> NDArray[np.float64]:
    """Return square metres shared by each square with each shape, one row per square."""
    shared = np.zeros((len(squares), len(shapes)))
    tree = shapely.STRtree(squares)
    for column, shape in enumerate(shapes):
        near = tree.query(shape)
        shapely.prepare(shape)
        shared[near, column] = shapely.area(shapely.intersection(squares[near], shape))
    return shared


def derive(source: Path, into: Path) -> None:
    """Write the reference files from the two source files. Raises NotTheSource when one is missing."""
    boundaries, force_areas = source / "wm_boundaries.gpkg", source / "police_force_areas.geojson"
    for path in (boundaries, force_areas):
        if not path.is_file():
            raise NotTheSource(f"{source} has no {path.name}; expected the files that LICENCE.md names.")
    boroughs = geopandas.read_file(boundaries, layer="lad_detailed").to_crs(GRID).sort_values("lad_code")
    wards = geopandas.read_file(boundaries, layer="ward_2013_detailed").to_crs(GRID).sort_values("WD13CD")
    forces = geopandas.read_file(force_areas).to_crs(GRID).sort_values("PFA20CD")
    forces = forces[forces.PFA20CD != OUR_FORCE]
    areas = [
        *((code, name, "borough") for code, name in zip(boroughs.lad_code, boroughs.lad_name, strict=True)),
        *((code, name, "force") for code, name in zip(forces.PFA20CD, forces.PFA20NM, strict=True)),
    ]
    cells, area = best_fit(boroughs.geometry.to_numpy(), shapely.make_valid(forces.geometry.to_numpy()))
    outlines = {
        "boroughs": {"code": boroughs.lad_code, "name": boroughs.lad_name, "geometry": boroughs.geometry},
        "wards": {"code": wards.WD13CD, "name": wards.WD13NM, "borough": wards.lad_code, "geometry": wards.geometry},
    }
    for name, columns in outlines.items():
        frame = geopandas.GeoDataFrame(columns, crs=GRID)
        frame["geometry"] = simplified(frame.geometry.to_numpy())
        text = json.dumps(feature_collection(frame), separators=(",", ":"), ensure_ascii=False)
        (into / f"{name}.geojson").write_text(text.replace('{"type":"Feature"', '\n{"type":"Feature"') + "\n")
    write_csv(into / "areas.csv", ("id", "code", "name", "kind"), ((n, *row) for n, row in enumerate(areas, start=1)))
    write_csv(into / "cell_area.csv", ("cell", "area"), zip(cells.tolist(), (area + 1).tolist(), strict=True))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table with a header, one line a row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


@click.group()
def reference() -> None:
    """Load open reference data: postcodes, sites; or rebuild the outlines that come with Waymark."""


@reference.command("derive")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
def derive_command(source: Path) -> None:
    """Rebuild data/reference from the open files in SOURCE (data/reference/LICENCE.md names them)."""
    try:
        derive(source, REFERENCE)
    except NotTheSource as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Rebuilt {REFERENCE}.")


@reference.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def postcodes(files: tuple[Path, ...]) -> None:
    """Load FILES of Code-Point Open: CSV without header, gzipped or not."""
    with psycopg.connect(installation().operator) as conn:
        for file in files:
            try:
                click.echo(f"{file.name}: {load_postcodes(conn, file)} postcodes")
            except NotReferenceData as error:
                raise click.ClickException(str(error)) from error


@reference.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sector", required=True, help="What the sites are, such as health, banking, employment.")
@click.option("--source", help="Who published the file; its name when not given.")
def sites(file: Path, sector: str, source: str | None) -> None:
    """Load FILE (CSV or GeoJSON) of sites where frontline professionals work. They are never places."""
    with psycopg.connect(installation().operator) as conn:
        try:
            loaded = load_sites(conn, file, sector=sector, source=source or file.name)
        except NotReferenceData as error:
            raise click.ClickException(str(error)) from error
    click.echo(
        f"{file.name}: {loaded.sites} sites"
        + (f", {loaded.without_position} rows without a position" if loaded.without_position else "")
    )
