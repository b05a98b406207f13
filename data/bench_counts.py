"""The database of the hotspot benchmark: visits and notes as points, rolled up by the triggers that always do."""

from collections.abc import Iterable
from datetime import date

from psycopg import Connection

from data.database import queries

Point = tuple[float, float, date, int, int, int, int, bool]
"""Easting and northing in metres (EPSG:27700), the day, the team, and of the note its category, severity, provenance
and whether it was written."""
_QUERIES = queries("bench_counts")


def fill_with_visits_and_notes(conn: Connection, points: Iterable[Point], organisation: str) -> None:
    """Write visits and notes of one organisation, of four sensitivities, in the areas where they lie."""
    conn.execute(_QUERIES["make_points"])
    with conn.cursor() as cursor, cursor.copy(_QUERIES["copy_points"]) as copy:
        for point in points:
            copy.write_row(point)
    values = {"organisation": organisation}
    conn.execute(_QUERIES["make_labels"], values)
    conn.execute(_QUERIES["fill_visits"], {})
    conn.execute(_QUERIES["fill_notes"], {})


def counted_rows(conn: Connection) -> tuple[int, int, int]:
    """Return how many notes are counted at 500 m, in how many rows, and the rows of visits."""
    row = conn.execute(_QUERIES["counted_rows"]).fetchone()
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)
