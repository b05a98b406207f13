import shutil
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


def elsewhere(cluster: Cluster, desk: Desk) -> Desk:
    name = f"elsewhere_{uuid.uuid4().hex[:8]}"
    cluster.ensure_database(name)
    return replace(desk, url=cluster.url(database=name))


def test_a_backup_is_restored_with_the_master_key_and_not_without(cluster: Cluster, desk: Desk) -> None:
    file, other = desk.var / "waymark.backup", elsewhere(cluster, desk)
    assert "Backed up" in desk.waymark("backup", str(file))
    keys, away = desk.var / "keys", desk.var / "away"
    keys.rename(away)
    assert "master.key" in other.waymark("restore", str(file), fails=True)
    (keys / "master.key").touch(mode=0o600)
    (keys / "master.key").write_text("00" * 32)
    assert "another master key" in other.waymark("restore", str(file), fails=True)
    shutil.rmtree(keys)
    away.rename(keys)
    other.waymark("restore", str(file))
    assert other.waymark("user", "list") == desk.waymark("user", "list")
    assert "as they were written" in other.waymark("audit", "verify")
    assert "restore into an empty one" in other.waymark("restore", str(file), fails=True)
    assert "never written over" in other.waymark("backup", str(file), fails=True)
