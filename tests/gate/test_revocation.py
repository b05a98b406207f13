"""What is taken away is gone on the very next statement, in the middle of an open transaction."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from tests import worlds
from tests.gate.town import Town, a_town, asked, finest_seen
from tests.worlds import CONTENT, EXACT, FAR_AHEAD, LONG_AGO, NOON, PLACE

pytestmark = pytest.mark.proof

Revocation = Callable[[psycopg.Connection, Town], object]


def changing(query: str) -> Revocation:
    def revoke(conn: psycopg.Connection, town: Town) -> object:
        return conn.execute(query.encode(), vars(town) | {"now": NOON})

    return revoke


def _relabel(conn: psycopg.Connection, town: Town) -> None:
    label = worlds.a_label(conn, town.charity, sensitivity=3, area=2)
    with conn.transaction():
        for table, column, kind, step in (
            ("place", "id", PLACE, CONTENT),
            ("place_point", "place_id", PLACE, EXACT),
            ("visit_point", "place_id", worlds.VISIT, EXACT),
            ("risk_point", "place_id", worlds.NOTE, EXACT),
        ):
            query = f"UPDATE store.{table} SET lock_id = %s WHERE {column} = %s"
            conn.execute(query.encode(), [worlds.lock_of(label, kind, step), town.place])


def _pass_time(conn: psycopg.Connection, _: Town) -> None:
    worlds.set_clock(conn, FAR_AHEAD)


_OF_WORKER = "(SELECT person_id FROM access.membership WHERE id = %(worker)s)"
OWN = {
    "membership suspended": changing("UPDATE access.membership SET suspended_at = %(now)s WHERE id = %(worker)s"),
    "membership ended": changing("UPDATE access.membership SET valid_until = %(now)s WHERE id = %(worker)s"),
    "person disabled": changing(f"UPDATE access.person SET disabled_at = %(now)s WHERE id = {_OF_WORKER}"),
    "area taken away": changing("DELETE FROM access.membership_area WHERE membership_id = %(worker)s"),
    "clearance lowered": changing("UPDATE access.membership SET clearance = 0 WHERE id = %(worker)s"),
    "role changed": changing("UPDATE access.membership SET role = 'admin' WHERE id = %(worker)s"),
    "session ended": changing("UPDATE access.session SET ended_at = %(now)s WHERE membership_id = %(worker)s"),
    "session deleted": changing("DELETE FROM access.session WHERE membership_id = %(worker)s"),
    "own precision made nothing": changing(
        "INSERT INTO access.precision_rule VALUES (%(charity)s, 'own', 'visit', 1, -1)"
    ),
    "record given another label": _relabel,
    "clock past the membership": _pass_time,
}
SHARED = {
    "agreement suspended": changing("UPDATE access.agreement SET suspended_at = %(now)s WHERE id = %(agreement)s"),
    "signature withdrawn": changing(
        "UPDATE access.agreement SET provider_signed_by = NULL, provider_signed_at = NULL WHERE id = %(agreement)s"
    ),
    "area taken from the agreement": changing("DELETE FROM access.agreement_area WHERE agreement_id = %(agreement)s"),
    "agreement deleted": changing("DELETE FROM access.agreement WHERE id = %(agreement)s"),
    "partners' precision made nothing": changing(
        "INSERT INTO access.precision_rule VALUES (%(charity)s, 'partner', 'visit', 1, -1)"
    ),
    "membership suspended": changing("UPDATE access.membership SET suspended_at = %(now)s WHERE id = %(officer)s"),
    "area taken away": changing("DELETE FROM access.membership_area WHERE membership_id = %(officer)s"),
    "record given another label": _relabel,
    "clock past the agreement": _pass_time,
}


@pytest.mark.parametrize("enters", [True, False], ids=["ring stored", "ring computed"])
@pytest.mark.parametrize("what", [*(f"own: {name}" for name in OWN), *(f"shared: {name}" for name in SHARED)])
def test_next_statement_shows_nothing_once(
    writer: psycopg.Connection, service: psycopg.Connection, what: str, *, enters: bool
) -> None:
    town = a_town(writer)
    whose, _, name = what.partition(": ")
    member, revoke = (town.worker, OWN[name]) if whose == "own" else (town.officer, SHARED[name])
    token = worlds.a_session(writer, member)
    writer.execute("UPDATE access.session SET idle_limit = '1 year', expires_at = 'infinity'")
    lock = worlds.lock_of(town.label, PLACE, 0)
    mine = b"SELECT count(*) FROM store.place_cell WHERE lock_id BETWEEN %s AND %s"
    if enters:
        service.execute("SELECT access.freshen(%s)", [token])
    with service.transaction():
        carry = "SELECT access.enter(%s)" if enters else "SELECT set_config('waymark.token', %s, true)"
        service.execute(carry.encode(), [token])
        before = service.execute(mine, [lock, lock + 3]).fetchone()
        revoke(writer, town)
        after = service.execute(mine, [lock, lock + 3]).fetchone()
    assert before is not None
    assert before[0] > 0
    assert after == (0,)
    assert asked(service, token, mine.decode(), lock, lock + 3) == [(0,)]


def test_leaving_an_operation_closes_its_records_and_its_being(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    charity = worlds.an_organisation(writer)
    inside, outside = worlds.a_membership(writer, charity), worlds.a_membership(writer, charity)
    operation = worlds.an_operation(writer, charity, members=[inside])
    worlds.a_place(writer, worlds.a_label(writer, charity, operation=operation))
    uid = asked(writer, "", "SELECT uid FROM access.operation WHERE id = %s", operation)[0][0]
    tokens = {who: worlds.a_session(writer, who) for who in (inside, outside)}
    label_for = "SELECT access.label_for(1, 0, %s, 'safeguarding', 0)"
    assert finest_seen(service, tokens[inside]) == EXACT
    assert finest_seen(service, tokens[outside]) == -1
    assert asked(service, tokens[outside], label_for, uid) == [(None,)]
    assert asked(service, tokens[outside], label_for, worlds.WORKER) == [(None,)]
    writer.execute("DELETE FROM access.operation_member WHERE membership_id = %s", [inside])
    assert finest_seen(service, tokens[inside]) == -1
    assert asked(service, tokens[inside], label_for, uid) == [(None,)]


def test_excluded_people_are_excluded_under_every_membership_they_hold(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    charity, council = worlds.an_organisation(writer), worlds.an_organisation(writer, kind="council")
    person = worlds.a_person(writer)
    there = worlds.a_membership(writer, council, person=person)
    here = worlds.a_membership(writer, charity, person=person)
    colleague = worlds.a_membership(writer, charity)
    handling = worlds.a_handling(writer, excluded=[there])
    worlds.a_place(writer, worlds.a_label(writer, charity, handling=handling))
    worlds.an_agreement(writer, charity, council)
    assert finest_seen(service, worlds.a_session(writer, there)) == -1
    assert finest_seen(service, worlds.a_session(writer, here)) == -1
    assert finest_seen(service, worlds.a_session(writer, colleague)) == EXACT


@pytest.mark.parametrize("nudge", [timedelta(microseconds=-1), timedelta(0), timedelta(microseconds=1)])
def test_an_agreement_lives_from_its_first_moment_to_before_its_last(
    writer: psycopg.Connection, service: psycopg.Connection, nudge: timedelta
) -> None:
    hour = timedelta(hours=1)
    town = a_town(writer, valid_from=NOON + hour, valid_until=NOON + 2 * hour)
    token = worlds.a_session(writer, town.officer)
    writer.execute("UPDATE access.session SET idle_limit = '1 year', expires_at = 'infinity'")
    for moment, is_live in (
        (NOON + hour + nudge, nudge >= timedelta(0)),
        (NOON + 2 * hour + nudge, nudge < timedelta(0)),
    ):
        worlds.set_clock(writer, moment)
        service.execute("SELECT access.freshen(%s)", [token])
        assert (finest_seen(service, token) >= 0) == is_live, moment


def test_a_condition_expires_at_its_moment_though_nothing_is_written(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    handling = worlds.a_handling(writer, conditions={"expires": "2026-03-01T14:00:00+01:00"})
    town = a_town(writer, handling=handling)
    token = worlds.a_session(writer, town.officer)
    writer.execute("UPDATE access.session SET idle_limit = '1 year'")
    service.execute("SET timezone = 'Pacific/Kiritimati'")
    service.execute("SELECT access.freshen(%s)", [token])
    for minutes, is_open in ((0, True), (59, True), (60, False)):
        worlds.set_clock(writer, NOON + timedelta(minutes=minutes))
        assert (finest_seen(service, token) >= 0) == is_open, minutes


@pytest.mark.parametrize(
    "conditions",
    [
        {"expires": "tomorrow"},
        {"expires": "2026-03-01T14:00:00"},
        {"expires": "2026-13-01T14:00:00Z"},
        {"expires": None},
        {"finest_step": "fine"},
        {"finest_step": 2.5},
        {"finest_step": -2},
        {"recipients": "everybody"},
        {"purposes": {"visit": True}},
    ],
)
def test_a_condition_that_nobody_can_read_is_refused(writer: psycopg.Connection, conditions: dict[str, object]) -> None:
    with pytest.raises(psycopg.errors.DataError if "13-01" in str(conditions) else psycopg.errors.CheckViolation):
        worlds.a_handling(writer, conditions=conditions)


def test_agreements_need_two_people_of_the_two_sides_and_keep_their_terms(writer: psycopg.Connection) -> None:
    charity, council = worlds.an_organisation(writer), worlds.an_organisation(writer, kind="council")
    person = worlds.a_person(writer)
    mine = {o: worlds.a_membership(writer, o, role="admin", person=person) for o in (charity, council)}
    other = worlds.a_membership(writer, charity, role="admin")
    agreement = worlds.an_agreement(writer, charity, council, finest_step=1, signed=(False, False))
    sign = (
        "UPDATE access.agreement SET provider_signed_by = %s, provider_signed_at = %s, recipient_signed_by = %s,"
        " recipient_signed_at = %s WHERE id = %s"
    )
    for provider, recipient in ((mine[charity], mine[council]), (mine[council], mine[charity]), (other, mine[charity])):
        with pytest.raises(psycopg.errors.CheckViolation):
            writer.execute(sign.encode(), [provider, LONG_AGO, recipient, LONG_AGO, agreement])
    writer.execute(sign.encode(), [other, LONG_AGO, mine[council], LONG_AGO, agreement])
    for widen in (
        "UPDATE access.agreement SET finest_step = 2 WHERE id = %s",
        "UPDATE access.agreement SET valid_until = valid_until + interval '1 day' WHERE id = %s",
        "INSERT INTO access.agreement_area VALUES (%s, 0)",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            writer.execute(widen.encode(), [agreement])


def test_a_lock_tells_of_its_label_only_to_those_who_know_it(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer, sensitivity=3)
    stranger = worlds.a_session(writer, a_town(writer).worker)
    lock = worlds.lock_of(town.label, PLACE, CONTENT)
    tells = "SELECT access.owner_of(%s) IS NOT NULL, access.sensitivity_of(%s)"
    for token, known in (
        (worlds.a_session(writer, town.worker), (True, 3)),
        (worlds.a_session(writer, town.officer), (False, None)),
        (stranger, (False, None)),
        ("", (False, None)),
    ):
        assert asked(service, token, tells, lock, lock) == [known]
    worlds.a_joint_visit(writer, town.place, town.charity, town.police, members=[town.officer])
    assert asked(service, worlds.a_session(writer, town.officer), tells, lock, lock) == [(True, 3)]
