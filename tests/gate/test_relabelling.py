"""Relabelling a place in SQL: whose it may be, what it keeps, and that no note is left unsealed."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_layer_token, a_town, asked
from tests.worlds import CONTENT, PLACE, lock_of

pytestmark = pytest.mark.proof

RELABEL = "SELECT note_id, old_lock, new_lock FROM store.relabel(%s, %s, %s, %s, NULL)"
SEAL = "SELECT store.seal_again(%s, 'sealed again', 'wrapped again')"
REFUSED = psycopg.errors.InsufficientPrivilege


def relabelled(conn: psycopg.Connection, token: str, place: UUID, **to: Any) -> list[UUID]:
    """Relabel a place as the service does; the notes that were sealed again."""
    with conn.transaction():
        conn.execute("SELECT set_config('waymark.token', %s, true)", [token])
        values = [place, to.get("sensitivity"), "operation" in to, to.get("operation")]
        emptied = [row[0] for row in conn.execute(RELABEL, values).fetchall()]
        for note in emptied:
            conn.execute(SEAL, [note])
    return emptied


def a_keyed_town(conn: psycopg.Connection, **more: Any) -> Town:
    town = a_town(conn, **more)
    conn.execute("INSERT INTO access.organisation_key VALUES (%s, 'wrapped')", [town.charity])
    return town


def label_of(conn: psycopg.Connection, table: str, id: UUID) -> tuple[Any, ...]:
    row = conn.execute(
        "SELECT l.owner_id, l.sensitivity, l.area_id, l.operation_id, l.collected_for, l.handling_id "
        f"FROM store.{table} AS t JOIN access.label AS l ON l.id = t.lock_id >> 5 WHERE t.id = %s".encode(),
        [id],
    ).fetchone()
    assert row is not None
    return row


def test_what_follows_keeps_its_handling_and_why_it_was_collected(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_keyed_town(writer)
    kept = worlds.a_handling(writer, owner_only=True, excluded=[town.officer])
    secret = worlds.a_label(writer, town.charity, handling=kept, collected_for="welfare")
    note = worlds.a_note(writer, secret, town.place)
    sealed = relabelled(service, worlds.a_session(writer, town.worker), town.place, sensitivity=2)
    assert set(sealed) == {town.note, note}
    assert label_of(writer, "place", town.place) == (town.charity, 2, 1, None, "safeguarding", 0)
    assert label_of(writer, "visit", town.visit) == (town.charity, 2, 1, None, "safeguarding", 0)
    assert label_of(writer, "note", town.note) == (town.charity, 2, 1, None, "safeguarding", 0)
    assert label_of(writer, "note", note) == (town.charity, 2, 1, None, "welfare", kept)
    behind = "SELECT count(*) FROM store.note AS n JOIN store.{} AS t ON t.note_id = n.id AND t.lock_id = n.lock_id"
    for table in ("note_key", "note_grade"):
        query = f"{behind.format(table)} WHERE n.place_id = %s"
        assert writer.execute(query.encode(), [town.place]).fetchone() == (2,)


def test_a_partners_visit_keeps_the_label_of_its_owner(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_keyed_town(writer)
    theirs = worlds.a_label(writer, town.police)
    visit = uuid4()
    writer.execute(
        "INSERT INTO store.visit (id, place_id, lock_id, status, visited_on, changed_by, changed_at) "
        "SELECT %s, place_id, %s, status, visited_on, changed_by, changed_at FROM store.visit WHERE id = %s",
        [visit, lock_of(theirs, 1, CONTENT), town.visit],
    )
    relabelled(service, worlds.a_session(writer, town.worker), town.place, sensitivity=3)
    assert label_of(writer, "visit", visit)[:2] == (town.police, 1)
    assert label_of(writer, "visit", town.visit)[:2] == (town.charity, 3)


def test_a_note_that_is_not_sealed_again_lets_nothing_be_committed(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_keyed_town(writer)
    token = worlds.a_session(writer, town.worker)
    with pytest.raises(psycopg.errors.CheckViolation):
        asked(service, token, RELABEL, town.place, 2, False, None)
    assert label_of(writer, "place", town.place)[1] == 1
    assert writer.execute("SELECT ciphertext FROM store.note WHERE id = %s", [town.note]).fetchone() == (b"sealed",)


def test_no_other_note_is_sealed_so(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_keyed_town(writer)
    token = worlds.a_session(writer, town.worker)
    for note in (town.note, uuid4()):
        with pytest.raises(REFUSED):
            asked(service, token, SEAL, note)


def test_a_hidden_and_a_missing_place_are_refused_alike(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_keyed_town(writer)
    token = worlds.a_session(writer, worlds.a_membership(writer, town.charity, clearance=0))
    said = []
    for place in (town.place, uuid4()):
        with pytest.raises(REFUSED) as refusal:
            relabelled(service, token, place, sensitivity=0)
        said.append(str(refusal.value.diag.message_primary))
    assert said[0] == said[1]


@pytest.mark.parametrize("who", ["partner on a joint visit", "analyst", "enforcement", "layer token", "nobody"])
def test_it_is_refused_to(writer: psycopg.Connection, service: psycopg.Connection, who: str) -> None:
    town = a_keyed_town(writer)
    token = worlds.a_session(writer, town.worker)
    if who == "partner on a joint visit":
        worlds.a_joint_visit(writer, town.place, town.charity, town.police, members=[town.officer])
        token = worlds.a_session(writer, town.officer)
    elif who == "analyst":
        token = worlds.a_session(writer, worlds.a_membership(writer, town.charity, role="analyst"), purpose="analysis")
    elif who == "enforcement":
        police = worlds.a_membership(writer, town.police)
        town_place = worlds.a_place(writer, worlds.a_label(writer, town.police))
        token = worlds.a_session(writer, police, purpose="enforcement")
        with pytest.raises(REFUSED):
            relabelled(service, token, town_place, sensitivity=0)
    elif who == "layer token":
        token, _ = a_layer_token(service, token)
    elif who == "nobody":
        token = "nobody's"
    with pytest.raises(REFUSED):
        relabelled(service, token, town.place, sensitivity=0)
    assert label_of(writer, "place", town.place)[1] == 1


def test_a_note_in_another_operation_stays_there_or_nothing_is_changed(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_keyed_town(writer)
    one, other = (worlds.an_operation(writer, town.charity, members=[town.worker]) for _ in range(2))
    uids: dict[int, UUID] = dict(writer.execute("SELECT id, uid FROM access.operation").fetchall())
    note = worlds.a_note(writer, worlds.a_label(writer, town.charity, operation=one), town.place)
    token = worlds.a_session(writer, town.worker)
    relabelled(service, token, town.place, sensitivity=2)
    assert label_of(writer, "note", note)[1:4] == (2, 1, one)
    with pytest.raises(psycopg.errors.CheckViolation):
        relabelled(service, token, town.place, operation=uids[other])
    assert label_of(writer, "place", town.place)[3] is None
    relabelled(service, token, town.place, operation=uids[one])
    assert label_of(writer, "place", town.place)[3] == one
    assert writer.execute("SELECT lock_id FROM store.place WHERE id = %s", [town.place]).fetchone() == (
        lock_of(worlds.a_label(writer, town.charity, sensitivity=2, operation=one), PLACE, CONTENT),
    )


def test_a_record_that_was_less_protected_than_its_place_is_brought_up_to_it(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_keyed_town(writer)
    excluding = worlds.a_handling(writer, excluded=[town.officer], conditions={"finest_step": 1})
    operation = worlds.an_operation(writer, town.charity, members=[town.worker])
    strict = worlds.a_label(
        writer, town.charity, collected_for="welfare", handling=excluding, operation=operation, area=2
    )  # fmt: skip
    writer.execute("INSERT INTO access.membership_area VALUES (%s, 2)", [town.worker])
    place = worlds.a_place(writer, strict)
    note = worlds.a_note(writer, town.label, place)
    relabelled(service, worlds.a_session(writer, town.worker), place, sensitivity=3)
    assert label_of(writer, "place", place) == (town.charity, 3, 2, operation, "welfare", excluding)
    assert label_of(writer, "note", note) == (town.charity, 3, 2, operation, "welfare", excluding)
