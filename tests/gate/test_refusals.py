"""What PostgreSQL refuses the service's role, even if somebody got it to run SQL of their own."""

import psycopg
import pytest

pytestmark = pytest.mark.proof


@pytest.mark.parametrize(
    "question",
    [
        "SELECT st_estimatedextent('store', 'place_point', 'key')",
        "SELECT st_findextent('store', 'place_point', 'key')",
        "SELECT _postgis_stats('store.place_point', 'key')",
        "SELECT reltuples FROM pg_class",
        "SELECT * FROM pg_stat_user_tables",
        "SELECT * FROM pg_stats",
        "SELECT pg_stat_get_live_tuples('store.place'::regclass)",
        "SELECT pg_relation_size('store.place')",
        "SELECT pg_total_relation_size('store.place')",
        "SELECT pg_database_size(current_database())",
        "SELECT pg_current_wal_lsn()",
        "SELECT txid_current()",
        "SELECT pg_current_snapshot()",
        "SELECT last_value FROM access.ring_stamp",
        "SELECT * FROM access.live_session",
        "SELECT * FROM access.label",
        "SELECT * FROM access.ring",
        "SELECT * FROM audit.entry",
        "SELECT * FROM store.joint_visit",
        "SELECT * FROM store.joint_visit_member",
        "UPDATE store.joint_visit SET accepted_at = now()",
        "SELECT access.recipients_of(1)",
        "SELECT access.decide(gen_random_uuid(), 'visit', now())",
        "SELECT access.compute_ring(gen_random_uuid(), 'visit', 'full', now())",
        "SELECT access.reachable(gen_random_uuid(), 'visit', now(), NULL)",
        "SELECT access.stamp_rings('{5}')",
        "SELECT audit.append_to(1, 'denied', '{}')",
        "SELECT audit.disclosed(0, '{}')",
        "SET ROLE waymark_gate",
        "SET SESSION AUTHORIZATION waymark_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE store.place DISABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "COPY store.place TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_service_is_refused(application: psycopg.Connection, question: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(question.encode())


def test_a_migrated_database_takes_no_temporary_names_from_the_service(operator: psycopg.Connection) -> None:
    """A clone of the template has the server's defaults again, so the template itself is asked."""
    closed = operator.execute("SELECT has_database_privilege('waymark_app', 'waymark_template', 'TEMPORARY')")
    assert closed.fetchone() == (False,)


def test_switching_row_level_security_off_refuses_instead_of_showing(application: psycopg.Connection) -> None:
    application.execute("SET row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        application.execute("SELECT count(*) FROM store.place")


def test_the_server_is_not_one_with_a_known_hole_in_row_level_security(operator: psycopg.Connection) -> None:
    """CVE-2024-10976: plans cached under one role used under another; fixed in these minor versions."""
    major, minor = divmod(operator.info.server_version, 10_000)
    assert minor >= {15: 9, 16: 5, 17: 1}.get(major, 0)
