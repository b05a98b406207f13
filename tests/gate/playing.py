"""A joint visit in the small town, played by sessions made for the moment at which they ask."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests import worlds
from tests.gate.town import Town, a_town, asked
from tests.worlds import NOON

HOUR, DAY, TICK = timedelta(hours=1), timedelta(hours=24), timedelta(microseconds=1)
STARTS, ENDS = NOON + 3 * DAY, NOON + 3 * DAY + 2 * HOUR
DENIED, MISSING = psycopg.errors.InsufficientPrivilege, psycopg.errors.NoDataFound
REFUSED, BROKEN = psycopg.errors.RaiseException, psycopg.errors.CheckViolation


@dataclass
class Play:
    """A town, and sessions in it made for the moment at which they ask."""

    writer: psycopg.Connection
    service: psycopg.Connection
    town: Town
    at: datetime = NOON
    others: dict[str, UUID] = field(default_factory=dict)

    def clock(self, at: datetime) -> None:
        self.at = at
        worlds.set_clock(self.writer, at)

    def token(self, who: str, purpose: str = "visit") -> str:
        member = self.others.get(who) or getattr(self.town, who)
        return worlds.a_session(self.writer, member, purpose=purpose, at=self.at)

    def call(self, who: str, function: str, *values: object) -> Any:
        marks = ", ".join(["%s"] * len(values))
        return asked(self.service, self.token(who), f"SELECT store.{function}({marks})", *values)[0][0]

    def propose(self, who: str = "worker", **more: Any) -> UUID:
        id = uuid4()
        partner = self.one("SELECT uid FROM access.organisation WHERE id = %s", more.get("partner", self.town.police))
        place, help_ = more.get("place", self.town.place), more.get("help", "support")
        starts, ends = more.get("starts", STARTS), more.get("ends", ENDS)
        self.call(who, "propose_joint_visit", id, place, partner, starts, ends, help_, "record", "place record")
        return id

    def accepted(self, *members: UUID) -> UUID:
        id = self.propose()
        self.call("officer", "accept_joint_visit", id, list(members) or [self.town.officer], "record")
        return id

    def known(self, who: str, id: UUID | None = None, purpose: str = "visit") -> list[dict[str, Any]]:
        token = self.token(who, purpose)
        rows = asked(self.service, token, "SELECT to_jsonb(j) FROM store.joint_visits(%s) AS j", id)
        return [row[0] for row in rows]

    def sees_exactly(self, who: str) -> bool:
        query = "SELECT count(*) FROM store.place_point WHERE place_id = %s"
        return bool(asked(self.service, self.token(who), query, self.town.place)[0][0])

    def one(self, query: str, *values: object) -> Any:
        row = self.writer.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    def told(self, organisation: int) -> list[tuple[str, str]]:
        query = (
            "SELECT body::jsonb ->> 'op', body::jsonb ->> 'what' FROM audit.entry WHERE organisation_id = %s"
            " AND body::jsonb ->> 'kind' = 'joint visit' ORDER BY seq"
        )
        return self.writer.execute(query, [organisation]).fetchall()


def a_play(writer: psycopg.Connection, service: psycopg.Connection) -> Play:
    """Set the stage: beside the town's worker and officer, others of each organisation and a stranger."""
    town = a_town(writer)
    found = Play(writer, service, town)
    council = worlds.an_organisation(writer, kind="council")
    found.others = {
        "colleague": worlds.a_membership(writer, town.charity),
        "junior": worlds.a_membership(writer, town.charity, clearance=0),
        "analyst": worlds.a_membership(writer, town.charity, role="analyst"),
        "second officer": worlds.a_membership(writer, town.police),
        "far officer": worlds.a_membership(writer, town.police, areas=(2,)),
        "stranger": worlds.a_membership(writer, council),
    }
    return found
