"""Initiatives and briefings that one session must not feel: those of every other organisation."""

import json
from collections.abc import Callable

from psycopg import Connection

Do = Callable[..., None]
_INITIATIVE = (
    "INSERT INTO access.initiative (id, organisation_id, kind, title, sector, starts_on, ends_on, is_published,"
    " changed_by, changed_at) SELECT gen_random_uuid(), o.id, 'event', %s, 'other', '2025-11-03', '2025-11-04', %s,"
    " gen_random_uuid(), access.clock() FROM access.organisation AS o WHERE o.id <> %s"
)


def some_initiatives(conn: Connection, organisations: list[int]) -> None:
    """Give each organisation an initiative that is published, and one that is not."""
    for organisation in organisations:
        for title, is_published in (("Spot the signs", True), ("For ourselves", False)):
            conn.execute(_INITIATIVE.replace("o.id <> %s", "o.id = %s").encode(), [title, is_published, organisation])
    conn.execute("INSERT INTO access.initiative_area SELECT id, 1 FROM access.initiative")


def change_reports(do: Do, organisation: int) -> None:
    """Change, add and remove the initiatives of all organisations but one, and let them all publish briefings."""
    do(
        "initiatives changed",
        "UPDATE access.initiative SET title = 'Other', reach = 9, version = version + 1"
        " WHERE organisation_id <> %s AND is_published",
        organisation,
    )
    do(
        "initiatives removed",
        "DELETE FROM access.initiative WHERE organisation_id <> %s AND NOT is_published",
        organisation,
    )
    do("initiatives added", _INITIATIVE, "Hidden", True, organisation)
    cells = [{"area": 1, "quarter": "2025-10-01", "is_withheld": False, "value": 40}]
    do(
        "briefings added",
        "INSERT INTO access.briefing (id, organisation_id, quarter, edition, document, checksum, prepared_by,"
        " prepared_at, approved_by, approved_at) SELECT gen_random_uuid(), m.organisation_id, '2025-10-01',"
        " row_number() OVER (PARTITION BY m.organisation_id), %s, repeat('a', 64), m.id, access.clock(),"
        " (SELECT other.id FROM access.membership AS other WHERE other.person_id <> m.person_id ORDER BY other.id"
        " LIMIT 1),"
        " access.clock() FROM access.membership AS m WHERE m.organisation_id <> %s",
        json.dumps({"counts": cells}),
        organisation,
    )
