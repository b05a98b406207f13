"""Visits to places: read and recorded by outreach workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from data.database import Pass, queries
from data.places import NoSuchPlace, audit, code_of, lock_of, rows_of, see_place, value_of
from data.teams import team_for
from data.vault import Vault

_KIND, _EXACT, _CONTENT = 1, 4, 5


@dataclass(frozen=True, kw_only=True)
class RiskCheck:
    """The five questions at the door, and what the team decided; None where nobody answered."""

    unexpected: bool | None = None
    exit_clear: bool | None = None
    aggression: bool | None = None
    children: bool | None = None
    control: bool | None = None
    decision: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewVisit:
    """A visit to record: planned, done or abandoned; an outcome when it was made.

    `team` is the number of one of the organisation's teams, 0 where nobody said, None where nobody was asked.
    """

    status: str
    visited_on: date
    outcome: str | None = None
    people_met: int | None = None
    children_met: int | None = None
    indicators: Sequence[str] = ()
    needs: Sequence[str] = ()
    risk_check: RiskCheck = RiskCheck()
    sensitivity: int = 0
    collected_for: str = "welfare"
    team: int | None = None


def visits(conn: Connection, vault: Vault, place_id: UUID) -> Sequence[dict[str, Any]]:
    """Return the visits to a place that the session may read, latest first. Raises NoSuchPlace.

    `team` is the name of the team, in sessions of the organisation whose visit it is; None in all others.
    """
    see_place(conn, place_id)
    audit(conn, "consultation", record=vault.hashed_id("place", place_id), kind="visits", precision="exact")
    return [_told(row) for row in rows_of(conn, "visits", place=place_id)]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    check = {name: row.pop(name) for name in vars(RiskCheck())}
    return row | {"risk_check": None if set(check.values()) == {None} else check}


def add_visit(conn: Connection, who: Pass, vault: Vault, asked: tuple[UUID, NewVisit]) -> UUID:
    """Record a visit by the session's own organisation; its id. Raises NoSuchPlace, NotACode, NotATeam, NotAllowed.

    At another's place, opened by a joint visit, it gets no point of its own: the position is not ours to keep.
    """
    place_id, new = asked
    label = value_of(
        conn, "label_under", place=place_id, sensitivity=new.sensitivity, collected_for=new.collected_for,
        owner_only=False,
    )  # fmt: skip
    if label is None:
        raise NoSuchPlace("There is no such place.")
    id = uuid4()
    outcome = code_of(conn, "outcome", new.outcome) if new.outcome else None
    values = {
        "id": id, "place": place_id, "lock": lock_of(label, _KIND, _CONTENT), "status": new.status,
        "visited_on": new.visited_on, "outcome": outcome, "people_met": new.people_met,
        "children_met": new.children_met, "needs": [code_of(conn, "need", word) for word in new.needs],
        "indicators": [code_of(conn, "indicator", word) for word in new.indicators], "by": who.membership_id,
        "exact_lock": lock_of(label, _KIND, _EXACT), "organisation": who.organisation_id,
        "team": team_for(conn, new.team),
    } | vars(new.risk_check)  # fmt: skip
    conn.execute(queries("records")["add_visit"], values)
    if new.status == "done" and outcome is not None:
        conn.execute(queries("records")["add_visit_point"], values)
    audit(conn, "collection", record=vault.hashed_id("visit", id), kind="visit")
    return id
