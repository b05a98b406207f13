"""`waymark duty-desk`: set by an admin, of workers of their own."""

from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed

BEN = ("--as", "ben@example.org")


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def test_a_desk_is_set_and_shown(desk: Desk) -> None:
    assert "Nobody has set" in desk.waymark("duty-desk", "show", *BEN)
    words = ("0121 496 0000", "--email", "desk@example.org", "--member", "eve@example.org")
    desk.waymark("duty-desk", "set", *BEN, *words)
    assert desk.waymark("duty-desk", "show", *BEN) == "0121 496 0000, desk@example.org\n  eve@example.org\n"
    desk.waymark("duty-desk", "set", *BEN, "0121 496 0009")
    assert desk.waymark("duty-desk", "show", *BEN) == "0121 496 0009, no e-mail address\n"


def test_what_is_no_telephone_and_who_is_no_worker_are_refused_in_a_sentence(desk: Desk) -> None:
    assert "telephone of digits" in desk.waymark("duty-desk", "set", *BEN, "call Ann", fails=True)
    refused = desk.waymark("duty-desk", "set", *BEN, "999", "--member", "ada@example.org", fails=True)
    assert "no outreach worker ada@example.org" in refused
