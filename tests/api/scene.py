"""One small world behind a served API: three organisations, an agreement, a joint visit, four places.

Amber Yard is the charity's, in the middle of Birmingham. The charity's worker knows it exactly, the police know
its 500 m square by agreement, one officer is on a joint visit to it, one member of the charity is excluded from
it, and the council knows nothing. The clock stands still at worlds.NOON until a test moves it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import httpx2
import psycopg
from psycopg import Connection
from starlette.testclient import TestClient

from api.app import create_api
from api.backing import Backing, open_backing
from api.settings import Settings
from data.cluster import Cluster
from data.passwords import PasswordCost, hash_password
from data.reference_data import Site, load_reference, store_sites
from data.vault import Vault, load_master_key
from tests import worlds

PASSWORD = "a slow canal boat at dawn"
CHEAP = PasswordCost(memory_kibibytes=64, passes=1)
BOROUGHS = tuple(range(1, 8))
AMBER_AT, BIRCH_AT = (406_123.0, 286_456.0), (412_345.0, 291_678.0)
CEDAR_AT, DOGWOOD_AT = (397_250.0, 291_750.0), (402_505.0, 276_505.0)
NOTE_TEXT = "People seem to sleep above the bay doors."
BASE = "http://127.0.0.1"
JOINT_UNTIL, MORE_UNTIL = (worlds.NOON + timedelta(hours=hours) for hours in (2, 4))


class Kind(NamedTuple):
    """A kind of session: whose membership, for which purpose, and of which scope."""

    member: str
    purpose: str
    scope: str = "full"


KINDS = {
    "own": Kind("worker", "visit"),
    "safe": Kind("worker", "safeguarding"),
    "part": Kind("officer", "visit"),
    "none": Kind("council worker", "visit"),
    "enf": Kind("officer", "enforcement"),
    "ana": Kind("analyst", "analysis"),
    "pana": Kind("police analyst", "analysis"),
    "adm": Kind("admin", "administration"),
    "aud": Kind("auditor", "audit"),
    "layr": Kind("worker", "visit", "layers"),
    "excl": Kind("excluded worker", "visit"),
    "join": Kind("joint officer", "visit"),
}
_MEMBERS = {
    "worker": ("charity", "outreach"),
    "excluded worker": ("charity", "outreach"),
    "analyst": ("charity", "analyst"),
    "admin": ("charity", "admin"),
    "auditor": ("charity", "auditor"),
    "officer": ("police", "outreach"),
    "joint officer": ("police", "outreach"),
    "police analyst": ("police", "analyst"),
    "council worker": ("council", "outreach"),
}


@dataclass
class Scene:
    """The world, its API as a client sees it, and `conn`: the operator's connection, in autocommit."""

    client: TestClient
    backing: Backing
    conn: Connection
    organisations: dict[str, int] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    agreement: UUID | None = None
    joint_visit: UUID | None = None
    proposal: UUID | None = None
    visit: str = ""
    note: str = ""
    release: str = ""
    hotspot_map: str = ""

    def a_session(self, kind: str = "own") -> dict[str, str]:
        """Open a session of this kind; its bearer header."""
        member, purpose, scope = KINDS[kind]
        now = self.one("SELECT access.clock()")
        token = worlds.a_session(self.conn, self.members[member], purpose=purpose, scope=scope, at=now)
        return bearer(token)

    def get(self, path: str, kind: str | dict[str, str] = "own", **params: object) -> httpx2.Response:
        """Ask for a path as a session of this kind, or with these headers."""
        headers = kind if isinstance(kind, dict) else self.a_session(kind)
        return self.client.get(
            path, headers=headers, params={name: str(value) for name, value in params.items()} or None
        )

    def send(
        self, method: str, path: str, body: dict[str, Any], *, kind: str | dict[str, str] = "own"
    ) -> httpx2.Response:
        """Send a JSON body as a session of this kind, or with these headers."""
        headers = kind if isinstance(kind, dict) else self.a_session(kind)
        written = json.dumps(body)
        return self.client.request(
            method, path, headers=headers | {"Content-Type": "application/json"}, content=written
        )

    def renew_joint_visits(self) -> None:
        """Put joint visits back: the proposal unanswered, the other accepted, with more time asked for."""
        self.conn.execute("DELETE FROM store.joint_visit_member WHERE joint_visit_id = %s", [self.proposal])
        self.conn.execute(
            "UPDATE store.joint_visit SET accepted_at = NULL, declined_at = NULL, cancelled_at = NULL WHERE id = %s",
            [self.proposal],
        )
        self.conn.execute(
            "UPDATE store.joint_visit SET ends_at = %s, extended_at = NULL, extension_until = %s,"
            " extension_asked_by = proposed_by WHERE id = %s",
            [JOINT_UNTIL, MORE_UNTIL, self.joint_visit],
        )

    def one(self, query: str, *values: object) -> Any:
        """Return the one value of an operator's query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    def audit(self, organisation: str = "charity") -> list[dict[str, Any]]:
        """Return the audit entries of an organisation, in order."""
        rows = self.conn.execute(
            "SELECT body::jsonb FROM audit.entry WHERE organisation_id = %s ORDER BY seq",
            [self.organisations[organisation]],
        )
        return [row[0] for row in rows]


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def a_scene(cluster: Cluster, database: str, folder: Path, *, strict: bool = True) -> Iterator[Scene]:
    """Give the world in a fresh clone, served until the end; `strict` raises what the API did not foresee."""
    key = folder / "master.key"
    with psycopg.connect(cluster.url(database=database), autocommit=True) as conn:
        with conn.transaction():
            load_reference(conn)
            worlds.hold_clock(conn)
            conn.execute("INSERT INTO access.setting VALUES ('demo', 'yes')")
            organisations, members = _people(conn, Vault(load_master_key(key)))
        settings = Settings(database=cluster.url("waymark_app", database), master_key=key, uploads=folder)
        backing = open_backing(settings)
        with TestClient(create_api(backing), base_url=BASE, raise_server_exceptions=strict) as client:
            scene = Scene(client, backing, conn, organisations, members)
            with conn.transaction():
                _places(scene)
            _records(scene)
            yield scene
            if scene.backing is not backing:  # A test has ended the service and begun another.
                scene.backing.close()


def _people(conn: Connection, vault: Vault) -> tuple[dict[str, int], dict[str, UUID]]:
    organisations = {kind: worlds.an_organisation(conn, kind=kind) for kind in ("charity", "police", "council")}
    for organisation in organisations.values():
        conn.execute(
            "INSERT INTO access.organisation_key VALUES (%s, %s)", [organisation, vault.new_organisation_key()]
        )
    members = {
        name: worlds.a_membership(conn, organisations[kind], role=role, areas=BOROUGHS)
        for name, (kind, role) in _MEMBERS.items()
    }
    kept = hash_password(PASSWORD, CHEAP)
    for name, id in members.items():
        conn.execute(
            "WITH person AS (UPDATE access.person SET email = %s"
            " WHERE id = (SELECT person_id FROM access.membership WHERE id = %s) RETURNING id)"
            " INSERT INTO access.credential (person_id, password_hash) SELECT id, %s FROM person",
            [email_of(name), id, kept],
        )
    return organisations, members


def email_of(member: str) -> str:
    """Return the e-mail address of a member of the scene."""
    return f"{member.replace(' ', '.')}@test.invalid"


def _places(scene: Scene) -> None:
    conn, owner = scene.conn, scene.organisations
    hidden_from = worlds.a_handling(conn, excluded=[scene.members["excluded worker"]])
    labels = {
        "amber": worlds.a_label(conn, owner["charity"], handling=hidden_from),
        "birch": worlds.a_label(conn, owner["charity"], collected_for="welfare"),
        "cedar": worlds.a_label(conn, owner["police"], area=4, collected_for="enforcement"),
        "dogwood": worlds.a_label(conn, owner["charity"], sensitivity=3),
    }
    at = {"amber": AMBER_AT, "birch": BIRCH_AT, "cedar": CEDAR_AT, "dogwood": DOGWOOD_AT}
    scene.places = {name: worlds.a_place(conn, label, at=at[name], attend_rule=1) for name, label in labels.items()}
    for name, id in scene.places.items():
        conn.execute("UPDATE store.place SET name = %s WHERE id = %s", [f"{name.title()} Yard", id])
    conn.execute("DELETE FROM store.place_history")
    scene.agreement = worlds.an_agreement(
        conn, owner["charity"], owner["police"], areas=BOROUGHS, max_sensitivity=2, finest_step=2
    )
    scene.joint_visit = worlds.a_joint_visit(
        conn, scene.places["amber"], owner["charity"], owner["police"],
        members=[scene.members["joint officer"]], starts_at=worlds.NOON + timedelta(hours=1), ends_at=JOINT_UNTIL,
    )  # fmt: skip
    scene.proposal = worlds.a_joint_visit(
        conn, scene.places["amber"], owner["charity"], owner["police"],
        members=[], starts_at=worlds.NOON + timedelta(days=3), ends_at=worlds.NOON + timedelta(days=3, hours=2),
        is_accepted=False,
    )  # fmt: skip
    store_sites(
        conn,
        [Site(source_id="1", name="A bank", position=(-1.9, 52.48))],
        sector="banking",
        source="test",
    )


def _records(scene: Scene) -> None:
    """Record a visit and a note on Amber Yard as the charity's worker does."""
    amber = f"/api/places/{scene.places['amber']}"
    scene.visit = scene.send("POST", f"{amber}/visits", a_visit()).json()["id"]
    scene.note = scene.send("POST", f"{amber}/notes", a_note()).json()["id"]


def a_place(**more: object) -> dict[str, Any]:
    """Return a place to record, as JSON."""
    position = {"type": "Point", "coordinates": [-1.83, 52.57]}
    return {"name": "Elder Yard", "kind": "car_wash", "collected_for": "safeguarding", "geometry": position} | more


def a_visit(**more: object) -> dict[str, Any]:
    """Return a visit to record, as JSON."""
    return {
        "status": "done", "visited_on": "2026-02-20", "outcome": "spoke_with_someone",
        "people_met": 2, "indicators": ["fearful"], "collected_for": "safeguarding",
    } | more  # fmt: skip


def a_note(**more: object) -> dict[str, Any]:
    """Return a risk note to record, as JSON."""
    return {
        "text": NOTE_TEXT, "category": "forced_labour", "severity": 3, "provenance": "saw myself",
        "recorded_on": "2026-02-20", "review_on": "2026-08-20", "collected_for": "safeguarding",
    } | more  # fmt: skip


def a_proposal(scene: Scene, *, days: float = 5, **more: object) -> dict[str, Any]:
    """Return a joint visit to propose to the police at Amber Yard for two hours, so many days from noon, as JSON."""
    starts = worlds.NOON + timedelta(days=days)
    partner = scene.one("SELECT uid FROM access.organisation WHERE id = %s", scene.organisations["police"])
    return {
        "place": str(scene.places["amber"]), "partner": str(partner), "help": "keep_safe",
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat(),
    } | more  # fmt: skip
