"""Opening hours of imported places: read as OpenStreetMap writes them, or the row is refused with what was expected."""

import pytest

from data.imports.columns import columns_of
from data.imports.desk import Desk
from data.imports.publish import commit
from data.imports.records import rejects_of
from data.imports.stage import stage
from tests.data.imports.conftest import Receive, World

pytestmark = pytest.mark.proof

HEADER = b"name,lon,lat,opening_hours\n"
STAR = b'Star Car Wash,-1.9035,52.4766,"Mo-Fr 09:00-17:00; Sa 10:00-14:00"\n'
MOON = b"Moon Nails,-1.9045,52.4776,\n"
SUN = b"Sun Bar,-1.9055,52.4786,Fr-Sa 20:00-02:00\nSky Bar,-1.9075,52.4706,24/7\n"
ODD = b"Odd Shop,-1.9065,52.4796,ask the owner\n"


def test_hours_are_kept_with_the_place_and_what_cannot_be_read_is_refused(
    world: World, desk: Desk, received: Receive
) -> None:
    import_id = received(HEADER + STAR + MOON + SUN + ODD)
    staged = stage(desk, import_id)
    assert (staged.good, staged.rejected) == (4, 1)
    assert columns_of(desk, import_id).mapping.hours == "opening_hours"
    refused = list(rejects_of(desk, import_id))[1]
    assert refused.startswith("6,rejected,opening_hours,ask the owner,opening hours such as Mo-Fr 09:00-17:00")
    commit(desk, import_id)
    kept: dict[str, object] = dict(
        world.operator.execute("SELECT name, hours FROM store.place WHERE import_id = %s", [import_id]).fetchall()
    )
    week = [[day, 540, 1020] for day in range(1, 6)]
    assert kept == {
        "Star Car Wash": {"open": [*week, [6, 600, 840]]},
        "Moon Nails": {},
        "Sun Bar": {"open": [[5, 1200, 1560], [6, 1200, 1560]]},
        "Sky Bar": {"open": [[day, 0, 1440] for day in range(1, 8)]},
    }


def test_a_column_of_something_else_is_not_taken_for_hours_unless_somebody_says_so(
    desk: Desk, received: Receive
) -> None:
    import_id = received(b"name,lon,lat,hours\nStar Car Wash,-1.9035,52.4766,forty\n")
    assert stage(desk, import_id).good == 1
    assert stage(desk, import_id, changes={"hours": "hours"}).rejected == 1
