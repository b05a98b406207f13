from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed

BEN = ("--as", "ben@example.org")


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def test_an_operation_gets_members_and_loses_them(desk: Desk) -> None:
    desk.waymark("operation", "add", *BEN, "Lantern")
    desk.waymark("operation", "member", "add", *BEN, "Lantern", "eve@example.org")
    known = desk.waymark("operation", "member", "add", *BEN, "Lantern", "ada@example.org", "--of", "Harbour Aid")
    unknown = desk.waymark("operation", "member", "add", *BEN, "Lantern", "bob@example.org", "--of", "Harbour Aid")
    assert known.replace("ada", "bob") == unknown
    listed = desk.waymark("operation", "list", *BEN)
    assert "Lantern (" in listed
    assert "  eve@example.org, outreach at County Police\n" in listed
    desk.waymark("operation", "member", "remove", *BEN, "Lantern", "eve@example.org")
    assert "eve@" not in desk.waymark("operation", "list", *BEN)


def test_who_does_not_look_after_it_is_told_there_is_none(desk: Desk) -> None:
    desk.waymark("operation", "add", *BEN, "Lantern")
    ada = ("--as", "ada@example.org")
    assert desk.waymark("operation", "list", *ada) == ""
    refused = desk.waymark("operation", "member", "add", *ada, "Lantern", "eve@example.org", fails=True)
    assert refused == desk.waymark(
        "operation", "member", "add", *ada, "Torches", "eve@example.org", fails=True
    ).replace("Torches", "Lantern")
    strangers = desk.waymark(
        "operation", "member", "add", *BEN, "Lantern", "x@example.org", "--of", "Nobody", fails=True
    )
    assert "no organisation called 'Nobody'" in strangers
