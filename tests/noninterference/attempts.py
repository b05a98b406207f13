"""What the service's role may write with a session's token that names hidden things: nothing, refused alike."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from uuid import UUID

from data.database import NotAllowed, connected
from tests.gate.writes import UPDATES, WRITES, refusal
from tests.noninterference.asking import MISSING
from tests.noninterference.comparing import subjects_of
from tests.noninterference.serving import World
from tests.worlds import CONTENT, PLACE, lock_of

NEW = UUID("5c1f7a52-9d0e-4c8b-8a6f-1d2e3c4b5a70")
_PLACE = (
    "INSERT INTO store.place (id, lock_id, name, kind, changed_by, changed_at)"
    " VALUES (%(id)s, %(lock)s, 'A place', 6, gen_random_uuid(), now())"
)

_ACTS = {
    "accept_joint_visit": "ARRAY[gen_random_uuid()], ",
    "decline_joint_visit": "",
    "cancel_joint_visit": "",
    "ask_more_time": "now(), ",
    "agree_more_time": "now(), ",
}
"""What is done with a joint visit, and what each act takes between its id and its record."""


@dataclass(frozen=True)
class Reach:
    """What a session may record behind, what it does not see (places, notes, joint visits), what it may not change."""

    labels: dict[int, int]
    places: list[UUID]
    notes: list[UUID]
    unwritable: list[UUID]
    foreign: list[int]
    joint_visits: list[UUID]


def different_attempts(one: World, other: World, token: str, *, tables: Collection[str] | None = None) -> list[str]:
    """Return the writes that name what is hidden and are not refused, or not refused alike in both worlds."""
    reach, found = _reach(one, other, token), []
    for what, query, values in _attempts(reach):
        if tables is not None and what.split()[-1] not in tables:
            continue
        left, right = (_answer(world, token, query, values) for world in (one, other))
        if left != right or left.get("rows", 0):
            found.append(f"{what}: {_said(left)} here, {_said(right)} there")
    return found


def _reach(one: World, other: World, token: str) -> Reach:
    subjects, known = subjects_of(one, other), _known(one, token)
    owners: dict[int, int] = dict(one.conn.execute("SELECT id, owner_id FROM access.label ORDER BY id").fetchall())
    with one.entered(token) as conn:
        own = conn.execute("SELECT l FROM unnest(%s::int []) AS l WHERE access.may_record(l * 32 + 5)", [list(owners)])
        labels = {label: owners[label] for (label,) in own}
        seen = dict(conn.execute("SELECT id, lock_id >> 5 FROM store.place").fetchall())
        read = {id for (id,) in conn.execute("SELECT id FROM store.note")}
    return Reach(
        labels,
        [id for id in subjects.ids["places"] if id not in seen],
        [id for id in subjects.ids["risks"] if id not in read],
        [id for id in subjects.ids["places"] if seen.get(id) not in labels],
        sorted((one.ids("access.label") | other.ids("access.label")) - set(labels)),
        [id for id in subjects.ids["joint-visits"] if id not in known],
    )


def _known(world: World, token: str) -> set[UUID]:
    """Return the joint visits that the session may know of; none where it has no part in them."""
    with suppress(NotAllowed), connected(world.app.state.backing.pool) as conn, conn.transaction():
        conn.execute("SELECT access.enter(%s)", [token])
        return {id for (id,) in conn.execute("SELECT id FROM store.joint_visits(NULL)")}
    return set()


def _attempts(reach: Reach) -> Iterator[tuple[str, str, dict[str, Any]]]:
    label, owner = min(reach.labels.items(), default=(1, 1))
    for foreign in reach.foreign:
        yield "INSERT place", _PLACE, {"id": NEW, "lock": lock_of(foreign, PLACE, CONTENT)}
    for table, (kind, step, query) in WRITES.items():
        for place, note in zip_longest((*reach.places, MISSING), reach.notes, fillvalue=MISSING):
            named = {"id": NEW, "place": place, "note": note}
            yield f"INSERT {table}", query, named | {"lock": lock_of(label, kind, step), "shelf": owner * 4 + 1}
    for act, values in _ACTS.items():
        for joint in (*reach.joint_visits, MISSING):
            query = f"SELECT store.{act}(%(id)s, {values}'record')"
            yield f"CALL {act} joint_visit", query, {"id": joint}
    for table, query in UPDATES.items():
        for place in (*reach.unwritable, MISSING):
            yield f"UPDATE {table}", query, {"place": place}


def _answer(world: World, token: str, query: str, values: Mapping[str, object]) -> dict[str, object]:
    """Return what an attempt is answered; whatever it did is undone."""
    with world.app.state.backing.pool.connection() as conn, conn.transaction(force_rollback=True):
        return refusal(conn, token, query, values)


def _said(answer: Mapping[str, object]) -> str:
    return f"{answer['rows']} rows" if "rows" in answer else f"SQLSTATE {answer['sqlstate']}"
