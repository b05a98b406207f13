"""The scene, one per test module, on a real cluster."""

from collections.abc import Iterator

import pytest

from data.cluster import Cluster
from tests.api.scene import Scene, a_scene


@pytest.fixture(scope="module")
def scene(cluster: Cluster, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Give the scene in a fresh clone, served."""
    with a_scene(cluster, database, tmp_path_factory.mktemp("scene")) as made:
        yield made
