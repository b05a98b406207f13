"""Valhalla as a program of its own: from positions to seconds on the roads of an extract of OpenStreetMap.

It is asked over standard input and answers over standard output. Positions are in none of its arguments, which
everybody on the machine can list, in no file, no log and no core dump.
"""

import json
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from geo.arrays import Floats
from geo.shifts.travel import CAR, FOOT

COSTINGS: Final = {CAR: "auto", FOOT: "pedestrian"}
CONFIGURED: Final = "valhalla.json"
CURRENT: Final = "current"
MOST_PAIRS: Final = 250_000
NEAR_METRES: Final = 1_000
"""A place further than this from every road of the extract is off the map: its nearest road is somebody else's."""
_EARTH_METRES: Final = 6_371_009
_SECONDS: Final = 20.0
_AT_ONCE: Final = 2
_WITHOUT_CORE: Final = ("/bin/sh", "-c", 'ulimit -c 0; exec "$0" "$@"')


class NoRoadTimes(RuntimeError):
    """The engine has no answer: it is not there, it failed, or it took too long. The message tells no position."""


@dataclass(frozen=True, kw_only=True)
class RoadMap:
    """A road map that `waymark roads build` made: a folder with tiles, and the program that reads them."""

    folder: Path
    program: Path


class RoadEngine:
    """Asks Valhalla. The road map may be replaced while the service runs: each question goes to the newest one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def road_map(self) -> RoadMap | None:
        """Return the road map of this moment, None where there is none."""
        current = self._folder / CURRENT
        try:
            folder = current.resolve(strict=True)
            program = json.loads((folder / "engine.json").read_text())["service"]
        except (OSError, ValueError, KeyError):
            return None
        return RoadMap(folder=folder, program=Path(program))

    def seconds(self, road_map: RoadMap, mode: str, points: Sequence[tuple[float, float]]) -> Floats:
        """Return seconds from each point (row) to each other, on empty roads; NaN where the map knows no way.

        Points are longitude and latitude (EPSG:4326). Raises NoRoadTimes.
        """
        if len(points) ** 2 > MOST_PAIRS:
            raise NoRoadTimes("More places than the road engine takes at once.")
        places = [{"lon": longitude, "lat": latitude} for longitude, latitude in points]
        asked = orjson.dumps({"sources": places, "targets": places, "costing": COSTINGS[mode]})
        if not self._turns.acquire(timeout=_SECONDS):
            raise NoRoadTimes("The road engine is busy.")
        try:
            return _read(_run(road_map, asked), points)
        finally:
            self._turns.release()


def _run(road_map: RoadMap, asked: bytes) -> bytes:
    config = str(road_map.folder / CONFIGURED)
    command = [*_WITHOUT_CORE, str(road_map.program), config, "sources_to_targets", "/dev/stdin"]
    try:
        done = subprocess.run(
            command, input=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=road_map.folder, env={},
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoRoadTimes("The road engine cannot be run, or took too long.") from error
    if done.returncode != 0:
        raise NoRoadTimes(f"The road engine ended with status {done.returncode}.")
    return done.stdout


def _read(answer: bytes, points: Sequence[tuple[float, float]]) -> Floats:
    """Return the matrix of an answer, with no way to or from what is off the map."""
    try:
        found = orjson.loads(answer)
        rows = [[pair["time"] for pair in row] for row in found["sources_to_targets"]]
        there = np.array([(place["lon"], place["lat"]) for place in found["sources"]], dtype=np.float64)
        seconds = np.array(rows, dtype=np.float64)
    except (ValueError, KeyError, TypeError) as error:
        raise NoRoadTimes("The road engine answered something else than times.") from error
    if seconds.shape != (len(points), len(points)) or there.shape != (len(points), 2):
        raise NoRoadTimes("The road engine answered about other places than it was asked.")
    off = _metres(there, np.array(points)) > NEAR_METRES
    seconds[off, :] = np.nan
    seconds[:, off] = np.nan
    return seconds


def _metres(a: Floats, b: Floats) -> Floats:
    """Return how far apart points are in metres, row by row: good to 1 % below some kilometres."""
    east, north = np.radians(a - b).T
    away: Floats = _EARTH_METRES * np.hypot(east * np.cos(np.radians(b[:, 1])), north)
    return away
