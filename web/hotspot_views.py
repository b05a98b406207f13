"""A hotspot map as a page shows it: rows, sentences, and what its map draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geo.cells import Corners, cell_polygons
from geo.hotspots.excess import State
from layers.hotspot_maps import HotspotMap
from layers.hotspot_questions import REACH, month_number, month_of
from layers.hotspot_tables import FEWEST_TOLD, Row, hidden, rows
from layers.hotspot_words import STATES, choices, months_in_words, slug_of, warnings
from layers.hotspots import Answer

LISTED: Final = 50
RATIOS: Final = (0.5, 1.0, 1.5, 2.0)
"""Where the five classes of notes to expected notes part."""
RATIO_WORDS: Final = ("Less than half of what was expected", "Half to all", "Up to half as many again",
                      "One and a half to twice", "Twice and more")  # fmt: skip


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
    return View(
        title=months_in_words(question),
        rows=[row | {"words": STATES.get(row["state"], "Fewer than 5 notes around")} for row in listed],
        count=len(found.easting),
        hot=int((found.state == State.HOT).sum()),
        how=choices(found, organisation=organisation, category=category),
        warnings=warnings(found, this_month=month_number(answer.today)),
        drawn=drawn(found, hides_small=hides_small),
    )


def drawn(found: HotspotMap, *, hides_small: bool) -> dict[str, Any]:
    """Return what the browser draws, squares in the order of the table.

    Rings are four corners of longitude and latitude. With small counts hidden, no count and no month is handed over:
    only the class of the ratio and the state.
    """
    order = found.ranked()
    question = found.question
    corners = Corners(found.easting[order], found.northing[order])
    rings = cell_polygons(corners, question.metres).round(6)[:, :4].tolist()
    first = month_number(question.first)
    told = {
        "metres": question.metres,
        "method": question.method,
        "reach": REACH[question.metres],
        "ratios": RATIOS,
        "rings": rings,
        "states": [slug_of(found, int(index)) for index in order],
        "fewest": _fewest(found),
    }
    if hides_small:
        few = hidden(found)[order].astype(bool) | ~(np.nan_to_num(found.windowed[order]) >= FEWEST_TOLD)
        classes = np.where(few, -1, np.searchsorted(RATIOS, np.nan_to_num(found.ratio[order]), side="right"))
        states = [state if not band else "hidden" for state, band in zip(told["states"], few, strict=True)]
        return told | {"states": states, "classes": classes.tolist(), "months": []}
    return told | {
        "corners": np.column_stack(corners).tolist(),
        "months": [f"{month_of(first + number):%b %Y}" for number in range(question.months)],
        "visits": found.visits_by_month[:, order].tolist(),
        "notes": found.notes_by_month[:, order].tolist(),
    }


def _fewest(found: HotspotMap) -> float:
    """Return the expected notes from which a window can be told anything of, for months that the page sums itself."""
    told = found.expected[found.state != State.TOO_FEW_VISITS]
    return float(np.nanmin(told)) if len(told) and np.isfinite(told).any() else 1e9
