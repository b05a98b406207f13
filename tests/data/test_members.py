import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from data.cluster import Cluster
from data.database import NotSignedIn, enter
from data.members import (
    FirstSignIn,
    MemberRefused,
    NoSuchMember,
    OwnMember,
    Rights,
    add_member,
    change_member,
    end_member_sessions,
    grantable,
    list_members,
    member_of,
    suspend_member,
)
from data.operations import NamedMember, add_operation
from data.operations import add_member as name_to_operation
from data.passwords import is_password
from data.people import disable
from data.refusals import NotAnAdmin
from tests.conftest import clone
from tests.data.partners import CHEAP, VAULT, a_member, a_token, act, an_organisation

HERE, ELSEWHERE = "Harbour Aid", "County Police"
ADA, BEN = ("ada@example.org", HERE), ("ben@example.org", ELSEWHERE)
SOON = datetime.now(UTC) + timedelta(days=100)
RIGHTS = Rights(clearance=1, areas=[901], until=SOON)


@pytest.fixture
def conn(operator: psycopg.Connection) -> psycopg.Connection:
    for (email, name), kind in ((ADA, "charity"), (BEN, "police")):
        an_organisation(operator, name, kind)
        a_member(operator, email, name)
    a_member(operator, "cas@example.org", HERE, "outreach", clearance=3)
    a_member(operator, "dee@example.org", ELSEWHERE, "outreach")
    act(operator, *ADA)
    return operator


def joined(conn: psycopg.Connection, email: str, role: str = "outreach", rights: Rights = RIGHTS) -> FirstSignIn:
    return add_member(conn, VAULT, email=email, role=role, rights=rights, cost=CHEAP)[1]


def the_member(conn: psycopg.Connection, email: str) -> OwnMember:
    return next(member for member in list_members(conn) if member.email == email)


def told(conn: psycopg.Connection) -> list[dict[str, object]]:
    conn.execute("RESET ROLE")
    rows = conn.execute(
        "SELECT e.body FROM audit.entry AS e JOIN access.organisation AS o ON o.id = e.organisation_id "
        "WHERE o.name = %s ORDER BY e.seq",
        (HERE,),
    )
    return [json.loads(body) for (body,) in rows]


def test_an_admin_lists_the_own_organisations_people_alone(conn: psycopg.Connection) -> None:
    assert [(m.email, m.role, m.is_me) for m in list_members(conn)] == [
        ("ada@example.org", "admin", True),
        ("cas@example.org", "outreach", False),
    ]
    cas = the_member(conn, "cas@example.org")
    assert (cas.clearance, cas.areas, cas.area_ids, cas.state) == (3, ["Northtown", "Southtown"], [901, 902], "live")


def test_a_new_person_signs_in_with_what_was_shown_once(conn: psycopg.Connection) -> None:
    first = joined(conn, "Eva@Example.org")
    assert "eva%40example.org" in first.totp_address
    conn.execute("RESET ROLE")
    row = conn.execute("SELECT * FROM access.credential_of('eva@example.org')").fetchone()
    assert row is not None
    assert is_password(first.password, row[1])
    secret = VAULT.open_secret(row[2], person_id=row[0])
    assert f"secret={secret}" in first.totp_address


def test_whether_a_person_is_known_elsewhere_makes_no_difference_to_the_answer(conn: psycopg.Connection) -> None:
    known, new = joined(conn, "dee@example.org"), joined(conn, "eva@example.org")
    assert (len(known.password), type(known)) == (len(new.password), type(new))
    both = [replace(the_member(conn, email), id=UUID(int=1), email="", facts_hash="") for email in
            ("dee@example.org", "eva@example.org")]  # fmt: skip
    assert both[0] == both[1]
    conn.execute("RESET ROLE")
    row = conn.execute("SELECT password_hash FROM access.credential_of('dee@example.org')").fetchone()
    assert row is not None
    assert not is_password(known.password, row[0]), "a person keeps their own password"


def test_that_the_operator_shut_a_person_out_is_told_only_of_who_was_a_member_then(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    conn.execute("UPDATE access.person SET disabled_at = access.clock() - interval '1 day' WHERE email LIKE 'dee@%'")
    act(conn, *ADA)
    joined(conn, "dee@example.org")
    assert the_member(conn, "dee@example.org").state == "live"
    conn.execute("RESET ROLE")
    conn.execute("UPDATE access.membership SET valid_from = now() - interval '1 day'")
    disable(conn, "cas@example.org")
    act(conn, *ADA)
    assert the_member(conn, "cas@example.org").state == "disabled"


def test_a_name_given_to_an_operation_joins_it_when_the_member_comes(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    act(conn, *BEN)
    operation = add_operation(conn, "Lantern")
    conn.execute("RESET ROLE")
    uid = conn.execute("SELECT uid FROM access.organisation WHERE name = %s", [HERE]).fetchone()
    assert uid is not None
    act(conn, *BEN)
    name_to_operation(
        conn, operation, member=NamedMember(organisation=uid[0], email="eva@example.org", role="outreach")
    )
    act(conn, *ADA)
    joined(conn, "eva@example.org")
    conn.execute("RESET ROLE")
    assert conn.execute("SELECT count(*) FROM access.operation_member").fetchone() == (2,)


def test_rights_hold_from_the_next_statement_and_are_in_the_audit(conn: psycopg.Connection) -> None:
    cas = the_member(conn, "cas@example.org")
    change_member(conn, cas.id, rights=RIGHTS, facts_hash=cas.facts_hash)
    now = the_member(conn, "cas@example.org")
    assert (now.clearance, now.areas, now.until) == (1, ["Northtown"], SOON)
    last = told(conn)[-1]
    assert (last["what"], last["clearance"], last["areas"]) == ("changed a membership", 1, ["901"])
    assert last["membership"] == str(cas.id)


def test_nobody_overwrites_what_they_never_read(conn: psycopg.Connection) -> None:
    cas = the_member(conn, "cas@example.org")
    change_member(conn, cas.id, rights=RIGHTS, facts_hash=cas.facts_hash)
    with pytest.raises(MemberRefused, match="meanwhile"):
        change_member(conn, cas.id, rights=RIGHTS, facts_hash=cas.facts_hash)


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        (replace(RIGHTS, clearance=3), "Your own clearance is 2"),
        (replace(RIGHTS, areas=[0, 901]), "areas of your own membership"),
        (replace(RIGHTS, areas=[]), "at least one area"),
        (replace(RIGHTS, until=datetime.now(UTC) - timedelta(days=1)), "in the future"),
        (replace(RIGHTS, until=datetime.now(UTC) + timedelta(days=900)), "within two years"),
        (replace(RIGHTS, clearance=9), "clearance"),
    ],
)
def test_nobody_gives_more_than_they_hold(conn: psycopg.Connection, rights: Rights, words: str) -> None:
    with pytest.raises(MemberRefused, match=words):
        joined(conn, "eva@example.org", rights=rights)


def test_what_a_member_has_already_may_stay(conn: psycopg.Connection) -> None:
    cas = the_member(conn, "cas@example.org")
    change_member(conn, cas.id, rights=replace(RIGHTS, clearance=3), facts_hash=cas.facts_hash)
    assert the_member(conn, "cas@example.org").clearance == 3


def test_an_end_further_ahead_than_an_admin_could_set_may_stay(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    conn.execute("UPDATE access.membership SET valid_until = now() + interval '9 years' WHERE role = 'outreach'")
    act(conn, *ADA)
    cas = the_member(conn, "cas@example.org")
    change_member(conn, cas.id, rights=replace(RIGHTS, until=cas.until), facts_hash=cas.facts_hash)
    assert (the_member(conn, "cas@example.org").clearance, the_member(conn, "cas@example.org").until) == (1, cas.until)


def test_a_suspension_ends_the_sessions_and_can_be_lifted(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    token = a_token(conn, "cas@example.org", HERE, "visit")
    act(conn, *ADA)
    cas = the_member(conn, "cas@example.org")
    assert cas.sessions == 1
    suspend_member(conn, cas.id)
    suspend_member(conn, cas.id)
    assert (the_member(conn, cas.email).state, the_member(conn, cas.email).sessions) == ("suspended", 0)
    suspend_member(conn, cas.id, lift=True)
    assert the_member(conn, cas.email).state == "live"
    assert [entry["what"] for entry in told(conn)[-2:]] == ["suspended a membership", "lifted a suspension"]
    with pytest.raises(NotSignedIn):
        enter(conn, token)


def test_sessions_end_and_the_membership_goes_on(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    token = a_token(conn, "cas@example.org", HERE, "visit")
    act(conn, *ADA)
    end_member_sessions(conn, the_member(conn, "cas@example.org").id)
    assert (the_member(conn, "cas@example.org").state, the_member(conn, "cas@example.org").sessions) == ("live", 0)
    with pytest.raises(NotSignedIn):
        enter(conn, token)


def test_nobody_changes_their_own_rights_so_the_last_admin_stays(conn: psycopg.Connection) -> None:
    ada = the_member(conn, "ada@example.org")
    with pytest.raises(MemberRefused, match="own rights"), conn.transaction():
        suspend_member(conn, ada.id)
    with pytest.raises(MemberRefused, match="own rights"), conn.transaction():
        change_member(conn, ada.id, rights=RIGHTS, facts_hash=ada.facts_hash)
    with pytest.raises(MemberRefused, match="own rights"), conn.transaction():
        joined(conn, "ADA@example.org")


def test_a_role_is_had_once(conn: psycopg.Connection) -> None:
    with pytest.raises(MemberRefused, match="already"):
        joined(conn, "cas@example.org")


@pytest.mark.parametrize("email", ["nobody", "two words@example.org", "a@b@c", "@example.org"])
def test_an_address_that_is_none_is_refused(conn: psycopg.Connection, email: str) -> None:
    with pytest.raises(MemberRefused, match="e-mail"):
        joined(conn, email)


def test_a_strangers_member_is_a_missing_one(conn: psycopg.Connection) -> None:
    conn.execute("RESET ROLE")
    row = conn.execute(
        "SELECT m.id FROM access.membership AS m JOIN access.person AS p ON p.id = m.person_id"
        " WHERE p.email LIKE 'dee@%'"
    ).fetchone()
    assert row is not None
    act(conn, *ADA)
    for member in (row[0], uuid4()):
        with pytest.raises(NoSuchMember, match="no such member"):
            member_of(conn, member)
        with pytest.raises(NoSuchMember, match="no such member"), conn.transaction():
            suspend_member(conn, member)
        with pytest.raises(NoSuchMember, match="no such member"), conn.transaction():
            end_member_sessions(conn, member)


def test_only_an_admin_manages_members(conn: psycopg.Connection) -> None:
    cas = the_member(conn, "cas@example.org")
    act(conn, "cas@example.org", HERE, "visit")
    for asked in (
        lambda: list_members(conn),
        lambda: grantable(conn),
        lambda: joined(conn, "eva@example.org"),
        lambda: change_member(conn, cas.id, rights=RIGHTS, facts_hash=cas.facts_hash),
        lambda: suspend_member(conn, cas.id),
        lambda: end_member_sessions(conn, cas.id),
    ):
        with pytest.raises(NotAnAdmin), conn.transaction():
            asked()


def test_two_admins_who_suspend_each_other_at_once_leave_one(cluster: Cluster) -> None:
    database = clone(cluster)
    with psycopg.connect(cluster.url(database=database)) as setting:
        an_organisation(setting, HERE)
        emails = [a_member(setting, f"{name}@example.org", HERE) for name in ("ada", "fay")]
        tokens = {email: a_token(setting, email, HERE) for email in emails}
    outcomes: list[str] = []
    both_in = threading.Barrier(2)

    def suspends(me: str, other: str) -> None:
        with psycopg.connect(cluster.url("waymark_app", database)) as mine:
            enter(mine, tokens[me])
            target = the_member(mine, other).id
            both_in.wait()
            try:
                suspend_member(mine, target)
                mine.commit()
                outcomes.append("done")
            except NotAnAdmin:
                outcomes.append("refused")

    threads = [threading.Thread(target=suspends, args=pair) for pair in (emails, emails[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
