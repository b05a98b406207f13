"""The demo is a synthetic world: the same for a seed, within the boroughs, nobody's, and ruled by its agreements."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
import psycopg
import pytest
import shapely
from psycopg import sql

from data.cluster import Cluster
from data.demo_tables import NotEmpty, settle
from data.passwords import is_password
from data.reference_data import outlines_of
from data.vault import Vault
from scripts.demo.chance import Chance
from scripts.demo.installation import DemoPerson
from scripts.demo.partners import AGREEMENTS, MEMBERS, ORGANISATIONS
from scripts.demo.texts import text_of
from scripts.demo.world import NOTES, PLACES, VISITS, demo_json, load_benchmark, load_demo
from tests.conftest import clone

SEED = 7
VAULT = Vault(bytes(range(32)))

# What no seed decides: hashes of passwords, sealed bytes, and times of the server's own clock.
UNDECIDED = {
    "access.credential": ("password_hash",),
    "access.organisation_key": ("wrapped",),
    "store.note": ("ciphertext",),
    "store.note_key": ("wrapped",),
}
NOT_THE_WORLD = ("audit.%", "imports.%", "access.ring", "access.policy_epoch")


@dataclass(frozen=True, kw_only=True)
class World:
    """A database that holds the demo."""

    cluster: Cluster
    database: str
    people: list[DemoPerson]

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.cluster.url(database=self.database))


def make_world(cluster: Cluster, today: date) -> World:
    database = clone(cluster)
    with psycopg.connect(cluster.url(database=database)) as conn:
        people = load_demo(conn, seed=SEED, today=today, vault=VAULT)
    return World(cluster=cluster, database=database, people=people)


@pytest.fixture(scope="module")
def today(cluster: Cluster) -> date:
    with psycopg.connect(cluster.url()) as conn:
        day = one(conn, "SELECT (now() AT TIME ZONE 'UTC')::date")
    assert isinstance(day, date)
    return day


@pytest.fixture(scope="module")
def world(cluster: Cluster, today: date) -> World:
    return make_world(cluster, today)


@pytest.fixture
def conn(world: World) -> Iterator[psycopg.Connection]:
    with world.connect() as operator:
        yield operator
        operator.rollback()


def one(conn: psycopg.Connection, query: str, values: list[object] | None = None) -> object:
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def digests(conn: psycopg.Connection) -> dict[str, object]:
    tables = conn.execute(
        "SELECT format('%%s.%%s', n.nspname, c.relname) AS name FROM pg_class AS c "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname IN ('access', 'reference', 'store') "
        "AND NOT format('%%s.%%s', n.nspname, c.relname) LIKE ANY (%s)",
        [list(NOT_THE_WORLD)],
    ).fetchall()
    found = {}
    for (table,) in tables:
        statement = sql.SQL(
            "SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (SELECT (to_jsonb(t) - %s::text [])::text AS row "
            "FROM {} AS t) AS rows"
        ).format(sql.Identifier(*table.split(".")))
        row = conn.execute(statement, [list(UNDECIDED.get(table, ()))]).fetchone()
        found[table] = row
    return found


def sign_in(conn: psycopg.Connection, email: str, purpose: str) -> None:
    """Become the service's role with a session of this person; until the end of the transaction."""
    token = secrets.token_hex(16)
    membership = one(
        conn,
        "SELECT m.id FROM access.membership AS m JOIN access.person AS p ON p.id = m.person_id WHERE p.email = %s",
        [email],
    )
    conn.execute(
        "SELECT access.open_session(%s, %s, %s)", [membership, purpose, hashlib.sha256(token.encode()).digest()]
    )
    conn.execute("SET LOCAL ROLE waymark_app")
    assert one(conn, "SELECT (access.enter(%s)).session_id", [token]) is not None


def owners_seen(conn: psycopg.Connection, step: int, kind: int = 0) -> set[str]:
    """The organisations of which the session sees cells of a step."""
    table = ("place_cell", "visit_cell", "risk_cell")[kind]
    statement = sql.SQL("SELECT DISTINCT shelf / 4 FROM {} WHERE lock_id & 7 = %s").format(
        sql.Identifier("store", table)
    )
    numbers = [row[0] for row in conn.execute(statement, [step])]
    conn.execute("RESET ROLE")
    return {str(one(conn, "SELECT name FROM access.organisation WHERE id = %s", [number])) for number in numbers}


def test_the_same_seed_and_day_give_the_same_world(cluster: Cluster, world: World, today: date) -> None:
    with world.connect() as conn, make_world(cluster, today).connect() as other:
        assert digests(conn) == digests(other)
        assert len(digests(conn)) > 30


def test_another_seed_gives_another_world() -> None:
    assert Chance(1).id_list("places", 3) != Chance(2).id_list("places", 3)
    assert all(id.version == 4 and id.variant == UUID(int=0x8 << 60).variant for id in Chance(1).id_list("places", 50))


def test_there_are_as_many_records_as_promised(conn: psycopg.Connection) -> None:
    for table, count in (("place", PLACES), ("place_point", PLACES), ("visit", VISITS), ("note", NOTES)):
        assert one(conn, f"SELECT count(*) FROM store.{table}") == count
    assert one(conn, "SELECT count(*) FROM store.note_key") == NOTES
    assert one(conn, "SELECT count(*) FROM access.organisation") == 6
    assert one(conn, "SELECT count(*) FROM reference.site WHERE source = 'demo'") == 48
    assert one(conn, "SELECT access.is_demo()") is True


def test_no_place_and_no_site_lies_outside_the_seven_boroughs(conn: psycopg.Connection) -> None:
    rows = conn.execute(
        "SELECT longitude, latitude FROM store.place_point UNION ALL SELECT longitude, latitude FROM reference.site"
    ).fetchall()
    longitude, latitude = np.array(rows).T
    boroughs = [shapely.contains_xy(outline, longitude, latitude) for outline in outlines_of("boroughs").values()]
    assert (np.sum(boroughs, axis=0) == 1).all()
    assert all(inside.sum() > 50 for inside in boroughs)


def test_positions_keys_and_grid_agree(conn: psycopg.Connection) -> None:
    assert (
        one(
            conn,
            "SELECT count(*) FROM store.place_point WHERE x <> layers.half(key) OR y <> layers.half(key >> 1) "
            "OR st_distance(st_transform(st_setsrid(st_makepoint(longitude, latitude), 4326), 27700), "
            "st_setsrid(st_makepoint(easting, northing), 27700)) > 6",
        )
        == 0
    )


@pytest.mark.parametrize(
    ("points", "cells", "counted", "kind"),
    [
        ("place_point", "place_cell", "ok + two_people + contact_owner_first + do_not_attend", 0),
        ("visit_point", "visit_cell", "visits", 1),
        ("risk_point", "risk_cell", "notes", 2),
    ],
)
def test_cells_are_a_recount_of_the_points(
    conn: psycopg.Connection, points: str, cells: str, counted: str, kind: int
) -> None:
    for step, metres in ((0, 5_000), (1, 1_000), (2, 500), (3, 100)):
        recounted = f"""
            SELECT lock_id / 32 * 32 + {kind * 8 + step}, floor(easting / {metres})::int * {metres},
                floor(northing / {metres})::int * {metres}, count(*)
            FROM store.{points} GROUP BY 1, 2, 3
        """
        rolled = f"""
            SELECT lock_id, easting, northing, sum({counted})
            FROM store.{cells} WHERE lock_id & 7 = {step} GROUP BY 1, 2, 3
        """
        difference = f"(({recounted}) EXCEPT ({rolled})) UNION ALL (({rolled}) EXCEPT ({recounted}))"
        assert one(conn, f"SELECT count(*) FROM ({difference}) AS d") == 0
        assert one(conn, f"SELECT count(*) FROM ({rolled}) AS r") != 0


def test_what_hangs_on_a_place_belongs_to_its_owner_and_is_no_less_protected(conn: psycopg.Connection) -> None:
    for table in ("visit", "note"):
        weaker = f"""
            SELECT count(*) FROM store.{table} AS r
            JOIN store.place AS p ON p.id = r.place_id
            JOIN access.label AS of_place ON of_place.id = p.lock_id >> 5
            JOIN access.label AS of_record ON of_record.id = r.lock_id >> 5
            WHERE of_record.owner_id <> of_place.owner_id OR of_record.sensitivity < of_place.sensitivity
            OR of_record.handling_id <> of_place.handling_id
            OR of_record.operation_id IS DISTINCT FROM of_place.operation_id
            OR of_record.area_id <> of_place.area_id
        """
        assert one(conn, weaker) == 0


def test_labels_carry_the_area_of_the_5_km_cell(conn: psycopg.Connection) -> None:
    wrong = """
        SELECT count(*) FROM store.place_point AS p
        JOIN access.label AS l ON l.id = p.lock_id >> 5
        JOIN reference.cell_area AS c ON c.cell = floor(p.easting / 5000) * 10000 + floor(p.northing / 5000)
        WHERE c.area_id <> l.area_id
    """
    assert one(conn, wrong) == 0


def test_every_author_is_an_outreach_worker_of_the_owner_who_may_know_the_record(conn: psycopg.Connection) -> None:
    for table in ("place", "visit", "note"):
        strangers = f"""
            SELECT count(*) FROM store.{table} AS r
            JOIN access.label AS l ON l.id = r.lock_id >> 5
            LEFT JOIN access.membership AS m ON m.id = r.changed_by AND m.organisation_id = l.owner_id
                AND m.role = 'outreach' AND m.clearance >= l.sensitivity - 1
            WHERE m.id IS NULL
        """
        assert one(conn, strangers) == 0


def test_nothing_is_recorded_after_today_but_what_is_planned(conn: psycopg.Connection, today: date) -> None:
    late = "SELECT count(*) FROM store.visit WHERE (visited_on >= %s) <> (status = 'planned')"
    assert one(conn, late, [today]) == 0
    assert one(conn, "SELECT count(*) FROM store.note WHERE recorded_on > %s", [today]) == 0
    assert one(conn, "SELECT count(*) FROM store.place WHERE review_on < %s", [today]) != 0


def test_effort_is_uneven(conn: psycopg.Connection) -> None:
    by_month = [
        row[0] for row in conn.execute("SELECT sum(visits) FROM store.visit_cell GROUP BY lock_id, visited_month")
    ]
    assert max(by_month) > 5 * min(by_month)
    assert one(conn, "SELECT count(*) FROM store.place WHERE id NOT IN (SELECT place_id FROM store.visit)") != 0


def test_every_reason_sensitivity_and_kind_of_handling_occurs(conn: psycopg.Connection) -> None:
    used = "FROM store.note AS n JOIN access.label AS l ON l.id = n.lock_id >> 5"
    assert one(conn, f"SELECT count(DISTINCT (l.sensitivity, l.collected_for)) {used}") == 12
    assert one(conn, f"SELECT count(DISTINCT l.handling_id) {used}") == 8
    assert one(conn, f"SELECT count(*) {used} WHERE l.operation_id IS NOT NULL") != 0
    assert one(conn, "SELECT count(DISTINCT intelligence) FROM store.note_grade") == 5


def test_names_and_addresses_are_invented(conn: psycopg.Connection) -> None:
    rows = conn.execute("SELECT name, address, postcode FROM store.place").fetchall()
    assert all(re.fullmatch(r"[A-Z][a-z ]+ \d{4}", name) for name, _, _ in rows)
    assert all(re.fullmatch(r"\d+ Example (?:Road|Street|Lane|Way|Close|Avenue)", address) for _, address, _ in rows)
    assert {postcode for _, _, postcode in rows} == {""}
    assert all(organisation.name.startswith("Demo ") for organisation in ORGANISATIONS)
    assert all(member.email.endswith(".demo.invalid") for member in MEMBERS)


def test_notes_open_and_name_nobody(conn: psycopg.Connection) -> None:
    rows = conn.execute(
        "SELECT n.id, o.uid, n.lock_id, n.ciphertext, k.wrapped, ok.wrapped FROM store.note AS n "
        "JOIN store.note_key AS k ON k.note_id = n.id JOIN access.label AS l ON l.id = n.lock_id >> 5 "
        "JOIN access.organisation AS o ON o.id = l.owner_id "
        "JOIN access.organisation_key AS ok ON ok.organisation_id = o.id ORDER BY n.id LIMIT 300"
    )
    for id, owner_uid, lock_id, ciphertext, wrapped, organisation_key in rows:
        text = VAULT.open_note(
            ciphertext,
            wrapped,
            note_id=id,
            owner_uid=owner_uid,
            lock_id=lock_id,
            wrapped_organisation_key=organisation_key,
        )
        check_that_nobody_is_named(text)


def check_that_nobody_is_named(text: str) -> None:
    """A capital only begins a sentence; no digit, so no telephone, date or vehicle."""
    assert not re.search(r"(?<![.;] )(?<!^)[A-Z]", text)
    assert not re.search(r"\d|@", text)


def test_no_text_names_anybody_or_uses_words_that_we_do_not() -> None:
    random = np.random.default_rng(3)
    for category in range(1, 9):
        for provenance in range(4):
            for _ in range(40):
                text = text_of(random, category, provenance)
                check_that_nobody_is_named(text)
                assert not re.search(
                    r"\b(?:victim|prostitut|illegal|claims?\b|refused to engage|suspect)", text.lower()
                )


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
    ("email", "purpose", "finest", "seen"),
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
    conn: psycopg.Connection, email: str, purpose: str, finest: int, seen: set[str]
) -> None:
    sign_in(conn, email, purpose)
    assert owners_seen(conn, finest) == seen


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


def test_the_file_of_sign_ins_has_the_shape_that_clients_rely_on(world: World) -> None:
    written = json.loads(demo_json("http://127.0.0.1:8000", world.people))
    assert written["url"] == "http://127.0.0.1:8000"
    assert {role for person in written["people"] for role in [person["role"]]} == {
        "outreach",
        "analyst",
        "admin",
        "auditor",
    }
    first = written["people"][0]
    assert set(first) == {"email", "password", "role", "organisation", "purposes"}
    assert first["purposes"] == ["visit", "safeguarding", "enforcement"]


def test_the_demo_is_not_loaded_beside_anything(conn: psycopg.Connection, today: date) -> None:
    with pytest.raises(NotEmpty, match="already holds organisations"):
        load_demo(conn, seed=SEED, today=today, vault=VAULT)


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
