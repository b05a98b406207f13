"""Travel by road, asked of Valhalla on the roads of a real county; and estimates wherever it cannot be asked."""

import os
import stat
from pathlib import Path
from unittest.mock import Mock

import click
import numpy as np
import pytest

from data.road_engine import NoRoadTimes
from data.road_times import RoadTimes
from geo.arrays import Floats
from geo.shifts.travel import CAR, FOOT, UNREACHED, estimated
from layers.travelling import OnRoads, by_distance
from scripts.roads import Engine, build_roads, engine_in

OAKHAM = (485_900.0, 308_800.0)
AT_SEA = (560_000.0, 360_000.0)
BIRMINGHAM = (406_600.0, 286_700.0)
ROOT = Path(__file__).parents[2]


def the_engine() -> Engine:
    """Return Valhalla where this machine has it or may fetch it; skip where neither."""
    try:
        return engine_in(Path(os.environ.get("WAYMARK_VAR", ROOT / "var")) / "roads")
    except (click.ClickException, OSError):
        pytest.skip("Valhalla is not on this machine and cannot be fetched")


@pytest.fixture(scope="module")
def roads(testdata: Path, tmp_path_factory: pytest.TempPathFactory) -> RoadTimes:
    """Give road times on a road map of Rutland."""
    folder = tmp_path_factory.mktemp("roads")
    build_roads(testdata / "osm" / "rutland-latest.osm.pbf", folder, the_engine())
    return RoadTimes(folder)


@pytest.fixture
def fake(tmp_path: Path) -> tuple[RoadTimes, Path]:
    """Give road times whose program is a script of the test's."""
    (tmp_path / "map").mkdir()
    program = tmp_path / "program"
    (tmp_path / "map" / "engine.json").write_text(f'{{"service": "{program}"}}')
    (tmp_path / "current").symlink_to("map")
    return RoadTimes(tmp_path), program


def says(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(stat.S_IRWXU)


def in_rutland(count: int, seed: int = 3) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    return random.uniform(484_000, 500_000, count), random.uniform(300_000, 314_000, count)


def test_times_by_road_stand_beside_the_estimate(roads: RoadTimes) -> None:
    east, north = in_rutland(40)
    by_road = OnRoads(times=roads, session="one")(east, north, modes={CAR, FOOT}, hour=2)
    guessed = estimated(east, north, hour=2)
    assert not by_road.is_estimate
    assert guessed.is_estimate
    for mode in (CAR, FOOT):
        apart = (by_road.minutes[mode] < UNREACHED) & ~np.eye(40, dtype=bool)
        ratios = by_road.minutes[mode][apart] / guessed.minutes[mode][apart]
        low, middle, high = np.percentile(ratios, [5, 50, 95])
        print(f"{mode}: by road / estimated {middle:.2f} (5 % below {low:.2f}, above {high:.2f}), {apart.mean():.3f}")
        assert 0.3 < middle < 3
        assert apart.sum() > 0.9 * 40 * 39


def test_what_is_off_the_map_has_no_way_and_a_base_off_it_leaves_the_estimate(roads: RoadTimes) -> None:
    travelling = OnRoads(times=roads, session="one")
    east, north = np.array([OAKHAM, (OAKHAM[0] + 2_000, OAKHAM[1]), (450_000, OAKHAM[1])]).T
    minutes = travelling(east, north, modes={CAR}, hour=12).minutes[CAR]
    assert minutes[0, 2] == minutes[2, 0] == UNREACHED
    assert minutes[0, 1] < 20
    for base in (BIRMINGHAM, AT_SEA):
        east, north = np.array([base, OAKHAM]).T
        assert travelling(east, north, modes={CAR}, hour=12).is_estimate


def test_a_session_is_answered_from_memory_and_no_other_session_is(
    roads: RoadTimes, monkeypatch: pytest.MonkeyPatch
) -> None:
    east, north = in_rutland(8, seed=5)
    ask = Mock(wraps=roads.engine.seconds)
    monkeypatch.setattr(roads.engine, "seconds", ask)
    first = roads.seconds(east, north, mode=CAR, session="one")
    again = roads.seconds(east[::-1], north[::-1], mode=CAR, session="one")
    assert first is not None
    assert again is not None
    assert (first == again[::-1, ::-1]).all()
    assert ask.call_count == 1
    roads.seconds(east, north, mode=CAR, session="two")
    roads.seconds(east, north, mode=FOOT, session="one")
    assert ask.call_count == 3


def test_memory_has_an_end(roads: RoadTimes) -> None:
    small = RoadTimes(roads.engine._folder, most=10)
    east, north = in_rutland(4)
    for session in ("one", "two"):
        assert small.seconds(east, north, mode=CAR, session=session) is not None
    assert sum(map(len, small._kept.values())) == 16
    assert len(small._kept) == 1


def test_without_a_road_map_there_are_estimates(tmp_path: Path) -> None:
    east, north = in_rutland(3)
    assert RoadTimes(tmp_path).seconds(east, north, mode=CAR, session="one") is None
    guessed = OnRoads(times=RoadTimes(tmp_path), session="one")(east, north, modes={CAR}, hour=9)
    assert guessed.is_estimate
    assert (guessed.minutes[CAR] == by_distance(east, north, modes={CAR}, hour=9).minutes[CAR]).all()


@pytest.mark.parametrize(
    "script",
    ["exit 1", "kill -ABRT $$", "echo nonsense", "echo '{}'", 'echo \'{"sources_to_targets": [], "sources": []}\''],
)
def test_an_engine_that_fails_is_named_in_the_log_without_a_position(
    fake: tuple[RoadTimes, Path], script: str, caplog: pytest.LogCaptureFixture
) -> None:
    times, program = fake
    says(program, script)
    east, north = in_rutland(3)
    with pytest.raises(NoRoadTimes):
        times.seconds(east, north, mode=CAR, session="one")
    assert OnRoads(times=times, session="one")(east, north, modes={CAR}, hour=9).is_estimate
    assert "road engine" in caplog.text
    assert "52." not in caplog.text


def test_positions_are_in_no_argument_and_no_file(fake: tuple[RoadTimes, Path], tmp_path: Path) -> None:
    times, program = fake
    told = "tr '\\0' ' ' < /proc/$$/cmdline > ../arguments; env > ../environment; ulimit -c > ../core"
    says(program, f"{told}; exit 1")
    before = set(tmp_path.rglob("*"))
    east, north = in_rutland(3)
    assert OnRoads(times=times, session="s")(east, north, modes={CAR}, hour=9).is_estimate
    arguments = f"{program} {tmp_path / 'map' / 'valhalla.json'} sources_to_targets /dev/stdin"
    assert (tmp_path / "arguments").read_text().strip() == f"/bin/sh {arguments}"
    assert "52." not in (tmp_path / "environment").read_text()
    assert (tmp_path / "core").read_text().strip() == "0"
    assert set(tmp_path.rglob("*")) - before == {tmp_path / name for name in ("arguments", "environment", "core")}


def test_a_file_that_is_no_extract_leaves_the_road_map_as_it_was(roads: RoadTimes, tmp_path: Path) -> None:
    folder = roads.engine._folder
    before = sorted(folder.iterdir())
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_bytes(b"not an extract")
    with pytest.raises(click.ClickException, match=r"wrong\.osm\.pbf"):
        build_roads(wrong, folder, the_engine())
    assert sorted(folder.iterdir()) == before


def test_a_new_road_map_takes_the_place_of_the_old_one_at_once(testdata: Path, tmp_path: Path) -> None:
    times, engine = RoadTimes(tmp_path), the_engine()
    town = testdata / "osm" / "whitelion_bristol_uk.osm.pbf"
    maps = [build_roads(town, tmp_path, engine) for _ in range(2)]
    current = times.engine.road_map()
    assert current is not None
    assert current.folder == maps[1].resolve()
    assert not maps[0].exists()
