"""What the demo's people see of it: their own, what live agreements open, and nothing else."""

from datetime import date

import psycopg
import pytest
from psycopg import sql

from data.cluster import Cluster
from data.demo_tables import settle
from data.passwords import is_password
from scripts.demo.partners import AGREEMENTS
from scripts.demo.world import load_benchmark
from tests.conftest import clone
from tests.scripts.demo_world import SEED, VAULT, World, one, sign_in


def owners_seen(conn: psycopg.Connection, step: int, kind: int = 0) -> set[str]:
    """The organisations of which the session sees cells of a step."""
    table = ("place_cell", "visit_cell", "risk_cell")[kind]
    statement = sql.SQL("SELECT DISTINCT shelf / 4 FROM {} WHERE lock_id & 7 = %s").format(
        sql.Identifier("store", table)
    )
    numbers = [row[0] for row in conn.execute(statement, [step])]
    conn.execute("RESET ROLE")
    return {str(one(conn, "SELECT name FROM access.organisation WHERE id = %s", [number])) for number in numbers}


def test_every_outreach_worker_sees_own_places_exactly_and_signs_in(world: World) -> None:
    workers = [person for person in world.people if person.role == "outreach"]
    assert len({person.organisation for person in workers}) == 5
    for person in workers:
        with world.connect() as conn:
            kept = one(
                conn,
                "SELECT password_hash FROM access.credential AS c JOIN access.person AS p ON p.id = c.person_id "
                "WHERE p.email = %s",
                [person.email],
            )
            assert is_password(person.password, str(kept))
            sign_in(conn, person.email, "visit")
            assert int(str(one(conn, "SELECT count(*) FROM store.place"))) > 15
            assert int(str(one(conn, "SELECT count(*) FROM store.place_point"))) > 15
            conn.rollback()


def test_analysts_see_cells_and_no_points_and_admins_and_auditors_nothing(world: World) -> None:
    for person in world.people:
        with world.connect() as conn:
            if person.role != "outreach":
                sign_in(conn, person.email, person.purposes[0])
                assert one(conn, "SELECT count(*) FROM store.place_point") == 0
                assert (one(conn, "SELECT count(*) FROM store.place_cell") != 0) is (person.role == "analyst")
            conn.rollback()


@pytest.mark.parametrize(
    ("email", "purpose", "step", "seen"),
    [
        # The council in the west suspended its agreement, the health body's ended.
        ("outreach@charity.demo.invalid", "safeguarding", 0, {"Demo Charity", "Demo Police", "Demo Council East"}),
        # The council in the west's agreement with the police has one signature.
        ("outreach@police.demo.invalid", "visit", 0, {"Demo Police", "Demo Charity"}),
        ("outreach@police.demo.invalid", "enforcement", 0, {"Demo Police", "Demo Council East"}),
        ("outreach@police.demo.invalid", "enforcement", 1, {"Demo Police"}),
        ("outreach@health.demo.invalid", "visit", 0, {"Demo Health"}),
        ("outreach@health.demo.invalid", "safeguarding", 0, {"Demo Health", "Demo Charity"}),
        # The health body's agreement with the council in the east has not begun.
        ("outreach@east.demo.invalid", "safeguarding", 0, {"Demo Council East"}),
        ("outreach@west.demo.invalid", "visit", 0, {"Demo Council West"}),
        ("analyst@commissioner.demo.invalid", "analysis", 0, {"Demo Police", "Demo Charity"}),
        ("analyst@commissioner.demo.invalid", "analysis", 1, {"Demo Police"}),
    ],
)
def test_agreements_open_what_they_say_and_nothing_else(
    conn: psycopg.Connection, email: str, purpose: str, *, step: int, seen: set[str]
) -> None:
    sign_in(conn, email, purpose)
    assert owners_seen(conn, step) == seen


def test_there_are_agreements_in_every_state() -> None:
    assert {agreement.signed for agreement in AGREEMENTS} == {(True, True), (True, False)}
    assert sum(agreement.is_suspended for agreement in AGREEMENTS) == 1
    assert any(agreement.starts + agreement.days < 0 for agreement in AGREEMENTS)
    assert any(agreement.starts > 0 for agreement in AGREEMENTS)


def test_one_joint_visit_is_open_now_to_the_worker_it_names(conn: psycopg.Connection) -> None:
    sign_in(conn, "outreach@charity.demo.invalid", "visit")
    police = "SELECT count(*) FROM store.place_point WHERE shelf / 4 = 1"
    assert one(conn, police) == 1


def test_an_excluded_member_does_not_see_what_colleagues_see(conn: psycopg.Connection) -> None:
    excluded = "SELECT count(*) FROM access.handling WHERE cardinality(excluded) > 0"
    assert one(conn, excluded) == 1
    hidden = """
        SELECT count(*) FROM access.label AS l JOIN access.handling AS h ON h.id = l.handling_id
        WHERE cardinality(h.excluded) > 0 AND l.id IN (
            SELECT d.label_id FROM access.membership AS m
            CROSS JOIN access.decide(m.id, 'visit', access.clock()) AS d WHERE m.id = ANY (h.excluded)
        )
    """
    assert one(conn, hidden) == 0


def test_the_world_for_benchmarks_gives_two_sessions_their_shares(cluster: Cluster, today: date) -> None:
    database = clone(cluster)
    with psycopg.connect(cluster.url(database=database)) as conn:
        load_benchmark(conn, count=5_000, seed=SEED, today=today, vault=VAULT)
        conn.commit()
        conn.autocommit = True
        settle(conn)
        conn.autocommit = False
        for email, share in (("outreach@health.demo.invalid", 0.02), ("outreach@charity.demo.invalid", 0.2)):
            sign_in(conn, email, "visit")
            assert one(conn, "SELECT count(*) FROM store.place_point") == 5_000 * share
            conn.rollback()
        assert one(conn, "SELECT count(*) FROM store.place") == 5_000
