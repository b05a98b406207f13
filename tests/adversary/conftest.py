"""An insider asks the database and the service as the tests of gate and API do: two connections, and the scene."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.cluster import Cluster
from tests.api.scene import Scene, a_scene
from tests.conftest import clone
from tests.gate.conftest import held, service, writer

__all__ = ["held", "scene", "service", "writer"]


@pytest.fixture
def scene(cluster: Cluster, tmp_path: Path) -> Iterator[Scene]:
    """Give the scene behind a served API, fresh for each test."""
    with a_scene(cluster, clone(cluster), tmp_path) as made:
        yield made
