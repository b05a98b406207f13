"""The hotspot benchmark at a tiny scale: what it draws is what it says, and its table has every method."""

import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from geo.hotspots.excess import State
from scripts.bench.hotspot_crimes import METHODS, TRAINED, lines, months_of
from scripts.bench.hotspot_honesty import bench_honesty
from scripts.bench.hotspot_world import TEAMS, boroughs, invented, land_of
from scripts.bench.hotspots import all_at_once, bench_scan, default_map
from scripts.cli import main


def test_the_invented_notes_lie_on_the_land_of_the_seven_boroughs() -> None:
    boundary = boroughs()
    assert boundary.area / 1e6 == pytest.approx(902, abs=2)
    grid, land = land_of(boundary)
    points = invented(boundary, notes=2_000)
    notes, visits = points.counted(grid)
    assert notes.shape == (TEAMS, grid.cells)
    assert (notes.sum(), visits.sum()) == (2_000, 4_000)
    assert visits[:, land].sum() > 3_900  # The others are in cells at the edge whose middle is outside.


def test_the_default_map_says_something_of_every_cell_of_land() -> None:
    boundary = boroughs()
    points = invented(boundary, notes=20_000)
    for told in default_map(boundary, points.counted):
        assert told.state.shape == (land_of(boundary)[1].sum(),)
        assert set(np.unique(told.state)) <= set(State)
        assert not told.hot.any()  # Notes are dealt among the visits, so risk is the same everywhere.


def test_all_of_it_runs_in_one_process() -> None:
    all_at_once(1_000)


def test_a_small_scan_and_few_regions_can_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_scan(areas=20)
    bench_honesty(regions=2)
    assert "Gi* on counts" in capsys.readouterr().out


def test_the_hold_out_has_a_line_for_each_method_with_the_naive_one_first(testdata: Path) -> None:
    months = months_of(testdata / "crime")
    assert len(months.notes) == len(months.visits) == 31
    assert (months.notes <= months.visits).all()
    table = lines(months, most=2)
    assert [line.method for line in table] == list(METHODS)
    assert "naive" in table[0].method
    assert TRAINED == 12
    for line in table:
        assert 0 < line.hit_rate < 1
        assert line.pai == pytest.approx(10 * line.hit_rate)
        assert 0 < line.pei <= 1
        assert line.per_visit > 1  # Each is better than marking visits at random.


def test_the_command_keeps_compiled_loops_among_the_run_time_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("WAYMARK_VAR", str(tmp_path))
    CliRunner().invoke(main, ["bench", "--help"])
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "numba")
