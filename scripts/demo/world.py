"""The whole demo, and the world of places for benchmarks: generated, protected, stored."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from psycopg import Connection

from data import demo_tables
from data.reference_data import Site, areas_of, load_reference, outlines_of, store_sites
from data.vault import Vault
from geo.arrays import Integers
from scripts.demo.chance import Chance, Ids, as_ids, as_uuids
from scripts.demo.initiatives import add_initiatives
from scripts.demo.notes import Notes, notes
from scripts.demo.partners import (
    AGREEMENTS,
    EAST_AREAS,
    HANDLINGS,
    JOINT_VISIT_LASTS,
    JOINT_VISITS,
    MEMBERS,
    ORGANISATIONS,
    WEST,
    WEST_AREAS,
    JointVisit,
)
from scripts.demo.partnership import DemoPerson, Partnership, midnight, store_partners
from scripts.demo.places import (
    BENCHMARK_HOLDINGS,
    COLLECTED_FOR,
    DEMO_HOLDINGS,
    POLICE,
    Holdings,
    Places,
    Protection,
    cells_of_places,
    places,
)
from scripts.demo.rounds import with_beats
from scripts.demo.streets import SHARES, spots
from scripts.demo.teams import add_teams
from scripts.demo.texts import text_of
from scripts.demo.visits import visits

PLACES: Final = 3_000
VISITS: Final = 20_000
NOTES: Final = 6_000
SITES: Final = {"Job Centre": "employment", "Health Centre": "health", "Bank": "banking", "Advice Centre": "advice"}
SITES_PER_SECTOR: Final = 12
IN_OPERATION: Final = 40
HANDLED: Final = 0.01
"""The share of places under each handling but the first."""

SECOND_WORKER: Final = 0.3
JOINT_VISIT_COLUMNS: Final = (
    "id", "place_id", "owner_id", "partner_id", "starts_at", "ends_at", "proposed_by", "help", "accepted_at",
    "accepted_by", "declined_at", "declined_by", "cancelled_at", "cancelled_by", "extension_until",
    "extension_asked_by",
)  # fmt: skip


def load_demo(conn: Connection, *, seed: int, today: date, vault: Vault) -> list[DemoPerson]:
    """Fill an empty, migrated database with the demo and return who may sign in, and with what.

    One transaction, as the operator. The same seed and day give the same rows but for passwords and for the
    bytes of what is sealed. Raises NotEmpty when the database already holds an organisation.
    """
    chance, day = Chance(seed), (today - date(2000, 1, 1)).days
    with conn.transaction():
        demo_tables.check_is_empty(conn)
        load_reference(conn)
        home = store_partners(conn, chance, today=today, vault=vault, agreements=AGREEMENTS)
        stock = _handled(chance, with_beats(_placed(conn, chance, home, count=PLACES, holdings=DEMO_HOLDINGS)))
        stock, labels = _store_places(conn, chance, home, stock, today=day)
        add_teams(conn, home, today=today)
        made = visits(chance, stock, count=VISITS, today=day)
        by = _authors(chance, "visitors", home, Protection(*(column[made.place] for column in stock.protection)))
        demo_tables.load_visits(conn, made.columns(stock, labels, by, today=day))
        found = notes(chance, stock, made, count=NOTES, today=day)
        note_labels = _labels(conn, home, found.protection)
        by = _authors(chance, "note writers", home, found.protection)
        demo_tables.load_notes(
            conn,
            found.columns(stock, made, label=note_labels, author=by),
            _seals(chance, home, found, note_labels=note_labels, vault=vault),
        )
        _add_joint_visits(conn, chance, home, stock, today=today)
        _add_sites(conn, chance)
        add_initiatives(conn, chance, home, today=today)
        demo_tables.mark_as_demo(conn)
    return list(home.people)


def load_benchmark(conn: Connection, *, count: int, seed: int, today: date, vault: Vault) -> list[DemoPerson]:
    """Fill an empty, migrated database with the partners and `count` places, and return who may sign in.

    No agreements, visits or notes, so that a session sees its own organisation's places and nothing else:
    outreach@health sees 2 % of all, outreach@charity 20 %. Raises NotEmpty as load_demo does.
    """
    chance, day = Chance(seed), (today - date(2000, 1, 1)).days
    with conn.transaction():
        demo_tables.check_is_empty(conn)
        load_reference(conn)
        home = store_partners(conn, chance, today=today, vault=vault, agreements=())
        stock = _placed(conn, chance, home, count=count, holdings=BENCHMARK_HOLDINGS)
        _store_places(conn, chance, home, stock, today=day)
        demo_tables.mark_as_demo(conn)
    return list(home.people)


def demo_json(url: str, people: Sequence[DemoPerson]) -> str:
    """Return the text of var/demo.json: where the demo is, and who may sign in."""
    return json.dumps({"url": url, "people": [asdict(person) for person in people]}, indent=2) + "\n"


def _placed(conn: Connection, chance: Chance, home: Partnership, *, count: int, holdings: Holdings) -> Places:
    """Return places with their areas, looked up from their 5 km cells, each on one council's side."""
    where = spots(chance.stream("streets"), count, outlines_of("boroughs"))
    area = areas_of(conn, cells_of_places(where))
    east, west = (np.isin(area, [home.areas[code] for code in codes]) for codes in (EAST_AREAS, WEST_AREAS))
    is_west = west & (~east | np.isin(np.array(list(SHARES))[where.borough], WEST))
    return places(chance, where, area, is_west=is_west, holdings=holdings)


def _handled(chance: Chance, stock: Places) -> Places:
    """Put some places of the police into the operation, and some of everybody's under conditions."""
    random = chance.stream("handling")
    police = np.flatnonzero((stock.protection.owner == POLICE) & (stock.protection.sensitivity == 2))
    busiest = np.bincount(stock.spots.centre[police]).argmax()
    near = police[stock.spots.centre[police] == busiest][:IN_OPERATION]
    operation = stock.protection.operation.copy()
    operation[near] = 1
    drawn = random.uniform(size=len(operation)) // HANDLED
    handling = np.where((drawn < len(HANDLINGS) - 1) & (operation == 0), drawn + 1, 0).astype(np.int64)
    return replace(stock, protection=stock.protection._replace(operation=operation, handling=handling))


def _store_places(
    conn: Connection, chance: Chance, home: Partnership, stock: Places, *, today: int
) -> tuple[Places, Integers]:
    """Store places in the order of their tiles; the places in that order, and their labels."""
    guard = stock.protection
    stock = stock.sorted_by(np.lexsort((stock.keys, guard.sensitivity, guard.owner)))
    labels = _labels(conn, home, stock.protection)
    author = _authors(chance, "place writers", home, stock.protection)
    demo_tables.load_places(conn, stock.columns(labels, author, today))
    return stock, labels


def _labels(conn: Connection, home: Partnership, protection: Protection) -> Integers:
    """Return the label of each record, interned when it is new."""
    different, which = np.unique(np.column_stack(protection), axis=0, return_inverse=True)
    wanted = [
        (
            home.organisations[owner],
            sensitivity,
            area,
            home.operation if operation else None,
            COLLECTED_FOR[collected_for],
            home.handlings[handling],
        )
        for owner, sensitivity, area, operation, collected_for, handling in different.tolist()
    ]
    return np.array(demo_tables.intern_labels(conn, wanted), dtype=np.int64)[which.ravel()]


def _authors(chance: Chance, part: str, home: Partnership, protection: Protection) -> Ids:
    """Return the membership that wrote each record: an outreach worker of its owner who may know it."""
    drawn = chance.stream(part).uniform(size=len(protection.owner))
    author = np.zeros(len(protection.owner), dtype="V16")
    slugs = [organisation.slug for organisation in ORGANISATIONS]
    for member in MEMBERS:
        if member.role == "outreach":
            may = protection.owner == slugs.index(member.organisation)
            if member.login:
                may &= (protection.operation == 0) & (protection.handling != HANDLINGS.index("excluded"))
                may &= np.isin(protection.area, [home.areas[code] for code in member.areas])
                may &= (protection.sensitivity <= member.clearance) & (drawn < SECOND_WORKER)
            author[may] = as_ids([home.memberships[member.email]])[0]
    return author


def _seals(
    chance: Chance, home: Partnership, found: Notes, *, note_labels: Integers, vault: Vault
) -> Iterator[tuple[UUID, bytes, bytes]]:
    random = chance.stream("words")
    locks = demo_tables.note_locks(note_labels).tolist()
    about = zip(as_uuids(found.ids), found.protection.owner, found.category, found.provenance, locks, strict=True)
    for id, owner, category, provenance, lock_id in about:
        sealed = vault.seal_note(
            text_of(random, category, provenance),
            note_id=id,
            owner_uid=home.uids[owner],
            lock_id=lock_id,
            wrapped_organisation_key=home.wrapped_keys[owner],
        )
        yield id, *sealed


def _add_joint_visits(conn: Connection, chance: Chance, home: Partnership, stock: Places, *, today: date) -> None:
    """Store joint visits, each at a place that the partner otherwise knows only roughly."""
    slugs = [organisation.slug for organisation in ORGANISATIONS]
    ids = chance.id_list("joint visits", len(JOINT_VISITS))
    guard = stock.protection
    rows = []
    for number, (id, joint) in enumerate(zip(ids, JOINT_VISITS, strict=True)):
        owner, partner = slugs.index(joint.owner), slugs.index(joint.partner)
        plain = (guard.owner == owner) & (guard.sensitivity == 1) & (guard.operation == 0) & (guard.handling == 0)
        among = np.flatnonzero(plain)
        place = as_uuids(stock.ids[among[[number * len(among) // len(JOINT_VISITS)]]])[0]
        starts = midnight(today) + joint.starts
        parties = (home.organisations[owner], home.organisations[partner])
        rows.append((id, place, *parties, starts, starts + JOINT_VISIT_LASTS, *_stages(home, joint, today)))
    demo_tables.fill(conn, "store.joint_visit", JOINT_VISIT_COLUMNS, rows)
    demo_tables.fill(
        conn,
        "store.joint_visit_member",
        ("joint_visit_id", "membership_id"),
        (
            (id, home.memberships[f"outreach@{joint.partner}.demo.invalid"])
            for id, joint in zip(ids, JOINT_VISITS, strict=True)
            if joint.state in {"accepted", "cancelled"}
        ),
    )


def _stages(home: Partnership, joint: JointVisit, today: date) -> tuple[object, ...]:
    """Return who proposed a joint visit and for what help, what became of it, and the more time that was asked for."""
    answered = midnight(today) + min(timedelta(days=-1), joint.starts - timedelta(days=1))
    by = home.memberships[f"outreach@{joint.owner}.demo.invalid"]
    partner = home.memberships[f"outreach@{joint.partner}.demo.invalid"]
    is_accepted, is_declined = joint.state in {"accepted", "cancelled"}, joint.state == "declined"
    until = midnight(today) + joint.starts + JOINT_VISIT_LASTS + joint.more_time if joint.more_time else None
    return (
        *(by, joint.help),
        *((answered, partner) if is_accepted else (None, None)),
        *((answered, partner) if is_declined else (None, None)),
        *((answered, by) if joint.state == "cancelled" else (None, None)),
        *(until, home.memberships[f"outreach2@{joint.owner}.demo.invalid"] if until else None),
    )


def _add_sites(conn: Connection, chance: Chance) -> None:
    """Store invented sites of frontline professionals, so that their layer is not empty."""
    where = spots(chance.stream("sites"), SITES_PER_SECTOR * len(SITES), outlines_of("boroughs"))
    ids = iter(zip(chance.id_list("site ids", len(where.street)), where.longitude, where.latitude, strict=True))
    for name, sector in SITES.items():
        made = []
        for number in range(1, SITES_PER_SECTOR + 1):
            id, longitude, latitude = next(ids)
            called = f"Demo {name} {number}"
            made.append(Site(source_id=called, name=called, position=(float(longitude), float(latitude)), id=id))
        store_sites(conn, made, sector=sector, source="demo")
