"""A stored ring is fresh or not used, spans every label, and is stamped by what it opens and by nothing else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest

from data.cluster import Cluster
from tests import worlds
from tests.gate.town import Town, a_town, asked, finest_seen
from tests.waiting import until_waiting
from tests.worlds import EXACT, NOON, PLACE

pytestmark = pytest.mark.proof


@dataclass(frozen=True)
class Keys:
    """What a session is told of its ring: NULL where nothing may be kept."""

    worker: str | None
    officer: str | None


def keys_of(writer: psycopg.Connection, service: psycopg.Connection, tokens: tuple[str, str]) -> Keys:
    found = []
    for token in tokens:
        service.execute("SELECT access.freshen(%s)", [token])
        found.append(asked(service, token, "SELECT (access.enter(%s)).ring_key", token)[0][0])
    assert writer.autocommit
    return Keys(*found)


def a_move(conn: psycopg.Connection, town: Town, *, by: float) -> None:
    moved = worlds.a_point(406_123.0 + by, 286_456.0) | {"place": town.place}
    conn.execute(
        "UPDATE store.place_point SET easting = %(easting)s, northing = %(northing)s, key = %(key)s, x = %(x)s, "
        "y = %(y)s, longitude = %(longitude)s, latitude = %(latitude)s WHERE place_id = %(place)s",
        moved,
    )


Change = Callable[[psycopg.Connection, Town], object]
# What changes, and whether the owner's worker and the partner's officer (500 m squares) may feel it.
CHANGES: dict[str, tuple[Change, bool, bool]] = {
    "nothing": (lambda _conn, _town: None, False, False),
    "a place of strangers": (lambda conn, _: a_town(conn).place, False, False),
    "a move within 100 m": (lambda conn, town: a_move(conn, town, by=5), True, False),
    "a move within 500 m": (lambda conn, town: a_move(conn, town, by=200), True, False),
    "a move within 1 km": (lambda conn, town: a_move(conn, town, by=600), True, True),
    "a place more": (lambda conn, town: worlds.a_place(conn, town.label), True, True),
    "a visit more": (lambda conn, town: worlds.a_visit(conn, town.label, town.place), True, True),
    "a secret place": (lambda conn, town: worlds.a_place(conn, secret_of(conn, town)), True, False),
    "an attend rule": (
        lambda conn, town: conn.execute(
            "UPDATE store.place_point SET attend_rule = 3 WHERE place_id = %s", [town.place]
        ),
        True,
        True,
    ),
}


def secret_of(conn: psycopg.Connection, town: Town) -> int:
    return worlds.a_label(conn, town.charity, sensitivity=3)


@pytest.mark.parametrize("what", CHANGES)
def test_only_those_whose_keys_open_what_changed_get_a_new_stamp(
    writer: psycopg.Connection, service: psycopg.Connection, what: str
) -> None:
    change, worker_feels, officer_feels = CHANGES[what]
    town = a_town(writer, sensitivity=1, finest_step=2)
    secret_of(writer, town)
    tokens = worlds.a_session(writer, town.worker), worlds.a_session(writer, town.officer)
    stamps = "SELECT purpose, stamp FROM access.ring WHERE membership_id IN (%s, %s) ORDER BY membership_id = %s"
    mine = [town.worker, town.officer, town.officer]
    before_keys = keys_of(writer, service, tokens)
    before = writer.execute(stamps, mine).fetchall()
    change(writer, town)
    after = writer.execute(stamps, mine).fetchall()
    assert None not in {before_keys.worker, before_keys.officer}
    assert [old != new for old, new in zip(before, after, strict=True)] == [worker_feels, officer_feels]
    after_keys = keys_of(writer, service, tokens)
    assert (before_keys.worker != after_keys.worker) >= worker_feels
    assert (before_keys.officer != after_keys.officer) >= officer_feels


def test_a_ring_spans_every_label_of_its_moment_however_stale_it_was_stored(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token = worlds.a_session(writer, town.worker)
    service.execute("SELECT access.freshen(%s)", [token])
    for round_ in range(12):
        if round_ % 3 == 0:
            with writer.transaction(force_rollback=True):
                worlds.a_label(writer, town.charity, sensitivity=3, handling=worlds.a_handling(writer, owner_only=True))
        handling = worlds.a_handling(
            writer, conditions={"finest_step": 3, "purposes": [f"round {round_} {town.place}"]}
        )
        label = worlds.a_label(writer, town.charity, handling=handling)
        worlds.a_place(writer, label)
        (length,) = asked(service, token, "SELECT length(access.keyring())")[0]
        assert length > label * 32 + 31
        lock = worlds.lock_of(label, PLACE, EXACT)
        assert asked(service, token, "SELECT count(*) FROM store.place_point WHERE lock_id = %s", lock) == [(1,)]
        if round_ % 4 == 3:
            service.execute("SELECT access.freshen(%s)", [token])


def test_a_session_sees_at_once_what_it_records_behind_a_new_label_in_the_same_transaction(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token = worlds.a_session(writer, town.worker)
    service.execute("SELECT access.freshen(%s)", [token])
    with service.transaction():
        service.execute("SELECT access.enter(%s)", [token])
        (label,) = service.execute("SELECT access.label_for(2, 0, NULL, 'welfare', 0)").fetchone() or (None,)
        assert label is not None
        assert service.execute("SELECT count(*) >= 1 FROM store.place").fetchone() == (True,)
        writer.execute("INSERT INTO reference.area VALUES (0, 'x', 'x', 'elsewhere') ON CONFLICT DO NOTHING")
        writer.execute("INSERT INTO access.membership_area VALUES (%s, 0)", [town.worker])
        written = service.execute(
            "INSERT INTO store.place (id, lock_id, name, kind, changed_by, changed_at) "
            "VALUES (gen_random_uuid(), %s, 'New', 6, gen_random_uuid(), now()) RETURNING name",
            [worlds.lock_of(label, PLACE, 5)],
        )
        assert written.fetchone() == ("New",)


def test_no_row_can_stand_behind_the_lock_of_no_label(writer: psycopg.Connection) -> None:
    town = a_town(writer)
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="no such label"):
        writer.execute(
            "INSERT INTO store.place_point SELECT gen_random_uuid(), 32 * 60000000 + 4, shelf, key, x, y, kind, "
            "attend_rule, longitude, latitude, easting, northing FROM store.place_point WHERE place_id = %s",
            [town.place],
        )
    for change in (
        "DELETE FROM access.label WHERE id = %s",
        "UPDATE access.label SET sensitivity = 0 WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            writer.execute(change.encode(), [town.label])


def test_while_somebody_is_writing_what_a_stale_ring_opens_nothing_is_kept_and_nothing_is_wrong(
    cluster: Cluster, held: str, writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token = worlds.a_session(writer, town.worker)
    with psycopg.connect(cluster.url(database=held)) as slow:
        worlds.a_place(slow, town.label)
        service.execute("SELECT access.freshen(%s)", [token])
        key, places = asked(
            service, token, "SELECT (access.enter(%s)).ring_key, (SELECT count(*) FROM store.place)", token
        )[0]
        assert (key, places) == (None, 1)
        slow.commit()
    service.execute("SELECT access.freshen(%s)", [token])
    key, places = asked(
        service, token, "SELECT (access.enter(%s)).ring_key, (SELECT count(*) FROM store.place)", token
    )[0]
    assert key is not None
    assert places == 2


def test_a_request_that_entered_holds_up_no_writer(
    cluster: Cluster, held: str, writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token = worlds.a_session(writer, town.worker)
    with psycopg.connect(cluster.url(database=held), autocommit=True) as impatient:
        impatient.execute("SET lock_timeout = '2s'")
        with service.transaction():
            service.execute("SELECT access.enter(%s)", [token])
            assert service.execute("SELECT count(*) FROM store.place").fetchone() == (1,)
            worlds.a_place(impatient, town.label)
            impatient.execute("UPDATE access.membership SET role = 'admin' WHERE id = %s", [town.worker])
            impatient.execute("UPDATE access.agreement SET suspended_at = %s WHERE id = %s", [NOON, town.agreement])
    assert finest_seen(service, token) == -1


def test_a_long_import_that_makes_labels_does_not_hold_up_a_suspension(
    cluster: Cluster, held: str, writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token = worlds.a_session(writer, town.officer)
    assert finest_seen(service, token) >= 0
    with psycopg.connect(cluster.url(database=held)) as importer:
        worlds.a_label(importer, town.charity, sensitivity=3)
        writer.execute("SET lock_timeout = '2s'")
        writer.execute("UPDATE access.agreement SET suspended_at = %s WHERE id = %s", [NOON, town.agreement])
        assert finest_seen(service, token) == -1
        importer.commit()
    assert finest_seen(service, token) == -1


_SLOW = """
ALTER FUNCTION access.next_change(uuid, timestamptz) RENAME TO real_next_change;
CREATE FUNCTION access.next_change(membership uuid, at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN access.real_next_change(membership, at); END $$;
ALTER FUNCTION access.next_change(uuid, timestamptz) OWNER TO waymark_gate;
"""
_QUICK = """
DROP FUNCTION access.next_change(uuid, timestamptz);
ALTER FUNCTION access.real_next_change(uuid, timestamptz) RENAME TO next_change;
"""


def test_policy_that_changes_while_a_ring_is_being_stored_leaves_it_stale(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    token = worlds.a_session(writer, town.officer)
    writer.execute(_SLOW)
    writer.execute("SELECT pg_advisory_lock(7)")
    try:
        storing = threading.Thread(target=service.execute, args=("SELECT access.freshen(%s)", [token]))
        storing.start()
        until_waiting(writer, on="advisory")
        writer.execute("UPDATE access.agreement SET suspended_at = %s WHERE id = %s", [NOON, town.agreement])
    finally:
        writer.execute("SELECT pg_advisory_unlock(7)")
        storing.join()
        writer.execute(_QUICK)
    stored = writer.execute(
        "SELECT get_bit(bits, %s) FROM access.ring WHERE membership_id = %s",
        [worlds.lock_of(town.label, PLACE, 0), town.officer],
    )
    assert stored.fetchall() == [(1,)]
    assert finest_seen(service, token) == -1
    assert asked(service, token, "SELECT (access.enter(%s)).ring_key", token) == [(None,)]


def test_a_ring_is_not_kept_while_a_joint_visit_opens_a_place(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    tokens = worlds.a_session(writer, town.worker), worlds.a_session(writer, town.officer)
    worlds.a_joint_visit(writer, town.place, town.charity, town.police, members=[town.officer])
    keys = keys_of(writer, service, tokens)
    assert keys.worker is not None
    assert keys.officer is None
    worlds.set_clock(writer, NOON + timedelta(hours=27))
    tokens = (
        worlds.a_session(writer, town.worker, at=NOON + timedelta(hours=27)),
        worlds.a_session(writer, town.officer, at=NOON + timedelta(hours=27)),
    )
    assert keys_of(writer, service, tokens).officer is not None


CARRIED = (
    "SELECT s.ring_bits = r.bits AND s.ring_epochs = r.epochs AND s.ring_valid_until = r.valid_until "
    "FROM access.session AS s JOIN access.ring AS r USING (membership_id, purpose, scope) "
    "WHERE s.token_hash = sha256(convert_to(%s, 'UTF8'))"
)


def test_a_ring_that_is_stored_goes_to_every_session_of_its_membership(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    town = a_town(writer)
    tokens = [worlds.a_session(writer, town.worker) for _ in range(2)]
    worlds.a_place(writer, secret_of(writer, town))
    asked(service, tokens[0], "SELECT access.freshen(%s)", tokens[0])
    later = worlds.a_session(writer, town.worker)
    for token in (*tokens, later):
        assert writer.execute(CARRIED, [token]).fetchone() == (True,)
        assert asked(service, token, "SELECT count(*) FROM access.own_keys") == [(1,)]


def test_storing_a_ring_waits_for_no_session_and_leaves_none_with_keys_of_before(
    cluster: Cluster, held: str, writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    """A session whose row another request holds keeps its old copy, which opens nothing: the keys are computed."""
    town = a_town(writer)
    token = worlds.a_session(writer, town.worker)
    asked(service, token, "SELECT access.freshen(%s)", token)
    with psycopg.connect(cluster.url(database=held)) as busy:
        busy.execute("SELECT FROM access.session WHERE token_hash = sha256(convert_to(%s, 'UTF8')) FOR UPDATE", [token])
        secret = worlds.a_place(writer, secret_of(writer, town))
        writer.execute("SET lock_timeout = '5s'")
        writer.execute("SELECT access.refresh_ring(%s, 'visit', 'full')", [town.worker])
        writer.execute("RESET lock_timeout")
        assert writer.execute(CARRIED, [token]).fetchone() == (False,)
        assert asked(service, token, "SELECT count(*) FROM access.own_keys") == [(0,)]
        assert asked(service, token, "SELECT id FROM store.place WHERE id = %s", secret) == [(secret,)]
    asked(service, token, "SELECT access.freshen(%s)", token)
    assert writer.execute(CARRIED, [token]).fetchone() == (True,)
