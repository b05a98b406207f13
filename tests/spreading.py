"""How tests are spread over workers: the longest first, by file where tests of a file share a database, else singly."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

SINGLY = ("tests/noninterference/", "tests/night/test_ladders.py")
"""Tests that each make a world of their own from what a worker keeps: no file of these holds a worker to the end."""
LONGEST = (
    *SINGLY,
    "tests/gate/test_oracle.py",
    "tests/night/",
    "tests/data/imports/test_bulk.py",
    "tests/api/test_nonsense.py",
    "tests/web/test_import_journey.py",
    "tests/web/test_hotspot_browser.py",
    "tests/web/test_admin_browser.py",
    "tests/web/test_records_accessibility.py",
    "tests/web/",
    "tests/gate/",
    "tests/api/",
    "tests/scripts/",
    "tests/data/",
)
"""Where the time goes, as the end of a run tells: what comes last is short, so that the workers end together."""


def turn_of(item: pytest.Item) -> int:
    """Return when a test has its turn, the lowest first."""
    return next((turn for turn, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))


def unit_of(nodeid: str) -> str:
    """Return the name of what goes to one worker as a whole: a test's file, or the test alone."""
    return nodeid if nodeid.startswith(SINGLY) else nodeid.partition("::")[0]


def spreading(config: pytest.Config, log: Any) -> object:
    """Return what gives each worker one unit after the other."""
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = unit_of
    return scheduler
