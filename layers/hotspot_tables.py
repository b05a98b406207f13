"""A hotspot map as rows of a table, in the order in which people read it, for pages, the API and files alike."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from geo.arrays import Integers
from geo.grid_references import grid_reference_of
from layers.hotspot_maps import HotspotMap
from layers.hotspot_words import PATTERNS, slug_of

FEWEST_TOLD: Final = 5
"""Counts below it are told as "fewer than 5", 0 included, wherever a map leaves its analyst."""
Row = dict[str, Any]


def rows(found: HotspotMap, areas: Mapping[int, str], *, hides_small: bool, most: int | None = None) -> list[Row]:
    """Return the squares as rows, hot ones first; with `hides_small` no count below 5 and nothing computed from one.

    `areas` are names by number. Numbers are rounded as they are shown; None where nothing can be said.
    """
    return [_row(found, int(index), areas, hides_small=hides_small) for index in found.ranked()[:most]]


def hidden(found: HotspotMap) -> Integers:
    """Return which squares tell a count below 5, as 0 and 1, by their order in the map."""
    few = (found.notes < FEWEST_TOLD) | (found.visits < FEWEST_TOLD)
    return few.astype(found.notes.dtype)


def square_reference(easting: int, northing: int, metres: int) -> str:
    """Return how a square is called: the National Grid reference of its south-west corner, such as "SP 060 860"."""
    return grid_reference_of(easting, northing, metres=100 if metres < 1_000 else 1_000)


def _row(found: HotspotMap, index: int, areas: Mapping[int, str], *, hides_small: bool) -> Row:
    metres = found.question.metres
    corner = (int(found.easting[index]), int(found.northing[index]))
    notes, visits = int(found.notes[index]), int(found.visits[index])
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
        "state": slug_of(found, index),
        "pattern": PATTERNS[int(found.pattern[index])] if found.pattern is not None else "",
        "chance": _rounded(found.confirmed.p_value[index], 3) if found.confirmed is not None else None,
    }
    return _with_small_hidden(row) if hides_small else row


def _with_small_hidden(row: Row) -> Row:
    """Return the row with small counts as a band, and without what was computed from them."""
    few = {name: f"fewer than {FEWEST_TOLD}" for name in ("visits", "notes") if row[name] < FEWEST_TOLD}
    around = row["notes_around"]
    told = {} if around is not None and around >= FEWEST_TOLD else {
        "notes_around": None, "expected_around": None, "ratio": None, "rate": None, "chance": None, "pattern": "",
        "state": row["state"] if row["state"] == "too_few_visits" else "hidden",
    }  # fmt: skip
    return row | few | told


def _rounded(value: float, digits: int) -> float | int | None:
    if not math.isfinite(value):
        return None
    return round(float(value), digits) if digits else round(float(value))


def columns() -> Sequence[str]:
    """Return the names of what a row tells, in order."""
    return (
        "square", "size", "easting", "northing", "area", "visits", "notes", "notes_around", "expected_around", "ratio",
        "rate", "state", "pattern", "chance",
    )  # fmt: skip
