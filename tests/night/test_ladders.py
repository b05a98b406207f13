"""Scripted nights: at each minute, who sees which stop and who is told is what the written table says."""

from collections.abc import Iterator

import pytest

from data.cluster import Cluster
from tests.api.scene import Scene, a_scene
from tests.conftest import clone, drop
from tests.night.playing import BETWEEN, EVERYWHERE, PARTIES, Night, a_night
from tests.night.tables import NIGHTS, rows

pytestmark = pytest.mark.proof


@pytest.fixture
def scene(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Give the scene in a fresh clone for each night."""
    database = clone(cluster)
    with a_scene(cluster, database, tmp_path_factory.mktemp("night")) as made:
        yield made
    drop(cluster, database)


def compared(night: Night, cells: dict[str, str], *, is_row: bool) -> None:
    """Hold the minute to the table's cells: at a row all of them."""
    asked = PARTIES if is_row else BETWEEN
    found = {who: night.cell(who, everywhere=is_row and who in EVERYWHERE) for who in asked}
    assert {**found, "due": night.due()} == {name: cells[name] for name in (*asked, "due")}, night.minute


@pytest.mark.parametrize("name", NIGHTS)
def test_each_minute_of_the_night_is_as_the_table_says(scene: Scene, pytestconfig: pytest.Config, name: str) -> None:
    """Every minute is lived through. Without --whole, between two rows only the first and the last are asked about:
    nothing that was opened or told too early in between is taken back before a person acts."""
    night, table, is_whole = a_night(scene), rows(NIGHTS[name]), pytestconfig.getoption("whole")
    ends = [minute for minute, _, _ in table[1:]] + [table[-1][0] + 3]
    for (minute, act, cells), end in zip(table, ends, strict=True):
        night.go_to(minute)
        night.tokens.clear()
        if act:
            night.acts(act)
        compared(night, cells, is_row=True)
        for between in range(minute + 1, end):
            night.go_to(between)
            if is_whole:
                compared(night, cells, is_row=False)
            elif between in {minute + 1, end - 1}:
                night.tokens.clear()  # Nobody's session outlives a long silence.
                compared(night, cells, is_row=False)
    # No path ends without somebody who said so: nothing is open, nobody is out, and each alarm has who closed it.
    assert night.scene.one("SELECT count(*) FROM access.alarm WHERE closed_at IS NULL") == 0
    assert night.scene.one("SELECT count(*) FROM access.alarm WHERE step > 0 AND closed_how = 'checked_in'") == 0
    assert night.scene.one("SELECT count(*) FROM access.shift WHERE next_due_at IS NOT NULL") == 0


def test_no_step_is_later_than_a_minute(scene: Scene) -> None:
    night = a_night(scene)
    night.acts("team sets out")
    for minute in range(1, 60):
        night.go_to(minute)
    rows_ = scene.conn.execute(
        "SELECT s.step, extract(epoch FROM s.at - a.since - s.step * interval '5 minutes')::int"
        " FROM access.alarm_step AS s JOIN access.alarm AS a ON a.id = s.alarm_id ORDER BY s.step"
    ).fetchall()
    assert [step for step, _ in rows_] == [0, 1, 2, 3]
    assert all(0 <= late <= 60 for _, late in rows_)
