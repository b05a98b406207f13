"""The demo's releases: made by its own people, read at once by whom they are for, and as they were approved."""

from collections import Counter

import psycopg
import pytest

from data.cluster import Cluster
from data.hotspot_releases import hotspots_of
from data.operator_sessions import act_as
from data.releases import approved_releases, audited_approvals, my_releases, release_document
from geo.hotspots.excess import State
from layers.release_verifying import verify
from scripts.demo.releases import add_releases
from tests.scripts.demo_world import VAULT, World, make_world
from web.days import today

pytestmark = pytest.mark.proof
TODAY = today()


@pytest.fixture(scope="module")
def released(cluster: Cluster) -> World:
    """Make the demo as of today, and its releases."""
    world = make_world(cluster, TODAY)
    with world.connect() as conn:
        assert add_releases(conn, VAULT, today=TODAY)
    return world


def read_by(conn: psycopg.Connection, email: str, purpose: str) -> list[tuple[str, str, bool]]:
    act_as(conn, f"{email}.demo.invalid", purpose=purpose)
    return [(one.kind, one.audience, one.is_ours) for one in my_releases(conn) if one.state == "approved"]


def test_the_commissioner_reads_counts_and_a_map_under_an_agreement_at_once(released: World) -> None:
    with released.connect() as conn:
        found = read_by(conn, "analyst@commissioner", "analysis")
        assert ("hotspots", "agreement", False) in found
        assert ("counts", "agreement", False) in found


def test_the_released_map_tells_squares_that_are_hot_that_are_not_and_of_which_nothing_can_be_said(
    released: World,
) -> None:
    with released.connect() as conn:
        act_as(conn, "analyst@commissioner.demo.invalid", purpose="analysis")
        (which,) = (one.id for one in my_releases(conn) if one.kind == "hotspots")
        states = Counter(square.state for square in hotspots_of(release_document(conn, which)))
    assert states.total() > 30
    assert states[State.HOT] >= 1
    assert states[State.ORDINARY] >= 1
    assert states[State.TOO_FEW_VISITS] > states.total() / 2, "most squares, and the page says so"


@pytest.mark.parametrize(("email", "purpose"), [("outreach@charity", "visit"), ("auditor@health", "audit")])
def test_everybody_reads_counts_for_everybody(released: World, email: str, purpose: str) -> None:
    with released.connect() as conn:
        assert set(read_by(conn, email, purpose)) == {("counts", "public", False)}


def test_two_people_of_the_owner_made_each_and_all_are_as_they_were_approved(released: World) -> None:
    with released.connect() as conn:
        pairs = conn.execute("SELECT prepared_by = approved_by, state FROM access.release").fetchall()
        assert set(pairs) == {(False, "approved")}
        found = verify(approved_releases(conn), audited_approvals(conn))
    assert (found.releases, found.faults) == (len(pairs), [])
