"""Beside each hot square stands in how many other ways of drawing the squares it is hot; for others, a word alone."""

import json
from datetime import date

import numpy as np
import pytest

from data.counts import Counted
from geo.hotspots.excess import State
from geo.hotspots.shifted import WAYS
from layers.hotspot_maps import HotspotMap, made
from layers.hotspot_questions import Method, Question, month_number
from layers.hotspot_steadiness import NOT_HOT, steadiness_of
from layers.hotspot_tables import rows, ways_in_words
from layers.hotspot_words import choices, warnings
from layers.hotspots import Answer
from web.hotspot_views import view_of

MONTH = date(2026, 1, 1)
SIDE = 24


def a_map(
    notes_at: dict[tuple[int, int], int], *, method: Method = "excess", visits: int = 20, metres: int = 500
) -> HotspotMap:
    """Return the map of a town of 24 by 24 squares, visited alike, one note in each but where there are more."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    notes = np.ones(SIDE * SIDE, dtype=np.int64)
    for (east, north), count in notes_at.items():
        notes[north * SIDE + east] = count
    last = date(2026, 12, 1) if method == "emerging" else MONTH
    return made(
        Question(first=MONTH, last=last, metres=metres, method=method),
        Counted(
            easting=400_000 + column * metres,
            northing=280_000 + row * metres,
            area=np.ones(SIDE * SIDE, dtype=np.int64),
            month=np.full(SIDE * SIDE, month_number(MONTH)),
            visits=np.full(SIDE * SIDE, visits),
            notes=notes,
        ),
    )


A_PATCH = {(east, north): 12 for east in range(9, 14) for north in range(9, 14)}
"""Squares of a patch of 2.5 km."""


@pytest.mark.parametrize("metres", [500, 1_000, 5_000])
@pytest.mark.parametrize("method", ["excess", "activity"])
def test_the_middle_of_a_patch_is_hot_however_squares_are_drawn_and_what_is_not_hot_has_no_number(
    method: Method, metres: int
) -> None:
    found = a_map(A_PATCH, method=method, metres=metres)
    hot = found.state == State.HOT
    middle = (found.easting == 400_000 + 11 * metres) & (found.northing == 280_000 + 11 * metres)
    assert found.ways[middle].tolist() == [WAYS]
    assert (found.ways[~hot] == NOT_HOT).all()
    assert ((found.ways[hot] >= 0) & (found.ways[hot] <= WAYS)).all()


def test_a_hot_square_is_steadier_than_those_that_are_hot_for_its_sake() -> None:
    found = a_map({(11, 11): 30})
    itself = (found.easting == 405_500) & (found.northing == 285_500)
    assert found.ways[itself].tolist() == [WAYS]
    around = found.ways[(found.state == State.HOT) & ~itself]
    assert len(around) == 12
    assert (around < WAYS).all()


def test_the_page_warns_where_squares_would_hardly_be_hot_if_they_were_drawn_otherwise() -> None:
    after = month_number(MONTH) + 12
    barely = a_map({(11, 11): 9, (12, 12): 8, (12, 11): 5})
    assert "few" in {steadiness_of(int(ways)) for ways in barely.ways}
    for hides_small, words in ((False, "2 hot squares would hardly"), (True, "Some hot squares would hardly")):
        assert any(one.startswith(words) for one in warnings(barely, this_month=after, hides_small=hides_small))
    assert not any("drawn otherwise" in one for one in warnings(a_map(A_PATCH), this_month=after))


def test_fewer_than_five_notes_make_no_way_hot() -> None:
    row, column = np.divmod(np.arange(400), 20)
    notes = np.where(np.arange(400) == 210, 4, 0)
    visits = np.where(np.arange(400) == 210, 1, 200)
    found = made(
        Question(first=MONTH, last=MONTH),
        Counted(
            easting=400_000 + column * 5_000, northing=280_000 + row * 5_000, area=np.ones(400, dtype=np.int64),
            month=np.full(400, month_number(MONTH)), visits=visits, notes=notes,
        ),
    )  # fmt: skip
    assert found.state[found.notes == 4].tolist() == [State.HOT]
    assert found.ways.max() == 0


def test_what_leaves_the_desk_says_it_in_a_word_and_nothing_of_squares_with_few_notes_around() -> None:
    found = a_map(A_PATCH)
    told = rows(found, {1: "Town"}, hides_small=True)
    assert {row["hot_in"] for row in told} == {row["of_ways"] for row in told} == {None}
    assert {row["steady"] for row in told if row["state"].startswith("hot")} <= {"most", "some", "few"}
    assert {row["steady"] for row in told if not row["state"].startswith("hot")} == {None}
    assert set(ways_in_words(found, found.ranked(), hides_small=True)) <= {"most", "some", "few", ""}
    view = view_of(
        Answer(question=found.question, today=MONTH, categories={}, areas={1: "Town"}, found=found),
        organisation="Test Charity", hides_small=True,
    )  # fmt: skip
    assert f"of {WAYS}" not in json.dumps([view.drawn, [row["ways"] for row in view.rows], view.warnings])


def test_the_analyst_reads_the_number_in_the_table_in_the_maps_details_and_in_how_it_was_made() -> None:
    found = a_map(A_PATCH)
    first = rows(found, {1: "Town"}, hides_small=False)[0]
    assert (first["hot_in"], first["of_ways"], first["steady"]) == (WAYS, WAYS, "most")
    view = view_of(
        Answer(question=found.question, today=MONTH, categories={}, areas={1: "Town"}, found=found),
        organisation="Test Charity", hides_small=False,
    )  # fmt: skip
    assert view.rows[0]["ways"] == view.drawn["steady"][0] == f"{WAYS} of {WAYS}"
    how = dict(choices(found, organisation="Test Charity", category="All"))["Other ways of drawing the squares"]
    assert "1 km" in how
    assert "1.5 km" in how
