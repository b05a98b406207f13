"""Deconfliction in SQL: two organisations plan near one another, and what each desk is told, in both directions."""

import psycopg
import pytest

from data.deconfliction import look_for_clashes
from tests import worlds
from tests.gate.clashing import HOUR, a_place_of, a_plan, a_side, alone_at_noon, looked, near, told, told_of, two
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof

REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture(autouse=True)
def alone(writer: psycopg.Connection) -> None:
    alone_at_noon(writer)


def test_both_desks_are_told_to_call_one_another_and_once(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, other = two(writer)
    assert looked(writer) == 2
    assert told(service, one, other) == [near(other), near(one)]
    words = {
        row for side in (one, other) for row in asked(service, side.desk, "SELECT sentence FROM access.my_notices()")
    }
    assert words == {("Another organisation plans something near a visit of ours within a day. Call its duty desk.",)}
    assert looked(writer) == 0
    worlds.set_clock(writer, NOON + 7 * HOUR)
    assert looked(writer) == 0


@pytest.mark.parametrize(
    ("metres", "hours", "is_clash"), [(499, 5, True), (501, 5, False), (0, 15, True), (0, 17, False), (0, 40, False)]
)
def test_near_is_500_metres_and_12_hours(
    writer: psycopg.Connection, metres: float, hours: int, *, is_clash: bool
) -> None:
    one, other = a_side(writer), a_side(writer, "police")
    a_plan(writer, one.planner, [a_place_of(writer, one)], starts=NOON)
    a_plan(writer, other.planner, [a_place_of(writer, other, metres=metres)], starts=NOON + hours * HOUR)
    assert looked(writer) == 2 * is_clash


def test_what_starts_later_than_in_a_day_is_told_on_the_day(writer: psycopg.Connection) -> None:
    one, other = a_side(writer), a_side(writer)
    for side in (one, other):
        a_plan(writer, side.planner, [a_place_of(writer, side)], starts=NOON + 30 * HOUR)
    assert looked(writer) == 0
    worlds.set_clock(writer, NOON + 7 * HOUR)
    assert looked(writer) == 2


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_only_what_is_ready_counts(writer: psycopg.Connection, state: str) -> None:
    one, other = a_side(writer), a_side(writer)
    a_plan(writer, one.planner, [a_place_of(writer, one)], state=state)
    a_plan(writer, other.planner, [a_place_of(writer, other)])
    assert looked(writer) == 0


def test_partners_who_know_of_each_others_places_are_told_nothing(writer: psycopg.Connection) -> None:
    one, other = two(writer, sensitivity=1)
    worlds.an_agreement(writer, one.organisation, other.organisation)
    with writer.transaction(force_rollback=True):
        assert looked(writer) == 2
    agreement = worlds.an_agreement(writer, other.organisation, one.organisation)
    with writer.transaction(force_rollback=True):
        assert looked(writer) == 0
    writer.execute("UPDATE access.agreement SET suspended_at = %s WHERE id = %s", [NOON, agreement])
    assert looked(writer) == 2


def test_who_knows_a_kilometre_square_does_not_know_of_a_place(writer: psycopg.Connection) -> None:
    one, other = two(writer, sensitivity=2)
    worlds.an_agreement(writer, one.organisation, other.organisation)
    worlds.an_agreement(writer, other.organisation, one.organisation)
    assert looked(writer) == 2


def test_joint_visits_and_planned_visits_count_too(writer: psycopg.Connection, service: psycopg.Connection) -> None:
    one, other, partner = a_side(writer), a_side(writer), a_side(writer, "police")
    place = a_place_of(writer, one)
    worlds.a_joint_visit(
        writer, place, one.organisation, partner.organisation, members=[], proposed_by=one.planner,
        starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR,
    )  # fmt: skip
    theirs = a_place_of(writer, other, metres=200)
    visit = worlds.a_visit(writer, worlds.a_label(writer, other.organisation), theirs)
    writer.execute(
        "UPDATE store.visit SET status = 'planned', visited_on = %s, changed_by = %s, changed_at = %s WHERE id = %s",
        [NOON.date(), other.planner, NOON - 2 * HOUR, visit],
    )
    a_plan(writer, partner.planner, [a_place_of(writer, partner, metres=-300)])
    assert looked(writer) == 4
    assert told(service, one) == [near(other)]
    assert told(service, partner) == [near(other)]


@pytest.mark.parametrize(
    "label", [{"sensitivity": 3}, {"operation": None}, {"handling": None}], ids=["covert", "operation", "owner only"]
)
def test_what_an_owner_keeps_to_itself_is_told_to_its_own_desk_alone(
    writer: psycopg.Connection, service: psycopg.Connection, label: dict[str, int | None]
) -> None:
    one, other = a_side(writer), a_side(writer, "police")
    made = {
        "operation": lambda: worlds.an_operation(writer, one.organisation),
        "handling": lambda: worlds.a_handling(writer, owner_only=True),
    }
    values = {name: value if value is not None else made[name]() for name, value in label.items()}
    a_plan(writer, one.planner, [a_place_of(writer, one, **values)])
    a_plan(writer, other.planner, [a_place_of(writer, other, metres=100)])
    assert looked(writer) == 1
    assert told(service, one, other) == [near(other), []]
    chains = writer.execute(
        "SELECT e.organisation_id FROM audit.entry AS e WHERE e.body LIKE '%%near one another%%'"
        " AND e.organisation_id IN (%s, %s)", [one.organisation, other.organisation],
    ).fetchall()  # fmt: skip
    assert chains == [(one.organisation,)]


def decide(writer: psycopg.Connection, operation: int, organisation: int, tells: str) -> None:
    writer.execute(
        "INSERT INTO access.operation_deconfliction (operation_id, organisation_id, tells) VALUES (%s, %s, %s)",
        [operation, organisation, tells],
    )


@pytest.mark.parametrize(("mine", "theirs"), [("none", []), ("own", []), ("both", ["told"])])
def test_an_operation_decides_whom_its_visits_tell(
    writer: psycopg.Connection, service: psycopg.Connection, mine: str, theirs: list[str]
) -> None:
    one, other = a_side(writer), a_side(writer, "police")
    operation = worlds.an_operation(writer, one.organisation)
    decide(writer, operation, one.organisation, mine)
    a_plan(writer, one.planner, [a_place_of(writer, one, operation=operation)])
    a_plan(writer, other.planner, [a_place_of(writer, other)])
    looked(writer)
    assert told(service, one, other) == [[] if mine == "none" else near(other), near(one) if theirs else []]


@pytest.mark.parametrize("decided", ["none", "both"])
def test_an_operation_s_owner_decides_nothing_of_a_partner_s_records_in_it(
    writer: psycopg.Connection, service: psycopg.Connection, decided: str
) -> None:
    one, partner, other = a_side(writer), a_side(writer, "police"), a_side(writer, "council")
    operation = worlds.an_operation(writer, one.organisation)
    decide(writer, operation, one.organisation, decided)
    a_plan(writer, partner.planner, [a_place_of(writer, partner, operation=operation)])
    a_plan(writer, other.planner, [a_place_of(writer, other, metres=100)])
    with writer.transaction(force_rollback=True):
        assert looked(writer) == 1
        assert told_of(writer, partner, other) == [partner.organisation]
    decide(writer, operation, partner.organisation, "both")
    assert looked(writer) == 2
    assert told(service, partner, other) == [near(other), near(partner)]


def test_two_who_both_keep_it_to_themselves_hear_nothing(writer: psycopg.Connection) -> None:
    one, other = a_side(writer), a_side(writer)
    for side in (one, other):
        a_plan(writer, side.planner, [a_place_of(writer, side, sensitivity=3)])
    assert looked(writer) == 0


def test_enforcement_is_told_nothing_of_welfare_and_reads_its_own_in_its_own_sessions(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    charity, police = a_side(writer), a_side(writer, "police")
    a_plan(writer, police.planner, [a_place_of(writer, police, collected_for="enforcement")], enforcement=True)
    a_plan(writer, charity.planner, [a_place_of(writer, charity, collected_for="welfare")])
    enforcing = worlds.a_session(writer, police.on_desk, purpose="enforcement")
    notices = "SELECT count(*) FROM access.my_notices()"
    with writer.transaction(force_rollback=True):
        assert looked(writer) == 1
        assert told_of(writer, charity, police) == [charity.organisation]
    a_plan(writer, charity.planner, [a_place_of(writer, charity, metres=400)])
    assert looked(writer) == 2
    assert told(service, charity) == [near(police)]
    assert asked(service, enforcing, notices) == [(1,)]
    assert told(service, police) == [[]]


def test_who_does_not_take_part_is_neither_told_nor_told_of(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, other = a_side(writer), a_side(writer, joins=False)
    for side in (one, other):
        a_plan(writer, side.planner, [a_place_of(writer, side)])
    assert looked(writer) == 0
    admin = worlds.a_membership(writer, other.organisation, role="admin")
    token = worlds.a_session(writer, admin, purpose="administration")
    assert asked(service, token, "SELECT since IS NULL, has_desk FROM access.my_deconfliction()") == [(True, True)]
    asked(service, token, "SELECT access.set_deconfliction(true)")
    with writer.transaction(force_rollback=True):
        assert looked(writer) == 2
    asked(service, token, "SELECT access.set_deconfliction(false)")
    assert looked(writer) == 0
    writer.execute("DELETE FROM access.duty_desk WHERE organisation_id = %s", [other.organisation])
    with pytest.raises(psycopg.errors.RaiseException):
        asked(service, token, "SELECT access.set_deconfliction(true)")


TELL, DECIDE = "SELECT name, tells FROM access.operations_tell()", "SELECT access.set_operation_tells(%s, %s)"


def test_an_admin_in_an_operation_decides_for_their_own_organisation_and_nobody_else_learns_of_it(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    one, partner = a_side(writer), a_side(writer, "police")
    admin, stranger, theirs = (
        worlds.a_membership(writer, side.organisation, role="admin") for side in (one, one, partner)
    )
    operation = worlds.an_operation(writer, one.organisation, members=[admin, theirs])
    uid, name = asked(writer, "", "SELECT uid, name FROM access.operation WHERE id = %s", operation)[0]
    of_owner, of_stranger, of_partner = (
        worlds.a_session(writer, who, purpose="administration") for who in (admin, stranger, theirs)
    )
    assert asked(service, of_stranger, TELL) == []
    asked(service, of_owner, DECIDE, uid, "both")
    assert asked(service, of_partner, TELL) == [(name, "own")]
    asked(service, of_partner, DECIDE, uid, "none")
    assert [asked(service, token, TELL) for token in (of_owner, of_partner)] == [[(name, "both")], [(name, "none")]]
    chains = writer.execute(
        "SELECT e.organisation_id, count(*) FROM audit.entry AS e WHERE e.body LIKE '%%decided whom an operation%%'"
        " AND e.organisation_id = ANY (%s) GROUP BY 1", [[one.organisation, partner.organisation]],
    ).fetchall()  # fmt: skip
    assert chains == [(one.organisation, 2)], "the partner's auditor does not learn that there is an operation"
    with pytest.raises(psycopg.errors.CheckViolation):
        asked(service, of_owner, DECIDE, uid, "all")
    with pytest.raises(psycopg.errors.NoDataFound):
        asked(service, of_stranger, DECIDE, uid, "none")
    for call in ("access.operations_tell()", f"access.set_operation_tells('{uid}', 'none')"):
        with pytest.raises(REFUSED):
            asked(service, one.desk, f"SELECT {call}")
    for call in ("access.my_deconfliction()", "access.set_deconfliction(true)", "access.deconflict()"):
        with pytest.raises(REFUSED):
            asked(service, one.desk, f"SELECT {call}")


def test_the_escalator_looks_and_reads_nothing(writer: psycopg.Connection) -> None:
    one, other = two(writer)
    writer.execute("SET ROLE waymark_escalator")
    assert look_for_clashes(writer) == 2
    for table in ("clash_told", "clash_counted", "notice", "plan"):
        with pytest.raises(REFUSED):
            writer.execute(f"SELECT * FROM access.{table}".encode())
    writer.execute("RESET ROLE")
    assert told_of(writer, one, other) == [one.organisation, other.organisation]


def test_the_tables_and_the_looking_are_closed_to_the_service(service: psycopg.Connection) -> None:
    for table in ("deconfliction", "operation_deconfliction", "clash_counted", "clash_told"):
        with pytest.raises(REFUSED):
            service.execute(f"SELECT * FROM access.{table}".encode())
    for call in ("deconflict()", "intents(now())", "clashes(now())", "count_intents(now())"):
        with pytest.raises(REFUSED):
            service.execute(f"SELECT access.{call}".encode())
