"""Who counts what: analysts of the owner alone, at the steps they know, and nothing through a policy's side door."""

from datetime import date
from typing import Any

import psycopg
import pytest

from tests import worlds
from tests.gate.town import a_layer_token, a_town, asked
from tests.planned import a_planned_visit
from tests.worlds import CONTENT, EXACT, NOTE, PLACE, VISIT, lock_of

pytestmark = pytest.mark.proof

KEPT = {
    "note_count": (NOTE, "noted_month, category, severity, provenance, team, notes", "1, 1, 1, 1, 1"),
    "visit_count": (VISIT, "visited_month, team, visits", "1, 1"),
}
"""Each table of counts with the kind of its locks, its own columns, and values for those after the month."""
COUNTED = "SELECT lock_id & 7, sum(notes)::int FROM store.note_count GROUP BY 1 ORDER BY 1"
PLANNED = "SELECT easting, northing, visits FROM store.planned_visits(%s, '2026-03-01', '2026-04-01')"


def counted(service: psycopg.Connection, token: str) -> dict[int, int]:
    """Return the notes that a session counts, by step."""
    return dict(asked(service, token, COUNTED))


def test_an_analyst_of_the_owner_counts_at_500_m_and_no_partner_counts_at_all(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    analyst = worlds.a_membership(writer, town.charity, role="analyst")
    partner = worlds.a_membership(writer, town.police, role="analyst")
    own = worlds.a_session(writer, analyst, purpose="analysis")
    assert counted(service, own) == {0: 1, 1: 1, 2: 1}
    assert counted(service, worlds.a_session(writer, partner, purpose="analysis")) == {}
    for who in (town.worker, town.officer):
        for purpose in ("visit", "safeguarding", "enforcement"):
            assert counted(service, worlds.a_session(writer, who, purpose=purpose)) == {}
    assert counted(service, "no token") == {}
    layers, _ = a_layer_token(service, own)
    assert counted(service, layers) == {0: 1, 1: 1, 2: 1}


@pytest.mark.parametrize(
    ("label", "who"),
    [
        ({"sensitivity": 3}, {"clearance": 2}),
        ({"area": 2}, {"areas": (1,)}),
        ({"operation": True}, {}),
    ],
    ids=["clearance", "area", "operation"],
)
def test_what_an_analyst_may_not_know_is_not_counted(
    writer: psycopg.Connection, service: psycopg.Connection, label: dict[str, Any], who: dict[str, Any]
) -> None:
    town = a_town(writer)
    behind = label | ({"operation": worlds.an_operation(writer, town.charity)} if "operation" in label else {})
    hidden = worlds.a_label(writer, town.charity, **behind)
    place = worlds.a_place(writer, hidden)
    worlds.a_note(writer, hidden, place)
    a_planned_visit(writer, hidden, place)
    analyst = worlds.a_membership(writer, town.charity, role="analyst", **who)
    token = worlds.a_session(writer, analyst, purpose="analysis")
    assert counted(service, token) == {0: 1, 1: 1, 2: 1}
    assert asked(service, token, PLANNED, 2) == []


def test_an_owner_that_makes_its_own_rule_stricter_is_counted_more_coarsely(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    a_planned_visit(writer, town.label, town.place)
    analyst = worlds.a_membership(writer, town.charity, role="analyst")
    token = worlds.a_session(writer, analyst, purpose="analysis")
    assert asked(service, token, PLANNED, 2) == [(406_000, 286_000, 1)]
    writer.execute(
        "INSERT INTO access.precision_rule SELECT %s, 'own', 'analysis', s, 1 FROM generate_series(0, 3) AS s",
        [town.charity],
    )
    assert counted(service, token) == {0: 1, 1: 1}
    assert asked(service, token, PLANNED, 2) == []
    assert asked(service, token, PLANNED, 1) == [(406_000, 286_000, 1)]
    assert asked(service, token, PLANNED, 0) == [(405_000, 285_000, 1)]


def test_planned_visits_are_counted_for_the_owners_analysts_alone(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    a_planned_visit(writer, town.label, town.place)
    partner = worlds.a_membership(writer, town.police, role="analyst")
    for who, purpose in ((partner, "analysis"), (town.worker, "visit"), (town.officer, "visit")):
        token = worlds.a_session(writer, who, purpose=purpose)
        assert [asked(service, token, PLANNED, step) for step in (0, 1, 2)] == [[], [], []]


def test_no_step_finer_than_500_m_can_be_written(writer: psycopg.Connection) -> None:
    town = a_town(writer)
    for table, (own, columns, values) in KEPT.items():
        for kind, step in ((own, 3), (own, EXACT), (own, CONTENT), *((k, 2) for k in (PLACE, VISIT, NOTE) if k != own)):
            query = (
                f"INSERT INTO store.{table} (lock_id, easting, northing, shelf, cell, {columns})"
                f" VALUES (%s, 406000, 286000, 1, 1, '2026-02-01', {values})"
            )
            with pytest.raises(psycopg.errors.CheckViolation):
                writer.execute(query.encode(), [lock_of(town.label, kind, step)])


def test_a_ring_is_stamped_by_another_month_and_not_by_another_day(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    analyst = worlds.a_membership(writer, town.charity, role="analyst")
    token = worlds.a_session(writer, analyst, purpose="analysis")
    other = worlds.a_session(
        writer, worlds.a_membership(writer, town.police, role="analyst", areas=(2,)), purpose="analysis"
    )

    def keys() -> list[Any]:
        for one in (token, other):
            service.execute("SELECT access.freshen(%s)", [one])
        return [asked(service, one, "SELECT (access.enter(%s)).ring_key", one)[0][0] for one in (token, other)]

    first = keys()
    move = "UPDATE store.risk_point SET recorded_on = %s, northing = northing + 7 WHERE note_id = %s"
    writer.execute(move, [date(2026, 2, 27), town.note])
    same = keys()
    writer.execute(move, [date(2026, 1, 27), town.note])
    later = keys()
    assert all(first)
    assert same == first
    assert later[0] != first[0]
    assert later[1] == first[1]
