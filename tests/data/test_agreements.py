import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from data.agreements import (
    Agreement,
    AgreementRefused,
    NoSuchAgreement,
    amend_agreement,
    draft_agreement,
    list_agreements,
    list_organisations,
    renew_agreement,
    resume_agreement,
    sign_agreement,
    suspend_agreement,
)
from data.refusals import NotAnAdmin
from tests.data.partners import NEXT_YEAR, a_member, act, an_organisation, terms

PROVIDER, RECIPIENT, STRANGER = "Harbour Aid", "County Police", "Town Council"
ADA, BEN, CAT = ("ada@example.org", PROVIDER), ("ben@example.org", RECIPIENT), ("cat@example.org", STRANGER)


def partners(conn: psycopg.Connection) -> dict[str, uuid.UUID]:
    uids = {}
    for (email, name), kind in ((ADA, "charity"), (BEN, "police"), (CAT, "council")):
        uids[name] = an_organisation(conn, name, kind)
        a_member(conn, email, name)
    return uids


def the_agreement(conn: psycopg.Connection) -> Agreement:
    (found,) = list_agreements(conn)
    return found


@pytest.fixture
def conn(operator: psycopg.Connection) -> psycopg.Connection:
    return operator


@pytest.fixture
def drafted(conn: psycopg.Connection) -> uuid.UUID:
    uids = partners(conn)
    act(conn, *ADA)
    return draft_agreement(conn, provider=uids[PROVIDER], recipient=uids[RECIPIENT], terms=terms())


@pytest.fixture
def signed(conn: psycopg.Connection, drafted: uuid.UUID) -> uuid.UUID:
    for who in (ADA, BEN):
        act(conn, *who)
        sign_agreement(conn, drafted, terms_hash=the_agreement(conn).terms_hash)
    return drafted


def test_an_agreement_lives_when_an_admin_of_each_side_signed(conn: psycopg.Connection, drafted: uuid.UUID) -> None:
    assert not the_agreement(conn).is_live
    sign_agreement(conn, drafted, terms_hash=the_agreement(conn).terms_hash)
    assert not the_agreement(conn).is_live
    act(conn, *BEN)
    sign_agreement(conn, drafted, terms_hash=the_agreement(conn).terms_hash)
    found = the_agreement(conn)
    assert found.is_live
    assert (found.provider, found.recipient, found.areas) == (PROVIDER, RECIPIENT, ["Northtown", "Southtown"])
    assert (found.terms.finest_step, tuple(found.terms.kinds)) == ("500 m", ("place", "visit"))


def test_one_person_with_two_memberships_cannot_sign_for_both_sides(
    conn: psycopg.Connection, drafted: uuid.UUID
) -> None:
    conn.execute("RESET ROLE")
    a_member(conn, ADA[0], RECIPIENT)
    act(conn, *ADA)
    sign_agreement(conn, drafted, terms_hash=the_agreement(conn).terms_hash)
    act(conn, ADA[0], RECIPIENT)
    with pytest.raises(AgreementRefused, match="two different people"):
        sign_agreement(conn, drafted, terms_hash=the_agreement(conn).terms_hash)


def test_nobody_signs_other_terms_than_those_they_read(conn: psycopg.Connection, drafted: uuid.UUID) -> None:
    act(conn, *BEN)
    read = the_agreement(conn).terms_hash
    act(conn, *ADA)
    amend_agreement(conn, drafted, terms=terms(title="Shared visits, changed"))
    act(conn, *BEN)
    with pytest.raises(AgreementRefused, match="not those that you read"):
        sign_agreement(conn, drafted, terms_hash=read)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Other title"},
        {"purposes": ("visit", "safeguarding", "analysis")},
        {"kinds": ("place", "visit", "note")},
        {"max_sensitivity": 3},
        {"finest_step": "100 m"},
        {"valid_until": datetime.now(UTC) + timedelta(days=310)},
        {"valid_from": datetime.now(UTC) - timedelta(days=10)},
    ],
)
def test_widening_needs_both_signatures_again(
    conn: psycopg.Connection, signed: uuid.UUID, changed: dict[str, object]
) -> None:
    wider = replace(the_agreement(conn).terms, **changed)  # type: ignore[arg-type]
    assert not amend_agreement(conn, signed, terms=wider)
    found = the_agreement(conn)
    assert not found.is_live
    assert found.provider_signed_at is None
    assert found.recipient_signed_at is None


def test_an_area_more_is_wider(conn: psycopg.Connection, signed: uuid.UUID) -> None:
    assert amend_agreement(conn, signed, terms=replace(the_agreement(conn).terms, areas=[901]))
    assert the_agreement(conn).is_live
    assert the_agreement(conn).areas == ["Northtown"]
    assert not amend_agreement(conn, signed, terms=replace(the_agreement(conn).terms, areas=[901, 902]))


@pytest.mark.parametrize(
    "changed",
    [
        {"purposes": ("visit",)},
        {"kinds": ("place",)},
        {"areas": (902,)},
        {"max_sensitivity": 1},
        {"finest_step": "5 km"},
        {"valid_until": datetime.now(UTC) + timedelta(days=30)},
        {"finest_step": "1 km", "max_sensitivity": 0},
    ],
)
def test_narrowing_keeps_the_signatures(
    conn: psycopg.Connection, signed: uuid.UUID, changed: dict[str, object]
) -> None:
    narrower = replace(the_agreement(conn).terms, **changed)  # type: ignore[arg-type]
    assert amend_agreement(conn, signed, terms=narrower)
    found = the_agreement(conn)
    assert found.is_live
    assert found.terms == replace(narrower, purposes=found.purposes, kinds=found.terms.kinds, areas=found.area_ids)


def test_narrower_in_one_way_and_wider_in_another_is_wider(conn: psycopg.Connection, signed: uuid.UUID) -> None:
    mixed = replace(the_agreement(conn).terms, finest_step="5 km", max_sensitivity=3)
    assert not amend_agreement(conn, signed, terms=mixed)


@pytest.mark.parametrize("who", [ADA, BEN])
def test_either_side_suspends_and_both_sign_again_after_it_is_resumed(
    conn: psycopg.Connection, signed: uuid.UUID, who: tuple[str, str]
) -> None:
    act(conn, *who)
    suspend_agreement(conn, signed)
    suspend_agreement(conn, signed)
    assert not the_agreement(conn).is_live
    with pytest.raises(AgreementRefused, match="suspended: resume it first"), conn.transaction():
        sign_agreement(conn, signed, terms_hash=the_agreement(conn).terms_hash)
    resume_agreement(conn, signed)
    found = the_agreement(conn)
    assert (found.is_live, found.suspended_at, found.provider_signed_at) == (False, None, None)
    with pytest.raises(AgreementRefused, match="is not suspended"):
        resume_agreement(conn, signed)


def test_a_renewal_follows_and_is_signed_anew_while_the_old_runs_on(
    conn: psycopg.Connection, signed: uuid.UUID
) -> None:
    old = the_agreement(conn)
    new = renew_agreement(conn, signed, until=old.valid_until + timedelta(days=100))
    first, second = list_agreements(conn)
    assert (first.id, first.is_live) == (signed, True)
    assert (second.id, second.valid_from, second.provider_signed_at) == (new, old.valid_until, None)
    assert second.area_ids == first.area_ids
    for until in (old.valid_until, old.valid_until + timedelta(days=400)):
        with pytest.raises(AgreementRefused, match="within twelve months"), conn.transaction():
            renew_agreement(conn, signed, until=until)


def test_a_strangers_agreement_is_a_missing_one(conn: psycopg.Connection, signed: uuid.UUID) -> None:
    act(conn, *CAT)
    assert list_agreements(conn) == []
    said = set()
    for which in (signed, uuid.uuid4()):
        for call in (
            lambda which=which: sign_agreement(conn, which, terms_hash="0" * 32),
            lambda which=which: suspend_agreement(conn, which),
            lambda which=which: resume_agreement(conn, which),
            lambda which=which: renew_agreement(conn, which, until=NEXT_YEAR),
            lambda which=which: amend_agreement(conn, which, terms=terms()),
        ):
            with pytest.raises(NoSuchAgreement) as refused, conn.transaction():
                call()
            said.add(str(refused.value))
    assert said == {"Your organisation is part of no such agreement."}


def test_an_agreement_of_two_others_cannot_be_drafted(conn: psycopg.Connection) -> None:
    uids = partners(conn)
    act(conn, *CAT)
    for provider, recipient in ((PROVIDER, RECIPIENT), (STRANGER, STRANGER)):
        with pytest.raises(AgreementRefused, match="yours is one of them"), conn.transaction():
            draft_agreement(conn, provider=uids[provider], recipient=uids[recipient], terms=terms())
    with pytest.raises(AgreementRefused, match="yours is one of them"):
        draft_agreement(conn, provider=uuid.uuid4(), recipient=uids[STRANGER], terms=terms())


@pytest.mark.parametrize(("role", "purpose"), [("outreach", "visit"), ("analyst", "analysis"), ("auditor", "audit")])
def test_only_admins_may(conn: psycopg.Connection, signed: uuid.UUID, role: str, purpose: str) -> None:
    conn.execute("RESET ROLE")
    a_member(conn, "dan@example.org", PROVIDER, role)
    act(conn, "dan@example.org", PROVIDER, purpose)
    for call in (
        lambda: list_agreements(conn),
        lambda: list_organisations(conn),
        lambda: suspend_agreement(conn, signed),
    ):
        with pytest.raises(NotAnAdmin, match="session of an admin"), conn.transaction():
            call()


def test_without_a_session_nothing_may(application: psycopg.Connection) -> None:
    with pytest.raises(NotAnAdmin):
        list_agreements(application)


def test_the_service_cannot_reach_agreements_any_other_way(conn: psycopg.Connection, signed: uuid.UUID) -> None:
    act(conn, *ADA)
    suspend_agreement(conn, signed)
    for statement in (
        "SELECT * FROM access.agreement",
        "UPDATE access.agreement SET suspended_at = NULL",
        "SELECT access.my_agreement(NULL, NULL)",
        "SELECT access.acting_admin()",
        "SELECT access.terms_of(NULL)",
        "SELECT * FROM access.operation_named",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute(statement)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": " "}, "title of 1 to 200"),
        ({"purposes": ("visit", "immigration")}, "'immigration' is not"),
        ({"purposes": ()}, "None were given"),
        ({"kinds": ("people",)}, "'people' is not"),
        ({"finest_step": "exact"}, "'exact' is not"),
        ({"areas": ()}, "at least one area"),
        ({"max_sensitivity": 4}, "0, 1, 2 or 3, not 4"),
        ({"valid_until": datetime.now(UTC) + timedelta(days=400)}, "within twelve months"),
    ],
)
def test_terms_that_no_agreement_can_have_are_refused(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(AgreementRefused, match=sentence):
        terms(**changed)


def test_an_unknown_area_is_refused(conn: psycopg.Connection) -> None:
    uids = partners(conn)
    act(conn, *ADA)
    with pytest.raises(AgreementRefused, match="breaks a rule"):
        draft_agreement(conn, provider=uids[PROVIDER], recipient=uids[RECIPIENT], terms=terms(areas=(77,)))


def test_both_sides_read_each_step_in_their_audit(conn: psycopg.Connection, signed: uuid.UUID) -> None:
    suspend_agreement(conn, signed)
    conn.execute("RESET ROLE")
    told: dict[str, list[str]] = {}
    for name, body in conn.execute(
        "SELECT o.name, e.body FROM audit.entry AS e JOIN access.organisation AS o ON o.id = e.organisation_id "
        "ORDER BY e.organisation_id, e.seq"
    ):
        entry = json.loads(body)
        if entry.get("agreement") == str(signed):
            told.setdefault(name, []).append(entry["what"])
    steps = ["drafted an agreement", "signed an agreement", "signed an agreement", "suspended an agreement"]
    assert told == {PROVIDER: steps, RECIPIENT: steps}
