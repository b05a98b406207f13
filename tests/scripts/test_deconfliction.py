from pathlib import Path

import psycopg
import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed

BEN = ("--as", "ben@example.org")


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def test_an_organisation_joins_and_leaves_and_an_operation_is_decided_on(desk: Desk) -> None:
    assert desk.waymark("deconfliction", "show", *BEN) == "Does not take part.\n"
    refused = desk.waymark("deconfliction", "join", *BEN, fails=True)
    assert "Set a duty desk first" in refused
    with psycopg.connect(desk.url) as conn:
        conn.execute("INSERT INTO access.duty_desk SELECT id, '0121 496 0001', NULL, now() FROM access.organisation")
    desk.waymark("deconfliction", "join", *BEN)
    assert desk.waymark("deconfliction", "show", *BEN).startswith("Takes part since 20")
    desk.waymark("operation", "add", *BEN, "Lantern")
    said = desk.waymark("deconfliction", "operation", *BEN, "Lantern")
    assert said == "Your organisation's visits for Lantern tell: own.\n"
    decided = desk.waymark("deconfliction", "operation", *BEN, "Lantern", "none")
    assert decided == "Your organisation's visits for Lantern tell: none.\n"
    assert "no operations called 'Heron'" in desk.waymark("deconfliction", "operation", *BEN, "Heron", fails=True)
    assert desk.waymark("deconfliction", "look") == "0 notices written.\n"
    desk.waymark("deconfliction", "leave", *BEN)
    assert desk.waymark("deconfliction", "show", *BEN) == "Does not take part.\n"
