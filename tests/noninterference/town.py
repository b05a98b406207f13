"""One small town, close together: two owners of records, agreements good and bad, operations, joint visits.

Every place lies within three kilometres, so that squares hold places of several labels, and each has visits and
notes behind its own label and behind a stricter one. The clock stands still at worlds.NOON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from data.reference_data import Site, load_reference, store_sites
from data.vault import Vault
from tests import worlds
from tests.imported import an_import, staged
from tests.noninterference.hidden_reports import some_initiatives
from tests.noninterference.releases_there import add_releases
from tests.noninterference.still import stop_clock
from tests.teams import a_team

CORNER, WIDTH = (403_500, 283_500), 3_000
DAY = timedelta(days=1)


class Kind(NamedTuple):
    """A kind of session: whose membership, for which purpose, and of which scope."""

    member: str
    purpose: str
    scope: str = "full"


class Member(NamedTuple):
    """A membership of the town."""

    organisation: str
    role: str = "outreach"
    clearance: int = 3
    areas: tuple[int, ...] = (1, 2)


MEMBERS = {
    "worker": Member("charity"),
    "junior": Member("charity", clearance=1),
    "local": Member("charity", areas=(2,)),
    "insider": Member("charity"),
    "excluded": Member("charity"),
    "analyst": Member("charity", "analyst"),
    "admin": Member("charity", "admin"),
    "auditor": Member("charity", "auditor"),
    "officer": Member("police"),
    "local officer": Member("police", areas=(2,)),
    "joint officer": Member("police"),
    "inside officer": Member("police"),
    "police analyst": Member("police", "analyst"),
    "council worker": Member("council"),
    "nurse": Member("nhs"),
    "clerk": Member("commissioner"),
    "helper": Member("other"),
}
KINDS = {
    "charity visit": Kind("worker", "visit"),
    "charity safeguarding": Kind("worker", "safeguarding"),
    "charity clearance 1": Kind("junior", "visit"),
    "charity one area": Kind("local", "visit"),
    "charity operation member": Kind("insider", "visit"),
    "charity excluded member": Kind("excluded", "visit"),
    "charity analyst": Kind("analyst", "analysis"),
    "charity admin": Kind("admin", "administration"),
    "charity auditor": Kind("auditor", "audit"),
    "layer token": Kind("worker", "visit", "layers"),
    "police visit": Kind("officer", "visit"),
    "police safeguarding": Kind("officer", "safeguarding"),
    "police enforcement": Kind("officer", "enforcement"),
    "police one area": Kind("local officer", "visit"),
    "police joint visit": Kind("joint officer", "visit"),
    "police operation member": Kind("inside officer", "visit"),
    "police analyst": Kind("police analyst", "analysis"),
    "council, no agreement": Kind("council worker", "visit"),
    "nhs, agreement over": Kind("nurse", "visit"),
    "commissioner, agreement suspended": Kind("clerk", "visit"),
    "other, agreement half signed": Kind("helper", "visit"),
}


@dataclass
class Town:
    """What was made: numbers and ids by name, and a token for each kind of session."""

    organisations: dict[str, int] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)
    operations: dict[str, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


def somewhere(random: Random) -> tuple[float, float]:
    """Return a position in the town, metres on the National Grid."""
    easting, northing = CORNER
    return easting + random.uniform(1, WIDTH - 1), northing + random.uniform(1, WIDTH - 1)


def a_town(conn: Connection, vault: Vault) -> Town:
    """Make the town in an empty database."""
    load_reference(conn)
    stop_clock(conn)
    store_sites(conn, [Site(source_id="1", name="A bank", position=(-1.94, 52.46))], sector="banking", source="test")
    town = Town()
    _people(conn, vault, town)
    _agreements(conn, town)
    _labels(conn, town)
    _records(conn, vault, town)
    _joint_visits(conn, town)
    _imports(conn, town)
    some_initiatives(conn, list(town.organisations.values()))
    add_releases(conn)
    for name, kind in KINDS.items():
        member = town.members[kind.member]
        town.tokens[name] = worlds.a_session(conn, member, purpose=kind.purpose, scope=kind.scope)
    return town


def _people(conn: Connection, vault: Vault, town: Town) -> None:
    for kind in dict.fromkeys(member.organisation for member in MEMBERS.values()):
        town.organisations[kind] = worlds.an_organisation(conn, kind=kind)
        conn.execute(
            "INSERT INTO access.organisation_key VALUES (%s, %s)",
            [town.organisations[kind], vault.new_organisation_key()],
        )
    for name, member in MEMBERS.items():
        town.members[name] = worlds.a_membership(
            conn, town.organisations[member.organisation],
            role=member.role, clearance=member.clearance, areas=member.areas,
        )  # fmt: skip
    for name in ("charity", "police"):
        for team in ("Night team", "Day team"):
            a_team(conn, town.organisations[name], team)
    _desks(conn, town)
    inside = [town.members["insider"], town.members["inside officer"]]
    town.operations["heron"] = worlds.an_operation(conn, town.organisations["charity"], members=inside)
    town.operations["wren"] = worlds.an_operation(conn, town.organisations["police"], members=inside)


def _desks(conn: Connection, town: Town) -> None:
    """Let every organisation have a desk that others can call, and take part in deconfliction."""
    planners = {member.organisation: name for name, member in MEMBERS.items() if member.role == "outreach"}
    for name, organisation in town.organisations.items():
        conn.execute(
            "INSERT INTO access.duty_desk VALUES (%s, '0121 496 0000', NULL, %s) ON CONFLICT DO NOTHING",
            [organisation, worlds.NOON],
        )
        conn.execute(
            "INSERT INTO access.deconfliction VALUES (%s, %s, %s)",
            [organisation, worlds.NOON - DAY, town.members[planners[name]]],
        )


def _agreements(conn: Connection, town: Town) -> None:
    charity, police = town.organisations["charity"], town.organisations["police"]
    worlds.an_agreement(conn, charity, police, max_sensitivity=1, finest_step=2)
    worlds.an_agreement(
        conn, police, charity, kinds=[worlds.PLACE], purposes=["visit"], areas=(1,), finest_step=1,
    )  # fmt: skip
    worlds.an_agreement(conn, charity, town.organisations["nhs"], valid_until=worlds.NOON)
    worlds.an_agreement(
        conn, charity, town.organisations["commissioner"], suspended_at=worlds.NOON - DAY,
    )  # fmt: skip
    worlds.an_agreement(conn, charity, town.organisations["other"], signed=(True, False))


def _labels(conn: Connection, town: Town) -> None:
    charity, police = town.organisations["charity"], town.organisations["police"]
    nhs = conn.execute("SELECT uid::text FROM access.organisation WHERE id = %s", [town.organisations["nhs"]])
    other_uid = (nhs.fetchone() or [""])[0]
    over = (worlds.NOON - DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    handlings: dict[str, dict[str, Any]] = {
        "not excluded": {"excluded": [town.members["excluded"]]},
        "owner only": {"owner_only": True},
        "to others": {"conditions": {"recipients": [other_uid]}},
        "for analysis": {"conditions": {"purposes": ["analysis"]}},
        "until yesterday": {"conditions": {"expires": over}},
        "as the moon says": {"conditions": {"moon": "full"}},
        "coarse": {"conditions": {"finest_step": 0}},
    }
    made = {name: worlds.a_handling(conn, **values) for name, values in handlings.items()}
    charities: dict[str, dict[str, Any]] = {
        "open": {"sensitivity": 0}, "routine": {}, "routine far": {"area": 2},
        "concern": {"sensitivity": 2}, "covert": {"sensitivity": 3}, "covert far": {"sensitivity": 3, "area": 2},
        "welfare": {"collected_for": "welfare"}, "heron": {"operation": town.operations["heron"]},
        **{name: {"handling": id} for name, id in made.items()},
    }  # fmt: skip
    polices: dict[str, dict[str, Any]] = {
        "beat": {"collected_for": "enforcement"}, "care": {}, "care far": {"area": 2},
        "kept": {"handling": made["owner only"]}, "covered": {"sensitivity": 3},
        "wren": {"operation": town.operations["wren"]}, "own welfare": {"collected_for": "welfare"},
    }  # fmt: skip
    for owner, specs in ((charity, charities), (police, polices)):
        for name, values in specs.items():
            town.labels[name] = worlds.a_label(conn, owner, **values)


def _records(conn: Connection, vault: Vault, town: Town) -> None:
    random = Random(2)
    police = {"beat", "care", "care far", "kept", "covered", "wren", "own welfare"}
    for number, (name, label) in enumerate(town.labels.items()):
        at = somewhere(random)
        place = worlds.a_place(conn, label, at=at, attend_rule=number % 3)
        conn.execute("UPDATE store.place SET name = %s WHERE id = %s", [f"{name.title()} Yard", place])
        town.places[name] = place
        conn.execute(
            "INSERT INTO store.place_flag SELECT gen_random_uuid(), id, lock_id, 'danger_flag', 3, '2026-02-03',"
            " '2026-09-01', NULL, changed_by, changed_at FROM store.place WHERE id = %s",
            [place],
        )
        far = "far" in name
        stricter = town.labels["covered" if name in police else "covert far" if far else "covert"]
        for behind in (label, stricter):
            worlds.a_visit(conn, behind, place, at=at, team=number % 3)
            _a_sealed_note(conn, vault, worlds.a_note(conn, behind, place, at=at, team=number % 3))
        conn.execute(
            "INSERT INTO store.place_history VALUES (%s, 2, %s, %s, %s, %s)",
            [place, worlds.lock_of(stricter, 0, 5), Jsonb({"name": "Once hidden"}), worlds.WORKER, worlds.NOON],
        )


def _a_sealed_note(conn: Connection, vault: Vault, note: UUID) -> None:
    row = conn.execute(
        "SELECT n.lock_id, o.uid, k.wrapped FROM store.note AS n"
        " JOIN access.label AS l ON l.id = n.lock_id >> 5 JOIN access.organisation AS o ON o.id = l.owner_id"
        " JOIN access.organisation_key AS k ON k.organisation_id = o.id WHERE n.id = %s",
        [note],
    ).fetchone()
    assert row is not None
    sealed, wrapped = vault.seal_note(
        "People seem to sleep above the bay doors.",
        note_id=note, owner_uid=row[1], lock_id=row[0], wrapped_organisation_key=row[2],
    )  # fmt: skip
    conn.execute("UPDATE store.note SET ciphertext = %s WHERE id = %s", [sealed, note])
    conn.execute("UPDATE store.note_key SET wrapped = %s WHERE note_id = %s", [wrapped, note])


def _joint_visits(conn: Connection, town: Town) -> None:
    """One open joint visit; and of the same officer one over, one cancelled, one not accepted, two that are not shared.

    And proposals of either side, to places that the other may know, may not, and may in an operation alone; and one
    that somebody of the owner's asks more time for.
    """
    visits: Mapping[str, timedelta] = {
        "routine": -DAY / 4, "routine far": -3 * DAY, "open": -DAY / 4, "welfare": -DAY / 4, "owner only": -DAY / 4,
        "to others": -DAY / 4,
    }  # fmt: skip
    for name, start in visits.items():
        id = worlds.a_joint_visit(
            conn, town.places[name], town.organisations["charity"], town.organisations["police"],
            members=[town.members["joint officer"]], starts_at=worlds.NOON + start,
            ends_at=worlds.NOON + start + DAY / 12, is_accepted=name != "welfare",
        )  # fmt: skip
        if name == "open":
            conn.execute("UPDATE store.joint_visit SET cancelled_at = %s WHERE id = %s", [worlds.NOON, id])
    sides = {"charity": ("police", "worker"), "police": ("charity", "officer")}
    proposed = {"open": "charity", "covert": "charity", "heron": "charity", "care": "police", "covered": "police"}
    for name, owner in (*proposed.items(), ("concern", "charity"), ("own welfare", "police")):
        partner, worker = sides[owner]
        id = worlds.a_joint_visit(
            conn, town.places[name], town.organisations[owner], town.organisations[partner], members=[],
            starts_at=worlds.NOON + 2 * DAY, ends_at=worlds.NOON + 2.1 * DAY, proposed_by=town.members[worker],
            is_accepted=name not in proposed,
        )  # fmt: skip
        if name not in proposed:
            conn.execute(
                "UPDATE store.joint_visit SET extension_until = ends_at + interval '1 hour',"
                " extension_asked_by = proposed_by WHERE id = %s",
                [id],
            )


def _imports(conn: Connection, town: Town) -> None:
    """Of the charity one committed, one not yet, and one of each for an operation; and one of the police."""
    charity, heron = town.organisations["charity"], town.operations["heron"]
    for status in ("committed", "staged"):
        for operation in (None, heron):
            id = an_import(conn, charity, operation=operation, status=status)
            if status == "staged":
                staged(conn, id, source_key=7)
    an_import(conn, town.organisations["police"])
