"""A small world: two partners, an agreement, a few places in Birmingham."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pyotp
from fastapi import FastAPI

from api.backing import Backing
from data.agreements import Terms, draft_agreement, list_agreements, list_organisations, sign_agreement
from data.areas import area_ids
from data.database import entered
from data.notes import NewNote, add_note
from data.operator_sessions import act_as
from data.passwords import PasswordCost
from data.people import NewMember, add_organisation, add_user
from data.places import NewPlace, add_place
from data.reference_data import load_reference
from data.sessions import SignIn, sign_in
from data.vault import Vault
from data.visits import NewVisit, add_visit
from tests.waiting import PATIENCE

PASSWORD = "a long walk by the canal"
HOSTILE = "<img src=x onerror=alert(1)></script><b>Nails</b> \u202edliM\u202c"
NOTE = "Two people sleep in the back room.\n<script>alert(2)</script> They may be being exploited."
VISITED_ON = (datetime.now(UTC) - timedelta(days=55)).date()
CHEAP = PasswordCost(memory_kibibytes=8, passes=1)
PEOPLE = (
    ("worker@charity.test.invalid", "Test Charity", "outreach"),
    ("analyst@charity.test.invalid", "Test Charity", "analyst"),
    ("admin@charity.test.invalid", "Test Charity", "admin"),
    ("admin@police.test.invalid", "Test Police", "admin"),
    ("auditor@charity.test.invalid", "Test Charity", "auditor"),
    ("officer@police.test.invalid", "Test Police", "outreach"),
    ("both@police.test.invalid", "Test Police", "outreach"),
    ("both@police.test.invalid", "Test Charity", "outreach"),
    ("code@charity.test.invalid", "Test Charity", "outreach"),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """A served application, its address, the operator's connection, places by name, the secret of who has a code."""

    url: str
    operator: str
    backing: Backing
    totp_secret: str
    places: dict[str, UUID] = field(default_factory=dict)
    app: FastAPI

    def client(self, **more: Any) -> httpx2.Client:
        """Return a browser without a window, which waits for as long as an answer takes."""
        wanted: dict[str, Any] = {"base_url": self.url, "timeout": PATIENCE, **more}
        return httpx2.Client(**wanted)


def a_place(name: str, *, at: tuple[float, float] = (-1.8986, 52.4800), rule: str = "ok", **more: object) -> NewPlace:
    return NewPlace(
        name=name,
        kind="nail_bar",
        longitude=at[0],
        latitude=at[1],
        collected_for="welfare",
        attend_rule=rule,
        address="12 Invented Row",
        postcode="B1 1AA",
        **more,  # type: ignore[arg-type]  # a maker's shorthand
    )


PLACES = (
    a_place("Amber Yard", rule="two_people", sensitivity=1),
    a_place(HOSTILE, at=(-1.8990, 52.4815), rule="do_not_attend", sensitivity=1),
    a_place("Canal Works", at=(-1.9060, 52.4790), rule="contact_owner_first", sensitivity=1),
    a_place("Station Corner", at=(-1.8920, 52.4770), sensitivity=1),
)


def people(conn: psycopg.Connection, vault: Vault) -> str:
    """Record partners, people and an agreement; the secret of the one person who signs in with a code as well."""
    load_reference(conn)
    conn.execute("INSERT INTO access.setting VALUES ('demo', 'yes')")
    add_organisation(conn, vault, name="Test Charity", kind="charity")
    add_organisation(conn, vault, name="Test Police", kind="police")
    secret = ""
    for email, organisation, role in PEOPLE:
        until = datetime.now(UTC) + timedelta(days=300)
        new = NewMember(email=email, organisation=organisation, role=role, clearance=3, areas=["all"], until=until)
        made = add_user(conn, vault, new, password=PASSWORD, cost=CHEAP)
        if made and made.totp_address and email.startswith("code@"):
            secret = pyotp.parse_uri(made.totp_address).secret
    conn.execute(
        "UPDATE access.credential SET totp_secret = NULL"
        " WHERE person_id NOT IN (SELECT id FROM access.person WHERE email LIKE 'code@%')"
    )
    agree(conn)
    return secret


def agree(conn: psycopg.Connection) -> None:
    """Let the charity's places be known to the police within 500 m, signed by an admin of each."""
    act_as(conn, "admin@charity.test.invalid", purpose="administration")
    sides = {organisation.name: organisation.uid for organisation in list_organisations(conn)}
    terms = Terms(
        title="Joint outreach",
        purposes=["visit"],
        areas=area_ids(conn, ["all"]),
        kinds=["place"],
        max_sensitivity=2,
        finest_step="500 m",
        valid_from=datetime.now(UTC) - timedelta(days=1),
        valid_until=datetime.now(UTC) + timedelta(days=100),
    )
    draft_agreement(conn, provider=sides["Test Charity"], recipient=sides["Test Police"], terms=terms)
    for admin in ("admin@charity.test.invalid", "admin@police.test.invalid"):
        act_as(conn, admin, purpose="administration")
        drafted = list_agreements(conn)[0]
        sign_agreement(conn, drafted.id, terms_hash=drafted.terms_hash)


def records(backing: Backing) -> dict[str, UUID]:
    """Record the places, a visit and a note as the charity's worker; ids by name."""
    asked = SignIn(email="worker@charity.test.invalid", password=PASSWORD, purpose="visit")
    token = sign_in(backing.pool, backing.vault, asked).token
    with entered(backing.pool, token) as (conn, who):
        made = {place.name: add_place(conn, who, backing.vault, place) for place in PLACES}
        visit = NewVisit(
            status="done",
            visited_on=VISITED_ON,
            outcome="spoke_with_someone",
            people_met=2,
            indicators=["fearful", "long_hours"],
        )
        add_visit(conn, who, backing.vault, (made[HOSTILE], visit))
        note = NewNote(
            text=NOTE,
            category="forced_labour",
            severity=3,
            provenance="saw myself",
            recorded_on=VISITED_ON,
            review_on=VISITED_ON + timedelta(days=182),
        )
        add_note(conn, who, backing.vault, (made[HOSTILE], note))
    return made
