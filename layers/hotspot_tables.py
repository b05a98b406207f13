"""A hotspot map as rows of a table, in the order in which people read it, for pages, the API and files alike."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from geo.arrays import Claims, Integers
from geo.grid_references import grid_reference_of
from geo.hotspots.shifted import WAYS
from layers.hotspot_maps import HotspotMap
from layers.hotspot_steadiness import NOT_HOT, steadiness_of
from layers.hotspot_words import PATTERNS, slug_of

RATIOS: Final = (0.5, 1.0, 1.5, 2.0)
"""Where the five classes of notes to expected notes part."""
RATIO_WORDS: Final = (
    "Less than half of what was expected", "Half to all", "Up to half as many again", "One and a half to twice",
    "Twice and more",
)  # fmt: skip
FEWEST_TOLD: Final = 5
"""Counts below it are told as "fewer than 5", 0 included, wherever a map leaves its analyst."""
Row = dict[str, Any]


def rows(found: HotspotMap, areas: Mapping[int, str], *, hides_small: bool, most: int | None = None) -> list[Row]:
    """Return the squares as rows, hot ones first; with `hides_small` no count below 5 and nothing computed from one.

    `areas` are names by number. Numbers are rounded as they are shown; None where nothing can be said.
    """
    return [
        _row(found, int(index), areas, hides_small=hides_small)
        for index in order(found, hides_small=hides_small)[:most]
    ]


def order(found: HotspotMap, *, hides_small: bool) -> Integers:
    """Return the squares in the order of the table; with small counts hidden, an order that tells no more."""
    if not hides_small:
        return found.ranked()
    band = is_hidden(found)
    sure = np.where(band, -1, found.state + found.is_hot_for_team)
    ratio = np.where(band, -1, np.searchsorted(RATIOS, np.nan_to_num(found.ratio), side="right"))
    return np.lexsort((found.northing, found.easting, -ratio, -sure)).astype(np.int64)


def is_hidden(found: HotspotMap) -> Claims:
    """Return of which squares nothing is said where small counts are hidden: fewer than 5 notes lie around them."""
    return np.asarray(~(np.nan_to_num(found.windowed) >= FEWEST_TOLD))


def square_reference(easting: int, northing: int, metres: int) -> str:
    """Return how a square is called: the National Grid reference of its south-west corner, such as "SP 060 860"."""
    return grid_reference_of(easting, northing, metres=100 if metres < 1_000 else 1_000)


def _row(found: HotspotMap, index: int, areas: Mapping[int, str], *, hides_small: bool) -> Row:
    metres = found.question.metres
    corner = (int(found.easting[index]), int(found.northing[index]))
    notes, visits, ways = int(found.notes[index]), int(found.visits[index]), int(found.ways[index])
    row = {
        "square": square_reference(*corner, metres),
        "size": metres,
        "easting": corner[0],
        "northing": corner[1],
        "area": areas.get(int(found.area[index]), "Elsewhere"),
        "visits": visits,
        "notes": notes,
        "notes_around": _rounded(found.windowed[index], 0),
        "expected_around": _rounded(found.expected[index], 1),
        "ratio": _rounded(found.ratio[index], 2),
        "rate": _rounded(found.rate[index], 4),
        "class": _class_of(found.ratio[index]),
        "state": slug_of(found, index),
        "hot_in": ways if ways != NOT_HOT else None,
        "of_ways": WAYS if ways != NOT_HOT else None,
        "steady": steadiness_of(ways),
        "pattern": PATTERNS[int(found.pattern[index])] if found.pattern is not None else "",
        "chance": _rounded(found.confirmed.p_value[index], 3) if found.confirmed is not None else None,
    }
    return _with_small_hidden(row) if hides_small else row


def ways_in_words(found: HotspotMap, squares: Integers, *, hides_small: bool) -> list[str]:
    """Return in how many other ways of drawing the squares each one is hot: "11 of 13"; "" for one that is not hot.

    With small counts hidden that is "most", "some" or "few", and of squares of which nothing is said nothing.
    """
    if not hides_small:
        return ["" if ways == NOT_HOT else f"{ways} of {WAYS}" for ways in found.ways[squares].tolist()]
    told = np.where(is_hidden(found), NOT_HOT, found.ways)[squares]
    return [steadiness_of(ways) or "" for ways in told.tolist()]


def _class_of(ratio: float) -> int | None:
    return int(np.searchsorted(RATIOS, ratio, side="right")) if math.isfinite(ratio) else None


def _with_small_hidden(row: Row) -> Row:
    """Return the row with small counts as a band, and of what lies around a class alone.

    The sums of overlapping windows, set against each other, would tell the counts of single squares.
    """
    few = {name: f"fewer than {FEWEST_TOLD}" for name in ("visits", "notes") if row[name] < FEWEST_TOLD}
    is_told = (row["notes_around"] or 0) >= FEWEST_TOLD
    nothing = dict.fromkeys(("notes_around", "expected_around", "ratio", "rate", "chance", "hot_in", "of_ways"))
    unsaid = {} if is_told or row["state"] == "too_few_visits" else {"state": "hidden"}
    return row | nothing | few | unsaid | ({} if is_told else {"class": None, "pattern": "", "steady": None})


def _rounded(value: float, digits: int) -> float | int | None:
    if not math.isfinite(value):
        return None
    return round(float(value), digits) if digits else round(float(value))
