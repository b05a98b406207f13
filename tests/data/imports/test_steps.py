"""What an admin is told between the steps: progress, refusals, columns, rows by verdict, duplicates side by side."""

import psycopg
import pytest

from data.imports.columns import columns_of
from data.imports.decide import Decision
from data.imports.desk import Desk
from data.imports.duplicates import duplicates_of
from data.imports.progress import is_at_work, read_telling
from data.imports.publish import commit
from data.imports.records import one_import, rows_found
from data.imports.refusals import FileRefused, PositionsUnclear
from tests.data.imports.conftest import Receive, World

HEADER = b"name,address,lon,lat,ref\n"


def test_an_import_is_at_work_while_it_is_held_or_its_reading_is_heard_of(
    desk: Desk, received: Receive, world: World
) -> None:
    id = received(HEADER + b"A,,-1.9,52.48,1\n")
    assert is_at_work(desk, id)
    read_telling(desk, id, Decision())
    assert not is_at_work(desk, id)
    with world.operator.transaction():
        world.operator.execute("SELECT imports.begin_work(%s)", [id])
        assert is_at_work(desk, id)
    assert not is_at_work(desk, id)


def test_a_reading_that_nobody_hears_of_any_longer_is_not_at_work(desk: Desk, received: Receive, world: World) -> None:
    id = received(HEADER + b"A,,-1.9,52.48,1\n")
    world.operator.execute(
        "UPDATE imports.import SET created_at = created_at - interval '1 minute' WHERE id = %s", [id]
    )
    assert not is_at_work(desk, id)
    desk.value("note_progress", id=id, so_far=7)
    assert is_at_work(desk, id)
    assert one_import(desk, id).rows_read == 7


def test_a_refusal_is_kept_until_the_file_is_read_again(desk: Desk, received: Receive) -> None:
    id = received(b"name,town\nA,Birmingham\n")
    with pytest.raises(FileRefused):
        read_telling(desk, id, Decision())
    refusal = one_import(desk, id).refusal
    assert refusal is not None
    assert refusal["expected"] == "columns of positions"
    with pytest.raises(FileRefused):
        read_telling(desk, id, Decision(mapping={"name": "nothing"}))
    assert "no column 'nothing'" in (one_import(desk, id).refusal or {})["sentence"]


def test_exchanged_columns_are_taken_as_somebody_says_but_the_irish_grid_is_not(desk: Desk, received: Receive) -> None:
    id = received(b"name,lon,lat\nA,52.48,-1.9\n")
    with pytest.raises(PositionsUnclear):
        read_telling(desk, id, Decision())
    said = {"position": "longitude and latitude", "position_columns": ["lat", "lon"], "crs": "EPSG:4326"}
    assert read_telling(desk, id, Decision(mapping={"name": "name", **said})).good == 1
    irish = received(b"name,Easting,Northing\n" + b"A,332254,371972\nB,333254,372972\nC,313000,234000\n", "irish.csv")
    said = {"position": "grid", "position_columns": ["Easting", "Northing"], "crs": "EPSG:27700"}
    with pytest.raises(FileRefused, match="Irish Grid"):
        read_telling(desk, irish, Decision(mapping={"name": "name", **said}))


def test_columns_come_with_samples_and_looking_is_put_in_the_audit(desk: Desk, received: Receive, world: World) -> None:
    id = received(HEADER + b"A,1 Row,-1.9,52.48,1\nA,2 Row,-1.9,52.48,2\nB,,-1.9,52.48,3\n")
    found = columns_of(desk, id)
    assert found.samples["name"] == ("A", "B")
    assert found.mapping.position_columns == ("lon", "lat")
    last = world.operator.execute(
        "SELECT body::jsonb ->> 'what' FROM audit.entry WHERE body::jsonb ->> 'import' = %s", [str(id)]
    ).fetchall()
    assert last == [("import columns",)]


def test_rows_are_found_by_their_verdict(desk: Desk, received: Receive) -> None:
    id = received(HEADER + b"A,,-1.9,52.48,1\nB,,0,0,2\nC,,0,0,3\n")
    read_telling(desk, id, Decision())
    assert [row.line for row in rows_found(desk, id, "rejected")] == [3, 4]
    assert [row.line for row in rows_found(desk, id, "rejected", after_line=3)] == [4]
    assert rows_found(desk, id, "duplicate") == []


def test_a_duplicate_stands_beside_an_earlier_row_or_the_line_of_an_earlier_import(
    desk: Desk, received: Receive
) -> None:
    before = received(HEADER + b"Elm,1 Row,-1.9,52.48,e1\nOak,2 Row,-1.8,52.48,e2\n", source="register")
    read_telling(desk, before, Decision())
    commit(desk, before)
    id = received(HEADER + b"Elm,,-1.9,52.48,f1\nNew,,-1.7,52.48,e2\nAsh,,-1.95,52.48,f3\nAsh,,-1.95,52.48,f4\n",
                  source="register")  # fmt: skip
    read_telling(desk, id, Decision(mapping={"source_id": "ref"}))
    found = duplicates_of(desk, id)
    assert [(pair.row.line, pair.by, pair.known_line) for pair in found] == [
        (2, "name", 2),
        (3, "source id", 3),
        (5, "name", None),
    ]
    assert [pair.known_import for pair in found] == [before, before, None]
    assert found[2].first is not None
    assert (found[2].first.line, found[2].first.name) == (4, "Ash")
    assert duplicates_of(desk, id, after_line=3) == found[2:]


def test_nobody_else_is_told_of_an_import(desk: Desk, received: Receive, world: World) -> None:
    id = received(HEADER + b"A,,-1.9,52.48,1\n")
    stranger = world.desk(world.token(world.organisation("Strangers")))
    assert not is_at_work(stranger, id)
    stranger.value("note_progress", id=id, so_far=99)
    stranger.value("refuse", id=id, refusal=psycopg.types.json.Jsonb({"sentence": "x"}))
    assert (one_import(desk, id).rows_read, one_import(desk, id).refusal) == (0, None)
