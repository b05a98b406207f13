import json
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest

from data.handling import MayNotRecord, NotAHandling, handling_for
from data.operations import (
    NamedMember,
    NoSuchOperation,
    OperationRefused,
    add_member,
    add_operation,
    list_operations,
    my_operations,
    remove_member,
)
from data.refusals import NotAnAdmin
from tests.data.partners import a_member, act, an_organisation

OWN, PARTNER = "County Police", "Harbour Aid"
ADA, BEN = ("ada@example.org", OWN), ("ben@example.org", OWN)


@pytest.fixture
def uids(operator: psycopg.Connection) -> dict[str, uuid.UUID]:
    found = {OWN: an_organisation(operator, OWN, "police"), PARTNER: an_organisation(operator, PARTNER)}
    for email, organisation in (ADA, BEN):
        a_member(operator, email, organisation)
    a_member(operator, "dan@example.org", OWN, "outreach")
    a_member(operator, "eve@example.org", PARTNER, "outreach")
    a_member(operator, "fay@example.org", PARTNER)
    return found


@pytest.fixture
def conn(operator: psycopg.Connection, uids: dict[str, uuid.UUID]) -> psycopg.Connection:
    assert uids
    act(operator, *ADA)
    return operator


@pytest.fixture
def operation(conn: psycopg.Connection) -> uuid.UUID:
    return add_operation(conn, "Lantern")


def told_to(conn: psycopg.Connection, email: str, organisation: str) -> list[str]:
    act(conn, email, organisation, "visit")
    return [operation.name for operation in my_operations(conn)]


def test_members_are_told_of_an_operation_and_nobody_else_is(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    assert told_to(conn, "dan@example.org", OWN) == []
    act(conn, *ADA)
    dan = NamedMember(organisation=uids[OWN], email="Dan@example.org", role="outreach")
    add_member(conn, operation, member=dan)
    assert told_to(conn, "dan@example.org", OWN) == ["Lantern"]
    act(conn, *ADA)
    remove_member(conn, operation, member=dan)
    assert told_to(conn, "dan@example.org", OWN) == []


def test_another_admin_of_the_same_organisation_learns_nothing(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    dan = NamedMember(organisation=uids[OWN], email="dan@example.org", role="outreach")
    act(conn, *BEN)
    assert list_operations(conn) == []
    said = set()
    for which in (operation, uuid.uuid4()):
        with pytest.raises(NoSuchOperation) as refused, conn.transaction():
            add_member(conn, which, member=dan)
        said.add(str(refused.value))
    assert said == {"You look after no such operation."}
    assert add_operation(conn, "Lantern") != operation
    with pytest.raises(OperationRefused, match="already look after"):
        add_operation(conn, "Lantern")


def test_a_second_admin_looks_after_it_when_the_first_says_so(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    ada, ben = (NamedMember(organisation=uids[OWN], email=email, role="admin") for email, _ in (ADA, BEN))
    with pytest.raises(OperationRefused, match="cannot leave the operation yourself"), conn.transaction():
        remove_member(conn, operation, member=ada)
    add_member(conn, operation, member=ben)
    act(conn, *BEN)
    remove_member(conn, operation, member=ada)
    assert [row.email for row in list_operations(conn)] == ["ben@example.org"]


def test_naming_a_partners_member_answers_alike_whoever_works_there(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    for email in ("eve@example.org", "nobody@example.org"):
        add_member(conn, operation, member=NamedMember(organisation=uids[PARTNER], email=email, role="outreach"))
    listed = [(row.organisation, row.email) for row in list_operations(conn)]
    assert listed == [(OWN, "ada@example.org"), (PARTNER, "eve@example.org"), (PARTNER, "nobody@example.org")]
    assert told_to(conn, "eve@example.org", PARTNER) == ["Lantern"]
    act(conn, *ADA)
    for email in ("eve@example.org", "nobody@example.org"):
        remove_member(conn, operation, member=NamedMember(organisation=uids[PARTNER], email=email, role="outreach"))
    assert told_to(conn, "eve@example.org", PARTNER) == []


def test_who_was_named_before_they_came_joins_when_they_come(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    add_member(
        conn, operation, member=NamedMember(organisation=uids[PARTNER], email="gus@example.org", role="outreach")
    )
    conn.execute("RESET ROLE")
    a_member(conn, "gus@example.org", OWN, "outreach")
    assert told_to(conn, "gus@example.org", OWN) == [], "the name was for the partner's membership"
    conn.execute("RESET ROLE")
    a_member(conn, "gus@example.org", PARTNER, "outreach")
    assert told_to(conn, "gus@example.org", PARTNER) == ["Lantern"]


def test_own_members_and_organisations_must_exist(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    for organisation, sentence in ((uids[OWN], "has no member with"), (uuid.uuid4(), "no such organisation")):
        with pytest.raises(OperationRefused, match=sentence), conn.transaction():
            add_member(
                conn, operation, member=NamedMember(organisation=organisation, email="x@example.org", role="outreach")
            )
    with pytest.raises(OperationRefused, match="A role is one of"):
        add_member(conn, operation, member=NamedMember(organisation=uids[OWN], email="x@example.org", role="boss"))
    with pytest.raises(OperationRefused, match="1 to 100"):
        add_operation(conn, "")


def test_a_partners_admin_and_an_outreach_worker_may_not(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    fay = NamedMember(organisation=uids[PARTNER], email="fay@example.org", role="admin")
    add_member(conn, operation, member=fay)
    act(conn, "fay@example.org", PARTNER)
    assert list_operations(conn) == []
    with pytest.raises(NoSuchOperation), conn.transaction():
        add_member(conn, operation, member=fay)
    act(conn, "dan@example.org", OWN, "visit")
    with pytest.raises(NotAnAdmin):
        add_operation(conn, "Candle")


def test_only_the_owners_audit_speaks_of_an_operation_and_never_by_name(
    conn: psycopg.Connection, operation: uuid.UUID, uids: dict[str, uuid.UUID]
) -> None:
    add_member(
        conn, operation, member=NamedMember(organisation=uids[PARTNER], email="eve@example.org", role="outreach")
    )
    conn.execute("RESET ROLE")
    rows = conn.execute(
        "SELECT o.name, e.body FROM audit.entry AS e JOIN access.organisation AS o ON o.id = e.organisation_id "
        "WHERE e.body LIKE '%operation\"%'"
    ).fetchall()
    assert {name for name, _ in rows} == {OWN}
    assert [json.loads(body)["what"] for _, body in rows] == ["added an operation", "added a member to an operation"]
    assert not any("Lantern" in body or str(operation) in body or "eve" in body for _, body in rows)


def test_a_handling_is_interned_once_and_no_restriction_is_zero(conn: psycopg.Connection) -> None:
    act(conn, "dan@example.org", OWN, "visit")
    one, other = sorted([uuid.uuid4(), uuid.uuid4()])
    until = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
    conditions = {"recipients": [other, str(one)], "purposes": ["visit"], "finest_step": 1, "expires": until}
    first = handling_for(conn, owner_only=False, excluded=[other, one, one], conditions=conditions)
    again = {
        "expires": until + timedelta(minutes=20),
        "finest_step": 1,
        "purposes": ("visit",),
        "recipients": [one, other],
    }
    assert first != 0
    assert handling_for(conn, excluded=[one, other], conditions=again) == first
    assert handling_for(conn) == handling_for(conn, conditions={}) == 0
    conn.execute("RESET ROLE")
    kept = conn.execute("SELECT excluded, conditions FROM access.handling WHERE id = %s", (first,)).fetchone()
    assert kept == (
        [one, other],
        {
            "recipients": [str(one), str(other)],
            "purposes": ["visit"],
            "finest_step": 1,
            "expires": "2027-03-01T12:00:00Z",
        },
    )


def test_an_empty_list_is_nobody_and_not_everybody(conn: psycopg.Connection) -> None:
    act(conn, "dan@example.org", OWN, "visit")
    empty: list[dict[str, object]] = [{}, {"recipients": []}, {"purposes": []}, {"recipients": [], "purposes": []}]
    numbers = [handling_for(conn, conditions=conditions) for conditions in empty]
    assert len(set(numbers)) == 4
    conn.execute("RESET ROLE")
    for closed in numbers[1:]:
        row = conn.execute(
            "SELECT access.step_under(conditions, gen_random_uuid(), 'visit', now()) FROM access.handling "
            "WHERE id = %s",
            (closed,),
        ).fetchone()
        assert row == (-1,)


def test_each_restriction_is_another_handling(conn: psycopg.Connection) -> None:
    act(conn, *ADA)
    numbers = [
        handling_for(conn, owner_only=owner_only, conditions={"finest_step": step})
        for owner_only in (False, True)
        for step in range(5)
    ]
    assert all(earlier != later for earlier, later in pairwise(sorted(numbers)))


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ({"colour": "red"}, "'colour' is no condition that can be kept; there are: recipients"),
        ({"recipients": "all"}, "recipients is a list"),
        ({"recipients": ["County Police"]}, "recipients is a list"),
        ({"purposes": ["administration"]}, "purposes is a list of"),
        ({"finest_step": 5}, "finest_step is 0"),
        ({"finest_step": True}, "finest_step is 0"),
        ({"expires": "tomorrow"}, "a moment with its time zone"),
        ({"expires": datetime(2027, 1, 1)}, "a moment with its time zone"),  # noqa: DTZ001 - the fault
        ({"expires": datetime(9998, 1, 1, tzinfo=UTC)}, "a date of our time"),
    ],
)
def test_conditions_that_the_gate_could_not_read_are_refused(
    conn: psycopg.Connection, conditions: dict[str, object], sentence: str
) -> None:
    act(conn, "dan@example.org", OWN, "visit")
    with pytest.raises(NotAHandling, match=sentence):
        handling_for(conn, conditions=conditions)


def test_who_records_nothing_handles_nothing(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    a_member(conn, "hal@example.org", OWN, "auditor")
    act(conn, "hal@example.org", OWN, "audit")
    with pytest.raises(MayNotRecord, match="outreach worker or an admin"):
        handling_for(conn)
