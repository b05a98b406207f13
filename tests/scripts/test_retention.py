"""`waymark retention`: shown, made shorter by an admin, applied by whoever runs the server."""

from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed

BEN = ("--as", "ben@example.org")


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def test_a_period_is_made_shorter_and_not_longer(desk: Desk) -> None:
    assert "plans    90    7     90" in desk.waymark("retention", "show", *BEN)
    assert "Kept for 30 days" in desk.waymark("retention", "set", *BEN, "plans", "30")
    assert "plans    30    7     90" in desk.waymark("retention", "show", *BEN)
    refused = desk.waymark("retention", "set", *BEN, "plans", "91", fails=True)
    assert "choose from 7 to 90" in refused
    assert desk.waymark("retention", "apply") == "0 records deleted.\n"
