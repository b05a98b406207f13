"""Lattices hold where the 1 km corners of a cell lie on a web map, and squares between them lie true."""

import numpy as np
from pyproj import Transformer

from geo.cell_lattices import SIDE, lattices_of, web_mercator, with_neighbours
from geo.cells import cell_key, cell_of_key
from geo.national_grid import to_wgs84

BIRMINGHAM = int(cell_key([406_000], [286_000])[0])


def test_a_lattice_begins_south_west_and_goes_east_row_by_row() -> None:
    x, y = (axis[0] for axis in lattices_of(np.array([BIRMINGHAM])))
    corner = cell_of_key(BIRMINGHAM)
    for number in (0, 1, SIDE, SIDE * SIDE - 1):
        east, north = corner.easting + number % SIDE * 1_000, corner.northing + number // SIDE * 1_000
        assert np.allclose((x[number], y[number]), web_mercator(*to_wgs84(east, north)), atol=1e-6)


def test_web_mercator_is_what_proj_says() -> None:
    longitude, latitude = np.array([-7.5, -1.9, 1.7]), np.array([49.9, 52.48, 60.8])
    said = Transformer.from_crs(4326, 3857, always_xy=True).transform(longitude, latitude)
    assert np.allclose(web_mercator(longitude, latitude), said, atol=1e-6)


def test_neighbours_are_the_cells_around_once_each_and_on_the_grid() -> None:
    around = with_neighbours(np.array([BIRMINGHAM, BIRMINGHAM + 1]))
    assert around.tolist() == sorted(set(around.tolist()))
    assert len(around) == 12
    assert with_neighbours(np.array([0])).tolist() == [0, 1, 10_000, 10_001]


def test_beyond_the_reach_of_ostn15_there_is_no_lattice() -> None:
    x, _ = lattices_of(np.array([BIRMINGHAM, 1_390_249]))
    assert np.isfinite(x[0]).all()
    assert not np.isfinite(x[1]).all()
