"""Changes to a world that one session must not feel: each is to something that the session cannot see.

What it can see is what access.decide() says, which has its own proof against an oracle (tests/gate).
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row

from tests import worlds
from tests.imported import an_import, traced
from tests.noninterference.asking import UPLOADED, UPLOADED_AT
from tests.noninterference.hidden_periods import change_periods
from tests.noninterference.hidden_plans import add_plans, name_teams
from tests.noninterference.hidden_reports import change_reports
from tests.noninterference.hidden_shifts import add_shifts
from tests.noninterference.releases_there import add_hidden_releases
from tests.noninterference.sight import Sight
from tests.noninterference.town import Town, somewhere
from tests.planned import a_planned_visit
from tests.worlds import CONTENT, EXACT, NOTE, PLACE, VISIT, lock_of

SIZES = (5000, 1000, 500, 100)
POINTS = {"place_point": "place_id", "visit_point": "visit_id", "risk_point": "note_id"}


@dataclass
class Changes:
    """The changes to one world behind the back of one session, counted by what they did."""

    conn: Connection
    town: Town
    sight: Sight
    random: Random
    counts: dict[str, int] = field(default_factory=dict)

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Return rows of an operator's query."""
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    def do(self, what: str, query: str, *values: object) -> None:
        """Change something, and count the rows."""
        self.counts[what] = self.counts.get(what, 0) + self.conn.execute(query.encode(), values).rowcount

    def count(self, what: str) -> None:
        """Count one change made otherwise."""
        self.counts[what] = self.counts.get(what, 0) + 1


def change_what_is_hidden(changes: Changes) -> dict[str, int]:
    """Change everything that the session cannot see, in one transaction; how many rows of what."""
    with changes.conn.transaction():
        for place in changes.rows(
            "SELECT p.id, p.lock_id >> 5 AS label, pp.easting, pp.northing, p.attend_rule"
            " FROM store.place AS p JOIN store.place_point AS pp ON pp.place_id = p.id ORDER BY p.name"
        ):
            _change_place(changes, place)
        for number, visit in enumerate(changes.rows("SELECT id, lock_id >> 5 AS label FROM store.visit ORDER BY id")):
            _change_visit(changes, visit, number)
        for number, note in enumerate(changes.rows("SELECT id, lock_id >> 5 AS label FROM store.note ORDER BY id")):
            _change_note(changes, note, number)
        _change_history(changes)
        _add_records(changes)
        _change_imports(changes)
        _change_policy(changes)
        changes.counts["releases added"] = add_hidden_releases(changes.conn, changes.sight.membership)
        add_shifts(changes.do, changes.sight.membership)
        change_periods(changes.do, changes.sight.membership)
        name_teams(changes.do, changes.sight.membership)
        add_plans(
            changes.do, changes.sight.membership, [row["id"] for row in changes.rows("SELECT id FROM store.place")]
        )
        change_reports(changes.do, changes.sight.organisation)
    return changes.counts


def _change_place(changes: Changes, place: dict[str, Any]) -> None:
    sight, label, id = changes.sight, place["label"], place["id"]
    of_place = EXACT if id in sight.opened else sight.step(label, PLACE)
    finest = max([of_place, *_steps_of_dependants(changes, id)])
    if (label, PLACE) not in sight.content and id not in sight.opened:
        changes.do(
            "places renamed",
            "UPDATE store.place SET name = 'Other', address = '1 Other Row', status = 'closed', kind = 3,"
            " hours = jsonb_build_object('open', '[[1, 0, 60]]'::jsonb), languages = '{thai}',"
            " version = version + 1 WHERE id = %s",
            id,
        )
        changes.do("flags changed", "UPDATE store.place_flag SET code = 2, review_on = since WHERE place_id = %s", id)
    if finest == -1 and id not in sight.joint_places and changes.random.random() < 0.4:
        for table in ("place_point", "visit_point", "risk_point", "visit", "note", "place_history", "place_flag"):
            changes.do("rows deleted", f"DELETE FROM store.{table} WHERE place_id = %s", id)
        changes.do("places deleted", "DELETE FROM store.place WHERE id = %s", id)
        return
    if of_place == -1:
        changes.do("attend rules changed", "UPDATE store.place SET attend_rule = 3 WHERE id = %s", id)
        changes.do("attend rules changed", "UPDATE store.place_point SET attend_rule = 3 WHERE place_id = %s", id)
    if finest < EXACT:
        at = somewhere(changes.random) if finest == -1 else _within(changes, place, SIZES[finest])
        _move(changes, id, at)


def _steps_of_dependants(changes: Changes, place: UUID) -> list[int]:
    rows = changes.rows(
        "SELECT lock_id >> 5 AS label, 1 AS kind FROM store.visit_point WHERE place_id = %s"
        " UNION SELECT lock_id >> 5, 2 FROM store.risk_point WHERE place_id = %s",
        place, place,
    )  # fmt: skip
    return [changes.sight.step(row["label"], row["kind"]) for row in rows]


def _within(changes: Changes, place: dict[str, Any], size: int) -> tuple[float, float]:
    """Return another position in the same square."""
    easting, northing = (int(place[axis] // size) * size for axis in ("easting", "northing"))
    return easting + changes.random.uniform(1, size - 1), northing + changes.random.uniform(1, size - 1)


def _move(changes: Changes, place: UUID, at: tuple[float, float]) -> None:
    point = worlds.a_point(*at)
    columns = ", ".join(f"{name} = %s" for name in point)
    for table in POINTS:
        changes.do("points moved", f"UPDATE store.{table} SET {columns} WHERE place_id = %s", *point.values(), place)


def _change_visit(changes: Changes, visit: dict[str, Any], number: int) -> None:
    step, id = changes.sight.step(visit["label"], VISIT), visit["id"]
    if step == -1 and number % 3 == 0:
        changes.do("visits deleted", "DELETE FROM store.visit_point WHERE visit_id = %s", id)
        changes.do("visits deleted", "DELETE FROM store.visit WHERE id = %s", id)
        return
    if step < EXACT:
        day = "2026-01-09" if step == -1 else "2026-02-11"
        changes.do(
            "visits changed", "UPDATE store.visit_point SET outcome = 2, visited_on = %s WHERE visit_id = %s", day, id
        )
    if (visit["label"], VISIT) not in changes.sight.content:
        changes.do("visits changed", "UPDATE store.visit SET people_met = 7, outcome = 2 WHERE id = %s", id)
        if visit["label"] not in changes.sight.months_told or step == -1:
            for table, key in (("visit", "id"), ("visit_point", "visit_id")):
                changes.do("visits of another team", f"UPDATE store.{table} SET team = 7 WHERE {key} = %s", id)


def _change_note(changes: Changes, note: dict[str, Any], number: int) -> None:
    id = note["id"]
    step = EXACT if id in changes.sight.flags else changes.sight.step(note["label"], NOTE)
    if step == -1 and number % 3 == 0:
        for table in ("risk_point", "note_key", "note_grade"):
            changes.do("notes deleted", f"DELETE FROM store.{table} WHERE note_id = %s", id)
        changes.do("notes deleted", "DELETE FROM store.note WHERE id = %s", id)
        return
    if step == -1:
        changes.do("notes changed", "UPDATE store.risk_point SET severity = 5, category = 1 WHERE note_id = %s", id)
    elif step < EXACT:
        day = "2026-02-27" if note["label"] in changes.sight.months_told else "2026-01-01"
        changes.do("notes changed", "UPDATE store.risk_point SET recorded_on = %s WHERE note_id = %s", day, id)
    if (note["label"], NOTE) not in changes.sight.content:
        changes.do("notes changed", "UPDATE store.note SET provenance = 'unsure', severity = 5 WHERE id = %s", id)
        if note["label"] not in changes.sight.months_told or step == -1:
            changes.do("notes of another team", "UPDATE store.note SET team = 7 WHERE id = %s", id)
            changes.do(
                "notes of another team", "UPDATE store.risk_point SET team = 7, provenance = 4 WHERE note_id = %s", id
            )
        changes.do("notes changed", "UPDATE store.note_grade SET intelligence = 'E' WHERE note_id = %s", id)


def _change_history(changes: Changes) -> None:
    for row in changes.rows("SELECT DISTINCT lock_id >> 5 AS label FROM store.place_history"):
        if (row["label"], PLACE) not in changes.sight.content:
            lock = lock_of(row["label"], PLACE, CONTENT)
            query = 'UPDATE store.place_history SET was = \'{"name": "Other"}\' WHERE lock_id = %s'
            changes.do("past versions changed", query, lock)


def _add_records(changes: Changes) -> None:
    """Add places behind every label of which the session knows nothing, or no more than a square already marked;
    visits and notes behind every label of which it knows none, on places that it may see."""
    conn, sight, random = changes.conn, changes.sight, changes.random
    marked = changes.rows(
        "SELECT pp.place_id, pp.lock_id >> 5 AS label, pp.easting, pp.northing FROM store.place_point AS pp"
    )
    for label in changes.town.labels.values():
        if label in sight.counted:
            continue
        step = sight.step(label, PLACE)
        beside = [place for place in marked if place["label"] == label]
        if step == -1 or (step < EXACT and beside):
            at = somewhere(random) if step == -1 else _within(changes, random.choice(beside), SIZES[step])
            worlds.a_place(conn, label, at=at, attend_rule=3 if step == -1 else 0)
            changes.count("places added")
        for place in random.sample(marked, min(2, len(marked))):
            at = (place["easting"], place["northing"])
            if sight.step(label, VISIT) == -1:
                worlds.a_visit(conn, label, place["place_id"], at=at, team=2)
                a_planned_visit(conn, label, place["place_id"])
                changes.count("visits added")
            if sight.step(label, NOTE) == -1:
                worlds.a_note(conn, label, place["place_id"], at=at, team=2)
                changes.count("notes added")


def _change_imports(changes: Changes) -> None:
    """Change and add imports that no admin of the town may know: another operation's, another organisation's."""
    hidden = "operation_id IS NOT NULL OR organisation_id <> %s"
    charity, heron = changes.town.organisations["charity"], changes.town.operations["heron"]
    changes.do(
        "imports changed", f"UPDATE imports.import SET source = 'Another list', good = 9 WHERE {hidden}", charity
    )
    changes.do(
        "findings changed",
        f"UPDATE imports.finding SET said = 'x' WHERE import_id IN (SELECT id FROM imports.import WHERE {hidden})",
        charity,
    )
    for organisation, operation in ((charity, heron), (changes.town.organisations["police"], None)):
        id = an_import(changes.conn, organisation, operation=operation)
        traced(changes.conn, organisation, id, name=UPLOADED, at=UPLOADED_AT)
        changes.count("imports added")


def _change_policy(changes: Changes) -> None:
    """Add organisations, people, memberships, operations, agreements, labels, sessions and audit entries of others."""
    conn, of, manages = changes.conn, changes.town.organisations, changes.sight.manages
    # An admin chooses among all organisations by name.
    stranger = worlds.an_organisation(conn, kind="nhs") if manages is None else of["other"]
    for organisation in dict.fromkeys((*of.values(), stranger)):
        is_managed = organisation == manages
        role = "analyst" if organisation == changes.sight.organisation else "outreach"  # Workers may be named.
        member = changes.town.members["insider"] if is_managed else worlds.a_membership(conn, organisation, role=role)
        operation = worlds.an_operation(conn, organisation, members=[member])
        label = worlds.a_label(conn, organisation, operation=operation)
        worlds.a_place(conn, label, at=somewhere(changes.random))
        if not is_managed:
            worlds.a_session(conn, member)
            conn.execute(
                "SELECT audit.append_to(%s, 'consultation', jsonb_build_object('what', %s::text))",
                [organisation, uuid4().hex],
            )
    third = of["nhs" if changes.sight.organisation == of["council"] else "council"]
    agreements = (
        (stranger, third, (True, True)), (third, stranger, (True, True)),
        (stranger, of["charity"], (False, True)), (stranger, of["police"], (True, False)),
    )  # fmt: skip
    for provider, recipient, signed in agreements:
        if manages not in {provider, recipient}:
            worlds.an_agreement(conn, provider, recipient, signed=signed)
    changes.do(
        "others decided of operations",
        "INSERT INTO access.operation_deconfliction (operation_id, organisation_id, tells)"
        " SELECT o.id, o.organisation_id, 'both' FROM access.operation AS o WHERE o.organisation_id <> %s",
        changes.sight.organisation,
    )
    changes.count("policies changed")
