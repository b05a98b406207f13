"""What is released to commissioners: each office reads it under a live agreement that reaches all of it, alone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests import worlds
from tests.api.scene import Scene
from tests.releasing import approved, forget_releases, session_of

pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def alone(scene: Scene) -> Iterator[None]:
    """Take back what a test released."""
    yield
    forget_releases(scene.conn)


def an_office(scene: Scene) -> dict[str, str]:
    """Return the header of an analyst of a commissioner's office, which has no agreement."""
    office = worlds.an_organisation(scene.conn, kind="commissioner")
    scene.members["commissioner analyst"] = worlds.a_membership(scene.conn, office, role="analyst")
    scene.organisations["office"] = office
    return session_of(scene, "commissioner analyst", "analysis")


def reports(scene: Scene, **more: Any) -> UUID:
    """Let the charity report to the office under an agreement."""
    terms: dict[str, Any] = {"purposes": ["analysis"], "areas": range(1, 8)}
    return worlds.an_agreement(
        scene.conn, scene.organisations["charity"], scene.organisations["office"], **(terms | more)
    )


def test_commissioners_read_what_is_theirs_under_a_live_agreement_and_not_a_moment_longer(scene: Scene) -> None:
    office, theirs = an_office(scene), approved(scene, audience="commissioner", agreement=None)
    layer = f"/api/collections/release-{theirs.rsplit('/', 1)[1]}/items"
    ways = (theirs, layer)
    assert [scene.get(way, office).status_code for way in ways] == [404] * 2
    agreement = reports(scene)
    assert scene.get(theirs, office).json()["squares"] == scene.get(theirs, "ana").json()["squares"] != []
    assert [scene.get(way, office).status_code for way in ways] == [200] * 2
    assert {entry.get("agreement") for entry in scene.audit() if entry.get("what") == "read a release"} >= {
        str(agreement)
    }
    assert [scene.get(theirs, kind).status_code for kind in ("own", "part", "pana", "none")] == [404] * 4
    assert scene.get(theirs, an_office(scene)).status_code == 404, "another office, with no agreement of its own"
    scene.conn.execute("UPDATE access.agreement SET suspended_at = access.clock() WHERE id = %s", [agreement])
    assert [scene.get(way, office).status_code for way in ways] == [404] * 2
    assert scene.get("/api/releases", office).json() == {"releases": []}


@pytest.mark.parametrize(
    "short",
    [
        {"areas": range(1, 7)},
        {"kinds": [worlds.NOTE]},
        {"max_sensitivity": 1},
        {"purposes": ["visit"]},
        {"signed": (True, False)},
        {"valid_until": worlds.NOON},
    ],
    ids=str,
)
def test_an_agreement_that_reaches_less_than_what_was_counted_opens_nothing_to_commissioners(
    scene: Scene, short: dict[str, Any]
) -> None:
    office, theirs = an_office(scene), approved(scene, audience="commissioner", agreement=None)
    reports(scene, **short)
    assert scene.get(theirs, office).status_code == 404
    assert scene.get("/api/releases", office).json() == {"releases": []}
