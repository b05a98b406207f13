"""From staged rows to places and back: all or nothing, once, and only for those who may."""

import io
import secrets
from typing import Any
from uuid import UUID

import psycopg
import pytest

from data.imports.desk import Desk
from data.imports.intake import take_in
from data.imports.publish import commit, discard, undo
from data.imports.receive import Offer
from data.imports.records import newest_imports, one_import, rejects_of, rows_of, sample_of
from data.imports.refusals import AlreadyImported, FileRefused, ImportNotReady, NoSuchImport, NotAnAdministrator
from data.imports.stage import stage
from tests.data.imports.conftest import Receive, World

HEADER = b"name,address,postcode,lon,lat,id,attend rule\n"
STAR = b"Star Car Wash,1 High Street,B1 1AA,-1.9035,52.4766,a,two_people\n"
MOON = b"Moon Nails,2 High Street,B1 1AB,-1.9045,52.4776,b,\n"
NOWHERE = b"Nowhere,3 High Street,B1 1AC,0,0,c,\n"


def table(world: World, name: str) -> list[tuple[Any, ...]]:
    return world.operator.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall()


def places(world: World, import_id: UUID) -> list[tuple[Any, ...]]:
    return world.operator.execute(
        "SELECT name, attend_rule, source_id FROM store.place WHERE import_id = %s ORDER BY name", [import_id]
    ).fetchall()


def test_a_csv_becomes_places_and_can_be_taken_back_without_a_trace(
    world: World, desk: Desk, received: Receive
) -> None:
    tables = ("store.place", "store.place_point", "store.place_cell", "imports.trace")
    before = {name: table(world, name) for name in tables}
    import_id = received(HEADER + STAR + MOON + NOWHERE)
    staged = stage(desk, import_id)
    assert (staged.status, staged.rows_read, staged.good, staged.rejected) == ("staged", 3, 2, 1)
    assert commit(desk, import_id).status == "committed"
    assert places(world, import_id) == [("Moon Nails", 0, "b"), ("Star Car Wash", 1, "a")]
    assert world.count("store.place_cell") > len(before["store.place_cell"])
    undone = undo(desk, import_id)
    assert (undone.status, undone.kept) == ("undone", 0)
    assert {name: table(world, name) for name in tables} == before


def test_the_file_is_let_go_of_once_it_is_committed(desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR)
    assert desk.upload(import_id).stat().st_mode & 0o777 == 0o600
    stage(desk, import_id)
    commit(desk, import_id)
    assert not desk.upload(import_id).exists()
    assert rows_of(desk, import_id) == []


def test_a_place_that_somebody_changed_survives_undo_and_is_listed(world: World, desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR + MOON)
    stage(desk, import_id)
    commit(desk, import_id)
    world.operator.execute(
        "UPDATE store.place SET version = 2 WHERE import_id = %s AND name = 'Moon Nails'", [import_id]
    )
    assert undo(desk, import_id).kept == 1
    assert [row[0] for row in places(world, import_id)] == ["Moon Nails"]
    assert list(rejects_of(desk, import_id))[1] == "3,kept,,,changed or used since it was imported\r\n"


def test_the_same_file_with_the_same_choices_is_imported_once(desk: Desk, received: Receive) -> None:
    first = received(HEADER + STAR)
    stage(desk, first)
    twin = received(HEADER + STAR)
    stage(desk, twin)
    commit(desk, first)
    with pytest.raises(AlreadyImported):
        commit(desk, twin)
    with pytest.raises(AlreadyImported) as known:
        stage(desk, received(HEADER + STAR))
    assert known.value.import_id == first
    undo(desk, first)
    assert stage(desk, received(HEADER + STAR)).good == 1


def test_a_refused_file_leaves_nothing(desk: Desk, world: World) -> None:
    before = set(world.uploads.iterdir()), world.count("imports.import")
    with pytest.raises(FileRefused):
        take_in(desk, io.BytesIO(b"<html>"), Offer(file_name="a", source="a", collected_for="welfare"))
    assert (set(world.uploads.iterdir()), world.count("imports.import")) == before


NEAR_STAR = b"STAR CAR-WASH,,,-1.90355,52.47663,z,\n"
FAR_STAR = b"Star Car Wash,,,-1.95,52.5,y,\n"


def test_a_name_repeated_within_50_m_is_a_duplicate_and_farther_away_is_not(desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR + MOON + NEAR_STAR + FAR_STAR)
    found = stage(desk, import_id)
    assert (found.good, found.duplicates) == (3, 1)
    assert list(rejects_of(desk, import_id))[1].startswith("4,duplicate,name,STAR CAR-WASH,")
    kept = stage(desk, import_id, changes={"duplicates": "keep"})
    assert (kept.good, kept.duplicates) == (4, 0)


def test_a_source_id_repeated_in_a_file_is_a_duplicate(desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR + MOON.replace(b",b,", b",a,"))
    found = stage(desk, import_id, changes={"source_id": "id"})
    assert (found.good, found.duplicates) == (1, 1)
    assert "line 2 has it" in list(rejects_of(desk, import_id))[1]


def test_what_was_imported_before_is_known_by_source_id_and_by_name(desk: Desk, received: Receive) -> None:
    first = received(HEADER + STAR + MOON)
    stage(desk, first)
    commit(desk, first)
    moved = STAR.replace(b"-1.9035,52.4766", b"-1.8,52.5").replace(b"Star", b"New Star")
    renamed_id = MOON.replace(b",b,", b",q,")
    found = stage(desk, received(HEADER + moved + renamed_id + FAR_STAR))
    assert (found.good, found.duplicates) == (1, 2)
    other_source = stage(desk, received(HEADER + moved, source="another list"))
    assert other_source.good == 1


def test_another_organisations_places_and_later_edits_change_no_verdict(
    world: World, desk: Desk, received: Receive
) -> None:
    other = world.desk(world.token(world.organisation(f"Other {secrets.token_hex(6)}")))
    offer = Offer(file_name="o.csv", source="test", collected_for="welfare")
    theirs, _ = take_in(other, io.BytesIO(HEADER + STAR), offer)
    commit(other, theirs.id)
    mine = received(HEADER + STAR + MOON)
    assert stage(desk, mine).duplicates == 0
    commit(desk, mine)
    world.operator.execute("UPDATE store.place SET name = 'Hidden', version = 2 WHERE import_id = %s", [mine])
    assert stage(desk, received(HEADER + MOON + FAR_STAR)).duplicates == 1


@pytest.mark.parametrize(("role", "purpose"), [("outreach", "visit"), ("analyst", "analysis"), ("auditor", "audit")])
def test_only_an_admin_imports(world: World, received: Receive, role: str, purpose: str, desk: Desk) -> None:
    import_id = received(HEADER + STAR)
    staged = stage(desk, import_id)
    stranger = world.desk(world.token(world.organisation(f"S {secrets.token_hex(6)}"), role, purpose))
    with pytest.raises(NotAnAdministrator):
        newest_imports(stranger)
    for attempt in (stage, commit, undo, discard, one_import):
        with pytest.raises(NotAnAdministrator):
            attempt(stranger, staged.id)


def test_another_organisations_import_does_not_exist(world: World, desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR)
    stage(desk, import_id)
    other = world.desk(world.token(world.organisation(f"Other {secrets.token_hex(6)}")))
    assert newest_imports(other) == []
    for attempt in (one_import, rows_of, sample_of, stage, commit, undo, discard):
        with pytest.raises(NoSuchImport):
            attempt(other, import_id)
    with pytest.raises(NoSuchImport):
        next(rejects_of(other, import_id))
    with pytest.raises(NoSuchImport):
        one_import(desk, UUID(int=7))


def test_the_service_cannot_read_staged_rows(world: World, desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR)
    stage(desk, import_id)
    for kind in ("rows", "faults"):
        with desk.pool.connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(f'SELECT * FROM imports."{kind} {import_id}"')
    assert world.count(f'imports."rows {import_id}"') == 1


def test_steps_come_in_their_order(desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR)
    with pytest.raises(ImportNotReady, match="received"):
        commit(desk, import_id)
    with pytest.raises(ImportNotReady):
        undo(desk, import_id)
    stage(desk, import_id)
    commit(desk, import_id)
    for attempt in (stage, discard, commit):
        with pytest.raises(ImportNotReady):
            attempt(desk, import_id)


def test_each_step_is_in_the_audit_without_places(world: World, desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + STAR)
    stage(desk, import_id)
    rows_of(desk, import_id)
    commit(desk, import_id)
    undo(desk, import_id)
    entries = [
        row[0]
        for row in world.operator.execute(
            "SELECT body FROM audit.entry WHERE body LIKE %s ORDER BY seq", [f"%{import_id}%"]
        )
    ]
    assert [entry.split('"op":"')[1].split('"')[0] for entry in entries] == [
        "administration",
        "consultation",
        "collection",
        "erasure",
    ]
    assert not any("Star" in entry or "52." in entry for entry in entries)


def test_a_distant_postcode_and_a_malformed_one_are_warned_of(world: World, desk: Desk, received: Receive) -> None:
    world.operator.execute("INSERT INTO reference.postcode VALUES ('B1 1AA', 440000, 287000) ON CONFLICT DO NOTHING")
    import_id = received(HEADER + STAR + MOON.replace(b"B1 1AB", b"B1"))
    found = stage(desk, import_id)
    assert (found.good, found.warned) == (2, 2)
    assert [(row.verdict, row.said) for row in rows_of(desk, import_id)] == [("warning", "B1 1AA"), ("warning", "B1")]
    assert len(sample_of(desk, import_id)) == 2


def test_sensitivity_is_read_from_a_column_or_given(world: World, desk: Desk, received: Receive) -> None:
    file = b"name,lon,lat,sensitivity\nA,-1.9,52.4,3\nB,-1.8,52.4,\nC,-1.7,52.4,9\n"
    import_id = received(file, sensitivity=0)
    found = stage(desk, import_id)
    assert (found.good, found.rejected) == (2, 1)
    commit(desk, import_id)
    levels = world.operator.execute(
        "SELECT p.name, l.sensitivity, l.collected_for FROM store.place AS p "
        "JOIN access.label AS l ON l.id = p.lock_id >> 5 WHERE p.import_id = %s ORDER BY 1", [import_id]
    ).fetchall()  # fmt: skip
    assert levels == [("A", 3, "welfare"), ("B", 0, "welfare")]


def test_rows_outside_the_admins_areas_are_rejected(world: World, received: Receive, desk: Desk) -> None:
    world.operator.execute(
        "INSERT INTO reference.area VALUES (2, 'SEA', 'Elsewhere 2', 'force') ON CONFLICT DO NOTHING"
    )
    world.operator.execute("UPDATE reference.cell_area SET area_id = 2 WHERE cell = 800050")
    found = stage(desk, received(b"name,easting,northing\nA,406000,286000\nB,402000,252000\n"))
    assert (found.good, found.rejected) == (1, 1)


@pytest.mark.fault
def test_rows_that_a_crash_of_the_database_emptied_are_staged_again_on_commit(
    world: World, desk: Desk, received: Receive
) -> None:
    import_id = received(HEADER + STAR + MOON)
    stage(desk, import_id)
    world.operator.execute(f'TRUNCATE imports."rows {import_id}"')
    assert commit(desk, import_id).status == "committed"
    assert len(places(world, import_id)) == 2


@pytest.mark.fault
def test_a_backend_killed_in_the_middle_leaves_nothing_half_done(world: World, desk: Desk, received: Receive) -> None:
    import_id = received(HEADER + b"".join(b"P%d,,,-1.9,52.%04d,%d,\n" % (i, 3000 + i, i) for i in range(500)))
    stage(desk, import_id)
    before = world.count("store.place"), world.count("store.place_point"), world.count("store.place_cell")
    world.operator.execute(
        "CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
        "$$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END$$; "
        "CREATE TRIGGER dies AFTER INSERT ON imports.trace FOR EACH STATEMENT EXECUTE FUNCTION public.die()"
    )
    with pytest.raises(ConnectionError):
        commit(desk, import_id)
    world.operator.execute("DROP TRIGGER dies ON imports.trace; DROP FUNCTION public.die()")
    after = world.count("store.place"), world.count("store.place_point"), world.count("store.place_cell")
    assert after == before
    assert one_import(desk, import_id).status == "staged"
    assert commit(desk, import_id).good == 500
