"""The default hotspot map from SQL to what the browser draws: a million notes, under row-level security."""

import time
from datetime import date
from typing import Final

import click
import numpy as np
import psycopg

from data.bench import drop_database, open_reader
from data.bench_counts import counted_rows, fill_with_visits_and_notes
from data.counts import counted
from data.database import Pool, entered, open_pool
from data.demo_tables import settle
from data.sessions import my_session
from layers.hotspot_desk import HotspotDesk
from layers.hotspot_maps import made
from layers.hotspot_questions import month_number, month_of, usual
from layers.hotspots import ask
from scripts.bench.effort import Effort
from scripts.bench.hotspot_world import NOTES, boroughs, invented
from scripts.bench.lines import Target, beside, heading, middle, result
from scripts.bench.world import APPLICATION, fresh_database, own_cluster
from web.hotspot_views import view_of

WHOLE: Final = Target(value=2.0, at_most=True)
_NAME: Final = "bench_counts"
_OWNER, _ANALYST = "Demo Police", "analyst@police.demo.invalid"
_MONTHS: Final = 24


def bench_counting(effort: Effort, *, notes: int = NOTES) -> bool:
    """Measure what an analyst waits for who opens the page; whether the target is met."""
    cluster, today = own_cluster(), date.today()  # noqa: DTZ011 - the months before now, by the cluster's own clock.
    click.echo(f"Making a database of {notes:,} notes on {2 * notes:,} visits over {_MONTHS} months.")
    fresh_database(cluster, _NAME, count=1_000)
    try:
        with psycopg.connect(cluster.url(database=_NAME)) as conn:
            fill_with_visits_and_notes(conn, _points(notes, today), _OWNER)
            conn.commit()
            conn.autocommit = True
            settle(conn)
            reader = open_reader(conn, "analyst", _ANALYST, "analysis")
            noted, note_rows, visit_rows = counted_rows(conn)
        pool = open_pool(cluster.url(APPLICATION, _NAME), size=2)
        try:
            return _measured(pool, reader.token, effort, (noted, note_rows, visit_rows))
        finally:
            pool.close()
    finally:
        drop_database(cluster.url(), _NAME)


def _measured(pool: Pool, token: str, effort: Effort, rows: tuple[int, int, int]) -> bool:
    heading(f"Default hotspot map from SQL: {rows[0]:,} notes in {rows[1]:,} rows, visits in {rows[2]:,} rows at 500 m")
    beside("500 m squares, twelve months; wall seconds of one request after another, nothing kept between them")
    me = my_session(pool, token)
    spent: dict[str, list[float]] = {"counting in SQL": [], "statistics": [], "whole, with the page's parts": []}
    for _ in range(effort.rounds + 1):
        begun = time.perf_counter()
        with entered(pool, token) as (conn, _):
            question = usual(date.today())  # noqa: DTZ011 - as above.
            table = counted(conn, metres=500, months=(question.first, question.last), category=None, area=None)
        spent["counting in SQL"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        found = made(question, table)
        spent["statistics"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        answer = ask((pool, HotspotDesk()), me, lambda usually: usually, token)
        view_of(answer, organisation=me.organisation, hides_small=False)
        spent["whole, with the page's parts"].append(time.perf_counter() - begun)
    beside(f"{len(found.easting):,} squares, {int((found.state == 2).sum())} hot, {int(found.notes.sum()):,} notes")
    for name in ("counting in SQL", "statistics"):
        result(name, middle(spent[name][1:]), unit=" s")
    return result("whole, with the page's parts", middle(spent["whole, with the page's parts"][1:]), WHOLE, unit=" s")


def _points(notes: int, today: date) -> list[tuple[float, float, date, int, bool]]:
    """Return invented visits, spread evenly over the months; the category decides the sensitivity as well."""
    points, numbers = invented(boroughs(), notes=notes), np.random.default_rng(3)
    latest = month_number(today)
    days = [month_of(latest - back) for back in range(_MONTHS)]
    when, kind = numbers.integers(0, _MONTHS, len(points.easting)), numbers.integers(1, 9, len(points.easting))
    columns = (points.easting.tolist(), points.northing.tolist(), when.tolist(), kind.tolist(), points.noted.tolist())
    return [(e, n, days[back], category, noted) for e, n, back, category, noted in zip(*columns, strict=True)]
