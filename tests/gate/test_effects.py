"""The effect of a change that an admin is told beforehand is what sessions read afterwards, to the last record."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from data.agreements import KINDS, PURPOSES, STEPS, NoSuchAgreement, Terms, suspend_agreement
from data.cluster import Cluster
from data.database import enter
from data.effects import Effect, effect_of_draft, effect_of_rights, effect_of_suspension, effect_of_terms
from data.members import MemberRefused, NoSuchMember, Rights, change_member, list_members, suspend_member
from data.refusals import NotAnAdmin
from tests import worlds
from tests.gate.effects_town import EffectsTown, a_town_of_labels, a_uid, difference, draw, known
from tests.worlds import FAR_AHEAD, LONG_AGO, NOON

ROUNDS_OF_AGREEMENTS, ROUNDS_OF_MEMBERS = 120, 40
ACTS = ("draft", "amend", "suspend", "sign")


@pytest.fixture(scope="module")
def town(cluster: Cluster, held: str) -> EffectsTown:
    with psycopg.connect(cluster.url(database=held)) as conn:
        return a_town_of_labels(conn)


@pytest.fixture
def clean(writer: psycopg.Connection) -> Iterator[psycopg.Connection]:
    yield writer
    start_again(writer)


@contextmanager
def acting(service: psycopg.Connection, token: str) -> Iterator[None]:
    with service.transaction():
        enter(service, token)
        yield


def start_again(writer: psycopg.Connection) -> None:
    writer.execute("DELETE FROM access.agreement")
    writer.execute("DELETE FROM access.precision_rule WHERE organisation_id IS NOT NULL")


def told(found: list[Effect]) -> Counter[tuple[str, int, int, int, int]]:
    return Counter({(e.purpose, e.kind, e.was, e.becomes, e.cell): e.records for e in found})


def drawn_terms(dice: Random) -> dict[str, Any]:
    return {
        "purposes": draw(dice, PURPOSES),
        "kinds": draw(dice, range(3)),
        "areas": draw(dice, (1, 2)),
        "max_sensitivity": dice.randint(0, 3),
        "finest_step": dice.randint(0, 3),
    }


def terms_of(drawn: dict[str, Any]) -> Terms:
    names = {"kinds": [KINDS[kind] for kind in drawn["kinds"]], "finest_step": STEPS[drawn["finest_step"]]}
    return Terms(title="Sharing", valid_from=LONG_AGO, valid_until=FAR_AHEAD, **(drawn | names))


def drawn_rules(writer: psycopg.Connection, dice: Random, owner: int) -> None:
    for purpose in PURPOSES:
        if dice.random() < 0.3:
            values = [owner, "partner", purpose, dice.randint(0, 3), dice.randint(-1, 4)]
            writer.execute("INSERT INTO access.precision_rule VALUES (%s, %s, %s, %s, %s)", values)


def test_what_an_agreement_would_change_is_what_the_partner_then_reads(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    dice = Random(20261125)
    met: Counter[str] = Counter()
    provider, recipient = a_uid(clean, town.charity), a_uid(clean, town.police)
    for number in range(ROUNDS_OF_AGREEMENTS):
        start_again(clean)
        drawn_rules(clean, dice, town.charity)
        standing = [an_agreement(clean, town, dice) for _ in range(dice.randint(1, 3))]
        act, (subject, had), drawn = dice.choice(ACTS), standing[0], drawn_terms(dice)
        before = {purpose: known(service, token, town.own_labels) for purpose, token in town.sessions.items()}
        with acting(service, town.admin):
            if act == "draft":
                found = effect_of_draft(service, provider=provider, recipient=recipient, terms=terms_of(drawn))
            elif act == "suspend":
                found = effect_of_suspension(service, subject)
            else:
                found = effect_of_terms(service, subject, terms=terms_of(drawn if act == "amend" else had))
        make_it_so(clean, service, town, (act, subject, had, drawn))
        expected: Counter[tuple[str, int, int, int, int]] = Counter()
        concerned = set(had["purposes"]) | (set(drawn["purposes"]) if act in {"draft", "amend"} else set())
        concerned = set(drawn["purposes"]) if act == "draft" else concerned
        for purpose in concerned:
            after = known(service, town.sessions[purpose], town.own_labels)
            expected += difference(purpose, before[purpose], after)
        assert told(found) == expected, (number, act)
        met[act] += 1
        met["changes"] += any(was != becomes for _, _, was, becomes, _ in expected)
        met["gains"] += any(was < becomes for _, _, was, becomes, _ in expected)
        met["losses"] += any(was > becomes for _, _, was, becomes, _ in expected)
    assert min(met[act] for act in ACTS) >= 15, met
    assert min(met["changes"], met["gains"], met["losses"]) >= 25, met


def an_agreement(writer: psycopg.Connection, town: EffectsTown, dice: Random) -> tuple[UUID, dict[str, Any]]:
    drawn = drawn_terms(dice)
    signed = (True, dice.random() < 0.8)
    suspended = NOON if dice.random() < 0.2 else None
    return worlds.an_agreement(
        writer, town.charity, town.police, signed=signed, suspended_at=suspended, **drawn
    ), drawn  # fmt: skip


def make_it_so(
    writer: psycopg.Connection,
    service: psycopg.Connection,
    town: EffectsTown,
    change: tuple[str, UUID, dict[str, Any], dict[str, Any]],
) -> None:
    act, subject, had, drawn = change
    if act == "suspend":
        with acting(service, town.admin):
            suspend_agreement(service, subject)
        return
    if act != "draft":
        writer.execute("DELETE FROM access.agreement WHERE id = %s", [subject])
    worlds.an_agreement(writer, town.charity, town.police, **(had if act == "sign" else drawn))


def test_what_other_rights_would_change_is_what_the_member_then_reads(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    dice = Random(7)
    changes = 0
    for number in range(ROUNDS_OF_MEMBERS):
        role, purpose = dice.choice([("outreach", "visit"), ("outreach", "safeguarding"), ("analyst", "analysis")])
        had, areas = dice.randint(0, 3), draw(dice, (1, 2))
        member = worlds.a_membership(clean, town.charity, role=role, clearance=had, areas=areas)
        session = worlds.a_session(clean, member, purpose=purpose)
        rights = Rights(clearance=dice.randint(0, 3), areas=draw(dice, (1, 2)), until=FAR_AHEAD)
        ends = dice.random() < 0.25
        before = known(service, session, town.own_labels)
        with acting(service, town.admin):
            found = effect_of_rights(service, member, rights=None if ends else rights)
        with acting(service, town.admin):
            if ends:
                suspend_member(service, member)
            else:
                read = next(m for m in list_members(service) if m.id == member)
                change_member(service, member, rights=rights, facts_hash=read.facts_hash)
        expected = difference(purpose, before, known(service, session, town.own_labels))
        assert told([e for e in found if e.purpose == purpose]) == expected, number
        changes += any(was != becomes for _, _, was, becomes, _ in expected)
    assert changes >= ROUNDS_OF_MEMBERS / 2


def test_a_draft_that_begins_later_is_shown_as_it_will_be_then(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    uids = {"provider": a_uid(clean, town.charity), "recipient": a_uid(clean, town.police)}
    worlds.an_agreement(clean, town.charity, town.police, valid_from=LONG_AGO, valid_until=NOON + timedelta(days=1))
    later = NOON + timedelta(days=30)
    terms = Terms(
        title="Later", valid_from=later, valid_until=later + timedelta(days=30), purposes=["visit"],
        kinds=["place"], areas=[1], max_sensitivity=1, finest_step="1 km",
    )  # fmt: skip
    with acting(service, town.admin):
        found = effect_of_draft(service, **uids, terms=terms)
    assert {(e.was, e.becomes) for e in found} == {(-1, 1)}


def test_the_recipients_admin_is_told_nothing_of_the_providers_records(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    agreement = worlds.an_agreement(clean, town.charity, town.police)
    admin = worlds.a_membership(clean, town.police, role="admin", areas=(1, 2))
    token = worlds.a_session(clean, admin, purpose="administration")
    with acting(service, token):
        assert effect_of_suspension(service, agreement) == []
        drawn = {"purposes": ["visit"], "kinds": [0], "areas": [1], "max_sensitivity": 3, "finest_step": 3}
        assert effect_of_terms(service, agreement, terms=terms_of(drawn)) == []


def test_operations_are_never_counted_and_nothing_imagined_remains(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    member = worlds.a_membership(clean, town.charity, areas=(1, 2))
    clean.execute(
        "INSERT INTO access.operation_member SELECT id, %s FROM access.operation WHERE organisation_id = %s",
        [member, town.charity],
    )
    count = "SELECT count(*), (SELECT sum(epoch) FROM access.policy_epoch) FROM access.person"
    before = clean.execute(count).fetchone()
    with acting(service, town.admin):
        found = effect_of_rights(service, member, rights=None)
    assert clean.execute(count).fetchone() == before
    places = clean.execute(
        "SELECT count(*) FROM store.place_point AS p JOIN access.label AS l ON l.id = p.lock_id >> 5"
        " WHERE l.owner_id = %s AND l.operation_id IS NULL",
        [town.charity],
    ).fetchone()
    assert places == (sum(e.records for e in found if (e.purpose, e.kind) == ("visit", 0)),)


def test_only_an_admin_asks_and_of_the_own_organisation_alone(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    agreement = worlds.an_agreement(clean, town.charity, town.police)
    stranger = worlds.a_membership(clean, worlds.an_organisation(clean), role="admin")
    theirs = worlds.a_membership(clean, town.police)
    token = worlds.a_session(clean, stranger, purpose="administration")
    rights = Rights(clearance=3, areas=[1], until=FAR_AHEAD)
    for session, refusal in ((town.sessions["visit"], NotAnAdmin), (token, NoSuchAgreement)):
        with pytest.raises(refusal), acting(service, session):
            effect_of_suspension(service, agreement)
    for session, refused in ((town.sessions["visit"], NotAnAdmin), (town.admin, NoSuchMember)):
        with pytest.raises(refused), acting(service, session):
            effect_of_rights(service, theirs, rights=rights)


def test_nobody_is_told_what_they_could_not_give(
    clean: psycopg.Connection, service: psycopg.Connection, town: EffectsTown
) -> None:
    low = worlds.a_membership(clean, town.charity, role="admin", clearance=1, areas=(1,))
    token = worlds.a_session(clean, low, purpose="administration")
    for rights in (
        Rights(clearance=2, areas=[1], until=FAR_AHEAD),
        Rights(clearance=1, areas=[1, 2], until=FAR_AHEAD),
    ):
        with pytest.raises(MemberRefused), acting(service, token):
            effect_of_rights(service, None, rights=rights, role="outreach")
