"""A database that holds the demo, and how tests look into it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg import sql

from data.cluster import Cluster
from data.vault import Vault
from scripts.demo.partnership import DemoPerson
from scripts.demo.world import load_demo
from tests.conftest import clone

SEED = 7
VAULT = Vault(bytes(range(32)))


@dataclass(frozen=True, kw_only=True)
class World:
    """A database that holds the demo."""

    cluster: Cluster
    database: str
    people: list[DemoPerson]

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.cluster.url(database=self.database))


def make_world(cluster: Cluster, today: date) -> World:
    database = clone(cluster)
    with psycopg.connect(cluster.url(database=database)) as conn:
        people = load_demo(conn, seed=SEED, today=today, vault=VAULT)
    return World(cluster=cluster, database=database, people=people)


def one(conn: psycopg.Connection, query: str, values: Sequence[object] | None = None) -> object:
    """The single value that a query of constants gives."""
    row = conn.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def count(conn: psycopg.Connection, query: str, **names: str) -> object:
    """The number of rows of a query that names tables and columns in braces."""
    counted = "SELECT count(*) FROM (" + query + ") AS counted"
    identifiers = {name: sql.SQL(".").join(map(sql.Identifier, value.split("."))) for name, value in names.items()}
    row = conn.execute(sql.SQL(counted).format(**identifiers)).fetchone()
    assert row is not None
    return row[0]


def sign_in(conn: psycopg.Connection, email: str, purpose: str) -> None:
    """Become the service's role with a session of this person, until the end of the transaction."""
    token = secrets.token_hex(16)
    membership = one(
        conn,
        "SELECT m.id FROM access.membership AS m JOIN access.person AS p ON p.id = m.person_id WHERE p.email = %s",
        [email],
    )
    conn.execute(
        "SELECT access.open_session(%s, %s, %s)", [membership, purpose, hashlib.sha256(token.encode()).digest()]
    )
    conn.execute("SET LOCAL ROLE waymark_app")
    assert one(conn, "SELECT (access.enter(%s)).session_id", [token]) is not None
