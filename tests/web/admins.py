"""Admins and partners of their own for the tests of their pages, so that no other test's people change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import psycopg

from data.database import entered
from data.people import NewMember, add_organisation, add_user
from data.places import NewPlace, add_place
from data.sessions import SignIn, sign_in
from tests.web.world import CHEAP, PASSWORD, World

UNTIL = datetime.now(UTC) + timedelta(days=300)
PLACES_AT = ((-1.8986, 52.4800), (-1.9060, 52.4790), (-1.8920, 52.4770))


def two_partners(world: World) -> tuple[str, str]:
    """Make a charity with three places and a police force, each with an admin and a worker; their names."""
    names = (f"Charity {uuid4().hex[:6]}", f"Police {uuid4().hex[:6]}")
    with psycopg.connect(world.operator) as conn:
        for name, kind in zip(names, ("charity", "police"), strict=True):
            add_organisation(conn, world.backing.vault, name=name, kind=kind)
            for role in ("admin", "worker"):
                add_person(conn, world, name, role)
    asked = SignIn(email=email(names[0], "worker"), password=PASSWORD, purpose="visit")
    token = sign_in(world.backing.pool, world.backing.vault, asked).token
    with entered(world.backing.pool, token) as (conn, who):
        for at in PLACES_AT:
            place = NewPlace(
                name="Lime Yard", kind="nail_bar", longitude=at[0], latitude=at[1], collected_for="safeguarding",
                sensitivity=1,
            )  # fmt: skip
            add_place(conn, who, world.backing.vault, place)
    return names


def add_person(conn: psycopg.Connection, world: World, organisation: str, who: str) -> None:
    """Add somebody who signs in with the test password alone; `who` is their role, a worker's being outreach."""
    role = "outreach" if who == "worker" else who.rstrip("0123456789")
    new = NewMember(
        email=email(organisation, who), organisation=organisation, role=role, clearance=3, areas=["all"], until=UNTIL
    )
    add_user(conn, world.backing.vault, new, password=PASSWORD, cost=CHEAP)
    conn.execute(
        "UPDATE access.credential SET totp_secret = NULL"
        " WHERE person_id = (SELECT id FROM access.person WHERE email = %s)",
        [email(organisation, who)],
    )


def email(organisation: str, who: str) -> str:
    """Return the e-mail address of somebody of one of the partners."""
    return f"{who}@{organisation.lower().replace(' ', '-')}.test.invalid"


@contextmanager
def signed_in_as(world: World, organisation: str, who: str) -> Iterator[httpx2.Client]:
    """Give a client without scripts in which somebody of a partner is signed in."""
    purpose = {"admin": "administration", "worker": "visit", "auditor": "audit", "analyst": "analysis"}
    with world.client(follow_redirects=False) as client:
        answer = client.post(
            "/sign-in",
            data={
                "email": email(organisation, who),
                "password": PASSWORD,
                "purpose": purpose[who.rstrip("0123456789")],
            },
        )
        assert answer.status_code == 303, answer.text
        client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        yield client
