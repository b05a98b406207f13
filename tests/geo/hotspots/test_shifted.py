"""A place stays hot however squares are drawn along the known lines; an accident of where a line runs does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.arrays import Claims, Integers
from geo.hotspots.excess import excess, expected_by_visits
from geo.hotspots.grids import Grid, grid_over
from geo.hotspots.shifted import SIDES, WAYS, Redrawn, redrawn, ways_hot

GRID = grid_over((400_000, 280_000, 420_000, 296_000), 500)
CORNERS = GRID.corners()


def found_hot(notes: Integers, visits: Integers) -> tuple[Claims, Integers]:
    """Return which squares of 500 m the map calls hot, and in how many other ways each is."""

    def hot(other: Redrawn) -> Claims:
        noted, visited = other.sums(notes.astype(float)), other.sums(visits.astype(float))
        return excess(noted, expected_by_visits(noted, visited), other.windows()).hot

    return hot(alike(GRID)), ways_hot(CORNERS, 500, hot)


def alike(grid: Grid) -> Redrawn:
    """Return the known squares themselves."""
    easting, northing = grid.corners()
    held_by = np.arange(grid.cells)
    return Redrawn(metres=500, reach=1_000, easting=easting, northing=northing, held_by=held_by)


def test_every_other_way_is_drawn_once_and_nothing_is_finer_than_what_is_known() -> None:
    ways = list(redrawn(CORNERS, 500))
    assert len(ways) == WAYS == 13
    assert [way.metres for way in ways] == [1_000] * 4 + [1_500] * 9
    starts = {(way.metres, int(way.easting[0]) % way.metres, int(way.northing[0]) % way.metres) for way in ways}
    assert len(starts) == WAYS


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, unique=True), st.sampled_from([500, 5_000])
)
def test_each_known_square_lies_wholly_in_the_other_one_that_holds_it(
    places: list[tuple[int, int]], metres: int
) -> None:
    easting, northing = (np.array(column) * metres for column in zip(*places, strict=True))
    for way in redrawn((easting, northing), metres):
        for known, held in ((easting, way.easting), (northing, way.northing)):
            inside = known - held[way.held_by]
            assert (inside >= 0).all()
            assert (inside + metres <= way.metres).all()
        assert way.metres in {side * metres for side in SIDES}
        assert len(set(zip(way.easting.tolist(), way.northing.tolist(), strict=True))) == len(way.easting)
        assert way.sums(np.ones(len(easting))).sum() == len(easting)


def test_a_wide_place_is_hot_in_every_way_and_ground_far_from_it_in_none() -> None:
    easting, northing = GRID.centres()
    away = np.hypot(easting - 410_000, northing - 288_000)
    visits = np.full(GRID.cells, 20)
    is_hot, ways = found_hot(np.where(away < 1_500, 10, 2), visits)
    assert is_hot[away < 1_000].all()
    assert (ways[away < 500] == WAYS).all()
    assert (ways[away > 5_000] == 0).all()


def test_an_accident_of_where_the_lines_run_is_hot_in_few_ways() -> None:
    def hot(other: Redrawn) -> Claims:
        holds = other.sums((np.arange(GRID.cells) == 30).astype(float)) > 0
        return np.asarray(holds & (other.easting % 1_500 == 0))

    ways = ways_hot(CORNERS, 500, hot)
    assert 0 < ways[30] < WAYS
    assert (ways[np.arange(GRID.cells) > 200] == 0).all()
