"""An import for an operation is hidden, like the operation, from admins who are not in it."""

from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof


def an_import(
    conn: psycopg.Connection, organisation: int, *, operation: int | None = None, status: str = "committed"
) -> UUID:
    id = uuid4()
    conn.execute(
        "INSERT INTO imports.import (id, organisation_id, membership_id, file_name, digest, source, collected_for,"
        " sensitivity, operation_id, status, created_at)"
        " VALUES (%s, %s, %s, 'list.csv', sha256('x'), 'A list', 'welfare', 1, %s, %s, %s)",
        [id, organisation, worlds.WORKER, operation, status, NOON],
    )
    conn.execute("INSERT INTO imports.finding VALUES (%s, 2, 'rejected', 'name', '', 'a name')", [id])
    return id


def staged(conn: psycopg.Connection, import_id: UUID, *, source_key: int) -> None:
    """Stage one row with a source id."""
    table = psycopg.sql.Identifier("imports", f"rows {import_id}")
    conn.execute(psycopg.sql.SQL("CREATE TABLE {} (LIKE imports.row)").format(table))
    conn.execute(psycopg.sql.SQL("ALTER TABLE {} OWNER TO waymark_gate").format(table))
    columns = conn.execute(
        "SELECT a.attname, a.atttypid::regtype::text FROM pg_attribute AS a "
        "WHERE a.attrelid = 'imports.row'::regclass AND a.attnum > 0"
    ).fetchall()
    blank = {"uuid": str(uuid4()), "text": "same"}
    values = {name: source_key if name == "source_key" else blank.get(kind, 0) for name, kind in columns}
    marks = psycopg.sql.SQL(", ").join([psycopg.sql.Placeholder()] * len(values))
    conn.execute(psycopg.sql.SQL("INSERT INTO {} VALUES ({})").format(table, marks), list(values.values()))


def test_only_members_of_the_operation_see_its_imports_or_can_touch_them(
    writer: psycopg.Connection, service: psycopg.Connection
) -> None:
    charity = worlds.an_organisation(writer)
    inside, outside = (worlds.a_membership(writer, charity, role="admin") for _ in range(2))
    hidden = an_import(writer, charity, operation=worlds.an_operation(writer, charity, members=[inside]))
    common = an_import(writer, charity)
    stranger = worlds.a_membership(writer, worlds.an_organisation(writer), role="admin")
    for member, seen in ((inside, {hidden, common}), (outside, {common}), (stranger, set())):
        token = worlds.a_session(writer, member, purpose="administration")
        assert {id for (id,) in asked(service, token, "SELECT id FROM imports.import")} == seen
        assert {id for (id,) in asked(service, token, "SELECT import_id FROM imports.finding")} == seen
        answers = [asked(service, token, "SELECT imports.undo(%s)", id) for id in (uuid4(), hidden)]
        assert (answers[0] == answers[1]) is (hidden not in seen)


def test_duplicates_are_judged_only_among_imports_that_the_admin_may_know(writer: psycopg.Connection) -> None:
    charity = worlds.an_organisation(writer)
    inside, outside = (worlds.a_membership(writer, charity, role="admin") for _ in range(2))
    hidden = an_import(writer, charity, operation=worlds.an_operation(writer, charity, members=[inside]))
    writer.execute("INSERT INTO imports.trace VALUES (%s, %s, %s, 2, 7, 0, 0, 0)", [charity, hidden, uuid4()])
    for member, duplicates in ((outside, 0), (inside, 1)):
        fresh = an_import(writer, charity, status="staged")
        staged(writer, fresh, source_key=7)
        token = worlds.a_session(writer, member, purpose="administration")
        asked(writer, token, "SELECT imports.find_known(%s, %s)", fresh, charity)
        found = writer.execute(
            "SELECT count(*) FROM imports.finding WHERE import_id = %s AND verdict = 'duplicate'", [fresh]
        )
        assert found.fetchone() == (duplicates,)


def test_a_duplicate_stands_beside_no_import_that_the_admin_may_not_know(writer: psycopg.Connection) -> None:
    charity = worlds.an_organisation(writer)
    inside, outside = (worlds.a_membership(writer, charity, role="admin") for _ in range(2))
    hidden = an_import(writer, charity, operation=worlds.an_operation(writer, charity, members=[inside]))
    writer.execute("INSERT INTO imports.trace VALUES (%s, %s, %s, 2, 7, 0, 0, 0)", [charity, hidden, uuid4()])
    fresh = an_import(writer, charity, status="staged")
    staged(writer, fresh, source_key=7)
    writer.execute("INSERT INTO imports.finding VALUES (%s, 0, 'duplicate', 'source id', 'same', 'another')", [fresh])
    for member, beside in ((outside, None), (inside, hidden)):
        token = worlds.a_session(writer, member, purpose="administration")
        found = asked(writer, token, "SELECT known_import FROM imports.duplicates(%s, -1, 10)", fresh)
        assert found == [(beside,)]
        assert asked(writer, token, "SELECT count(*) FROM imports.look_for(%s, 'duplicate', -1, 10)", fresh) == [(1,)]
    stranger = worlds.a_membership(writer, worlds.an_organisation(writer), role="admin")
    token = worlds.a_session(writer, stranger, purpose="administration")
    for call in ("duplicates(%s, -1, 10)", "look_for(%s, 'duplicate', -1, 10)"):
        assert asked(writer, token, f"SELECT count(*) FROM imports.{call}", fresh) == [(0,)]
