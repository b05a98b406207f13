"""Risk notes: about a place, never about a named person; the text is sealed before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from data.database import NotAllowed, Pass, queries
from data.free_text.check import look_over
from data.free_text.found import Finding, counts
from data.places import NoSuchPlace, audit, code_of, lock_of, rows_of, see_place, value_of
from data.teams import team_for
from data.vault import Vault

PROVENANCES = ("saw myself", "was told by the person", "was told by someone else", "unsure")
_KIND, _EXACT, _CONTENT = 2, 4, 5


class NoSuchVisit(LookupError):
    """No visit of that id to the note's place that the session may read: hidden, another's and missing are the same."""


class NoSuchNote(LookupError):
    """No note of that id that the session may read: hidden and missing are the same."""


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A police member's 3x5x2 grade beside a note: source 1-3, intelligence A-E, handling P or C."""

    source: int
    intelligence: str
    handling: str

    @property
    def stays_with_owner(self) -> bool:
        """Suspected false, or shareable only under conditions that nobody has met: it never leaves the owner."""
        return self.intelligence == "E" or self.handling == "C"


@dataclass(frozen=True, kw_only=True)
class NewNote:
    """A risk note to record, in the author's words; its team is its visit's, or as in `data.visits.NewVisit`."""

    text: str
    category: str
    severity: int
    provenance: str
    recorded_on: date
    review_on: date
    sensitivity: int = 0
    collected_for: str = "welfare"
    visit: UUID | None = None
    grade: Grade | None = None
    team: int | None = None


def notes(conn: Connection, vault: Vault, place_id: UUID) -> Sequence[dict[str, Any]]:
    """Return the notes on a place that the session may read, latest first, one audit entry for each.

    The caller commits before anything is shown. Raises NoSuchPlace, NoteSealBroken.
    """
    see_place(conn, place_id)
    rows = rows_of(conn, "notes", place=place_id)
    return [_opened(conn, vault, row) for row in rows]


def _opened(conn: Connection, vault: Vault, row: dict[str, Any]) -> dict[str, Any]:
    audit(conn, "consultation", record=vault.hashed_id("note", row["id"]), kind="note")
    owner_uid, wrapped = _organisation_key(conn, row["lock_id"])
    text = vault.open_note(
        row.pop("ciphertext"), row.pop("wrapped"), note_id=row["id"], owner_uid=owner_uid,
        lock_id=row.pop("lock_id"), wrapped_organisation_key=wrapped,
    )  # fmt: skip
    graded = {name: row.pop(f"grade_{name}") for name in ("source", "intelligence", "handling")}
    return row | {"text": text, "grade": graded if graded["source"] else None}


def look_over_note(conn: Connection, place_id: UUID, text: str) -> tuple[Finding, ...]:
    """Return what in a note's text asks for one more look: people, other addresses, wording. Raises NoSuchPlace."""
    rows = rows_of(conn, "own_words", place=place_id)
    if not rows:
        raise NoSuchPlace("There is no such place.")
    return look_over(text, own_address=rows[0]["address"], own_name=rows[0]["name"])


def add_note(conn: Connection, who: Pass, vault: Vault, asked: tuple[UUID, NewNote]) -> UUID:
    """Record a note of the session's own organisation; its id.

    It is never less protected than its place: the database picks the label. What the check of the text found is in
    the audit as numbers, never as words. Raises NoSuchPlace, NoSuchVisit, NotACode, NotATeam, NotAllowed.
    """
    place_id, new = asked
    label = value_of(
        conn, "label_under", place=place_id, sensitivity=new.sensitivity, collected_for=new.collected_for,
        owner_only=new.grade is not None and new.grade.stays_with_owner,
    )  # fmt: skip
    if label is None:
        raise NoSuchPlace("There is no such place.")
    if new.visit is not None and not value_of(conn, "is_visit_to", visit=new.visit, place=place_id):
        raise NoSuchVisit("There is no such visit to this place: record it first, or leave it out.")
    id, lock = uuid4(), lock_of(label, _KIND, _CONTENT)
    owner_uid, wrapped_key = _organisation_key(conn, lock)
    ciphertext, wrapped = vault.seal_note(
        new.text, note_id=id, owner_uid=owner_uid, lock_id=lock, wrapped_organisation_key=wrapped_key
    )
    values = {
        "id": id, "place": place_id, "visit": new.visit, "lock": lock, "severity": new.severity,
        "category": code_of(conn, "exploitation", new.category), "provenance": new.provenance,
        "provenance_code": PROVENANCES.index(new.provenance) + 1, "team": team_for(conn, new.team, visit=new.visit),
        "ciphertext": ciphertext, "wrapped": wrapped, "review_on": new.review_on, "recorded_on": new.recorded_on,
        "by": who.membership_id, "exact_lock": lock_of(label, _KIND, _EXACT), "organisation": who.organisation_id,
    }  # fmt: skip
    for query in ("add_note", "add_note_key", "add_risk_point"):
        conn.execute(queries("records")[query], values)
    if new.grade is not None:
        conn.execute(queries("records")["add_grade"], values | vars(new.grade))
    warned = {"warned_of": found} if (found := counts(look_over_note(conn, place_id, new.text))) else {}
    audit(conn, "collection", record=vault.hashed_id("note", id), kind="note", **warned)
    return id


def _organisation_key(conn: Connection, lock: int) -> tuple[UUID, bytes]:
    row = conn.execute(queries("records")["organisation_key"], {"lock": lock}).fetchone()
    if row is None:
        raise NotAllowed("Your organisation has no key for its notes, or this session may not record here.")
    return row[0], row[1]
