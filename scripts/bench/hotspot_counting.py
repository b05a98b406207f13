"""The default hotspot map from SQL to what the browser draws: a million notes, under row-level security."""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import click
import numpy as np
import psycopg

from data.bench import Reader, drop_database, open_reader
from data.bench_counts import Point, counted_rows, fill_with_visits_and_notes
from data.counts import counted, today
from data.database import enter
from data.demo_tables import settle
from geo.hotspots.excess import State
from layers.hotspot_maps import made
from layers.hotspot_questions import month_number, month_of, usual
from layers.hotspots import Answer
from scripts.bench.effort import Effort
from scripts.bench.hotspot_world import NOTES, boroughs, invented
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.world import World, fresh_database, own_cluster
from web.days import today as today_in_britain
from web.hotspot_views import view_of

WHOLE: Final = Target(value=2.0, at_most=True)
_NAME: Final = "bench_counts"
_OWNER, _ANALYST = "Demo Police", "analyst@police.demo.invalid"
_MONTHS: Final = 24


def bench_counting(effort: Effort, *, notes: int = NOTES) -> bool:
    """Measure what an analyst waits for who opens the page; whether the target is met."""
    with counted_world(_NAME, notes) as world:
        with psycopg.connect(world.operator) as conn:
            rows = counted_rows(conn)
        with psycopg.connect(world.application, autocommit=True) as conn:
            return _measured(conn, world.readers["analyst"], effort, rows)


@contextlib.contextmanager
def counted_world(name: str, notes: int) -> Iterator[World]:
    """Give a database of so many notes and twice as many visits, and its analyst's session; dropped at the end."""
    cluster, day = own_cluster(), today_in_britain()
    click.echo(f"Making a database of {notes:,} notes on {2 * notes:,} visits over {_MONTHS} months.")
    fresh_database(cluster, name, count=1_000)
    try:
        with psycopg.connect(cluster.url(database=name)) as conn:
            fill_with_visits_and_notes(conn, _points(notes, day), _OWNER)
            conn.commit()
            conn.autocommit = True
            settle(conn)
            readers = {"analyst": open_reader(conn, "analyst", _ANALYST, "analysis")}
        yield World(cluster=cluster, database=name, count=1_000, readers=readers)
    finally:
        drop_database(cluster.url(), name)
        cluster.stop()


def _measured(conn: psycopg.Connection, reader: Reader, effort: Effort, rows: tuple[int, int, int]) -> bool:
    heading(f"Default hotspot map from SQL: {rows[0]:,} notes in {rows[1]:,} rows, visits in {rows[2]:,} rows at 500 m")
    beside("500 m squares, twelve months; seconds of processor time of the server and of the service, nothing kept")
    spent: dict[str, list[float]] = {name: [] for name in ("counting in SQL", "statistics and page", "waited")}
    told = ""
    for _ in range(effort.rounds + 1):
        with conn.transaction():
            enter(conn, reader.token)
            waited, served, begun = time.perf_counter(), _backend_seconds(conn), time.process_time()
            question = usual(today(conn))
            table = counted(conn, metres=500, months=(question.first, question.last), area=None)
            spent["counting in SQL"].append(_backend_seconds(conn) - served)
        found = made(question, table)
        answer = Answer(question=question, today=question.last, categories={}, areas={}, found=found)
        json.dumps(view_of(answer, organisation=_OWNER, hides_small=False).drawn)
        spent["statistics and page"].append(time.process_time() - begun)
        spent["waited"].append(time.perf_counter() - waited)
        hot, noted = int((found.state == State.HOT).sum()), int(found.notes.sum())
        told = f"{len(found.easting):,} squares, {hot} hot, {noted:,} notes of twelve months"
    beside(told)
    sql, service = (middle(spent[name][1:]) for name in ("counting in SQL", "statistics and page"))
    result("counting in SQL", sql, unit=" s")
    result("statistics and what the page draws", service, unit=" s")
    beside(f"by the clock on the wall, with whatever else ran here: {middle(spent['waited'][1:]):.2f} s")
    return result("ours, whole", sql + service, WHOLE, unit=" s")


def _backend_seconds(conn: psycopg.Connection) -> float:
    """Return the processor seconds that the server's process behind a connection has used, to a hundredth."""
    fields = Path(f"/proc/{conn.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _points(notes: int, day: date) -> list[Point]:
    """Return invented visits, spread evenly over the months; the category decides the sensitivity as well."""
    points, numbers = invented(boroughs(), notes=notes), np.random.default_rng(3)
    latest, count = month_number(day), len(points.easting)
    days = [month_of(latest - back) for back in range(_MONTHS)]
    when = numbers.integers(0, _MONTHS, count)
    drawn = (numbers.integers(*span, count) for span in ((1, 9), (1, 6), (1, 5)))
    columns = (points.easting, points.northing, when, points.team + 1, *drawn, points.noted)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(east, north, days[back], *kinds) for east, north, back, *kinds in rows]
