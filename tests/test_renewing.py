"""A test that failed takes its world with it."""

import subprocess
import sys
from pathlib import Path

SUITE = """
import pytest

@pytest.fixture(scope="module")
def world():
    return []

@pytest.fixture(scope="module")
def told(world):
    world.append("told")
    return world

def test_that_fails_halfway(told):
    told.append("left behind")
    assert False

def test_that_finds_a_fresh_world(told, world):
    assert told is world
    assert world == ["told"]
    world.append("kept")

def test_that_shares_it_with_one_that_passed(world):
    assert world == ["told", "kept"]
"""


def test_what_a_fault_left_behind_is_gone_and_what_went_well_is_shared(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.renewing", "-p", "no:cacheprovider", "-c", "/dev/null"]
    here = Path(__file__).parents[1]
    ran = subprocess.run(
        [*command, f"--rootdir={tmp_path}", str(tmp_path)], cwd=here, env={"PYTHONPATH": str(here)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 failed, 2 passed" in ran.stdout, ran.stdout
