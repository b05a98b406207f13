"""Hotspots of a million notes, beside the libraries that do the same, in one run.

Seconds are of processor time, so that a busy machine does not decide; loops are compiled before they are timed. The
counting of notes and visits in SQL is not among them: whoever has it hands it in as `Counting`.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geo.arrays import Claims, Floats
from geo.hotspots.emerging import mann_kendall
from geo.hotspots.excess import Excess, excess, expected_by_team, expected_by_visits
from geo.hotspots.grids import Grid
from geo.hotspots.kernel_density import density
from geo.hotspots.local_statistics import gi_star
from geo.hotspots.scan import scan
from geo.hotspots.windows import disc_windows
from scripts.bench.effort import Effort
from scripts.bench.hotspot_crimes import bench_crimes
from scripts.bench.hotspot_honesty import bench_honesty
from scripts.bench.hotspot_rivals import rival_statistic
from scripts.bench.hotspot_world import NOTES, Counting, Points, boroughs, invented, land_of
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.memory import finished
from scripts.bench.released_honesty import bench_released_honesty
from scripts.bench.world import run_time_files

WINDOW_METRES: Final = 1_000
BANDWIDTH_METRES: Final = 500
MAP: Final = Target(value=2.0, at_most=True)
GI_STAR: Final = Target(value=1_000)
DENSITY: Final = Target(value=300)
TRENDS: Final = Target(value=300)
SCAN: Final = Target(value=10.0, at_most=True)
MEMORY: Final = Target(value=500, at_most=True)
ALIKE: Final = Target(value=1e-10, at_most=True)
NEARLY_ALIKE: Final = Target(value=0.2, at_most=True)
SCANNED: Final = 1_000
REPLICATES: Final = 999
READ: Final = 200
"""Cells at which scikit-learn reads a density of a million points; the rest is extrapolated."""

SERIES: Final = 2_000
STEPS: Final = 24


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """What is analysed: a boundary, its grid and land, and points on it."""

    boundary: shapely.Geometry
    grid: Grid
    land: Claims
    points: Points


def bench_hotspots(effort: Effort, *, notes: int = NOTES) -> bool:
    """Measure all of it; whether all targets are met."""
    boundary = boroughs()
    grid, land = land_of(boundary)
    ground = Ground(boundary=boundary, grid=grid, land=land, points=invented(boundary, notes=notes))
    good = [
        bench_map(ground, ground.points.counted, effort.rounds),
        bench_memory(notes),
        bench_gi_star(ground, effort.rounds),
        bench_density(ground, effort.rounds),
        bench_scan(),
        bench_trends(effort.rounds),
        bench_honesty(),
        bench_released_honesty(),
        bench_crimes(),
    ]
    return all(good)


def default_map(boundary: shapely.Geometry, counting: Counting) -> tuple[Excess, Excess]:
    """Return the default map of a boundary: hot for its visits, and hot even for the teams that went there."""
    grid, land = land_of(boundary)
    windows = disc_windows(grid, WINDOW_METRES, land=land)
    notes, visits = (counted[:, land] for counted in counting(grid))
    together = notes.sum(axis=0)
    return (
        excess(together, expected_by_visits(together, visits.sum(axis=0)), windows),
        excess(together, expected_by_team(notes, visits), windows),
    )


def bench_map(ground: Ground, counting: Counting, rounds: int) -> bool:
    """Measure the default map, from counting to both answers."""
    notes = int(ground.points.noted.sum())
    heading(f"Default hotspot map: {notes:,} notes, {ground.land.sum():,} cells of {ground.grid.cell_metres} m of land")
    beside("Boundary to grid, counts from arrays (not SQL), windows of 1 km, excess for visits and excess for teams")
    counted = processor_seconds(lambda: counting(ground.grid), rounds)
    result("counting from arrays alone", counted, unit=" s")
    return result(
        "ours, whole", processor_seconds(lambda: default_map(ground.boundary, counting), rounds), MAP, unit=" s"
    )


def bench_memory(notes: int) -> bool:
    """Measure the memory of a process that makes its points, the default map, Gi* and a density."""
    log = run_time_files() / "hotspots.log"
    command = [sys.executable, "-m", "scripts.bench.hotspots", str(notes)]
    return result(
        "most memory of a process that does it, points included",
        finished(command, environment=os.environ, log=log),
        MEMORY,
        unit=" MB",
    )


def bench_gi_star(ground: Ground, rounds: int) -> bool:
    """Compare Gi* with esda's, weights included on both sides."""
    heading("Gi* of the counts in all cells of land, windows included")
    values = ground.points.counted(ground.grid)[0].sum(axis=0)[ground.land]

    def ours() -> Floats:
        return gi_star(values, disc_windows(ground.grid, WINDOW_METRES, land=ground.land))

    seconds = processor_seconds(ours, rounds)
    points = np.column_stack(ground.grid.centres())[ground.land]
    theirs = rival_statistic("esda_gi_star.py", points=points, values=values, metres=WINDOW_METRES)
    beside("esda 2.9 G_Local(star=True, permutations=0), libpysal DistanceBand, one thread")
    result("ours", seconds, unit=" s")
    result("theirs, weights", theirs.said["weights"], unit=" s")
    result("theirs, weights and statistic", theirs.said["seconds"], unit=" s")
    return all(
        [
            result("ours is faster by", theirs.said["seconds"] / seconds, GI_STAR),
            result("largest difference of z", float(np.abs(theirs.values - ours()).max()), ALIKE),
        ]
    )


def bench_density(ground: Ground, rounds: int) -> bool:
    """Compare the density with scikit-learn's, read at some cells of land drawn by lot and extrapolated to all."""
    easting, northing = ground.points.easting[ground.points.noted], ground.points.northing[ground.points.noted]
    heading(f"Density of {len(easting):,} notes, Gaussian, {BANDWIDTH_METRES} m, at all cells of land")

    def ours() -> Floats:
        return density(ground.grid, easting, northing, bandwidth_metres=BANDWIDTH_METRES)

    seconds = processor_seconds(ours, rounds)
    read = np.random.default_rng(1).choice(np.flatnonzero(ground.land), READ, replace=False)
    theirs = rival_statistic(
        "sklearn_density.py",
        points=np.column_stack((easting, northing)),
        cells=np.column_stack(ground.grid.centres())[read],
        metres=BANDWIDTH_METRES,
    )
    whole = theirs.said["seconds"] + theirs.said["reading"] * int(ground.land.sum()) / READ
    beside(f"scikit-learn 1.9 KernelDensity(rtol=1e-4); read at {READ} cells in {theirs.said['reading']:.1f} s,")
    beside(f"extrapolated to {ground.land.sum():,}; building its tree took {theirs.said['seconds']:.1f} s")
    result("ours", seconds, unit=" s")
    result("theirs, extrapolated", whole, unit=" s")
    inner = _is_inner(ground.grid)[read]
    apart = np.abs(ours()[read] - theirs.values)[inner].max() / theirs.values.max()
    return all(
        [
            result("ours is faster by", whole / seconds, DENSITY),
            result("largest difference, of the highest value read", 100 * float(apart), NEARLY_ALIKE, unit=" %"),
        ]
    )


def _is_inner(grid: Grid) -> Claims:
    """Say which cells the edge of the grid does not reach, where scikit-learn has no edge to correct for."""
    easting, northing = grid.centres()
    east, north = grid.west + grid.columns * grid.cell_metres, grid.south + grid.rows * grid.cell_metres
    away = np.minimum.reduce([easting - grid.west, east - easting, northing - grid.south, north - northing])
    return np.asarray(away >= 5 * BANDWIDTH_METRES)


def bench_scan(areas: int = SCANNED) -> bool:
    """Measure a scan of a thousand areas; no kept Python package has one to compare with."""
    heading(f"Scan of {areas:,} areas, {REPLICATES} replicates, circles of up to half of all visits")
    numbers = np.random.default_rng(1)
    visits = numbers.lognormal(2, 0.8, areas)
    notes, places = numbers.poisson(visits / 2), (numbers.uniform(0, 5e4, areas), numbers.uniform(0, 4e4, areas))
    scan(notes[:9], visits[:9], (places[0][:9], places[1][:9]), seed=1, replicates=2)
    seconds = processor_seconds(lambda: scan(notes, visits, places, seed=1, replicates=REPLICATES), 1)
    return result("ours", seconds, SCAN, unit=" s")


def bench_trends(rounds: int) -> bool:
    """Compare the trends of many cells with pymannkendall's, series after series."""
    heading(f"Mann-Kendall of {SERIES:,} cells, {STEPS} steps")
    series = np.random.default_rng(2).poisson(3, (STEPS, SERIES)).astype(np.float64)
    seconds = processor_seconds(lambda: mann_kendall(series), rounds)
    theirs = rival_statistic("pymannkendall_trends.py", series=series)
    beside("pymannkendall 1.4 original_test")
    result("ours", seconds, unit=" s")
    result("theirs", theirs.said["seconds"], unit=" s")
    return all(
        [
            result("ours is faster by", theirs.said["seconds"] / seconds, TRENDS),
            result("largest difference of z", float(np.abs(theirs.values - mann_kendall(series)[1]).max()), ALIKE),
        ]
    )


def processor_seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median of the processor seconds of doing it so often, after once that does not count."""
    work()
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return middle(spent)


def all_at_once(notes: int) -> None:
    """Make points, the default map, Gi* and a density in this process, whose memory is looked at from outside."""
    boundary = boroughs()
    grid, land = land_of(boundary)
    points = invented(boundary, notes=notes)
    default_map(boundary, points.counted)
    gi_star(points.counted(grid)[0].sum(axis=0)[land], disc_windows(grid, WINDOW_METRES, land=land))
    density(
        grid, points.easting[points.noted], points.northing[points.noted], bandwidth_metres=BANDWIDTH_METRES, land=land
    )


if __name__ == "__main__":
    all_at_once(int(sys.argv[1]))
