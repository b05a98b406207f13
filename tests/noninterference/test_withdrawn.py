"""What was shown and withdrawn leaves no trace: kept tiles and stored rings answer as if it had never been."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import pytest
from psycopg import Connection

from tests import worlds
from tests.noninterference.apart import Harness
from tests.noninterference.asking import Request, reads
from tests.noninterference.comparing import Comparison, compare, subjects_of
from tests.noninterference.serving import World
from tests.noninterference.town import Town, somewhere

pytestmark = pytest.mark.proof
TILES = "/api/collections/{layer}/tiles/WebMercatorQuad/{z}/{row}/{column}"
KIND = "police visit"
Step = Callable[[Connection, Town], None]


def add_place(conn: Connection, town: Town) -> None:
    worlds.a_place(conn, town.labels["open"], at=somewhere(Random(5)), attend_rule=3)


def remove_place(conn: Connection, town: Town) -> None:
    label = town.labels["open"]
    rows = conn.execute(
        "SELECT id FROM store.place WHERE lock_id >> 5 = %s AND id <> %s", [label, town.places["open"]]
    ).fetchall()
    for (id,) in rows:
        for table, column in (("place_point", "place_id"), ("place_history", "place_id"), ("place", "id")):
            conn.execute(f"DELETE FROM store.{table} WHERE {column} = %s".encode(), [id])


def add_agreement(conn: Connection, town: Town) -> None:
    of = town.organisations
    worlds.an_agreement(conn, of["charity"], of["police"], max_sensitivity=2, finest_step=3)


def suspend_agreement(conn: Connection, _: Town) -> None:
    conn.execute("UPDATE access.agreement SET suspended_at = %s WHERE max_sensitivity = 2", [worlds.NOON])


WITHDRAWALS: dict[str, tuple[Step, Step]] = {
    "a place": (add_place, remove_place),
    "an agreement": (add_agreement, suspend_agreement),
}
BREAKING = {
    "a place": "CREATE OR REPLACE FUNCTION access.stamp_rings(locks int []) RETURNS void LANGUAGE sql AS ''",
    "an agreement": "ALTER TABLE access.agreement DISABLE TRIGGER moves_epoch",
}


@contextmanager
def withdrawn(harness: Harness, what: str, *breaking: str) -> Iterator[tuple[World, World, list[Request]]]:
    """Give the town, and the town in which something was shown, asked for, and withdrawn; and what was asked."""
    show, withdraw = WITHDRAWALS[what]
    with harness.served(harness.template, *breaking) as one, harness.served(harness.template, *breaking) as other:
        requests = list(reads([TILES], subjects_of(one)))[:60]
        show(other.conn, harness.town)
        other.ask(requests, harness.town.tokens[KIND])
        withdraw(other.conn, harness.town)
        yield one, other, requests


def compared(harness: Harness, what: str, *breaking: str) -> Comparison:
    with withdrawn(harness, what, *breaking) as (one, other, requests):
        return compare(one, other, harness.town.tokens[KIND], requests)


@pytest.mark.parametrize("what", WITHDRAWALS)
def test_what_was_withdrawn_leaves_no_trace(harness: Harness, what: str) -> None:
    found = compared(harness, what)
    assert found.difference is None
    assert found.requests == 60


@pytest.mark.parametrize("what", WITHDRAWALS)
def test_what_keeps_old_answers_out_is_missed_when_broken(harness: Harness, what: str) -> None:
    found = compared(harness, what, BREAKING[what])
    print(f"\n{BREAKING[what]}: {KIND}, request {found.requests}: {found.difference}")
    assert found.difference is not None
