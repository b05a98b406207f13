"""`waymark release verify` on an installation."""

from pathlib import Path

import psycopg
import pytest

from data.cluster import Cluster
from tests.scripts.desk import Desk, a_desk, staffed

RELEASE = """
INSERT INTO access.release (
    id, organisation_id, audience, kind, heading, epoch, version, document, drawn, prepared_after, state,
    prepared_by, prepared_at, approved_by, approved_at, number, hash
)
SELECT
    gen_random_uuid(), m.organisation_id, 'public', 'counts', 'visited', '2025-10-01', 1, '{}', '{}', 0, 'approved',
    m.id, now(), m.id, now(), 2, ''
FROM access.membership AS m
LIMIT 1
"""


@pytest.fixture
def desk(cluster: Cluster, tmp_path: Path) -> Desk:
    return staffed(a_desk(cluster, tmp_path))


@pytest.mark.proof
def test_verifying_says_what_was_looked_at_and_exits_with_one_on_a_fault(desk: Desk) -> None:
    assert "0 releases with 0 values are as they were approved" in desk.waymark("release", "verify")
    with psycopg.connect(desk.url) as conn:
        conn.execute(RELEASE.encode())
    assert "release 1 is missing from the chain" in desk.waymark("release", "verify", fails=True)
