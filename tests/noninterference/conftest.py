"""The town, once per worker."""

import pytest

from data.cluster import Cluster
from tests.noninterference.apart import Harness, a_harness


@pytest.fixture(scope="session")
def harness(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Harness:
    """Give the town as a template, with time in files held still."""
    return a_harness(cluster, tmp_path_factory.mktemp("town"))


@pytest.fixture(autouse=True)
def still_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGR_CURRENT_DATE", "2026-03-01T12:00:00.000Z")
