import re
from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.scripts.desk import SOON, Desk, a_desk, staffed


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return a_desk(cluster, tmp_path)


def test_a_person_is_added_listed_and_shut_out(desk: Desk) -> None:
    desk.waymark("organisation", "add", "Harbour Aid", "--kind", "charity")
    add = (
        "user", "add", "Kim@example.org", "--organisation", "Harbour Aid", "--clearance", "2",
        "--areas", "northtown, T2", "--until", SOON, "--role",
    )  # fmt: skip
    said = desk.waymark(*add, "outreach")
    assert re.search(r"Password, shown once: \w{5}-\w{5}-\w{5}-\w{5}\n", said)
    assert re.search(r"otpauth://totp/Waymark:[kK]im%40example.org\?secret=[A-Z2-7]{32}&issuer=Waymark", said)
    assert "They sign in as before" in desk.waymark(*add, "analyst")
    assert "outreach at Harbour Aid already" in desk.waymark(*add, "outreach", fails=True)
    listed = desk.waymark("user", "list")
    assert re.search(rf"kim@example.org +Harbour Aid +outreach +2 +Northtown, Southtown +{SOON} +live", listed)
    assert "2 memberships fit" in desk.waymark("user", "suspend", "kim@example.org", fails=True)
    desk.waymark("user", "suspend", "kim@example.org", "--role", "analyst")
    desk.waymark("user", "areas", "kim@example.org", "Southtown", "--role", "outreach")
    desk.waymark("user", "clearance", "kim@example.org", "1", "--role", "outreach")
    desk.waymark("user", "extend", "kim@example.org", "--until", "2099-07-01", "--role", "outreach")
    listed = desk.waymark("user", "list", "--organisation", "Harbour Aid")
    assert re.search(r"analyst .* suspended", listed)
    assert re.search(r"outreach +1 +Southtown +2099-07-01 +live", listed)
    desk.waymark("user", "disable", "kim@example.org")
    assert desk.waymark("user", "list").count("disabled") == 2


def test_a_password_can_be_typed_and_a_weak_one_is_refused(desk: Desk) -> None:
    staffed(desk)
    strong, weak = "kettle violin harbour\n" * 2, "short\n" * 2
    said = desk.waymark("user", "password", "eve@example.org", "--prompt", typed=strong)
    assert "shown once" not in said
    assert "at least 14" in desk.waymark("user", "password", "eve@example.org", "--prompt", typed=weak, fails=True)
    assert "Authenticator address" in desk.waymark("user", "password", "eve@example.org", "--new-codes")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("organisation", "add", "Harbour Aid", "--kind", "charity"), "called 'Harbour Aid' already"),
        (("user", "disable", "nobody@example.org"), "Nobody has the e-mail address"),
        (("user", "areas", "eve@example.org", "Atlantis"), "no area called 'Atlantis'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(desk: Desk, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in staffed(desk).waymark(*words, fails=True)


def test_a_database_without_tables_is_said_to_be_one(cluster: Cluster, tmp_path: Path) -> None:
    cluster.ensure_database("bare")
    desk = Desk(url=cluster.url(database="bare"), var=tmp_path)
    assert "run `waymark migrate` first" in desk.waymark("user", "list", fails=True)
    nowhere = Desk(url="host=/nowhere dbname=x", var=tmp_path)
    assert "cannot be reached" in nowhere.waymark("user", "list", fails=True)
