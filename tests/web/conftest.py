"""A small world on a served application: two partners, an agreement, a few places in Birmingham."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import uvicorn

from api.backing import Backing, Settings
from data.cluster import Cluster
from data.database import entered
from data.notes import NewNote, add_note
from data.passwords import PasswordCost, hash_password, new_totp_secret
from data.places import NewPlace, add_place
from data.reference_data import load_reference
from data.sessions import SignIn, sign_in
from data.vault import Vault, load_master_key
from data.visits import NewVisit, add_visit
from tests.conftest import clone
from web.app import create_app

PASSWORD = "a long walk by the canal"
HOSTILE = "<img src=x onerror=alert(1)></script><b>Nails</b> \u202edliM\u202c"
NOTE = "Two people sleep in the back room.\n<script>alert(2)</script> They may be being exploited."
CHEAP = PasswordCost(memory_kibibytes=8, passes=1)
PEOPLE = (
    ("worker@charity.test.invalid", "Test Charity", "outreach"),
    ("analyst@charity.test.invalid", "Test Charity", "analyst"),
    ("admin@charity.test.invalid", "Test Charity", "admin"),
    ("officer@police.test.invalid", "Test Police", "outreach"),
    ("both@police.test.invalid", "Test Police", "outreach"),
    ("both@police.test.invalid", "Test Charity", "outreach"),
    ("code@charity.test.invalid", "Test Charity", "outreach"),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """A served application: its address, the places recorded by name, and the secret of who has a code."""

    url: str
    backing: Backing
    totp_secret: str
    places: dict[str, UUID] = field(default_factory=dict)


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
    """Record organisations, people and an agreement as the operator; the secret of whoever needs a code."""
    load_reference(conn)
    conn.execute("INSERT INTO access.setting VALUES ('demo', 'yes')")
    for name, kind in (("Test Charity", "charity"), ("Test Police", "police")):
        row = conn.execute(
            "INSERT INTO access.organisation (name, kind) VALUES (%s, %s) RETURNING id", (name, kind)
        ).fetchone()
        assert row is not None
        conn.execute("INSERT INTO access.organisation_key VALUES (%s, %s)", (row[0], vault.new_organisation_key()))
    for email, organisation, role in PEOPLE:
        conn.execute("INSERT INTO access.person (email) VALUES (%s) ON CONFLICT DO NOTHING", (email,))
        conn.execute(
            "INSERT INTO access.credential (person_id, password_hash)"
            " SELECT id, %s FROM access.person WHERE email = %s ON CONFLICT DO NOTHING",
            (hash_password(PASSWORD, CHEAP), email),
        )
        conn.execute(
            "WITH made AS ("
            " INSERT INTO access.membership (person_id, organisation_id, role, clearance, valid_until)"
            " SELECT p.id, o.id, %s, 3, now() + interval '1 year'"
            " FROM access.person AS p, access.organisation AS o WHERE p.email = %s AND o.name = %s RETURNING id"
            ") INSERT INTO access.membership_area SELECT made.id, a.id FROM made, reference.area AS a",
            (role, email, organisation),
        )
    agree(conn)
    secret = new_totp_secret()
    person = conn.execute("SELECT id FROM access.person WHERE email LIKE 'code@%'").fetchone()
    assert person is not None
    sealed = vault.seal_secret(secret, person_id=person[0])
    conn.execute("UPDATE access.credential SET totp_secret = %s WHERE person_id = %s", (sealed, person[0]))
    return secret


def agree(conn: psycopg.Connection) -> None:
    """Let the charity's routine places be known to the police to 500 m, signed by both."""
    conn.execute(
        "WITH signer AS ("
        " SELECT o.name, min(m.id::text)::uuid AS id FROM access.membership AS m"
        " JOIN access.organisation AS o ON o.id = m.organisation_id GROUP BY o.name"
        "), made AS ("
        " INSERT INTO access.agreement (provider_id, recipient_id, title, purposes, kinds, max_sensitivity,"
        " finest_step, valid_from, valid_until, drafted_by, provider_signed_by, provider_signed_at,"
        " recipient_signed_by, recipient_signed_at)"
        " SELECT c.id, p.id, 'Test', ARRAY['visit'], ARRAY[0]::smallint[], 2, 2, now(), now() + interval '6 months',"
        " s.id, s.id, now(), r.id, now()"
        " FROM access.organisation AS c, access.organisation AS p, signer AS s, signer AS r"
        " WHERE c.name = 'Test Charity' AND p.name = 'Test Police' AND s.name = c.name AND r.name = p.name"
        " RETURNING id) INSERT INTO access.agreement_area SELECT made.id, a.id FROM made, reference.area AS a"
    )


def records(backing: Backing) -> dict[str, UUID]:
    """Record the places, a visit and a note as the charity's worker; ids by name."""
    asked = SignIn(email="worker@charity.test.invalid", password=PASSWORD, purpose="visit")
    token = sign_in(backing.pool, backing.vault, asked).token
    with entered(backing.pool, token) as (conn, who):
        made = {place.name: add_place(conn, who, backing.vault, place) for place in PLACES}
        visit = NewVisit(
            status="done",
            visited_on=date(2026, 10, 2),
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
            recorded_on=date(2026, 10, 2),
            review_on=date(2027, 4, 2),
        )
        add_note(conn, who, backing.vault, (made[HOSTILE], note))
    return made


@pytest.fixture(scope="session")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve the small world on a free port of the loopback."""
    folder: Path = tmp_path_factory.mktemp("web")
    database = clone(cluster)
    vault = Vault(load_master_key(folder / "master.key"))
    with psycopg.connect(cluster.url(database=database)) as conn:
        secret = people(conn, vault)
    settings = Settings(
        database=cluster.url("waymark_app", database),
        master_key=folder / "master.key",
        uploads=folder / "uploads",
        connections=4,
    )
    app = create_app(settings)
    backing: Backing = app.state.backing
    places = records(backing)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield World(
            url=f"http://127.0.0.1:{listening.getsockname()[1]}", backing=backing, totp_secret=secret, places=places
        )
        server.should_exit = True
        thread.join()
