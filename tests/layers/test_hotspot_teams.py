"""Whose habits a map allows for: named teams where there are two, boroughs for what names none, and every note once."""

import numpy as np

from data.counts import Counted, CountedByTeam
from layers.hotspot_teams import Strata, strata_of

EAST = np.array([400_000, 400_500, 401_000])
NORTH = np.array([280_000, 280_000, 280_000])
AREA = np.array([1, 1, 2])


def strata(*rows: tuple[int, int, int, int]) -> Strata:
    """Return the strata of rows of square, team, visits and notes."""
    square, team, visits, notes = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    by_team = CountedByTeam(easting=EAST[square], northing=NORTH[square], team=team, visits=visits, notes=notes)
    month = np.zeros(len(square), dtype=np.int64)
    counted = Counted(
        easting=EAST[square], northing=NORTH[square], area=AREA[square], month=month, visits=visits, notes=notes,
        by_team=by_team,
    )  # fmt: skip
    return strata_of(counted, (EAST, NORTH), AREA)


def test_two_teams_with_visits_are_told_apart_wherever_they_go() -> None:
    found = strata((0, 1, 10, 2), (0, 2, 10, 8), (2, 2, 5, 4))
    assert (found.teams, found.named, found.unsaid) == (2, 2, 0)
    assert found.visits.tolist() == [[10, 0, 0], [10, 0, 5]]
    assert found.notes.tolist() == [[2, 0, 0], [8, 0, 4]]


def test_the_borough_stands_for_one_team_alone_and_for_none() -> None:
    for team, named in ((0, 0), (1, 1)):
        found = strata((0, team, 10, 2), (1, 0, 10, 3), (2, 0, 5, 4))
        assert (found.teams, found.named) == (0, named)
        assert sorted(found.visits.tolist()) == [[0, 0, 5], [10, 10, 0]]
        assert sorted(found.notes.tolist()) == [[0, 0, 4], [2, 3, 0]]


def test_visits_that_name_no_team_stand_under_their_borough() -> None:
    found = strata((0, 1, 10, 2), (1, 2, 10, 3), (1, 0, 4, 0), (2, 0, 6, 0))
    assert found.teams == 2
    assert found.unsaid == 10 / 30
    assert sorted(found.visits.tolist()) == [[0, 0, 6], [0, 4, 0], [0, 10, 0], [10, 0, 0]]


def test_notes_of_nobody_who_made_a_visit_are_shared_out_by_the_visits_there() -> None:
    found = strata((0, 1, 30, 0), (0, 2, 10, 0), (0, 0, 0, 8), (1, 3, 0, 4), (2, 0, 0, 5))
    assert found.teams == 2
    assert found.notes[:, 0].tolist() == [6, 2]
    assert found.notes[:, 1].tolist() == [3, 1], "as the visits of its borough"
    assert found.notes[:, 2].tolist() == [3.75, 1.25], "as all visits"
    assert found.notes.sum() == 17


def test_nobody_visited_and_there_are_no_strata() -> None:
    found = strata((0, 0, 0, 3), (1, 2, 0, 1))
    assert found.visits.shape == (0, 3)
    assert (found.teams, found.named) == (0, 0)
