"""The demo is a synthetic world: the same for a seed, within the boroughs, and nobody's."""

import json
import re
from datetime import date
from uuid import UUID

import numpy as np
import psycopg
import pytest
import shapely
from psycopg import sql

from data.cluster import Cluster
from data.demo_tables import NotEmpty
from data.reference_data import outlines_of
from scripts.demo.chance import Chance
from scripts.demo.partners import MEMBERS, ORGANISATIONS
from scripts.demo.texts import text_of
from scripts.demo.world import NOTES, PLACES, VISITS, demo_json, load_demo
from tests.scripts.demo_world import SEED, VAULT, World, count, make_world, one

# What no seed decides: hashes of passwords, sealed bytes, and times of the server's own clock.
UNDECIDED = {
    "access.credential": ("password_hash",),
    "access.organisation_key": ("wrapped",),
    "store.note": ("ciphertext",),
    "store.note_key": ("wrapped",),
}
NOT_THE_WORLD = ("audit.%", "imports.%", "access.ring", "access.policy_epoch")


def digests(conn: psycopg.Connection) -> dict[str, object]:
    tables = conn.execute(
        "SELECT format('%%s.%%s', n.nspname, c.relname) AS name FROM pg_class AS c "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname IN ('access', 'reference', 'store') "
        "AND NOT format('%%s.%%s', n.nspname, c.relname) LIKE ANY (%s)",
        [list(NOT_THE_WORLD)],
    ).fetchall()
    found: dict[str, object] = {}
    for (table,) in tables:
        statement = sql.SQL(
            "SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (SELECT (to_jsonb(t) - %s::text [])::text AS row "
            "FROM {} AS t) AS rows"
        ).format(sql.Identifier(*table.split(".")))
        row = conn.execute(statement, [list(UNDECIDED.get(table, ()))]).fetchone()
        found[table] = row
    return found


def test_the_same_seed_and_day_give_the_same_world(cluster: Cluster, world: World, today: date) -> None:
    with world.connect() as conn, make_world(cluster, today).connect() as other:
        assert digests(conn) == digests(other)
        assert len(digests(conn)) > 30


def test_another_seed_gives_another_world() -> None:
    assert Chance(1).id_list("places", 3) != Chance(2).id_list("places", 3)
    assert all(id.version == 4 and id.variant == UUID(int=0x8 << 60).variant for id in Chance(1).id_list("places", 50))


def test_there_are_as_many_records_as_promised(conn: psycopg.Connection) -> None:
    for table, expected in (("place", PLACES), ("place_point", PLACES), ("visit", VISITS), ("note", NOTES)):
        assert count(conn, "SELECT FROM store.{table}", table=table) == expected
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


RECOUNT = """
    SELECT p.lock_id / 32 * 32 + %(kind)s * 8 + s.step AS lock_id, floor(p.easting / s.metres) * s.metres AS easting,
        floor(p.northing / s.metres) * s.metres AS northing, count(*) AS records
    FROM {points} AS p CROSS JOIN (VALUES (3, 100), (2, 500), (1, 1000), (0, 5000)) AS s (step, metres)
    GROUP BY 1, 2, 3
"""


@pytest.mark.parametrize(
    ("kind", "tables", "counted"),
    [
        (0, "place", "ok + two_people + contact_owner_first + do_not_attend"),
        (1, "visit", "visits"),
        (2, "risk", "notes"),
    ],
)
def test_cells_are_a_recount_of_the_points(conn: psycopg.Connection, kind: int, tables: str, counted: str) -> None:
    parts = {
        "points": sql.Identifier("store", f"{tables}_point"),
        "cells": sql.Identifier("store", f"{tables}_cell"),
        "counted": sql.SQL(counted),
    }
    rolled = "SELECT lock_id, easting, northing, sum({counted}) AS records FROM {cells} GROUP BY 1, 2, 3"
    both = sql.SQL(
        "SELECT count(*), count(*) FILTER (WHERE r.records = p.records) "
        "FROM (" + RECOUNT + ") AS p FULL JOIN (" + rolled + ") AS r USING (lock_id, easting, northing)"
    ).format(**parts)
    row = conn.execute(both, {"kind": kind}).fetchone()
    assert row is not None
    assert row[0] == row[1] > 1_000


def test_what_hangs_on_a_place_is_at_least_as_protected(conn: psycopg.Connection) -> None:
    for table in ("visit", "note"):
        weaker = """
            SELECT FROM (
                SELECT DISTINCT r.lock_id >> 5 AS label, p.lock_id >> 5 AS of_place
                FROM store.{table} AS r JOIN store.place AS p ON p.id = r.place_id
            ) AS labels WHERE NOT access.is_as_strict(label, of_place)
        """
        assert count(conn, weaker, table=table) == 0


def test_what_is_suspected_false_or_conditional_never_leaves_its_owner(conn: psycopg.Connection) -> None:
    leaving = """
        SELECT count(*) FILTER (WHERE h.owner_only), count(*) FILTER (WHERE NOT h.owner_only)
        FROM store.note_grade AS g JOIN access.label AS l ON l.id = g.lock_id >> 5
        JOIN access.handling AS h ON h.id = l.handling_id
        WHERE g.intelligence = 'E' OR g.handling = 'C'
    """
    assert conn.execute(leaving.encode()).fetchall()[0][0] > 10
    assert conn.execute(leaving.encode()).fetchall()[0][1] == 0


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
        strangers = """
            SELECT FROM store.{table} AS r
            JOIN access.label AS l ON l.id = r.lock_id >> 5
            JOIN access.handling AS h ON h.id = l.handling_id
            LEFT JOIN access.membership AS m ON m.id = r.changed_by AND m.organisation_id = l.owner_id
                AND m.role = 'outreach' AND m.clearance >= l.sensitivity AND m.id <> ALL (h.excluded)
                AND l.area_id IN (SELECT area_id FROM access.membership_area WHERE membership_id = m.id)
                AND (l.operation_id IS NULL OR l.operation_id IN (
                    SELECT operation_id FROM access.operation_member WHERE membership_id = m.id
                ))
            WHERE m.id IS NULL
        """
        assert count(conn, strangers, table=table) == 0


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
    assert one(conn, "SELECT count(DISTINCT (l.sensitivity, l.collected_for)) " + used) == 12
    assert one(conn, "SELECT count(DISTINCT l.handling_id) " + used) == 8
    assert one(conn, "SELECT count(*) " + used + " WHERE l.operation_id IS NOT NULL") != 0
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
