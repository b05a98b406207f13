"""Plans of shifts: who goes with whom, and an order of places by id; what a plan shows is read when it is opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.errors import ForeignKeyViolation, RaiseException
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from data.database import NotAllowed, Pass, queries
from data.place_hours import NotALanguage
from data.places import audit, code_of, refuse_layer_token, told_of_place
from data.reading import Reading, Row
from data.refusals import refusals
from data.vault import Vault

MOST_CONSIDERED: Final = 2_000
"""Places in reach of a base that are weighed for a plan, before somebody must choose a smaller area."""
_QUERIES = queries("plans")


class NoSuchPlan(LookupError):
    """A plan of somebody else's, of another purpose, or none: all the same."""


class PlanRefused(ValueError):
    """A plan that cannot be; the message says why."""


class PlanChanged(ValueError):
    """Somebody kept another version after this one was read."""


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of the session's own organisation who does outreach, by membership."""

    id: UUID
    email: str
    is_me: bool
    languages: Sequence[str] = ()
    """What they say they speak besides English, as slugs."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan as it is kept. `document` is for layers.plan_documents to read; `is_mine` when this membership made it.

    `stage`: a team may set out by it later, now, or no more, for it is over.
    """

    id: UUID
    is_mine: bool
    starts_at: datetime
    ends_at: datetime
    state: str
    document: Mapping[str, Any]
    version: int
    stage: str = "later"


@dataclass(frozen=True, kw_only=True)
class JointStop:
    """A joint visit that is open now to this membership: the owner's place, the window, and who was named to go."""

    id: UUID
    place_id: UUID
    partner: str
    starts_at: datetime
    ends_at: datetime
    members: list[UUID]


@dataclass(frozen=True, kw_only=True)
class PlanEdit:
    """What is to be kept of a plan: its hours, its state, its document, and in which team each member goes."""

    starts_at: datetime
    ends_at: datetime
    state: str
    document: Mapping[str, Any]
    members: Mapping[UUID, int]


def colleagues(conn: Connection) -> list[Colleague]:
    """Return the people one may go with, by e-mail address. Raises NotAllowed for anybody who does no outreach."""
    with conn.cursor(row_factory=class_row(Colleague)) as cursor:
        return cursor.execute(_QUERIES["colleagues"]).fetchall()


def set_my_languages(conn: Connection, spoken: Sequence[str]) -> None:
    """Say what one speaks besides English, as slugs, in place of what was said. Raises NotALanguage, NotAllowed."""
    denied = NotAllowed("What they speak is said by outreach workers, with their own session.")
    with refusals(NoSuchPlan, NotALanguage, denied=denied):
        conn.execute(_QUERIES["set_my_languages"], {"languages": list(spoken)})


def refuse_strangers(conn: Connection, members: Iterable[UUID]) -> None:
    """Refuse a plan for anybody but colleagues before it is made. Raises PlanRefused, NotAllowed."""
    if not {person.id for person in colleagues(conn)}.issuperset(members):
        raise PlanRefused("Somebody in a team does no outreach for your organisation now: choose again.")


def add_plan(conn: Connection, who: Pass, edit: PlanEdit) -> UUID:
    """Keep a new plan; its id. Raises PlanRefused, NotAllowed."""
    id = uuid4()
    _keep(conn, who, Plan(id=id, is_mine=True, version=0, **_plain(edit)), edit.members)
    return id


def change_plan(conn: Connection, who: Pass, plan: Plan, edit: PlanEdit) -> None:
    """Keep another version of a plan of one's own. Raises PlanRefused, PlanChanged when it is not as it was read."""
    _keep(conn, who, Plan(id=plan.id, is_mine=True, version=plan.version, **_plain(edit)), edit.members)


def my_plans(conn: Connection) -> list[Plan]:
    """Return the plans that this membership made, or goes by, in order of their hours."""
    with conn.cursor(row_factory=class_row(Plan)) as cursor:
        return cursor.execute(_QUERIES["my_plans"], {"id": None}).fetchall()


def my_plan(conn: Connection, id: UUID) -> Plan:
    """Return one of them. Raises NoSuchPlan."""
    with conn.cursor(row_factory=class_row(Plan)) as cursor:
        found = cursor.execute(_QUERIES["my_plans"], {"id": id}).fetchone()
    if found is None:
        raise NoSuchPlan("There is no such plan.")
    return found


def drop_plan(conn: Connection, id: UUID) -> None:
    """Throw away a plan of one's own. Raises NoSuchPlan."""
    row = conn.execute(_QUERIES["drop_plan"], {"id": id}).fetchone()
    if row is None or not row[0]:
        raise NoSuchPlan("There is no such plan.")
    audit(conn, "administration", what="threw away a plan")


def places_in_reach(reading: Reading, window: Mapping[str, object]) -> list[UUID]:
    """Return the places that the session sees exactly in a window of keys. Raises PlanRefused for too many."""
    rows = reading.conn.execute(_QUERIES["candidates"], {**window, "most": MOST_CONSIDERED + 1}).fetchall()
    if len(rows) > MOST_CONSIDERED:
        raise PlanRefused(f"More than {MOST_CONSIDERED} places lie in reach of this base: choose a smaller area.")
    return [row[0] for row in rows]


def facts_of(conn: Connection, places: Sequence[UUID], day: date) -> list[Row]:
    """Return what the session may know on a day of places it sees exactly: those that it does not see are left away.

    Days are counted before `day`. The caller has written the consultation into the audit.
    """
    values = {"ids": list(places), "day": day, "another_visit": code_of(conn, "need", "another_visit")}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_QUERIES["candidate_facts"], values).fetchall()
    return [{**row, "place_id": row["id"], "joint": None} for row in rows]


def joint_stops(conn: Connection) -> list[JointStop]:
    """Return the joint visits that are open now to the session's membership, in order of their windows."""
    with conn.cursor(row_factory=class_row(JointStop)) as cursor:
        return cursor.execute(_QUERIES["joint_stops"]).fetchall()


def facts_of_joint(conn: Connection, vault: Vault, stops: Sequence[JointStop], day: date) -> list[Row]:
    """Return what the session may know on a day of the places of joint visits, each by its joint visit's id.

    Each is disclosed in the owner's chain and consulted in the reader's, as when its card is opened.
    """
    by_place = {stop.place_id: stop for stop in stops}
    for id in sorted(by_place):
        told_of_place(conn, vault, id)
    rows = {row["place_id"]: row for row in facts_of(conn, list(by_place), day)}
    return [{**rows[stop.place_id], "id": stop.id, "joint": stop} for stop in stops if stop.place_id in rows]


def facts_of_stops(conn: Connection, vault: Vault, places: Sequence[UUID], day: date) -> list[Row]:
    """Return the same of the places of a shift: of one's own, and of those that joint visits open to oneself."""
    joint = [stop for stop in joint_stops(conn) if stop.place_id in places]
    own = [id for id in places if id not in {stop.place_id for stop in joint}]
    return [*facts_of_plan(conn, vault, own, day), *facts_of_joint(conn, vault, joint, day)]


def facts_of_plan(conn: Connection, vault: Vault, places: Sequence[UUID], day: date) -> list[Row]:
    """Return the same of a plan's places, once the audit says that they were consulted."""
    records = [vault.hashed_id("place", id) for id in places]
    audit(conn, "consultation", what="opened a plan", records=records, precision="exact")
    return facts_of(conn, places, day)


def _keep(conn: Connection, who: Pass, plan: Plan, members: Mapping[UUID, int]) -> None:
    refuse_layer_token(who)
    values = {**vars(plan), "document": Jsonb(plan.document), "members": list(members), "teams": list(members.values())}
    try:
        row = cast(tuple[int | None], conn.execute(_QUERIES["keep_plan"], values).fetchone())
    except ForeignKeyViolation as error:
        raise PlanRefused("Somebody in a team does no outreach for your organisation now: choose again.") from error
    except RaiseException as error:
        raise PlanRefused(str(error.diag.message_primary)) from error
    if row[0] is None:
        raise PlanChanged("Somebody changed this plan after you read it, or it is gone. Open it again.")
    audit(conn, "alteration", what="kept a plan", version=row[0])


def _plain(edit: PlanEdit) -> dict[str, Any]:
    return {name: value for name, value in vars(edit).items() if name != "members"}
