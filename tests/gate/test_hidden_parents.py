"""A hidden, a missing and a mismatched parent answer alike, to the byte; what may be written is one's own."""

from collections.abc import Mapping
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_town, asked
from tests.gate.writes import UPDATES, WRITES, refusal
from tests.worlds import CONTENT, EXACT, NOTE, PLACE, VISIT

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("table", WRITES)
def test_what_hangs_on_a_hidden_a_missing_and_a_mismatched_parent_is_refused_alike(
    writer: psycopg.Connection, service: psycopg.Connection, table: str
) -> None:
    kind, step, query = WRITES[table]
    own, stranger = a_town(writer), a_town(writer)
    narrow = worlds.a_membership(writer, own.charity, clearance=1)
    secret = worlds.a_label(writer, own.charity, sensitivity=3)
    concealed = worlds.a_place(writer, secret)
    token = worlds.a_session(writer, narrow)
    parents: dict[str, tuple[UUID, UUID]] = {
        "another organisation's": (stranger.place, stranger.note),
        "beyond the clearance": (concealed, worlds.a_note(writer, secret, concealed)),
        "missing": (uuid4(), uuid4()),
    }
    mine = {"lock": worlds.lock_of(own.label, kind, step), "shelf": own.charity * 4 + 1}
    answers = {
        why: refusal(service, token, query, mine | {"id": uuid4(), "place": place, "note": note})
        for why, (place, note) in parents.items()
    }
    assert answers["missing"]["sqlstate"] == "42501"
    assert answers["another organisation's"] == answers["missing"]
    assert answers["beyond the clearance"] == answers["missing"]


@pytest.mark.parametrize("table", UPDATES)
def test_an_edit_of_a_hidden_and_a_missing_record_changes_nothing_alike(
    writer: psycopg.Connection, service: psycopg.Connection, table: str
) -> None:
    own, stranger = a_town(writer), a_town(writer)
    token = worlds.a_session(writer, own.worker)
    answers = [refusal(service, token, UPDATES[table], {"place": place}) for place in (stranger.place, uuid4())]
    assert answers == [{"rows": 0}, {"rows": 0}]
    assert refusal(service, token, UPDATES[table], {"place": own.place}) == {"rows": 1}


def test_a_partner_cannot_write_to_what_it_sees(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_town(writer)
    worlds.a_joint_visit(writer, town.place, town.charity, town.police, members=[town.officer])
    token = worlds.a_session(writer, town.officer)
    for query in UPDATES.values():
        assert refusal(service, token, query, {"place": town.place}) == {"rows": 0}


@pytest.mark.parametrize(
    "table", [table for table in WRITES if table not in {"place_history", "place_flag", "place_point"}]
)
def test_nobody_writes_behind_a_label_of_another_organisation(
    writer: psycopg.Connection, service: psycopg.Connection, table: str
) -> None:
    kind, step, query = WRITES[table]
    own, stranger = a_town(writer), a_town(writer)
    token = worlds.a_session(writer, own.worker)
    values = {"id": uuid4(), "place": own.place, "note": own.note, "shelf": stranger.charity * 4 + 1}
    there = refusal(service, token, query, values | {"lock": worlds.lock_of(stranger.label, kind, step)})
    nowhere = refusal(service, token, query, values | {"lock": worlds.lock_of(60_000_000, kind, step)})
    assert there["sqlstate"] == "42501"
    assert there == nowhere


@pytest.mark.parametrize(
    ("table", "kind", "step"),
    [("visit", PLACE, CONTENT), ("visit", VISIT, 0), ("note", NOTE, 3), ("visit_point", VISIT, CONTENT)],
)
def test_what_is_exact_never_goes_behind_the_key_of_a_square(
    writer: psycopg.Connection, service: psycopg.Connection, table: str, kind: int, step: int
) -> None:
    own = a_town(writer)
    token = worlds.a_session(writer, own.worker)
    lock = worlds.lock_of(own.label, kind, step)
    values = {"id": uuid4(), "place": own.place, "lock": lock, "shelf": own.charity * 4 + 1}
    assert refusal(service, token, WRITES[table][2], values)["sqlstate"] in {"23514", "42501"}


STRICTER: Mapping[str, tuple[dict[str, object], dict[str, object]]] = {
    "a lower sensitivity": ({"sensitivity": 2}, {"sensitivity": 1}),
    "another area": ({}, {"area": 2}),
    "safeguarding at a welfare place": ({"collected_for": "welfare"}, {"collected_for": "safeguarding"}),
}


@pytest.mark.parametrize("why", STRICTER)
@pytest.mark.parametrize("table", ["visit_point", "risk_point"])
def test_a_position_never_goes_behind_a_weaker_label_than_its_place(
    writer: psycopg.Connection, service: psycopg.Connection, table: str, why: str
) -> None:
    of_place, of_record = STRICTER[why]
    kind, step, query = WRITES[table]
    charity = worlds.an_organisation(writer)
    worker = worlds.a_membership(writer, charity, areas=(1, 2))
    token = worlds.a_session(writer, worker)
    place_label = worlds.a_label(writer, charity, **of_place)  # type: ignore[arg-type]
    place = worlds.a_place(writer, place_label)
    for label, is_written in ((worlds.a_label(writer, charity, **of_record), False), (place_label, True)):  # type: ignore[arg-type]
        values = {"id": uuid4(), "place": place, "lock": worlds.lock_of(label, kind, step), "shelf": charity * 4 + 1}
        answer = refusal(service, token, query, values)
        assert answer == {"rows": 1} if is_written else answer.get("sqlstate") == "42501", answer


def _moved(conn: psycopg.Connection, town: Town, label: int, *, all_of_it: bool) -> None:
    tables = [("place", "id", PLACE, CONTENT), ("place_point", "place_id", PLACE, EXACT)]
    hanging = [("visit_point", "place_id", VISIT, EXACT), ("risk_point", "place_id", NOTE, EXACT)]
    with conn.transaction():
        for table, column, kind, step in tables + (hanging if all_of_it else []):
            query = f"UPDATE store.{table} SET lock_id = %s WHERE {column} = %s"
            conn.execute(query.encode(), [worlds.lock_of(label, kind, step), town.place])


def test_a_place_given_a_stricter_label_takes_its_positions_along(writer: psycopg.Connection) -> None:
    town = a_town(writer)
    stricter = worlds.a_label(writer, town.charity, sensitivity=3)
    with pytest.raises(psycopg.errors.CheckViolation, match="positions"):
        _moved(writer, town, stricter, all_of_it=False)
    _moved(writer, town, stricter, all_of_it=True)


def test_a_place_keeps_its_owner_and_what_was_collected_for_welfare_stays_so(writer: psycopg.Connection) -> None:
    town = a_town(writer)
    elsewhere = worlds.a_label(writer, worlds.an_organisation(writer))
    with pytest.raises(psycopg.errors.CheckViolation, match="owner"):
        _moved(writer, town, elsewhere, all_of_it=True)
    _moved(writer, town, worlds.a_label(writer, town.charity, collected_for="welfare"), all_of_it=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="welfare"):
        _moved(writer, town, town.label, all_of_it=True)


def test_history_is_closed_when_the_place_itself_was_given_a_label_beyond_the_reader(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    narrow = worlds.a_session(writer, worlds.a_membership(writer, town.charity, clearance=2))
    history = "SELECT count(*) FROM store.place_history WHERE place_id = %s"
    assert asked(service, narrow, history, town.place) == [(1,)]
    _moved(writer, town, worlds.a_label(writer, town.charity, sensitivity=3), all_of_it=True)
    assert asked(service, narrow, history, town.place) == [(0,)]
    assert asked(service, worlds.a_session(writer, town.worker), history, town.place) == [(1,)]


def test_only_the_police_grade_and_only_their_own_notes(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    kind, step, query = WRITES["note_grade"]
    town = a_town(writer)
    theirs = worlds.a_label(writer, town.police)
    place = worlds.a_place(writer, theirs)
    note = worlds.a_note(writer, theirs, place)
    for label, graded, member, is_written in (
        (town.label, town.note, town.worker, False),
        (town.label, town.note, town.officer, False),
        (theirs, note, town.officer, True),
    ):
        writer.execute("DELETE FROM store.note_grade WHERE note_id = %s", [graded])
        values = {"note": graded, "lock": worlds.lock_of(label, kind, step)}
        answer = refusal(service, worlds.a_session(writer, member), query, values)
        assert (answer == {"rows": 1}) is is_written, answer


@pytest.mark.parametrize(
    ("purpose", "collected_for", "may"),
    [
        ("visit", "safeguarding", True),
        ("visit", "welfare", True),
        ("visit", "enforcement", False),
        ("enforcement", "enforcement", True),
        ("enforcement", "safeguarding", False),
        ("enforcement", "welfare", False),
    ],
)
def test_what_enforcement_records_is_enforcements_and_nothing_else_is(
    writer: psycopg.Connection, service: psycopg.Connection, purpose: str, collected_for: str, *, may: bool
) -> None:
    police = worlds.an_organisation(writer, kind="police")
    label = worlds.a_label(writer, police, collected_for=collected_for)
    token = worlds.a_session(writer, worlds.a_membership(writer, police), purpose=purpose)
    assert asked(service, token, "SELECT access.may_record(%s)", label * 32 + 5) == [(may,)]
