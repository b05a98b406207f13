"""The gate against its oracle: every label for at least 500 contexts, without a single difference."""

from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.cluster import Cluster
from tests import worlds
from tests.gate.cast import Cast, make_cast
from tests.gate.draws import World, contexts_of, drawn_world, joint_visits_of, policy_of
from tests.gate.oracle import EXACT, NOTE, PLACE, VISIT, Context, JointVisit, Policy, may_record
from tests.gate.writing import Lock, ask, write_world

pytestmark = pytest.mark.proof

WORLDS, CONTEXTS = 10, 51
CONTENT = 5
CONTENT_TABLES = {
    PLACE: ("place", "place_history", "place_flag"),
    VISIT: ("visit",),
    NOTE: ("note", "note_key", "note_grade"),
}
POINT_TABLE = {PLACE: "place_point", VISIT: "visit_point", NOTE: "risk_point"}
CELL_TABLE = {PLACE: "place_cell", VISIT: "visit_cell", NOTE: "risk_cell"}


class Stage:
    """A database with the cast in it, and the two who connect to it."""

    def __init__(self, operator: psycopg.Connection, application: psycopg.Connection) -> None:
        self.operator, self.application = operator, application
        worlds.hold_clock(operator)
        self.cast: Cast = make_cast(operator)
        operator.commit()
        self.met: Counter[str] = Counter()


@pytest.fixture(scope="module")
def stage(cluster: Cluster, database: str) -> Iterator[Stage]:
    with (
        psycopg.connect(cluster.url(database=database)) as operator,
        psycopg.connect(cluster.url("waymark_app", database)) as application,
    ):
        yield Stage(operator, application)


def keys_expected(cast: Cast, policy: Policy, context: Context) -> dict[tuple[int, int], tuple[int, bool]]:
    """What decide() must return: finest step and content by label and kind."""
    return {
        (label.id, kind): (grant.step, grant.content)
        for label in cast.labels
        for kind, grant in policy.decide(context, label).items()
    }


def locks_expected(decided: dict[tuple[int, int], tuple[int, bool]], scope: str) -> frozenset[int]:
    """The locks that these grants open in a scope: every step up to the finest, and the content."""
    return frozenset(
        worlds.lock_of(label, kind, step)
        for (label, kind), (finest, content) in decided.items()
        for step in (*range(finest + 1), *((CONTENT,) if content and (scope == "full" or kind == PLACE) else ()))
    )


def rows_expected(locks: frozenset[int]) -> frozenset[Lock]:
    """The rows behind these locks, of one record of each kind behind each label."""
    rows: set[Lock] = set()
    for lock in locks:
        kind, step = lock % 32 // 8, lock % 8
        tables = (
            CONTENT_TABLES[kind] if step == CONTENT else (POINT_TABLE[kind] if step == EXACT else CELL_TABLE[kind],)
        )
        rows.update((table, lock) for table in tables)
    return frozenset(rows)


def rows_opened(policy: Policy, context: Context, visits: list[JointVisit]) -> frozenset[Lock]:
    """The rows that joint visits open: the place, its flags and point, and the flags of its notes that are shared."""
    labels = {visit.label.id for visit in visits if policy.opens(context, visit)}
    flagged = {visit.label.id for visit in visits if policy.opens_flag(context, visit, visit.label)}
    places = {(name, worlds.lock_of(label, PLACE, CONTENT)) for label in labels for name in ("place", "place_flag")}
    points = {("place_point", worlds.lock_of(label, PLACE, EXACT)) for label in labels}
    return frozenset(places | points | {("risk_point", worlds.lock_of(label, NOTE, EXACT)) for label in flagged})


def compare(stage: Stage, world: World) -> None:
    """Write the world and hold everything that the gate answers in it against the oracle."""
    write_world(stage.operator, stage.cast, world)
    stage.operator.commit()
    policy, visits = policy_of(world), joint_visits_of(stage.cast, world)
    for number, context in enumerate(contexts_of(stage.cast, world)):
        records = number % 6 == 0
        seen = ask(stage.operator, stage.application, context, enters=number % 10 > 0, records=records)
        decided = keys_expected(stage.cast, policy, context)
        assert seen.decided == decided, context
        locks = locks_expected(decided, context.scope)
        assert seen.bits == locks, context
        opened = rows_opened(policy, context, visits)
        assert seen.rows == rows_expected(locks) | opened, context
        writable = {label.id for label in stage.cast.labels if may_record(context, label)}
        assert seen.recordable == (writable if records else None), context
        own = {label.id for label in stage.cast.labels if label.owner == context.who.organisation.id}
        stage.met["contexts"] += 1
        stage.met["contexts that see"] += bool(decided)
        stage.met["partners that see"] += any(label not in own for label, _ in decided)
        stage.met["opened places"] += sum(table == "place" for table, _ in opened)
        stage.met["opened flags"] += sum(table == "risk_point" for table, _ in opened)
        stage.met["writers"] += bool(writable) and records


def test_the_gate_and_its_oracle_never_differ(stage: Stage) -> None:
    @settings(max_examples=WORLDS, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 2**63))
    def compare_one(seed: int) -> None:
        compare(stage, drawn_world(seed, stage.cast, contexts=CONTEXTS))

    compare_one()
    assert len(stage.cast.labels) == 10 * 3 * 4 * 2 * 2 * 3
    assert stage.met["contexts"] >= 500, stage.met
    assert stage.met["contexts that see"] >= 200, stage.met
    assert stage.met["partners that see"] >= 100, stage.met
    assert stage.met["opened places"] >= 20, stage.met
    assert stage.met["opened flags"] >= 10, stage.met
    assert stage.met["writers"] >= 10, stage.met
