import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from data.areas import NoSuchArea, area_ids
from data.database import NotSignedIn, enter
from data.operator_sessions import act_as
from data.passwords import WeakPassword, is_password
from data.people import (
    Member,
    NewMember,
    NoSuchOrganisation,
    NoSuchUser,
    NotAUser,
    add_organisation,
    add_user,
    disable,
    list_users,
    set_areas,
    set_clearance,
    set_password,
    set_until,
    suspend,
)
from tests.data.partners import CHEAP, NEXT_YEAR, VAULT, a_member, a_token, an_organisation

KIM = Member(email="kim@example.org", organisation="Harbour Aid", role="outreach")
NEW = NewMember(
    email="Kim@Example.org",
    organisation="Harbour Aid",
    role="outreach",
    clearance=2,
    areas=["northtown", "T2"],
    until=NEXT_YEAR,
)


@pytest.fixture
def conn(operator: psycopg.Connection) -> psycopg.Connection:
    an_organisation(operator, "Harbour Aid")
    return operator


def told(conn: psycopg.Connection, name: str = "Harbour Aid") -> list[dict[str, object]]:
    rows = conn.execute(
        "SELECT e.body FROM audit.entry AS e JOIN access.organisation AS o ON o.id = e.organisation_id "
        "WHERE o.name = %s ORDER BY e.seq",
        (name,),
    )
    return [json.loads(body) for (body,) in rows]


def test_a_new_person_can_sign_in_with_what_was_told_once(conn: psycopg.Connection) -> None:
    sign_in = add_user(conn, VAULT, NEW, cost=CHEAP)
    assert sign_in is not None
    person, kept, sealed, _, _ = conn.execute("SELECT * FROM access.credential_of('KIM@example.org')").fetchone() or ()
    assert is_password(sign_in.password, kept)
    secret = VAULT.open_secret(sealed, person_id=person)
    assert sign_in.totp_address
    assert f"secret={secret}&" in sign_in.totp_address
    assert secret.encode() not in bytes(sealed)
    enter(conn, a_token(conn, "kim@example.org", "Harbour Aid", "visit"))


def test_a_membership_is_as_it_was_described(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    (user,) = list_users(conn, "Harbour Aid")
    assert (user.email, user.role, user.clearance, user.areas, user.until, user.state) == (
        "kim@example.org",
        "outreach",
        2,
        ["Northtown", "Southtown"],
        NEXT_YEAR,
        "live",
    )


def test_a_second_membership_leaves_the_password_alone(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    before = conn.execute("SELECT password_hash FROM access.credential").fetchall()
    assert add_user(conn, VAULT, replace(NEW, role="analyst"), cost=CHEAP) is None
    assert conn.execute("SELECT password_hash FROM access.credential").fetchall() == before
    assert len(list_users(conn)) == 2


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"role": "boss"}, NotAUser, "A role is one of outreach, analyst, admin, auditor, not 'boss'"),
        ({"clearance": 4}, NotAUser, "A clearance is 0, 1, 2 or 3, not 4"),
        ({"email": "kim"}, NotAUser, "one @ and a domain"),
        ({"email": "kim lee@example.org"}, NotAUser, "no spaces"),
        ({"areas": []}, NotAUser, "at least one area"),
        ({"areas": ["Nowhere"]}, NoSuchArea, "no area called 'Nowhere'; there are: .*Northtown"),
        ({"organisation": "Nobody"}, NoSuchOrganisation, "no organisation called 'Nobody'"),
        ({"until": datetime(2020, 1, 1, tzinfo=UTC)}, NotAUser, "01 January 2020 has passed"),
    ],
)
def test_a_membership_that_cannot_be_is_refused_in_a_sentence(
    conn: psycopg.Connection, changed: dict[str, object], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        add_user(conn, VAULT, replace(NEW, **changed), cost=CHEAP)  # type: ignore[arg-type]
    assert list_users(conn) == []


def test_the_same_membership_twice_and_a_weak_password_are_refused(conn: psycopg.Connection) -> None:
    with pytest.raises(WeakPassword):
        add_user(conn, VAULT, NEW, password="short", cost=CHEAP)
    conn.rollback()
    an_organisation(conn, "Harbour Aid")
    add_user(conn, VAULT, NEW, password="kettle violin harbour", cost=CHEAP)
    with pytest.raises(NotAUser, match="is outreach at Harbour Aid already"):
        add_user(conn, VAULT, NEW, cost=CHEAP)


def test_an_organisation_has_a_known_kind_and_a_name_of_its_own(conn: psycopg.Connection) -> None:
    with pytest.raises(NotAUser, match="kind is one of police"):
        add_organisation(conn, VAULT, name="Border", kind="immigration")
    with pytest.raises(NotAUser, match="called 'Harbour Aid' already"):
        add_organisation(conn, VAULT, name=" Harbour Aid ", kind="charity")
    with pytest.raises(NotAUser, match="1 to 200"):
        add_organisation(conn, VAULT, name=" ", kind="charity")


def test_an_organisations_key_opens_its_notes(conn: psycopg.Connection) -> None:
    uid, wrapped = (
        conn.execute(
            "SELECT o.uid, k.wrapped FROM access.organisation AS o "
            "JOIN access.organisation_key AS k ON k.organisation_id = o.id"
        ).fetchone()
        or ()
    )
    sealed = VAULT.seal_note("x", note_id=uid, owner_uid=uid, lock_id=1, wrapped_organisation_key=wrapped)
    assert VAULT.open_note(*sealed, note_id=uid, owner_uid=uid, lock_id=1, wrapped_organisation_key=wrapped) == "x"


def test_suspending_closes_open_sessions_on_the_next_statement_and_can_be_lifted(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    token = a_token(conn, "kim@example.org", "Harbour Aid", "visit")
    enter(conn, token)
    suspend(conn, KIM)
    with pytest.raises(NotSignedIn):
        enter(conn, token)
    assert list_users(conn)[0].state == "suspended"
    suspend(conn, KIM, lift=True)
    enter(conn, token)


def test_disabling_a_person_and_a_new_password_end_every_session(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    token = a_token(conn, "kim@example.org", "Harbour Aid", "visit")
    sign_in = set_password(conn, VAULT, "kim@example.org")
    assert sign_in.totp_address is None
    with pytest.raises(NotSignedIn):
        enter(conn, token)
    token = a_token(conn, "kim@example.org", "Harbour Aid", "visit")
    disable(conn, "kim@example.org")
    with pytest.raises(NotSignedIn):
        enter(conn, token)
    assert list_users(conn)[0].state == "disabled"
    disable(conn, "kim@example.org", lift=True)
    with pytest.raises(NotSignedIn):
        enter(conn, token)


def test_a_new_password_keeps_the_authenticator_unless_asked(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    first = conn.execute("SELECT password_hash, totp_secret FROM access.credential").fetchone() or ()
    sign_in = set_password(conn, VAULT, "kim@example.org", password="kettle violin harbour")
    second = conn.execute("SELECT password_hash, totp_secret FROM access.credential").fetchone() or ()
    assert sign_in.password == "kettle violin harbour"
    assert first[0] != second[0]
    assert first[1] == second[1]
    conn.execute(
        "INSERT INTO access.passkey (credential_id, person_id, relying_party, public_key, sign_count, name, added_at)"
        " SELECT 'x', id, 'localhost', 'y', 0, 'Blue phone', now() FROM access.person"
    )
    assert set_password(conn, VAULT, "kim@example.org", new_codes=True).totp_address
    assert conn.execute("SELECT count(*) FROM access.passkey").fetchone() == (0,)
    third = conn.execute("SELECT totp_secret, totp_last_step FROM access.credential").fetchone() or ()
    assert third[0] != second[1]


def test_areas_clearance_and_end_can_be_set(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    set_areas(conn, KIM, ["Southtown"])
    set_clearance(conn, KIM, 0)
    set_until(conn, KIM, NEXT_YEAR - timedelta(days=1))
    (user,) = list_users(conn)
    assert (user.areas, user.clearance, user.until) == (["Southtown"], 0, NEXT_YEAR - timedelta(days=1))
    with pytest.raises(NotAUser):
        set_clearance(conn, KIM, -1)


def test_a_membership_that_is_not_one_is_refused(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    add_user(conn, VAULT, replace(NEW, role="analyst"), cost=CHEAP)
    with pytest.raises(NoSuchUser, match="2 memberships fit"):
        suspend(conn, Member(email="kim@example.org"))
    with pytest.raises(NoSuchUser, match="No memberships fit"):
        suspend(conn, Member(email="lee@example.org"))
    with pytest.raises(NoSuchUser, match="Nobody has"):
        disable(conn, "lee@example.org")


def test_every_change_is_in_the_audit_without_names_or_addresses(conn: psycopg.Connection) -> None:
    add_user(conn, VAULT, NEW, cost=CHEAP)
    suspend(conn, KIM)
    suspend(conn, KIM, lift=True)
    set_areas(conn, KIM, ["Southtown"])
    set_clearance(conn, KIM, 1)
    set_until(conn, KIM, NEXT_YEAR)
    set_password(conn, VAULT, "kim@example.org")
    disable(conn, "kim@example.org")
    entries = told(conn)
    assert [entry["what"] for entry in entries] == [
        "added the organisation",
        "added a membership",
        "suspended a membership",
        "lifted a suspension",
        "set areas",
        "set a clearance",
        "set the end of a membership",
        "set a password",
        "disabled a person",
    ]
    assert {entry["actor"] for entry in entries} == {"operator"}
    assert "kim" not in json.dumps(entries).lower()


def test_all_areas_have_a_word(conn: psycopg.Connection) -> None:
    everything = area_ids(conn, ["all"])
    assert {0, 901, 902} <= set(everything)


def test_the_operator_acts_for_somebody_and_the_audit_says_so(conn: psycopg.Connection) -> None:
    a_member(conn, "ada@example.org", "Harbour Aid")
    act_as(conn, "ada@example.org", purpose="administration")
    assert conn.execute("SELECT role, purpose FROM access.my_session()").fetchone() == ("admin", "administration")
    opened = told(conn)[-1]
    assert (opened["actor"], opened["what"]) == ("operator", "the operator opened a session for a member")
    with pytest.raises(NoSuchUser, match="No live memberships"):
        act_as(conn, "ada@example.org", purpose="visit")
