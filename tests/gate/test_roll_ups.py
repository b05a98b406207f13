"""Cells always equal a recount of the points behind the same label, whatever was written in between."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from geo.cells import cell_key, cells_of
from tests import worlds
from tests.worlds import EXACT, NOTE, PLACE, VISIT

pytestmark = pytest.mark.proof

STEP_OF = {5000: 0, 1000: 1, 500: 2, 100: 3}
RULES = ("ok", "two_people", "contact_owner_first", "do_not_attend")
Cells = Counter[tuple[object, ...]]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A table of points, and the table of cells that must follow it."""

    kind: int
    points: str
    id: str
    cells: str
    columns: str
    varying: Mapping[str, st.SearchStrategy[Any]]
    fixed: Mapping[str, object]
    finest: int = 3
    counted_by: tuple[str, ...] = ()
    """By what a table of counts counts beside the month."""

    def counted(self, row: Mapping[str, Any]) -> tuple[object, ...]:
        """What of a point, beside its square, decides where it is counted."""
        if self.kind == PLACE:
            return (RULES[row["attend_rule"]],)
        if self.kind == VISIT:
            return (row["visited_on"].replace(day=1), *(row[name] for name in self.counted_by))
        if self.counted_by:
            return (row["recorded_on"].replace(day=1), *(row[name] for name in self.counted_by))
        return (row["category"], row["severity"])


_IN_FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
LEDGERS = [
    Ledger(
        kind=PLACE, points="place_point", id="place_id", cells="place_cell",
        columns="ok, two_people, contact_owner_first, do_not_attend",
        varying={"attend_rule": st.integers(0, 3)}, fixed={"kind": 6},
    ),
    Ledger(
        kind=VISIT, points="visit_point", id="visit_id", cells="visit_cell", columns="visited_month, visits",
        varying={"visited_on": st.sampled_from([date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)])},
        fixed={"place_id": UUID(int=5), "outcome": 1},
    ),
    Ledger(
        kind=NOTE, points="risk_point", id="note_id", cells="risk_cell", columns="category, severity, notes",
        varying={"category": st.integers(1, 2), "severity": st.integers(1, 2)},
        fixed={"place_id": UUID(int=5), "recorded_on": date(2026, 2, 3)},
    ),
    Ledger(
        kind=VISIT, points="visit_point", id="visit_id", cells="visit_count", columns="visited_month, team, visits",
        varying={
            "visited_on": st.sampled_from([date(2026, 1, 31), *_IN_FEBRUARY]), "team": st.integers(0, 2),
        },
        fixed={"place_id": UUID(int=5), "outcome": 1}, finest=2, counted_by=("team",),
    ),
    Ledger(
        kind=NOTE, points="risk_point", id="note_id", cells="note_count",
        columns="noted_month, category, severity, provenance, team, notes",
        varying={
            "recorded_on": st.sampled_from([date(2026, 1, 31), *_IN_FEBRUARY]),
            **{name: st.integers(1, 2) for name in ("category", "severity", "provenance", "team")},
        },
        fixed={"place_id": UUID(int=5)}, finest=2, counted_by=("category", "severity", "provenance", "team"),
    ),
]  # fmt: skip

# Two clusters of positions on and around edges of squares, so that moves cross some edges and not others.
positions = st.tuples(
    st.sampled_from([404_999.9, 405_000.0, 405_040.0, 405_099.0, 405_100.0, 405_499.0, 405_500.0]),
    st.sampled_from([284_999.9, 285_000.0, 285_050.0, 285_999.0, 286_000.0]),
)


def expected_cells(ledger: Ledger, points: Mapping[UUID, Mapping[str, Any]]) -> Cells:
    """Count the points anew, with geo's squares and not the database's."""
    cells: Cells = Counter()
    for row in points.values():
        east, north = np.array([row["easting"]]), np.array([row["northing"]])
        within = int(cell_key(east, north)[0])
        for metres, corners in cells_of(east, north).items():
            if STEP_OF[metres] > ledger.finest:
                continue
            lock = worlds.lock_of(row["label"], ledger.kind, STEP_OF[metres])
            square = (int(corners.easting[0]), int(corners.northing[0]))
            cells[(lock, *square, row["shelf"], within, *ledger.counted(row))] += 1
    return cells


class Writing(RuleBasedStateMachine):
    """Points inserted, moved, relabelled, changed and deleted, one and several in a statement."""

    ids: Bundle[UUID] = Bundle("ids")
    conn: psycopg.Connection
    ledger: Ledger

    def __init__(self) -> None:
        super().__init__()
        self.points: dict[UUID, dict[str, Any]] = {}
        self.conn.rollback()
        worlds.some_areas(self.conn)
        owner = worlds.an_organisation(self.conn)
        self.labels = {n: worlds.a_label(self.conn, owner, sensitivity=n) for n in (0, 1)}
        self.owner = owner

    def _behind(self, sensitivity: int) -> dict[str, Any]:
        label = self.labels[sensitivity]
        lock = worlds.lock_of(label, self.ledger.kind, EXACT)
        return {"label": label, "lock_id": lock, "shelf": self.owner * 4 + sensitivity}

    def _write(self, rows: Mapping[UUID, dict[str, Any]]) -> None:
        columns = [name for name in next(iter(rows.values())) if name != "label"]
        marks = ", ".join(["%s"] * len(columns))
        every = ", ".join(f"({marks})" for _ in rows)
        values = [row[name] for row in rows.values() for name in columns]
        query = f"INSERT INTO store.{self.ledger.points} ({', '.join(columns)}) VALUES {every}"
        self.conn.execute(query.encode(), values)
        self.points.update(rows)

    @rule(target=ids, at=positions, sensitivity=st.integers(0, 1), data=st.data())
    def insert(self, at: tuple[float, float], sensitivity: int, data: st.DataObject) -> UUID:
        id = uuid4()
        varying = {name: data.draw(values) for name, values in self.ledger.varying.items()}
        point = {self.ledger.id: id} | self._behind(sensitivity) | worlds.a_point(*at) | varying
        self._write({id: point | dict(self.ledger.fixed)})
        return id

    @rule(every=st.lists(positions, min_size=2, max_size=6), data=st.data())
    def insert_several(self, every: list[tuple[float, float]], data: st.DataObject) -> None:
        varying = {name: data.draw(values) for name, values in self.ledger.varying.items()}
        points = [worlds.a_point(*at) | varying | self._behind(n % 2) for n, at in enumerate(every)]
        fresh = ((uuid4(), point) for point in points)
        self._write({id: {self.ledger.id: id} | point | dict(self.ledger.fixed) for id, point in fresh})

    @rule(id=ids, at=positions)
    def move(self, id: UUID, at: tuple[float, float]) -> None:
        self._change(id, worlds.a_point(*at))

    @rule(id=ids, sensitivity=st.integers(0, 1))
    def relabel(self, id: UUID, sensitivity: int) -> None:
        self._change(id, self._behind(sensitivity))

    @rule(id=ids, data=st.data())
    def change(self, id: UUID, data: st.DataObject) -> None:
        self._change(id, {name: data.draw(values) for name, values in self.ledger.varying.items()})

    def _change(self, id: UUID, values: dict[str, Any]) -> None:
        if id in self.points:
            settable = {name: value for name, value in values.items() if name != "label"}
            assignments = ", ".join(f"{name} = %({name})s" for name in settable)
            query = f"UPDATE store.{self.ledger.points} SET {assignments} WHERE {self.ledger.id} = %(id)s"
            self.conn.execute(query.encode(), settable | {"id": id})
            self.points[id] |= values

    @rule(at=positions)
    def move_all(self, at: tuple[float, float]) -> None:
        point = worlds.a_point(*at)
        assignments = ", ".join(f"{name} = %({name})s" for name in point)
        self.conn.execute(f"UPDATE store.{self.ledger.points} SET {assignments}".encode(), point)
        for row in self.points.values():
            row.update(point)

    @rule(id=consumes(ids))
    def delete(self, id: UUID) -> None:
        self.conn.execute(f"DELETE FROM store.{self.ledger.points} WHERE {self.ledger.id} = %s".encode(), [id])
        self.points.pop(id, None)

    @rule()
    def delete_all(self) -> None:
        self.conn.execute(f"DELETE FROM store.{self.ledger.points}".encode())
        self.points.clear()

    def _counts(self, columns: tuple[Any, ...]) -> dict[tuple[object, ...], int]:
        if self.ledger.kind == PLACE:
            return {(rule,): count for rule, count in zip(RULES, columns, strict=True)}
        return {columns[:-1]: columns[-1]}

    @invariant()
    def cells_equal_a_recount(self) -> None:
        found: Cells = Counter()
        query = f"SELECT lock_id, easting, northing, shelf, cell, {self.ledger.columns} FROM store.{self.ledger.cells}"
        for row in self.conn.execute(query.encode()):
            counts = self._counts(row[5:])
            assert all(count >= 0 for count in counts.values()), row
            assert sum(counts.values()) > 0, row
            for counted, count in counts.items():
                found[(*row[:5], *counted)] += count
        assert +found == expected_cells(self.ledger, self.points)


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda ledger: ledger.cells)
def test_cells_equal_a_recount_after_any_writing(operator: psycopg.Connection, ledger: Ledger) -> None:
    machine = type("WritingHere", (Writing,), {"conn": operator, "ledger": ledger})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=16, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
