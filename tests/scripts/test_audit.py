import json
from pathlib import Path

import psycopg
import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def tamper(desk: Desk, statement: str) -> None:
    with psycopg.connect(desk.url) as conn:
        conn.execute("ALTER TABLE audit.entry DISABLE TRIGGER never_changed")
        conn.execute(statement.encode())
        conn.execute("ALTER TABLE audit.entry ENABLE TRIGGER never_changed")


@pytest.mark.proof
def test_tampering_is_said_and_exits_with_one(desk: Desk) -> None:
    assert "2 chains moved" in desk.waymark("audit", "anchor")
    assert "5 entries and 2 anchors are as they were written" in desk.waymark("audit", "verify")
    tamper(desk, "UPDATE audit.entry SET body = replace(body, 'charity', 'council')")
    said = desk.waymark("audit", "verify", fails=True)
    assert "entry 1: its hash does not follow" in said
    tamper(desk, "UPDATE audit.entry SET body = replace(body, 'council', 'charity')")
    assert "as they were written" in desk.waymark("audit", "verify")


@pytest.mark.proof
def test_a_chain_cut_with_its_head_is_missed_by_its_anchor(desk: Desk) -> None:
    desk.waymark("audit", "anchor")
    tamper(desk, "DELETE FROM audit.entry WHERE seq > 1")
    tamper(
        desk,
        "UPDATE audit.chain AS c SET seq = 1, hash = e.hash FROM audit.entry AS e "
        "WHERE e.organisation_id = c.organisation_id",
    )
    assert "the chain was cut" in desk.waymark("audit", "verify", fails=True)
    (desk.var / "audit-anchors.jsonl").unlink()
    assert "2 entries and 0 anchors" in desk.waymark("audit", "verify")


def test_a_chain_is_exported_line_by_line(desk: Desk) -> None:
    file = desk.var / "chain.jsonl"
    desk.waymark("audit", "export", "County Police", str(file))
    assert [json.loads(line)["seq"] for line in file.read_text().splitlines()] == [1, 2, 3]
    assert "has an audit" in desk.waymark("audit", "export", "Nobody", str(file), fails=True)
