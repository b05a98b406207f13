"""Boroughs in briefings beside 5 km squares in releases: neither is published where both together would tell too much.

An organisation's briefings and releases count the same places. Whoever holds both could subtract, so each new value is
held against all that was approved before, whoever it was for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from data import briefings, releases
from data.database import Conn
from geo.disclosure.banding import Published
from geo.disclosure.wholes import is_seen_through

_WHOLE: Final = "concern"
_VISITED: Final = "visited"
_CATEGORIES: Final = 8
Parts = dict[tuple[int, date], dict[tuple[int, str], Published]]


def squares_published(conn: Conn) -> Parts:
    """Return what approved releases published of notes, by borough and quarter, then by square and heading."""
    area_of = briefings.borough_squares(conn)
    found: Parts = defaultdict(dict)
    for table in releases.published_releases(conn):
        _add(found, area_of, (table.heading, table.quarter), table.squares)
    return found


def tells_too_much(value: Published, parts: Mapping[tuple[int, str], Published]) -> bool:
    """Return whether a borough's value beside its squares' lets somebody see through a band."""
    wholes = [one for (_, heading), one in parts.items() if heading == _WHOLE]
    headings = {heading for _, heading in parts} - {_WHOLE}
    by_category = [one for (_, heading), one in parts.items() if heading != _WHOLE]
    return is_seen_through(value, wholes, are_all=True) or is_seen_through(
        value, by_category, are_all=len(headings) == _CATEGORIES
    )


def squares_beside_boroughs(conn: Conn, wanted: tuple[str, date], squares: Mapping[int, Published]) -> int:
    """Return of how many boroughs a new release of squares would tell too much, beside what briefings published."""
    published = squares_published(conn)
    _add(published, briefings.borough_squares(conn), wanted, squares)
    boroughs = briefings.published_before(conn)
    return sum(
        tells_too_much(value, published[cell])
        for cell, value in boroughs.items()
        if cell[1] == wanted[1] and cell in published
    )


def _add(found: Parts, area_of: Mapping[int, int], wanted: tuple[str, date], squares: Mapping[int, Published]) -> None:
    heading, quarter = wanted
    known: Iterable[tuple[int, Published]] = squares.items() if heading != _VISITED else ()
    for square, value in known:
        if square in area_of:
            found[area_of[square], quarter][square, heading] = value
