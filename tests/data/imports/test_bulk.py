"""An import that outnumbers what is there: its indexes are built at its end, and nothing else is different."""

from typing import Any

import psycopg

from data.cluster import Cluster
from data.imports.desk import Desk
from data.imports.publish import commit, undo
from data.imports.stage import stage
from tests.data.imports.conftest import Receive, World

ROWS = 20_000
INDEXES = (
    "SELECT x.indexdef, c.contype, pg_get_constraintdef(c.oid) FROM pg_indexes AS x "
    "LEFT JOIN pg_constraint AS c ON c.conname = x.indexname AND c.contype = 'p' "
    "WHERE x.schemaname = 'store' AND x.tablename IN ('place', 'place_point') ORDER BY 1"
)


def file_of(rows: int, *, named: str) -> bytes:
    lines = (f"{named} {n},{51 + n % 300 / 100:.4f},{-2 - n // 300 / 100:.4f}\n" for n in range(rows))
    return ("name,lat,lon\n" + "".join(lines)).encode()


def indexes(world: World) -> list[tuple[Any, ...]]:
    return world.operator.execute(INDEXES).fetchall()


def numbers_of_indexes(world: World) -> list[tuple[Any, ...]]:
    return world.operator.execute(
        "SELECT indexrelid FROM pg_index WHERE indrelid IN ('store.place'::regclass, 'store.place_point'::regclass) "
        "ORDER BY 1"
    ).fetchall()


def everything(world: World) -> dict[str, int]:
    return {
        name: world.count(name) for name in ("store.place", "store.place_point", "store.place_cell", "imports.trace")
    }


def test_indexes_and_cells_are_the_same_as_row_by_row_and_undo_works(
    world: World, desk: Desk, received: Receive
) -> None:
    empty, was, built = everything(world), indexes(world), numbers_of_indexes(world)
    import_id = received(file_of(ROWS, named="Bulk"))
    assert stage(desk, import_id).good == ROWS
    assert commit(desk, import_id).status == "committed"
    assert indexes(world) == was
    assert numbers_of_indexes(world) != built
    assert world.count("store.place_point") == empty["store.place_point"] + ROWS
    differing = world.operator.execute(
        "SELECT count(*) FROM ("
        "    SELECT access.lock_of(p.lock_id >> 5, 0, k.step) AS lock_id, k.corner_easting AS easting, "
        "        k.corner_northing AS northing, count(*) AS places "
        "    FROM store.place_point AS p CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k GROUP BY 1, 2, 3"
        ") AS counted FULL JOIN store.place_cell AS c USING (lock_id, easting, northing) "
        "WHERE counted.places IS DISTINCT FROM c.ok + c.two_people + c.contact_owner_first + c.do_not_attend"
    ).fetchone()
    assert differing == (0,)
    assert undo(desk, import_id).kept == 0
    assert everything(world) == empty


def test_while_somebody_reads_places_an_import_waits_for_nobody(
    cluster: Cluster, world: World, desk: Desk, received: Receive
) -> None:
    built = numbers_of_indexes(world)
    import_id = received(file_of(ROWS, named="Row by row"))
    stage(desk, import_id)
    with psycopg.connect(cluster.url(database=world.operator.info.dbname)) as reader:
        reader.execute("SELECT FROM store.place LIMIT 1")
        assert commit(desk, import_id).good == ROWS
    assert numbers_of_indexes(world) == built
    undo(desk, import_id)
