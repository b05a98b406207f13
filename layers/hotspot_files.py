"""What of a hotspot map leaves its analyst's desk: reports and files, small counts hidden, with a receipt each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from data.counts import refuse_who_does_not_count
from data.database import entered
from data.reading import receipt
from data.sessions import SessionFacts
from geo.cells import Corners, cell_polygons
from layers.exports import Export, Marked, check_format, file_of, marking
from layers.hotspot_questions import Question, QuestionRefused
from layers.hotspot_tables import rows
from layers.hotspots import Answer, Reader, ask

_MARKING = "OFFICIAL-SENSITIVE"


def filed_report(reader: Reader, me: SessionFacts, question: Callable[[Question], Question], token: str | None) -> UUID:
    """Make a map and file its question; the number under which this session's keys open the report.

    Raises NotAllowed, NotSignedIn, QuestionRefused.
    """
    pool, desk = reader
    answer = ask(reader, me, lambda usual: replace(question(usual), is_confirmed=False), token)
    with entered(pool, token) as (_, who):
        if who.ring_key is None:
            raise QuestionRefused("What you may see is changing just now. Ask again in a moment.")
        return desk.file((who.ring_key, answer.question))


def opened_report(reader: Reader, me: SessionFacts, id: UUID, token: str | None) -> Answer:
    """Return the map of a report, once its receipt is written. Raises NoSuchWork once other keys hold."""
    pool, desk = reader
    with entered(pool, token) as (conn, who):
        refuse_who_does_not_count(who)
        question = desk.filed(who.ring_key, id)
        receipt(conn, ("hotspots", -1), {"receipt": str(id), "format": "report"}, [])
    return ask(reader, me, lambda _: question, token)


def hotspot_file(
    reader: Reader, me: SessionFacts, asked: tuple[Callable[[Question], Question], str], token: str | None
) -> Export:
    """Return the squares of a map as a file, receipted before it leaves; counts below 5 are told as a band.

    Raises NotAnExport, NotAllowed, NotSignedIn, QuestionRefused.
    """
    question, format = asked
    check_format(format)
    answer = ask(reader, me, lambda usual: replace(question(usual), is_confirmed=False), token)
    id = uuid4()
    with entered(reader[0], token) as (conn, who):
        refuse_who_does_not_count(who)
        rests_on = receipt(conn, ("hotspots", -1), {"receipt": str(id), "format": format}, [])
    return file_of(Marked(features_of(answer), marking(_MARKING, str(id), rests_on)), format)


def features_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the squares of an answer as GeoJSON features, in the order of the table, small counts hidden."""
    found = answer.found
    if found is None:
        raise QuestionRefused("There is no map to hand over. Ask again.")
    told = rows(found, answer.areas, hides_small=True)
    corners = Corners(np.array([row["easting"] for row in told]), np.array([row["northing"] for row in told]))
    rings = cell_polygons(corners, found.question.metres).round(7).tolist() if told else []
    return [
        {
            "type": "Feature",
            "id": row["square"],
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {name: str(value) if name in {"visits", "notes"} else value for name, value in row.items()},
        }
        for row, ring in zip(told, rings, strict=True)
    ]
