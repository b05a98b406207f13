"""Others' plans near one's own set two duty desks talking, and change no byte of what whoever plans is answered."""

import pytest

from tests.noninterference.apart import Harness
from tests.noninterference.asking import Request
from tests.noninterference.asking_pages import pages
from tests.noninterference.asking_plans import plans_over_the_api
from tests.noninterference.comparing import compare, different_audit, different_rows, routes_of_pages, subjects_of
from tests.noninterference.proving import Recorder
from tests.noninterference.serving import World

pytestmark = pytest.mark.proof
READ_AFTER = ("/plans", "/map", "/", "/account", "/reviews", "/joint-visits", "/sheets", "/api/plans", "/api/session")
OWN_NOTICES = "SELECT kind, telephone, due_at FROM access.my_notices()"


def notices(world: World) -> int:
    row = world.conn.execute("SELECT count(*) FROM access.notice WHERE kind = 'plans_near'").fetchone()
    return row[0] if row else 0


def own_notices(world: World, token: str) -> list[object]:
    with world.entered(token) as conn:
        return list(conn.execute(OWN_NOTICES))


@pytest.mark.parametrize("kind", ["charity visit", "police visit", "police safeguarding", "charity operation member"])
def test_hidden_plans_near_ones_own_change_no_byte(harness: Harness, record_property: Recorder, kind: str) -> None:
    token = harness.town.tokens[kind]
    with harness.pair(kind) as (one, other):
        subjects = subjects_of(one, other)
        routes = [route for route in routes_of_pages() if route[1].startswith("/plans")]
        asked = [*pages(routes, subjects), *plans_over_the_api(subjects), *(Request("GET", at) for at in READ_AFTER)]
        found = compare(one, other, token, asked)
        written = [notices(world) for world in (one, other)]
        tables, audit = different_rows(one, other, token), different_audit(one, other, token)
        own = [own_notices(world, token) for world in (one, other)]
    assert found.difference is None, found.difference
    assert not tables, tables
    assert not audit, audit[:5]
    assert own == [[], []]
    assert found.statuses[303] > 3
    assert written[0] == 0
    assert written[1] > 1
    record_property("proof", f"{kind}: {found.requests} requests while {written[1]} notices were written for desks")
