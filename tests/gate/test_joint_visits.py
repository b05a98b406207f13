"""A joint visit opens one place to the members named, from 24 hours before to 24 hours after, and no more."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_town, asked, seen
from tests.gate.writing import TABLES
from tests.worlds import EXACT, NOON, VISIT

pytestmark = pytest.mark.proof

DAY, TICK = timedelta(hours=24), timedelta(microseconds=1)


def a_planned(conn: psycopg.Connection, town: Town, **how: Any) -> UUID:
    planned: dict[str, Any] = {"members": [town.officer]} | how
    return worlds.a_joint_visit(conn, town.place, town.charity, town.police, **planned)


def opened(conn: psycopg.Connection, token: str, place: UUID) -> bool:
    """Whether the place and its exact point are both open; a mixture fails."""
    found = asked(conn, token, "SELECT count(*) FROM store.place WHERE id = %s", place)[0][0]
    assert asked(conn, token, "SELECT count(*) FROM store.place_point WHERE place_id = %s", place)[0][0] == found
    return bool(found)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (NOON - DAY - TICK, False),
        (NOON - DAY, True),
        (NOON, True),
        (NOON + timedelta(hours=26) - TICK, True),
        (NOON + timedelta(hours=26), False),
    ],
)
def test_it_opens_and_closes_to_the_microsecond(
    writer: psycopg.Connection, service: psycopg.Connection, at: datetime, *, is_open: bool
) -> None:
    town = a_town(writer, sensitivity=2)
    a_planned(writer, town)
    worlds.set_clock(writer, at)
    assert opened(service, worlds.a_session(writer, town.officer, at=at), town.place) is is_open


SQUARES = {"place_cell", "visit_cell", "risk_cell"}


@pytest.mark.parametrize("kinds", [[0], [0, 1], [0, 2], [0, 1, 2]])
def test_it_opens_the_place_its_dangers_and_the_flags_of_its_notes_and_nothing_else(
    writer: psycopg.Connection, service: psycopg.Connection, kinds: list[int]
) -> None:
    town = a_town(writer, kinds=kinds)
    token = worlds.a_session(writer, town.officer)
    before = {table for table in TABLES if seen(service, token, table)}
    assert before <= SQUARES
    a_planned(writer, town)
    shown = {table for table in TABLES if seen(service, token, table)}
    assert shown - before == {"place", "place_flag", "place_point"} | ({"risk_point"} if 2 in kinds else set())


def flags(conn: psycopg.Connection, token: str) -> set[UUID]:
    """The notes whose flags a session sees."""
    return {note for (note,) in asked(conn, token, "SELECT note_id FROM store.risk_point")}


def test_the_flag_opens_and_the_note_stays_closed(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_town(writer)
    a_planned(writer, town)
    token = worlds.a_session(writer, town.officer)
    (flag,) = asked(service, token, "SELECT note_id, category, severity, recorded_on::text FROM store.risk_point")
    assert flag == (town.note, 2, 3, "2026-02-03")
    assert [seen(service, token, table) for table in ("note", "note_key", "note_grade")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("stricter", "is_open"),
    [
        ({}, True),
        ({"sensitivity": 3}, False),
        ({"handling": {"owner_only": True}}, False),
        ({"handling": {"conditions": {"weather": "fine"}}}, False),
        ({"handling": {"conditions": {"purposes": ["analysis"]}}}, False),
        ({"handling": {"conditions": {"finest_step": 0}}}, True),
        ({"handling": {"excluded": ["officer"]}}, False),
        ({"operation": "theirs"}, False),
        ({"operation": "both"}, True),
        ({"area": 2}, False),
    ],
    ids=str,
)
def test_a_flag_opens_only_where_its_own_label_is_shared(
    writer: psycopg.Connection, service: psycopg.Connection, stricter: dict[str, Any], *, is_open: bool
) -> None:
    town = a_town(writer, max_sensitivity=2)
    a_planned(writer, town)
    label = dict(stricter)
    if "handling" in label:
        given = dict(label["handling"])
        given["excluded"] = [town.officer if "excluded" in given else town.worker]
        label["handling"] = worlds.a_handling(writer, **given)
    if "operation" in label:
        members = [town.officer] if label["operation"] == "both" else []
        label["operation"] = worlds.an_operation(writer, town.charity, members=members)
    note = worlds.a_note(writer, worlds.a_label(writer, town.charity, **label), town.place)
    assert flags(service, worlds.a_session(writer, town.officer)) == {town.note} | ({note} if is_open else set())


def test_no_flag_opens_of_another_place_or_another_owner(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    a_planned(writer, town)
    council = worlds.an_organisation(writer, kind="council")
    worlds.an_agreement(writer, council, town.police)
    elsewhere = worlds.a_place(writer, town.label)
    worlds.a_note(writer, town.label, elsewhere)
    worlds.a_note(writer, worlds.a_label(writer, council), town.place)
    assert flags(service, worlds.a_session(writer, town.officer)) == {town.note}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE store.joint_visit SET cancelled_at = %(now)s WHERE id = %(visit_id)s",
        "UPDATE access.agreement SET kinds = '{0, 1}' WHERE id = %(agreement)s",
        "UPDATE access.membership SET clearance = 0 WHERE id = %(officer)s",
        "DELETE FROM store.joint_visit_member WHERE joint_visit_id = %(visit_id)s",
    ],
)
def test_the_flags_close_on_the_next_statement(
    writer: psycopg.Connection, service: psycopg.Connection, change: str
) -> None:
    town = a_town(writer)
    visit_id = a_planned(writer, town)
    token = worlds.a_session(writer, town.officer)
    assert flags(service, token) == {town.note}
    writer.execute(change.encode(), vars(town) | {"visit_id": visit_id, "now": NOON})
    assert not flags(service, token)


def test_no_flag_opens_for_enforcement(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_town(writer)
    worlds.a_note(writer, worlds.a_label(writer, town.charity, collected_for="welfare"), town.place)
    a_planned(writer, town)
    assert not flags(service, worlds.a_session(writer, town.officer, purpose="enforcement"))
    assert len(flags(service, worlds.a_session(writer, town.officer, purpose="safeguarding"))) == 2


def test_it_opens_no_other_place_of_the_same_label(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_town(writer)
    other = worlds.a_place(writer, town.label)
    a_planned(writer, town)
    token = worlds.a_session(writer, town.officer)
    assert opened(service, token, town.place)
    assert not opened(service, token, other)


def test_a_child_concern_opens_only_where_the_agreement_and_the_clearance_reach(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    for max_sensitivity, clearance in ((3, 3), (2, 3), (3, 2)):
        town = a_town(writer, sensitivity=3, max_sensitivity=max_sensitivity)
        writer.execute("UPDATE access.membership SET clearance = %s WHERE id = %s", [clearance, town.officer])
        a_planned(writer, town)
        token = worlds.a_session(writer, town.officer)
        assert opened(service, token, town.place) is (max_sensitivity == clearance == 3)


CLOSED: Mapping[str, str] = {
    "cancelled": "UPDATE store.joint_visit SET cancelled_at = %(now)s WHERE id = %(visit_id)s",
    "for somebody else": "DELETE FROM store.joint_visit_member WHERE joint_visit_id = %(visit_id)s",
    "agreement suspended": "UPDATE access.agreement SET suspended_at = %(now)s WHERE id = %(agreement)s",
    "agreement deleted": "DELETE FROM access.agreement WHERE id = %(agreement)s",
    "agreement of another area": "DELETE FROM access.agreement_area WHERE agreement_id = %(agreement)s AND area_id = 1",
    "member of another area": "UPDATE access.membership_area SET area_id = 2 WHERE membership_id = %(officer)s",
    "clearance too low": "UPDATE access.membership SET clearance = 0 WHERE id = %(officer)s",
    "an analyst": "UPDATE access.membership SET role = 'analyst' WHERE id = %(officer)s",
    "proposed by nobody of the owner": "UPDATE store.joint_visit SET proposed_by = %(officer)s WHERE id = %(visit_id)s",
    "owner forged": "UPDATE store.joint_visit SET owner_id = %(council)s WHERE id = %(visit_id)s",
    "partner forged": "UPDATE store.joint_visit SET partner_id = %(council)s WHERE id = %(visit_id)s",
    "place deleted": "DELETE FROM store.place_point WHERE place_id = %(place)s; "
    "DELETE FROM store.place WHERE id = %(place)s",
}


@pytest.mark.parametrize("why", CLOSED)
def test_it_closes_on_the_next_statement_when(
    writer: psycopg.Connection, service: psycopg.Connection, why: str
) -> None:
    town = a_town(writer)
    council = worlds.an_organisation(writer, kind="council")
    visit_id = a_planned(writer, town)
    token = worlds.a_session(writer, town.officer)
    assert opened(service, token, town.place)
    values = vars(town) | {"visit_id": visit_id, "council": council, "now": NOON}
    for statement in CLOSED[why].split("; "):
        writer.execute(statement.encode(), values)
    assert not opened(service, token, town.place)


@pytest.mark.parametrize(
    "agreed",
    [
        {"purposes": ["safeguarding"]},
        {"kinds": [1, 2]},
        {"max_sensitivity": 0},
        {"areas": [2]},
        {"signed": (True, False)},
    ],
    ids="-".join,
)
def test_it_stays_closed_where_the_agreement_does_not_reach(
    writer: psycopg.Connection, service: psycopg.Connection, agreed: dict[str, Any]
) -> None:
    town = a_town(writer, **agreed)
    a_planned(writer, town)
    assert not opened(service, worlds.a_session(writer, town.officer), town.place)


@pytest.mark.parametrize(
    "conditions",
    [{"owner_only": True}, {"conditions": {"weather": "fine"}}, {"conditions": {"purposes": ["analysis"]}}],
    ids=["owner only", "unknown", "unmet"],
)
def test_it_stays_closed_where_the_records_conditions_are_not_met(
    writer: psycopg.Connection, service: psycopg.Connection, conditions: dict[str, Any]
) -> None:
    town = a_town(writer, handling=worlds.a_handling(writer, **conditions))
    a_planned(writer, town)
    assert not opened(service, worlds.a_session(writer, town.officer), town.place)


def test_it_stays_closed_to_somebody_excluded_and_to_non_members_of_its_operation(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    charity, police = worlds.an_organisation(writer), worlds.an_organisation(writer, kind="police")
    worlds.an_agreement(writer, charity, police)
    officer = worlds.a_membership(writer, police)
    handling = worlds.a_handling(writer, excluded=[officer])
    operation = worlds.an_operation(writer, charity)
    token = worlds.a_session(writer, officer)
    excluded = worlds.a_place(writer, worlds.a_label(writer, charity, handling=handling))
    needed_to_know = worlds.a_place(writer, worlds.a_label(writer, charity, operation=operation))
    for place in (excluded, needed_to_know):
        worlds.a_joint_visit(writer, place, charity, police, members=[officer])
        assert not opened(service, token, place)
    writer.execute("INSERT INTO access.operation_member VALUES (%s, %s)", [operation, officer])
    assert not opened(service, token, excluded)
    assert opened(service, token, needed_to_know)


def test_a_session_for_enforcement_opens_nothing(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    town = a_town(writer)
    a_planned(writer, town)
    assert not opened(service, worlds.a_session(writer, town.officer, purpose="enforcement"), town.place)
    assert opened(service, worlds.a_session(writer, town.officer, purpose="safeguarding"), town.place)


def test_the_partner_records_the_visit_but_never_its_exact_position(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    a_planned(writer, town)
    token = worlds.a_session(writer, town.officer)
    label = worlds.a_label(writer, town.police)
    visit = {"id": UUID(int=7), "place": town.place, "lock": worlds.lock_of(label, VISIT, 5)}
    asked(
        service, token,
        "INSERT INTO store.visit (id, place_id, lock_id, status, visited_on, changed_by, changed_at) "
        "VALUES (%s, %s, %s, 'done', '2026-03-01', gen_random_uuid(), now()) RETURNING id", *visit.values(),
    )  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(
            service, token,
            "INSERT INTO store.visit_point SELECT %s, place_id, %s, shelf, key, x, y, 1, '2026-03-01', longitude,"
            " latitude, easting, northing FROM store.place_point WHERE place_id = %s RETURNING visit_id",
            UUID(int=7), worlds.lock_of(label, VISIT, EXACT), town.place,
        )  # fmt: skip
