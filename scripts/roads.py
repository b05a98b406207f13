"""`waymark roads build FILE.pbf`: a road map for travel times, from an extract of OpenStreetMap. It is optional.

Valhalla's programs are the machine's own, when they are on the path, else those of its wheel, fetched by the hashes in
requirements-roads.txt. The wheel is for Python 3.12 and newer; its programs need no Python, so it is unpacked and not
installed.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from data.road_engine import CONFIGURED, COSTINGS, CURRENT, MOST_PAIRS
from scripts.cluster import CHECKOUT

LOCK: Final = CHECKOUT / "requirements-roads.txt"
SERVICE, TILES, CONFIG = "valhalla_service", "valhalla_build_tiles", "valhalla_build_config"
_CACHE_BYTES: Final = 200_000_000
_ELSEWHERE: Final = (
    "tile_extract",
    "traffic_extract",
    "admin",
    "landmarks",
    "timezone",
    "transit_dir",
    "transit_feeds_dir",
)
_COSTMATRIX: Final = {"max_iterations": 400, "allow_second_pass": True}
"""Measured on 121 points of a county: half the time, 0.6 % of the times differ by more than 30 s, and what first led to
a piece of road that leads nowhere is tried from the next road."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The commands of Valhalla: to ask, to build tiles, and to print a whole configuration."""

    service: Path
    tiles: Path
    config: Sequence[str]


@click.group()
def roads() -> None:
    """Travel times by road: build the road map that shifts are planned on."""


@roads.command()
@click.argument("extract", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def build(extract: Path) -> None:
    """Build the road map from an extract of OpenStreetMap (EXTRACT, .osm.pbf); the service uses it from then on."""
    folder = Path(os.environ.get("WAYMARK_VAR", CHECKOUT / "var")) / "roads"
    made = build_roads(extract.resolve(), folder, engine_in(folder))
    click.echo(f"The road map is {made}; plans made from now on travel by road.")


@roads.command()
def drop() -> None:
    """Take the road map away: travel times are estimated from distances again."""
    folder = Path(os.environ.get("WAYMARK_VAR", CHECKOUT / "var")) / "roads"
    (folder / CURRENT).unlink(missing_ok=True)
    _clear(folder)
    click.echo("There is no road map; travel times are estimated from distances.")


def engine_in(folder: Path) -> Engine:
    """Return Valhalla's programs: the machine's, else those of the wheel, fetched into `folder` when need be.

    Raises click.ClickException where neither can be had.
    """
    found = [shutil.which(name) for name in (SERVICE, TILES, CONFIG)]
    if all(found):
        service, tiles, config = map(str, found)
        return Engine(service=Path(service), tiles=Path(tiles), config=[config])
    wheel = folder / f"engine-{LOCK.read_text().split()[0].partition('==')[2]}"
    if not wheel.is_dir():
        _fetch(wheel)
    programs = wheel / "valhalla" / "bin"
    config_file = str(wheel / "valhalla" / f"{CONFIG}.py")
    return Engine(service=programs / SERVICE, tiles=programs / TILES, config=[sys.executable, config_file])


def build_roads(extract: Path, folder: Path, engine: Engine) -> Path:
    """Build tiles in a folder of their own, then put it in the place of the road map there was; the folder.

    Raises click.ClickException when Valhalla cannot read the extract: the road map stays what it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="map-", dir=folder))
    made.chmod(0o755)
    try:
        tiles = made / "tiles"
        tiles.mkdir()
        (made / CONFIGURED).write_text(json.dumps(_configuration(engine, tiles)))
        (made / "engine.json").write_text(json.dumps({"service": str(engine.service), "extract": extract.name}))
        _build_tiles(engine, extract, made)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    fresh = folder / f"{CURRENT}.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(made.name)
    fresh.replace(folder / CURRENT)
    _clear(folder)
    return made


def _configuration(engine: Engine, tiles: Path) -> dict[str, Any]:
    """Return the engine's own whole configuration with what we ask of it: these tiles, our sizes, no other files."""
    printed = subprocess.run(engine.config, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout
    config: dict[str, Any] = json.loads(printed)
    config["mjolnir"] |= {"tile_dir": str(tiles), "max_cache_size": _CACHE_BYTES, "concurrency": os.cpu_count() or 1}
    for name in _ELSEWHERE:
        config["mjolnir"].pop(name, None)
    config["thor"].setdefault("costmatrix", {}).update(_COSTMATRIX)
    for costing in COSTINGS.values():
        config["service_limits"][costing]["max_matrix_location_pairs"] = MOST_PAIRS
    for part in ("mjolnir", "loki", "thor", "odin", "meili"):
        config[part].setdefault("logging", {}).update({"type": "std_err", "color": False})
    return config


def _fetch(wheel: Path) -> None:
    """Unpack the wheel that the lock names and whose hash it knows."""
    wheel.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wheel.parent, prefix="engine.") as scratch:
        wanted = [
            "--no-deps",
            "--only-binary",
            ":all:",
            "--python-version",
            "3.12",
            "--require-hashes",
            "-r",
            str(LOCK),
        ]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", scratch, *wanted]
        if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode != 0:
            raise click.ClickException(
                "Valhalla could not be fetched. Put valhalla_service, valhalla_build_tiles and valhalla_build_config "
                "on the path, or try again with a connection to the package index."
            )
        unpacked = Path(scratch) / "unpacked"
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as archive:
            archive.extractall(unpacked)
        for program in (unpacked / "valhalla" / "bin").iterdir():
            program.chmod(0o755)
        unpacked.chmod(0o755)
        unpacked.rename(wheel)


def _build_tiles(engine: Engine, extract: Path, made: Path) -> None:
    command = [str(engine.tiles), "-c", str(made / CONFIGURED), str(extract)]
    with (made / "build.log").open("wb") as log:
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=made)
    if done.returncode != 0 or not any((made / "tiles").rglob("*.gph")):
        last = (made / "build.log").read_text(errors="replace").strip().splitlines()[-1:]
        raise click.ClickException(
            f"Valhalla made no road map of {extract.name}; expected an extract of OpenStreetMap. {' '.join(last)[:300]}"
        )


def _clear(folder: Path) -> None:
    """Take away maps that are not the current one. A question that is being answered by one falls back to distances."""
    current = (folder / CURRENT).resolve()
    for old in folder.glob("map-*"):
        if old.resolve() != current:
            shutil.rmtree(old, ignore_errors=True)
