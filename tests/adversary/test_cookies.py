"""A neighbouring host plants a cookie of its own, so that somebody works in the session of whoever planted it."""

import pytest

from api.identity import COOKIE, PLAIN_COOKIE
from tests.api.scene import Scene

pytestmark = pytest.mark.proof


@pytest.mark.parametrize(
    ("origin", "name", "status"),
    [
        ("https://waymark.invalid", COOKIE, 200),
        ("https://waymark.invalid", PLAIN_COOKIE, 401),
        ("http://127.0.0.1", PLAIN_COOKIE, 401),
        ("http://waymark.invalid", PLAIN_COOKIE, 200),
        ("http://waymark.invalid", COOKIE, 401),
    ],
)
def test_only_a_cookie_that_this_host_set_itself_carries_a_session(
    scene: Scene, origin: str, name: str, status: int
) -> None:
    token = scene.a_session()["Authorization"].removeprefix("Bearer ")
    answer = scene.client.get(f"{origin}/api/session", headers={"Cookie": f"{name}={token}"})
    assert answer.status_code == status
