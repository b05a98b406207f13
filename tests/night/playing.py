"""A night on which everything is asked at every minute: who sees which stop, on which surface, and who is told.

The team's two stops are of the highest sensitivity: of all others, nobody may know of them by rights of their own.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from starlette.testclient import TestClient

from api.backing import Backing, open_backing
from data.database import entered
from data.plans import PlanEdit, add_plan
from data.shifts import set_words
from geo.shifts.plans import Call, Plan, Route
from geo.tile_keys import tile_of
from layers.plan_documents import Asked, Document, TeamAsked, written
from tests import worlds
from tests.api.scene import BASE, BOROUGHS, CHEAP, Scene, bearer
from web.app import with_pages
from web.vendor import vendor_files

MINUTE = timedelta(minutes=1)
AT = ((402_505.0, 276_505.0), (402_905.0, 276_905.0))
NAMES = ("Dogwood Yard", "Elder Yard")
PARTIES = ("team", "buddy", "second", "desk", "manager", "colleague", "other")
EVERYWHERE = ("team", "buddy", "manager", "colleague", "other")
"""Who is asked on every surface at each row of a table; the others by card, notices and alarms."""
BETWEEN = ("team", "buddy", "manager", "colleague")
"""Who is asked at every minute between two rows as well."""
SURFACES = ("card", "item", "tile", "export", "page", "map", "sheet")


@dataclass
class Night:
    """The scene, with a team, its contacts, and a clock that goes minute by minute, each with a tick if it ticks."""

    scene: Scene
    minute: int = 0
    ticks: bool = True
    members: dict[str, UUID] = field(default_factory=dict)
    places: list[UUID] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    id: str = ""

    def token(self, who: str) -> dict[str, str]:
        """Return the header of somebody's session, which is used often enough to live all night."""
        if who not in self.tokens:
            at = worlds.NOON + self.minute * MINUTE
            self.tokens[who] = worlds.a_session(self.scene.conn, self.members[who], at=at)
        return bearer(self.tokens[who])

    def go_to(self, minute: int) -> None:
        """Let it be so many minutes after noon; nobody's session outlives a long silence."""
        if minute - self.minute > 10:
            self.tokens.clear()
        self.minute = minute
        worlds.set_clock(self.scene.conn, worlds.NOON + minute * MINUTE)
        if self.ticks:
            self.scene.conn.execute("SELECT access.escalate()")

    def send(self, who: str, path: str, **body: object) -> httpx2.Response:
        return self.scene.client.post(path, headers=self.token(who), json=body)

    def get(self, who: str, path: str) -> httpx2.Response:
        return self.scene.client.get(path, headers=self.token(who))

    def acts(self, act: str) -> None:
        """Do what a row says: who, and what; the server can be killed and comes back, the escalator can be away."""
        who, _, what = act.partition(" ")
        if who == "server":
            self._server(what)
        elif who == "escalator":
            self._escalator(what)
        else:
            self._person(who, what)

    def _server(self, what: str) -> None:
        assert what == "is killed and comes back"
        self.scene.backing.close()
        self.scene.backing = open_backing(self.scene.backing.settings)
        self.scene.client = served(self.scene.backing)

    def _escalator(self, what: str) -> None:
        self.ticks = what == "is back"
        if self.ticks:
            self.go_to(self.minute)

    def _person(self, who: str, what: str) -> None:
        doing: Mapping[str, Callable[[], httpx2.Response]] = {
            "sets out": lambda: self._set_out(who),
            "reads": lambda: self.send(who, f"/api/shifts/{self.id}/briefings", stop=self._stop()),
            "takes it": lambda: self.send(who, f"/api/alarms/{self._alarm(who)}/take"),
            "goes": lambda: self._suspended(who),
        }
        if what in doing:
            answer = doing[what]()
        elif what.startswith("closes "):
            answer = self.send(who, f"/api/alarms/{self._alarm(who)}/close", how=what.removeprefix("closes "))
        else:
            word = {"fine": "blue heron", "home_safe": "blue heron", "fine!": "green kettle"}.get(what, "")
            answer = self.send(who, f"/api/shifts/{self.id}/check-ins", kind=what.rstrip("!"), word=word)
        assert answer.status_code in {200, 201, 204}, (self.minute, who, what, answer.text)
        if self.ticks:  # Words are heard with the next tick.
            self.scene.conn.execute("SELECT access.escalate()")

    def _set_out(self, who: str) -> httpx2.Response:
        plan = self.scene.one("SELECT id FROM access.plan WHERE made_by = %s", self.members["team"])
        contacts = {name: str(self.members[name]) for name in ("buddy", "second", "manager")}
        answer = self.send(who, "/api/shifts", plan=str(plan), **contacts)
        self.id = answer.json().get("id", "")
        return answer

    def _suspended(self, who: str) -> httpx2.Response:
        query = "UPDATE access.membership SET suspended_at = access.clock() WHERE id = %s"
        self.scene.conn.execute(query, [self.members[who]])
        return httpx2.Response(200)

    def _stop(self) -> int:
        return int(self.scene.one("SELECT stop FROM access.shift WHERE id = %s", self.id))

    def _alarm(self, who: str) -> str:
        found = self.get(who, "/api/alarms").json()["alarms"]
        return str(next(alarm["id"] for alarm in found if not alarm["closed_at"]))

    def due(self) -> str:
        """Return the minute by which the team is to check in, as a row has it."""
        due = self.scene.one("SELECT next_due_at FROM access.shift WHERE id = %s", self.id)
        return "-" if due is None else str(round((due - worlds.NOON) / MINUTE))

    def cell(self, who: str, *, everywhere: bool) -> str:
        """Return the stops that somebody sees, `!` when a notice waits, `*` when an alarm is theirs to see to."""
        token = self.token(who)
        notices = self.scene.client.get("/api/notices", headers=token)
        if notices.status_code == 401:
            return "gone"
        surfaces = SURFACES if everywhere else SURFACES[:1]
        seen = {
            surface: {number for number in (0, 1) if self.shows(token, surface, number)} for surface in surfaces
        }  # fmt: skip
        assert len({frozenset(one) for one in seen.values()}) == 1, (self.minute, who, seen)
        alarms = self.get(who, "/api/alarms").json()["alarms"]
        shown = "".join(str(number + 1) for number in sorted(seen["card"]))
        told = "!" if any(not notice["acknowledged_at"] for notice in notices.json()["notices"]) else ""
        mine = "*" if any(not alarm["closed_at"] for alarm in alarms) else ""
        return f"{shown}{told}{mine}" or "-"

    def shows(self, token: dict[str, str], surface: str, number: int) -> bool:
        """Return whether a surface shows somebody one of the stops: its id, its name or its point."""
        client, place = self.scene.client, self.places[number]
        point = worlds.a_point(*AT[number])
        x, y = tile_of(point["longitude"], point["latitude"], 16)
        box = ",".join(f"{value:.6f}" for value in _around(point))
        plain = {
            "card": f"/api/places/{place}",
            "item": f"/api/collections/places/items/{place}",
            "tile": f"/api/collections/places/tiles/WebMercatorQuad/16/{y}/{x}",
            "export": "/api/collections/places/export?format=geojson",
            "page": f"/places/{place}",
        }
        if surface in plain:
            answer = client.get(plain[surface], headers=token)
        elif surface == "map":
            answer = client.post("/map/list", headers=token, data={"box": box})
        else:
            answer = client.post("/sheets", headers=token, data={"place": str(place)}, follow_redirects=True)
        secrets = (NAMES[number],) if surface in {"card", "page", "sheet"} else (NAMES[number], str(place))
        return any(secret.encode() in answer.content for secret in secrets)


def _around(point: Mapping[str, Any]) -> tuple[float, float, float, float]:
    west, south = point["longitude"] - 0.001, point["latitude"] - 0.001
    return west, south, west + 0.002, south + 0.002


def served(backing: Backing) -> TestClient:
    """Return the application with its pages over a service, as a client sees it."""
    return TestClient(with_pages(backing, vendor_files()), base_url=BASE)


def a_night(scene: Scene) -> Night:
    """Make the people, the places and a ready plan; the clock says noon, and somebody watches."""
    conn, charity = scene.conn, scene.organisations["charity"]
    scene.client = served(scene.backing)
    members = {
        name: worlds.a_membership(conn, charity, areas=BOROUGHS, clearance=3 if name == "team" else 1)
        for name in PARTIES[:-1]
    }
    members["mate"] = worlds.a_membership(conn, charity, areas=BOROUGHS, clearance=3)
    night = Night(scene, members={**members, "other": scene.members["officer"]})
    for name, at in zip(NAMES, AT, strict=True):
        place = worlds.a_place(conn, worlds.a_label(conn, charity, sensitivity=3), at=at)
        conn.execute("UPDATE store.place SET name = %s WHERE id = %s", [name, place])
        conn.execute("DELETE FROM store.place_flag WHERE place_id = %s", [place])
        night.places.append(place)
    conn.execute("DELETE FROM access.duty_desk_member")
    conn.execute("DELETE FROM access.duty_desk")
    conn.execute("INSERT INTO access.duty_desk VALUES (%s, '0121 496 0001', NULL, %s)", [charity, worlds.NOON])
    conn.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [charity, members["desk"]])
    night.go_to(0)
    token = night.token("team")["Authorization"].removeprefix("Bearer ")
    with entered(scene.backing.pool, token) as (session, who):
        set_words(session, "blue heron", "green kettle", cost=CHEAP)
        add_plan(session, who, _plan(night))
    return night


def _plan(night: Night) -> PlanEdit:
    """Return a plan of 20 minutes to each stop and 25 home, 20 minutes at each."""
    calls = tuple(
        Call(stop=str(place), arrive=720 + 40 * n + 20, start=720 + 40 * n + 20, leave=720 + 40 * n + 40)
        for n, place in enumerate(night.places)
    )
    route = Route(team="1", leaves=720, calls=calls, returns=calls[-1].leave + 25, travel=65)
    pair = (night.members["team"], night.members["mate"])
    team = TeamAsked(number=1, members=pair)
    asked = Asked(
        easting=402_000, northing=276_000, base="", kilometres=5, starts=720, ends=960, minutes=20, most_stops=8,
        exploratory=0, teams=(team,),
    )  # fmt: skip
    document = written(Document(asked=asked, plan=Plan(routes=(route,), left_out=())))
    return PlanEdit(
        starts_at=worlds.NOON, ends_at=worlds.NOON + timedelta(hours=4), state="ready",
        document=json.loads(json.dumps(document)), members=dict.fromkeys(pair, 1),
    )  # fmt: skip
