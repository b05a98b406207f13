"""A hotspot map as a page shows it: rows, sentences, and what its map draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geo.cells import Corners, cell_polygons
from geo.hotspots.excess import State
from layers.hotspot_maps import HotspotMap
from layers.hotspot_questions import REACH, month_number, month_of
from layers.hotspot_tables import RATIO_WORDS, RATIOS, Row, is_hidden, order, rows, ways_in_words
from layers.hotspot_words import STATES, choices, months_in_words, slug_of, warnings
from layers.hotspots import Answer

LISTED: Final = 50


@dataclass(frozen=True, kw_only=True)
class View:
    """One map on a page."""

    title: str
    rows: Sequence[Row]
    count: int
    hot: int
    how: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    drawn: Mapping[str, Any]


def view_of(answer: Answer, *, organisation: str, hides_small: bool, is_whole: bool = False) -> View:
    """Return how an answer with a map is shown."""
    found, question = answer.found, answer.question
    if found is None:
        raise ValueError("There is no map to be shown.")
    category = answer.categories.get(question.category or "", "All kinds of note")
    listed = rows(found, answer.areas, hides_small=hides_small, most=None if is_whole else LISTED)
    map_drawn = drawn(found, hides_small=hides_small)
    return View(
        title=months_in_words(question),
        rows=[
            row
            | {
                "words": STATES.get(row["state"], "Fewer than 5 notes around"),
                "times": "" if row["class"] is None else RATIO_WORDS[row["class"]],
                "ways": ways,
            }
            for row, ways in zip(
                listed, map_drawn["steady"], strict=False
            )  # Of the squares that are not listed as well.
        ],
        count=len(found.easting),
        hot=int((found.state == State.HOT).sum()),
        how=choices(found, organisation=organisation, category=category, hides_small=hides_small),
        warnings=warnings(found, this_month=month_number(answer.today), hides_small=hides_small),
        drawn=map_drawn,
    )


def drawn(found: HotspotMap, *, hides_small: bool) -> dict[str, Any]:
    """Return what the browser draws, squares in the order of the table.

    Rings are four corners of longitude and latitude. With small counts hidden, no count and no month is handed over:
    only the class of the ratio and the state.
    """
    squares = order(found, hides_small=hides_small)
    question = found.question
    corners = Corners(found.easting[squares], found.northing[squares])
    rings = cell_polygons(corners, question.metres).round(6)[:, :4].tolist()
    first = month_number(question.first)
    told = {
        "metres": question.metres,
        "method": question.method,
        "reach": REACH[question.metres],
        "ratios": RATIOS,
        "rings": rings,
        "states": [slug_of(found, int(index)) for index in squares],
        "steady": ways_in_words(found, squares, hides_small=hides_small),
        "fewest": _fewest(found),
    }
    if hides_small:
        few = is_hidden(found)[squares]
        silent = few | (found.state[squares] == State.TOO_FEW_VISITS)
        classes = np.where(silent, -1, np.searchsorted(RATIOS, np.nan_to_num(found.ratio[squares]), side="right"))
        states = [state if not band else "hidden" for state, band in zip(told["states"], few, strict=True)]
        return told | {"states": states, "classes": classes.tolist(), "months": []}
    return told | {
        "corners": np.column_stack(corners).tolist(),
        "months": [f"{month_of(first + number):%b %Y}" for number in range(question.months)],
        "visits": found.visits_by_month[:, squares].tolist(),
        "notes": found.notes_by_month[:, squares].tolist(),
    }


def _fewest(found: HotspotMap) -> float:
    """Return the expected notes from which a window can be told anything of, for months that the page sums itself."""
    told = found.expected[found.state != State.TOO_FEW_VISITS]
    return float(np.nanmin(told)) if len(told) and np.isfinite(told).any() else 1e9
