"""A shift in the small town: a team of two with a plan of two stops, their contacts, and a clock moved by hand."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests import worlds
from tests.gate.town import Town, a_town, asked
from tests.worlds import NOON

MINUTE = timedelta(minutes=1)
START = "SELECT access.start_shift(%s, %s, 1, %s, %s, %s, 25, %s)"


@dataclass
class Shift:
    """A town with a shift in it. `people` are memberships by part; sessions are made for the moment of asking."""

    writer: psycopg.Connection
    service: psycopg.Connection
    town: Town
    people: dict[str, UUID] = field(default_factory=dict)
    places: list[UUID] = field(default_factory=list)
    id: UUID = field(default_factory=uuid4)
    at: datetime = NOON

    def minute(self, minute: float) -> None:
        """Move the clock to so many minutes after noon."""
        self.at = NOON + minute * MINUTE
        worlds.set_clock(self.writer, self.at)

    def tick(self) -> None:
        """Let the escalator tick once."""
        self.writer.execute("SELECT access.escalate()")

    def token(self, who: str, purpose: str = "visit") -> str:
        return worlds.a_session(self.writer, self.people[who], purpose=purpose, at=self.at)

    def ask(self, who: str, query: str, *values: object, purpose: str = "visit") -> list[Any]:
        return list(asked(self.service, self.token(who, purpose), query, *values))

    def says(self, who: str, kind: str, *, duress: bool = False) -> None:
        self.ask(who, "SELECT access.check_in(%s, %s, %s)", self.id, kind, duress)

    def reads(self, who: str, stop: int = 1) -> None:
        self.ask(who, "SELECT access.read_briefing(%s, %s)", self.id, stop)

    def sees(self, who: str, purpose: str = "visit") -> dict[str, Any] | None:
        rows = self.ask(who, "SELECT to_jsonb(m) FROM access.my_shifts() AS m", purpose=purpose)
        return next((row[0] for row in rows if row[0]["id"] == str(self.id)), None)

    def alarms(self, who: str) -> list[dict[str, Any]]:
        return [row[0] for row in self.ask(who, "SELECT to_jsonb(m) FROM access.my_alarms() AS m")]

    def kinds(self, who: str) -> list[str]:
        """Return the kinds of the notices that wait for somebody, in order."""
        rows = self.ask(who, "SELECT kind FROM access.my_notices() WHERE acknowledged_at IS NULL ORDER BY due_at, kind")
        return [row[0] for row in rows]

    def points(self, who: str) -> set[int]:
        """Return the numbers of the stops whose exact point somebody sees."""
        rows = self.ask(who, "SELECT place_id FROM store.place_point WHERE place_id = ANY (%s)", self.places)
        return {self.places.index(row[0]) + 1 for row in rows}

    def due(self) -> float | None:
        """Return by when the next check-in is due, in minutes after noon."""
        row = self.writer.execute("SELECT next_due_at FROM access.shift WHERE id = %s", [self.id]).fetchone()
        return None if row is None or row[0] is None else (row[0] - NOON) / MINUTE

    def start(self, who: str = "first", *, contacts: tuple[str, str, str] = ("buddy", "second", "manager")) -> None:
        plan = self.writer.execute("SELECT id FROM access.plan WHERE made_by = %s", [self.people["first"]]).fetchone()
        named = [self.people[name] for name in contacts]
        records = [f"record {number}" for number in range(len(self.places))]
        minutes = [20] * len(self.places)
        self.ask(who, START, self.id, plan and plan[0], self.places, records, minutes, named)


def a_shift(writer: psycopg.Connection, service: psycopg.Connection, *, has_set_out: bool = True) -> Shift:
    """Make a town where a team of two is about to set out, or has; its manager may not know of its stops."""
    town = a_town(writer)
    areas = {"manager": (2,), "colleague": (2,), "buddy": (2,), "second": (2,), "desk": (2,)}
    people = {
        name: worlds.a_membership(writer, town.charity, areas=areas.get(name, (1,)))
        for name in ("first", "other", "buddy", "second", "manager", "colleague", "desk")
    }
    play = Shift(writer, service, town, people={**people, "officer": town.officer})
    calm = worlds.a_place(writer, worlds.a_label(writer, town.charity, sensitivity=3), at=(406_523.0, 286_956.0))
    risky = worlds.a_place(writer, worlds.a_label(writer, town.charity, sensitivity=3), at=(407_523.0, 287_956.0))
    writer.execute("DELETE FROM store.place_flag WHERE place_id = %s", [calm])
    play.places = [calm, risky]
    desk = "INSERT INTO access.duty_desk VALUES (%s, '0121 496 0001', 'desk@test.invalid', %s)"
    writer.execute(desk, [town.charity, NOON])
    writer.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [town.charity, people["desk"]])
    keep = "SELECT access.keep_plan(%s, 0, %s, %s, 'ready', %s, %s, %s)"
    team = [people["first"], people["other"]]
    play.minute(0)
    play.ask("first", keep, uuid4(), NOON, NOON + timedelta(hours=4), json.dumps({}), team, [1, 1])
    play.tick()
    if has_set_out:
        play.start()
    return play
