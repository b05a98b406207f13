"""Makers of partners, people and sessions for tests, on the operator's connection."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import Connection

from data.agreements import Terms
from data.database import enter
from data.passwords import PasswordCost
from data.people import NewMember, add_organisation, add_user
from data.vault import Vault

VAULT = Vault(bytes(range(32)))
CHEAP = PasswordCost(memory_kibibytes=64, passes=1)
NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)


def some_areas(conn: Connection) -> None:
    conn.execute(
        "INSERT INTO reference.area VALUES (901, 'T1', 'Northtown', 'borough'), (902, 'T2', 'Southtown', 'borough') "
        "ON CONFLICT DO NOTHING"
    )


def an_organisation(conn: Connection, name: str, kind: str = "charity") -> UUID:
    some_areas(conn)
    return add_organisation(conn, VAULT, name=name, kind=kind)


def a_member(conn: Connection, email: str, organisation: str, role: str = "admin", *, clearance: int = 2) -> str:
    new = NewMember(
        email=email,
        organisation=organisation,
        role=role,
        clearance=clearance,
        areas=["Northtown", "Southtown"],
        until=NEXT_YEAR,
    )
    add_user(conn, VAULT, new, cost=CHEAP)
    return email


def a_token(conn: Connection, email: str, organisation: str, purpose: str = "administration") -> str:
    token = secrets.token_urlsafe(32)
    row = conn.execute(
        "SELECT f.membership_id FROM access.person AS p CROSS JOIN access.memberships_for(p.id, %s) AS f "
        "WHERE p.email = %s AND f.organisation = %s",
        (purpose, email, organisation),
    ).fetchone()
    assert row is not None, f"{email} may not choose {purpose} at {organisation}"
    conn.execute("SELECT access.open_session(%s, %s, %s)", (row[0], purpose, hashlib.sha256(token.encode()).digest()))
    return token


def act(conn: Connection, email: str, organisation: str, purpose: str = "administration") -> None:
    """Carry a new session of this member, under the service's role, in the transaction."""
    conn.execute("RESET ROLE")
    token = a_token(conn, email, organisation, purpose)
    enter(conn, token)
    conn.execute("SET ROLE waymark_app")


def terms(**changed: object) -> Terms:
    usual: dict[str, object] = {
        "title": "Shared visits",
        "purposes": ("visit", "safeguarding"),
        "areas": (901, 902),
        "kinds": ("place", "visit"),
        "max_sensitivity": 2,
        "finest_step": "500 m",
        "valid_from": datetime.now(UTC) - timedelta(minutes=5),
        "valid_until": datetime.now(UTC) + timedelta(days=300),
    }
    return Terms(**(usual | changed))  # type: ignore[arg-type]
