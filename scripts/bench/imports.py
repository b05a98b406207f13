"""Import of a CSV: `waymark import`, from the command to the commit, beside ogr2ogr, geopandas and raw COPY."""

import functools
import os
import secrets
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import click
import numpy as np
import psycopg

from data.areas import area_ids
from data.bench import (
    benchmark_databases,
    copy_database,
    drop_database,
    forget_rivals_tables,
    imported_places,
    schema_digest,
)
from data.database import queries
from data.people import set_password
from data.private_files import write_private
from data.reference_data import areas_of, outlines_of
from geo.cells import cell_key
from geo.national_grid import to_grid
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.memory import finished
from scripts.bench.processes import require
from scripts.bench.world import APPLICATION, SEED, World, fresh_database, run_time_files, vault
from scripts.cluster import CHECKOUT
from scripts.demo.chance import Chance
from scripts.demo.streets import SHARES, spots

ADMIN: Final = "admin@police.demo.invalid"
HEADER: Final = "id,name,address,postcode,kind,attend rule,longitude,latitude\n"
KINDS: Final = ("car wash", "nail bar", "restaurant", "hotel", "shop", "factory")
RULES: Final = ("ok", "two_people", "contact_owner_first", "do_not_attend")
FEW_PLACES: Final = 1_000
MOST_MEGABYTES: Final = 300
STEADY: Final = 1.2
"""A tenth of the rows takes most of the memory already: so much more may ten times as many take."""

GEOPANDAS: Final = """
import sys, geopandas, pandas, psycopg, sqlalchemy
file, conninfo = sys.argv[1:]
frame = pandas.read_csv(file)
points = geopandas.points_from_xy(frame.pop("longitude"), frame.pop("latitude"), crs=4326)
engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo))
geopandas.GeoDataFrame(frame, geometry=points).to_postgis("rival_geopandas", engine, if_exists="replace")
"""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One way to bring a file in: its command and environment, and what is made ready before."""

    name: str
    command: list[str]
    shown: str
    prepare: Callable[[], None]
    environment: dict[str, str] = field(default_factory=dict)


def bench_imports(world: World, effort: Effort) -> bool:
    """Compare the import of `world.count` rows with its rivals; whether all targets are met."""
    require("ogr2ogr", "psql", packages="gdal-bin postgresql-client")
    bench = _Bench(world)
    count = world.count
    heading(f"Import of {count:,} valid CSV rows: all checks, ladder and keys, from the command to the commit")
    sides = bench.sides(count)
    for side in sides[1:]:
        beside(f"rival: {side.shown}")
    times: dict[str, list[float]] = {side.name: [] for side in sides}
    memory: list[float] = []
    for _ in range(effort.rounds):
        for side in sides:
            taken, megabytes = _run(side)
            times[side.name].append(taken)
            if side is sides[0]:
                memory.append(megabytes)
    bench.check_count(count)
    few = _run(bench.sides(max(count // 10, 1))[0])[1]
    bench.clear()
    ours = times[sides[0].name]
    targets = {"ogr2ogr": Target(value=1), "geopandas.to_postgis": Target(value=2.5)}
    good = [
        result(
            f"{name}: {middle(theirs):.2f} beside our {middle(ours):.2f} s",
            middle([rival / our for our, rival in zip(ours, theirs, strict=True)]),
            targets.get(name),
        )
        for name, theirs in times.items()
        if name != sides[0].name
    ]
    most = Target(value=MOST_MEGABYTES, at_most=True)
    good.append(result(f"memory of all our processes at the most, {count:,} rows", max(memory), most, unit=" MB"))
    steady = Target(value=STEADY, at_most=True)
    good.append(result(f"   as a multiple of that with {count // 10:,} rows: {few:.0f} MB", max(memory) / few, steady))
    return all(good)


class _Bench:
    """The databases and files of this benchmark: an installation with few places, copied for each round."""

    def __init__(self, world: World) -> None:
        self._cluster = world.cluster
        self._template = f"bench_imports_{schema_digest()}"
        self._database = "bench_imports_round"
        self._password = secrets.token_urlsafe(16)
        self._var = run_time_files() / "imports"
        keys = self._var / "keys"
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (keys / "application.password").exists():
            write_private(keys / "application.password", self._cluster.password(APPLICATION))
        operator = self._cluster.url()
        if self._template not in benchmark_databases(operator):
            fresh_database(self._cluster, self._template, count=FEW_PLACES)
        with psycopg.connect(self._cluster.url(database=self._template)) as conn:
            set_password(conn, vault(), ADMIN, password=self._password)

    def sides(self, count: int) -> list[Side]:
        """Return ours and the rivals, for a file of `count` rows."""
        operator = self._cluster.url(database=self._database)
        with psycopg.connect(self._cluster.url(database=self._template)) as conn:
            file = _places_file(conn, count)
        ours = [sys.executable, "-m", "scripts.cli", "import", str(file), "--as", ADMIN]
        ours += ["--collected-for", "safeguarding", "--commit"]
        fresh = functools.partial(copy_database, self._cluster.url(), self._template, self._database)
        environment = {
            "WAYMARK_VAR": str(self._var),
            "WAYMARK_DATABASE_URL": operator,
            "WAYMARK_PASSWORD": self._password,
            "WAYMARK_MASTER_KEY": str(run_time_files() / "master.key"),
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONSAFEPATH": "1",
        }
        waymark = Side(name="waymark", command=ours, shown="", prepare=fresh, environment=environment)
        return [waymark, _ogr2ogr(file, operator), _geopandas(file, operator), _raw_copy(file, operator)]

    def check_count(self, count: int) -> None:
        """Raise a sentence unless our last round has brought in every row."""
        with psycopg.connect(self._cluster.url(database=self._database)) as conn:
            found = imported_places(conn)
        if found != count:
            raise click.ClickException(f"Our import made {found:,} places of {count:,} rows; the two must be equal.")

    def clear(self) -> None:
        """Drop the database of the rounds."""
        drop_database(self._cluster.url(), self._database)


def _ogr2ogr(file: Path, operator: str) -> Side:
    command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{operator}", str(file), "-nln", "rival_ogr", "-a_srs", "EPSG:4326"]
    command += ["-oo", "X_POSSIBLE_NAMES=longitude", "-oo", "Y_POSSIBLE_NAMES=latitude"]
    command += ["--config", "PG_USE_COPY", "YES"]
    return _rival("ogr2ogr", command, operator)


def _geopandas(file: Path, operator: str) -> Side:
    side = _rival("geopandas.to_postgis", [sys.executable, "-c", GEOPANDAS, str(file), operator], operator)
    return replace(side, shown="geopandas: " + "; ".join(GEOPANDAS.strip().splitlines()[2:]))


def _raw_copy(file: Path, operator: str) -> Side:
    command = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", operator]
    for step in (
        " ".join(queries("bench")["raw_table"].split()),
        f"\\copy rival_raw from '{file}' (format csv, header)",
        " ".join(queries("bench")["raw_geometry"].split()),
    ):
        command += ["--command", step]
    return _rival("raw \\copy and geometry", command, operator)


def _rival(name: str, command: list[str], operator: str) -> Side:
    shown = shlex.join(command).replace(operator, "dbname=...")
    return Side(name=name, command=command, shown=shown, prepare=functools.partial(_forget, operator))


def _run(side: Side) -> tuple[float, float]:
    """Return the seconds that a side takes, and the megabytes that its processes take at the most, together."""
    side.prepare()
    began = time.monotonic()
    megabytes = finished(
        side.command, environment={**os.environ, **side.environment}, log=run_time_files() / "import.log"
    )
    return time.monotonic() - began, megabytes


def _forget(operator: str) -> None:
    with psycopg.connect(operator, autocommit=True) as conn:
        forget_rivals_tables(conn)


def _places_file(conn: psycopg.Connection, count: int) -> Path:
    """Return a CSV of `count` places along the demo's streets, no two with one name, made when there is none.

    All lie in the West Midlands, whose boundary is that of 5 km squares for records.
    """
    file = run_time_files() / f"places_{count}.csv"
    if file.exists():
        return file
    where = spots(Chance(SEED).stream("import"), count + count // 100, outlines_of("boroughs"))
    areas = areas_of(conn, cell_key(*to_grid(where.longitude.round(6), where.latitude.round(6))))
    boroughs = area_ids(conn, list(SHARES))
    where = where.chosen(np.flatnonzero(np.isin(areas, boroughs))[:count])
    half_made = file.with_suffix(".part")
    with half_made.open("w") as out:
        out.write(HEADER)
        for n, (longitude, latitude) in enumerate(zip(where.longitude, where.latitude, strict=True)):
            kind, rule = KINDS[n % len(KINDS)], RULES[n % len(RULES)]
            postcode = f"B{n % 70 + 1} {n % 9}{'ABDEF'[n % 5]}A"
            out.write(f"P{n:07d},{kind.title()} {n},{n % 400 + 1} Example Street,{postcode},{kind},{rule},")
            out.write(f"{longitude:.6f},{latitude:.6f}\n")
    half_made.rename(file)
    return file
