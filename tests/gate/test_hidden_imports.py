"""An import for an operation is hidden, like the operation, from admins who are not in it."""

from uuid import uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.town import asked
from tests.imported import an_import, staged

pytestmark = pytest.mark.proof


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
