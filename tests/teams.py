"""Teams for tests of who is told them and who counts by them."""

from psycopg import Connection

from tests.worlds import NOON


def a_team(conn: Connection, organisation: int, name: str = "Night team") -> int:
    """Name a team of an organisation; its number."""
    row = conn.execute(
        "INSERT INTO access.team SELECT %s, coalesce(max(number), 0) + 1, %s, NULL,"
        " (SELECT id FROM access.membership LIMIT 1), %s FROM access.team WHERE organisation_id = %s RETURNING number",
        [organisation, name, NOON, organisation],
    ).fetchone()
    assert row is not None
    return int(row[0])
