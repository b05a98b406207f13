"""The partners of the demo into the database: organisations, people, operation, agreements, handling."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from psycopg import Connection

from data.demo_tables import fill, numbers_of, purposes, sign
from data.passwords import PasswordCost, hash_password, new_password
from data.reference_data import area_ids
from data.vault import Vault
from geo.shifts.clock import LOCAL
from scripts.demo.chance import Chance
from scripts.demo.partners import (
    DESKS,
    HANDLINGS,
    MEMBERS,
    OPERATION,
    OPERATION_MEMBERS,
    OPERATION_OWNER,
    ORGANISATIONS,
    Agreement,
)

CHEAP: Final = PasswordCost(memory_kibibytes=19_456, passes=2)
"""Enough for passwords that are printed, so that making two dozen of them takes no time."""


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """Somebody who may sign in to the demo; `organisation` is its name."""

    email: str
    password: str
    role: str
    organisation: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Partnership:
    """What the partners got in this database, by position in ORGANISATIONS, by e-mail or by code."""

    organisations: Sequence[int]
    uids: Sequence[UUID]
    wrapped_keys: Sequence[bytes]
    memberships: dict[str, UUID]
    areas: dict[str, int]
    operation: int
    handlings: Sequence[int]
    people: Sequence[DemoPerson]


def midnight(day: date) -> datetime:
    """Return the beginning of a day in Britain."""
    return datetime.combine(day, time(), LOCAL)


def store_partners(
    conn: Connection, chance: Chance, *, today: date, vault: Vault, agreements: Sequence[Agreement]
) -> Partnership:
    """Store the partners, their people and the given agreements, and return what they are called here."""
    slugs = [organisation.slug for organisation in ORGANISATIONS]
    uids = chance.id_list("organisations", len(ORGANISATIONS))
    began = midnight(today - timedelta(days=1_000))
    fill(
        conn,
        "access.organisation",
        ("uid", "name", "kind", "created_at"),
        ((uid, o.name, o.kind, began) for uid, o in zip(uids, ORGANISATIONS, strict=True)),
    )
    numbers = dict(zip(slugs, numbers_of(conn, "access.organisation"), strict=True))
    wrapped_keys = [vault.new_organisation_key() for _ in ORGANISATIONS]
    fill(
        conn,
        "access.organisation_key",
        ("organisation_id", "wrapped"),
        zip(numbers.values(), wrapped_keys, strict=True),
    )
    areas = area_ids(conn)
    memberships, passwords = _add_people(conn, chance, numbers, began=began)
    _add_areas(conn, memberships, areas)
    _add_desks(conn, numbers, memberships, began=began)
    _add_agreements(conn, chance, agreements, today=today, numbers=numbers, memberships=memberships, areas=areas)
    known = purposes(conn)
    return Partnership(
        organisations=list(numbers.values()),
        uids=uids,
        wrapped_keys=wrapped_keys,
        memberships=memberships,
        areas=areas,
        operation=_add_operation(conn, chance, numbers, memberships),
        handlings=_add_handlings(conn, today, uids, memberships),
        people=[
            DemoPerson(
                email=member.email,
                password=passwords[member.email],
                role=member.role,
                organisation=ORGANISATIONS[slugs.index(member.organisation)].name,
                purposes=tuple(known[memberships[member.email]]),
            )
            for member in MEMBERS
        ],
    )


def _add_people(
    conn: Connection, chance: Chance, numbers: dict[str, int], *, began: datetime
) -> tuple[dict[str, UUID], dict[str, str]]:
    """Store people and memberships; their membership ids and their passwords, which no seed decides."""
    people = chance.id_list("people", len(MEMBERS))
    ids = chance.id_list("memberships", len(MEMBERS))
    passwords = {member.email: new_password() for member in MEMBERS}
    fill(
        conn,
        "access.person",
        ("id", "email", "created_at"),
        ((person, member.email, began) for person, member in zip(people, MEMBERS, strict=True)),
    )
    fill(
        conn,
        "access.credential",
        ("person_id", "password_hash"),
        (
            (person, hash_password(passwords[member.email], CHEAP))
            for person, member in zip(people, MEMBERS, strict=True)
        ),
    )
    fill(
        conn,
        "access.membership",
        ("id", "person_id", "organisation_id", "role", "clearance", "valid_from", "valid_until"),
        (
            (id, person, numbers[m.organisation], m.role, m.clearance, began, began + timedelta(days=4_000))
            for id, person, m in zip(ids, people, MEMBERS, strict=True)
        ),
    )
    return {member.email: id for id, member in zip(ids, MEMBERS, strict=True)}, passwords


def _add_desks(conn: Connection, numbers: dict[str, int], memberships: dict[str, UUID], *, began: datetime) -> None:
    """Give partners with outreach workers a desk, which the last of them reads; they take part in deconfliction."""
    fill(
        conn,
        "access.duty_desk",
        ("organisation_id", "telephone", "email", "changed_at"),
        ((numbers[slug], telephone, f"desk@{slug}.demo.invalid", began) for slug, telephone in DESKS.items()),
    )
    readers = {member.organisation: member.email for member in MEMBERS if member.role == "outreach"}
    fill(
        conn,
        "access.duty_desk_member",
        ("organisation_id", "membership_id"),
        ((numbers[slug], memberships[readers[slug]]) for slug in DESKS),
    )
    admins = {member.organisation: member.email for member in MEMBERS if member.role == "admin"}
    fill(
        conn,
        "access.deconfliction",
        ("organisation_id", "since", "decided_by"),
        ((numbers[slug], began, memberships[admins[slug]]) for slug in DESKS),
    )


def _add_areas(conn: Connection, memberships: dict[str, UUID], areas: dict[str, int]) -> None:
    fill(
        conn,
        "access.membership_area",
        ("membership_id", "area_id"),
        ((memberships[member.email], areas[code]) for member in MEMBERS for code in member.areas),
    )


def _add_operation(conn: Connection, chance: Chance, numbers: dict[str, int], memberships: dict[str, UUID]) -> int:
    fill(
        conn,
        "access.operation",
        ("uid", "organisation_id", "name"),
        [(chance.id_list("operation", 1)[0], numbers[OPERATION_OWNER], OPERATION)],
    )
    (operation,) = numbers_of(conn, "access.operation")
    fill(
        conn,
        "access.operation_member",
        ("operation_id", "membership_id"),
        ((operation, memberships[email]) for email in OPERATION_MEMBERS),
    )
    fill(
        conn,
        "access.operation_named",
        ("operation_id", "organisation_id", "email", "role"),
        (
            (operation, numbers[member.organisation], member.email, member.role)
            for member in MEMBERS
            if member.email in OPERATION_MEMBERS and member.organisation != OPERATION_OWNER
        ),
    )
    return operation


def _add_agreements(
    conn: Connection,
    chance: Chance,
    agreements: Sequence[Agreement],
    *,
    today: date,
    numbers: dict[str, int],
    memberships: dict[str, UUID],
    areas: dict[str, int],
) -> None:
    """Store agreements, drafted by the provider's admin and signed by the two sides' admins."""
    ids = chance.id_list("agreements", len(agreements))
    names = {organisation.slug: organisation.name for organisation in ORGANISATIONS}
    admin = {slug: memberships[f"admin@{slug}.demo.invalid"] for slug in names}
    rows = []
    for id, a in zip(ids, agreements, strict=True):
        starts = midnight(today + timedelta(days=a.starts))
        suspension = (midnight(today) - timedelta(days=5), admin[a.provider]) if a.is_suspended else (None, None)
        title = f"{names[a.provider]} to {names[a.recipient]}"
        shared = (list(a.purposes), list(a.kinds), a.max_sensitivity, a.finest_step)
        lasting = (starts, starts + timedelta(days=a.days))
        parties = (numbers[a.provider], numbers[a.recipient])
        rows.append((id, *parties, title, *shared, *lasting, admin[a.provider], *suspension, drafted_at(a, today)))
    columns = (
        "id provider_id recipient_id title purposes kinds max_sensitivity finest_step valid_from valid_until "
        "drafted_by suspended_at suspended_by created_at"
    )
    fill(conn, "access.agreement", columns.split(), rows)
    fill(
        conn,
        "access.agreement_area",
        ("agreement_id", "area_id"),
        ((id, areas[code]) for id, a in zip(ids, agreements, strict=True) for code in a.areas),
    )
    for id, a in zip(ids, agreements, strict=True):
        provider, recipient = (
            admin[slug] if signs else None for slug, signs in zip((a.provider, a.recipient), a.signed, strict=True)
        )
        sign(conn, id, provider=provider, recipient=recipient, signed_at=drafted_at(a, today) + timedelta(days=7))


def drafted_at(agreement: Agreement, today: date) -> datetime:
    """Return when an agreement was drafted: two weeks before it begins, and before today."""
    return midnight(today + timedelta(days=min(agreement.starts, 0) - 14))


def _add_handlings(conn: Connection, today: date, uids: Sequence[UUID], memberships: dict[str, UUID]) -> list[int]:
    """Store HANDLINGS, of which the first is in every database already, and return their ids."""
    excluded = [memberships["outreach2@police.demo.invalid"], memberships["outreach2@charity.demo.invalid"]]
    conditions = {
        "1 km": {"finest_step": 1},
        "safeguarding": {"purposes": ["safeguarding"]},
        "expires": {"expires": midnight(today + timedelta(days=30)).isoformat()},
        "recipients": {"recipients": [str(uids[1])]},
        "unknown": {"agreed_with_the_person": True},
    }
    fill(
        conn,
        "access.handling",
        ("owner_only", "excluded", "conditions"),
        (
            (name == "owner only", excluded if name == "excluded" else [], json.dumps(conditions.get(name, {})))
            for name in HANDLINGS[1:]
        ),
    )
    return numbers_of(conn, "access.handling")
