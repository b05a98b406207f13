"""Squares that the database draws lie where OSTN15 puts them, and the box filter judges those squares."""

from random import Random

import numpy as np
import psycopg
import pytest

from data.reference_data import load_lattices
from geo.arrays import Floats
from geo.cell_lattices import web_mercator
from geo.cells import Corners, cell_of_key, cell_polygons
from geo.national_grid import to_wgs84

SIZES = (5000, 1000, 500, 100)
TOLERANCE_METRES = 0.1
DRAWN = """
SELECT st_x(corner.geom), st_y(corner.geom)
FROM unnest(%s::int [], %s::int [], %s::int []) WITH ORDINALITY AS square (easting, northing, metres, number)
CROSS JOIN LATERAL layers.on_map(square.easting, square.northing, square.metres) AS drawn
CROSS JOIN LATERAL st_dumppoints(drawn.shape) AS corner
ORDER BY square.number, corner.path
"""
MEETS = """
SELECT layers.meets_box(drawn.shape, box.sides)
FROM unnest(%s::int [], %s::int [], %s::int [], %s::text []) WITH ORDINALITY
AS square (easting, northing, metres, sides, number)
CROSS JOIN LATERAL (SELECT square.sides::double precision [] AS sides) AS box
CROSS JOIN LATERAL layers.on_map(square.easting, square.northing, square.metres) AS drawn
ORDER BY square.number
"""


def some_squares(conn: psycopg.Connection, *, count: int) -> list[tuple[int, int, int]]:
    """Return corners and sides of random squares in cells that have an area, the same each time."""
    dice = Random(15)
    cells = [row[0] for row in conn.execute("SELECT cell FROM reference.cell_lattice ORDER BY cell")]
    squares = []
    for _ in range(count):
        corner, metres = cell_of_key(dice.choice(cells)), dice.choice(SIZES)
        east, north = (dice.randrange(0, 5_000, metres) for _ in range(2))
        squares.append((int(corner.easting) + east, int(corner.northing) + north, metres))
    return squares


def test_every_corner_lies_within_a_tenth_of_a_metre_of_ostn15(application: psycopg.Connection) -> None:
    squares = some_squares(application, count=20_000)
    columns = [list(column) for column in zip(*squares, strict=True)]
    drawn: Floats = np.array(application.execute(DRAWN, columns).fetchall()).reshape(-1, 5, 2)
    easting, northing, metres = (np.array(column)[:, None] for column in columns)
    east = easting + metres * np.array([0, 0, 1, 1, 0])
    north = northing + metres * np.array([0, 1, 1, 0, 0])
    true = np.stack(web_mercator(*to_wgs84(east, north)), axis=-1)
    assert np.hypot(*np.moveaxis(drawn - true, -1, 0)).max() < TOLERANCE_METRES


def test_neighbours_share_their_corners_and_a_middle_lies_within(application: psycopg.Connection) -> None:
    cells = [(404_900, 284_900, 100), (405_000, 284_900, 100), (404_900, 285_000, 100), (405_000, 285_000, 100)]
    columns = [list(column) for column in zip(*cells, strict=True)]
    corners: Floats = np.array(application.execute(DRAWN, columns).fetchall()).reshape(4, 5, 2)
    meeting = [corners[0][2], corners[1][1], corners[2][3], corners[3][0]]
    assert np.ptp(meeting, axis=0).max() < 1e-6
    inside = (
        "SELECT st_contains(shape, st_setsrid(st_makepoint(middle_x, middle_y), 3857)) FROM layers.on_map(%s, %s, %s)"
    )
    for square in some_squares(application, count=50):
        assert application.execute(inside, square).fetchone() == (True,)


def test_a_cell_without_a_lattice_is_drawn_with_the_datum_shift_of_postgis(application: psycopg.Connection) -> None:
    glasgow = (258_000, 665_000, 1000)
    query = (
        "SELECT count(*) FROM reference.cell_lattice WHERE cell = 510133 UNION ALL "
        "SELECT (st_equals(shape, st_transform(st_makeenvelope(258000, 665000, 259000, 666000, 27700), 3857)) "
        "AND st_contains(shape, st_setsrid(st_makepoint(middle_x, middle_y), 3857)))::int "
        "FROM layers.on_map(%s, %s, %s)"
    )
    assert application.execute(query, glasgow).fetchall() == [(0,), (1,)]


@pytest.mark.parametrize(("beside_metres", "meets"), [(-1.0, True), (0.0, True), (0.5, False)])
def test_a_box_beside_a_released_square_meets_it_only_where_it_touches(
    application: psycopg.Connection, beside_metres: float, *, meets: bool
) -> None:
    """The box begins at the easternmost corner of the square that features give, so far to the east of it."""
    squares = some_squares(application, count=3_000)
    released = np.array([
        cell_polygons(Corners(np.array([e]), np.array([n])), m)[0].round(7) for e, n, m in squares
    ])  # fmt: skip
    boxes = []
    for ring in released:
        east, north = ring[ring[:, 0].argmax()]
        west = east + beside_metres / 68_000
        boxes.append(f"{{{west},{north - 0.01},{west + 1},{north + 0.01}}}")
    columns = [list(column) for column in zip(*squares, strict=True)]
    assert set(application.execute(MEETS, [*columns, boxes]).fetchall()) == {(meets,)}


def test_lattices_are_loaded_once_and_what_is_missing_again(operator: psycopg.Connection) -> None:
    everything = "SELECT md5(string_agg(l::text, ';' ORDER BY cell)) FROM reference.cell_lattice AS l"
    before = operator.execute(everything).fetchone()
    load_lattices(operator)
    assert operator.execute(everything).fetchone() == before
    operator.execute("DELETE FROM reference.cell_lattice WHERE cell % 3 = 0")
    load_lattices(operator)
    assert operator.execute(everything).fetchone() == before
