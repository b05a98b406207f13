"""Counts of visits and risk notes by square: points stay in the database, and only the owner's analysts count."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from psycopg import Connection

from data.database import NotAllowed, Pass, queries
from data.notes import PROVENANCES
from data.places import audit, code_of
from geo.arrays import Integers

STEP_OF: Final = {500: 2, 1_000: 1, 5_000: 0}
"""The steps of the ladder at which counts are kept, by the side of their squares in metres."""
_QUERIES = queries("counts")


@dataclass(frozen=True, kw_only=True)
class CountedByTeam:
    """The same visits and notes by square and team: arrays of one length, in no order; team 0 where nobody said."""

    easting: Integers
    northing: Integers
    team: Integers
    visits: Integers
    notes: Integers


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which notes are counted: of a category or of all, of this severity or more, known in one of these ways or in any.

    `provenances` are words of data.notes.PROVENANCES; none of them are all.
    """

    category: str | None = None
    severity: int = 1
    provenances: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Visits and notes by square and month: arrays of one length, in no order.

    Corners are in metres of EPSG:27700. `month` is the year times twelve and the month from 0; `area` the number
    of the borough that holds most of the square's 5 km square, 0 for elsewhere. `by_team` is None where nobody asked.
    """

    easting: Integers
    northing: Integers
    area: Integers
    month: Integers
    visits: Integers
    notes: Integers
    by_team: CountedByTeam | None = None


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What is known of squares with a place, a visit or a note of one's own: arrays of one length, by corner.

    `last_month` is that of the latest visit as in `Counted`, -1 where there was none; `visits` and `notes` are of the
    last twelve months, `planned` of the weeks to come.
    """

    easting: Integers
    northing: Integers
    last_month: Integers
    visits: Integers
    notes: Integers
    planned: Integers


ALL_NOTES: Final = Which()


def refuse_who_does_not_count(who: Pass) -> None:
    """Raise NotAllowed for every session but an analyst's own, for analysis."""
    if who.role != "analyst" or who.purpose != "analysis" or who.scope != "full":
        raise NotAllowed("Counts are for analysts, in a session for analysis.")


def counted(
    conn: Connection, *, metres: int, months: tuple[date, date], which: Which = ALL_NOTES, area: str | None
) -> Counted:
    """Return the counts of the session's own organisation, in squares of 500, 1,000 or 5,000 m, once audited.

    `months` are the first days of the first and the last month. Raises NotACode, KeyError for other squares.
    """
    first, last = months
    audit(
        conn, "combination", what="counted visits and notes", layer="hotspots", precision=_words(metres),
        first=first.isoformat(), last=last.isoformat(), category=which.category or "all", severity=which.severity,
        provenance=list(which.provenances) or "all", area=area or "all",
    )  # fmt: skip
    areas = areas_of_cells(conn, area)
    code = code_of(conn, "exploitation", which.category) if which.category else None
    values = {
        "step": STEP_OF[metres], "first": first, "last": last, "category": code, "severity": which.severity,
        "provenances": [PROVENANCES.index(word) + 1 for word in which.provenances] or None,
        "cells": list(areas) if area is not None else None,
    }  # fmt: skip
    columns = counts(conn, values)
    is_of_team = columns["month"] < 0
    by_team = {name: column[is_of_team] for name, column in columns.items() if name not in {"cell", "month"}}
    by_month = {name: column[~is_of_team] for name, column in columns.items() if name != "team"}
    cells, place = np.unique(by_month.pop("cell"), return_inverse=True)
    numbers = np.array([areas.get(cell, 0) for cell in cells.tolist()], dtype=np.int64)
    return Counted(
        area=numbers[place] if len(cells) else place.astype(np.int64), by_team=CountedByTeam(**by_team), **by_month
    )


def counts(conn: Connection, values: dict[str, object]) -> dict[str, Integers]:
    """Return the columns of the query, whose combination stands in the audit already."""
    return _columns(conn, "counts", values, ("easting", "northing", "cell", "month", "team", "visits", "notes"))


def areas_of_cells(conn: Connection, area: str | None) -> dict[int, int]:
    """Return the number of the area that holds most of each 5 km cell, of all cells or of those of one area."""
    return dict(conn.execute(_QUERIES["areas_of_cells"], {"area": area}).fetchall())


def covered(conn: Connection, *, metres: int, today: date, weeks: int, area: str | None) -> Covered:
    """Return where the session's own organisation goes, went and plans to go within some weeks, once audited."""
    audit(
        conn, "combination", what="counted coverage", layer="coverage", precision=_words(metres), area=area or "all",
        weeks=weeks,
    )  # fmt: skip
    since = date(today.year - 1, today.month, 1)
    values = {
        "step": STEP_OF[metres], "today": today, "since": since, "until": today + timedelta(weeks=weeks),
        "cells": list(areas_of_cells(conn, area)) if area is not None else None,
    }  # fmt: skip
    names = ("easting", "northing", "last_month", "visits", "notes", "planned")
    return Covered(**_columns(conn, "covered", values, names))


def today(conn: Connection) -> date:
    """Return the day by the clock of the gate."""
    row = conn.execute(_QUERIES["today"]).fetchone()
    return row[0] if row else date.max


def _columns(conn: Connection, query: str, values: dict[str, object], names: tuple[str, ...]) -> dict[str, Integers]:
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(_QUERIES[query], values).fetchall()
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(names))
    return {name: np.ascontiguousarray(table[:, index]) for index, name in enumerate(names)}


def _words(metres: int) -> str:
    return f"{metres} m" if metres < 1_000 else f"{metres // 1_000} km"
