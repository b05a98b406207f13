import re
from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.scripts.desk import SOON, Desk, a_desk, staffed

ADA, BEN = ("--as", "ada@example.org"), ("--as", "ben@example.org")


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def test_an_agreement_goes_through_its_life(desk: Desk) -> None:
    said = desk.waymark(
        "agreement", "draft", *ADA, "--provider", "Harbour Aid", "--recipient", "County Police", "--title",
        "Shared visits", "--purposes", "visit,safeguarding", "--areas", "Northtown", "--kinds", "place,visit",
        "--max-sensitivity", "2", "--finest", "500 m", "--until", SOON,
    )  # fmt: skip
    which = said.split()[1].rstrip(":")
    listed = desk.waymark("agreement", "list", *BEN)
    assert "Harbour Aid shows County Police: place, visit, up to sensitivity 2, to 500 m" in listed
    assert "Harbour Aid has not signed" in listed
    read = re.search(r"terms (\w{32})", listed)
    assert read is not None
    assert "not in force yet" in desk.waymark("agreement", "sign", *BEN, which, "--terms", read[1])
    assert "not those that you read" in desk.waymark("agreement", "sign", *ADA, which, "--terms", "0" * 32, fails=True)
    desk.waymark("agreement", "sign", *ADA, which, typed="n\n", fails=True)
    assert "Signed; it is in force" in desk.waymark("agreement", "sign", *ADA, which, typed="y\n")
    assert "signatures stand" in desk.waymark("agreement", "amend", *BEN, which, "--finest", "1 km")
    desk.waymark("agreement", "renew", *ADA, which, "--until", "2099-01-01", fails=True)
    desk.waymark("agreement", "suspend", *BEN, which)
    assert "(suspended)" in desk.waymark("agreement", "list", *ADA)
    desk.waymark("agreement", "resume", *ADA, which)
    assert "both sides sign again" in desk.waymark("agreement", "amend", *ADA, which, "--areas", "Northtown,Southtown")


def test_who_is_no_admin_may_not_and_strangers_see_nothing(desk: Desk) -> None:
    nobody = "No live memberships of 'eve@example.org' may choose the purpose administration"
    assert nobody in desk.waymark("agreement", "list", "--as", "eve@example.org", fails=True)
    missing = "00000000-0000-4000-8000-000000000000"
    assert "part of no such agreement" in desk.waymark("agreement", "suspend", *ADA, missing, fails=True)
