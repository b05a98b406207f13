"""R's spdep, spatstat and surveillance say the same, where R and these packages are installed."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from geo.hotspots.empirical_bayes import smoothed_rates
from geo.hotspots.grids import Grid
from geo.hotspots.kernel_density import density
from geo.hotspots.local_statistics import gi_star, local_moran
from geo.hotspots.near_repeat import knox
from geo.hotspots.windows import near_windows

REACH = 400.0


def answered(folder: Path, package: str, code: str, **columns: np.ndarray) -> np.ndarray:
    """Give the table that R code writes as `answer`, having read ours as `asked`; skip without R or the package."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    have = f"quit(status = as.integer(!requireNamespace('{package}', quietly = TRUE)))"
    if subprocess.run(["Rscript", "-e", have], check=False, capture_output=True).returncode:
        pytest.skip(f"R has no {package}")
    asked, answer = folder / "asked.csv", folder / "answer.csv"
    np.savetxt(
        asked,
        np.column_stack(list(columns.values())),
        delimiter=",",
        header=",".join(columns),
        comments="",
        fmt="%.17g",
    )
    whole = (
        f"suppressPackageStartupMessages(library({package}))\n"
        f"asked <- read.csv('{asked}')\n{code}\n"
        f"write.table(format(answer, digits = 17), '{answer}', sep = ',', quote = FALSE,\n"
        "row.names = FALSE, col.names = FALSE)"
    )
    done = subprocess.run(["Rscript", "-e", whole], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return np.loadtxt(answer, delimiter=",", ndmin=2)


def points(count: int = 150) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    numbers = np.random.default_rng(12)
    easting, northing = numbers.uniform(0, 2_000, (2, count))
    base = numbers.integers(5, 200, count).astype(np.float64)
    return easting, northing, base, numbers.poisson(base * numbers.gamma(8, 0.01, count)).astype(np.float64)


def test_gi_star_and_local_moran_are_spdeps(tmp_path: Path) -> None:
    easting, northing, _, values = points()
    code = f"""
        near <- dnearneigh(cbind(asked$x, asked$y), 0, {REACH})
        star <- localG(asked$value, nb2listw(include.self(near), style = "B"))
        moran <- localmoran(asked$value, nb2listw(near, style = "W"), mlvar = TRUE, conditional = FALSE)
        answer <- cbind(as.numeric(star), moran[, 1:3])"""
    theirs = answered(tmp_path, "spdep", code, x=easting, y=northing, value=values)
    windows = near_windows(easting, northing, REACH)
    np.testing.assert_allclose(gi_star(values, windows), theirs[:, 0], rtol=0, atol=1e-10)
    ours, scale = local_moran(values, windows), (len(values) - 1) / len(values)  # esda scales by n - 1, spdep by n.
    np.testing.assert_allclose(ours.statistic, theirs[:, 1] * scale, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.expected, theirs[:, 2], rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.variance, theirs[:, 3], rtol=0, atol=1e-10)


def test_empirical_bayes_rates_are_spdeps(tmp_path: Path) -> None:
    _, _, base, events = points()
    theirs = answered(tmp_path, "spdep", "answer <- EBest(asked$events, asked$base)$estmm", events=events, base=base)
    np.testing.assert_allclose(smoothed_rates(events, base), theirs[:, 0], rtol=0, atol=1e-14)


def test_density_with_corrected_edges_is_spatstats(tmp_path: Path) -> None:
    grid = Grid(west=0, south=0, cell_metres=250, columns=16, rows=12)
    numbers = np.random.default_rng(13)
    easting, northing = numbers.uniform(0, 4_000, 800), numbers.uniform(0, 3_000, 800)
    code = """
        found <- density.ppp(ppp(asked$x, asked$y, c(0, 4000), c(0, 3000)), sigma = 500, edge = TRUE,
                             dimyx = c(12 * 25, 16 * 25), leaveoneout = FALSE)
        answer <- found$v[seq(13, 300, 25), seq(13, 400, 25)] * 1e6"""
    theirs = answered(tmp_path, "spatstat.explore", code, x=easting, y=northing)
    ours = density(grid, easting, northing, bandwidth_metres=500).reshape(12, 16)
    assert np.abs(ours - theirs).max() <= 0.002 * theirs.max()


def test_near_repeats_are_surveillances(tmp_path: Path) -> None:
    easting, northing, day, _ = points(300)
    code = """
        found <- knox(dt = dist(asked$day) <= 7, ds = dist(cbind(asked$x, asked$y)) <= 120,
                      simulate.p.value = TRUE, B = 999)
        answer <- cbind(as.numeric(found$statistic), found$p.value)"""
    theirs = answered(tmp_path, "surveillance", f"set.seed(1)\n{code}", x=easting, y=northing, day=day)
    ours = knox(easting, northing, day, metres=[120], days=[7], seed=1)
    assert ours.pairs[0, 0] == theirs[0, 0]
    assert ours.p_value[0, 0] == pytest.approx(theirs[0, 1], abs=0.06)
