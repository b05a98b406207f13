"""Shifts that one session must not feel: everybody else is out, late, told of it, and opened every stop."""

from collections.abc import Callable
from uuid import UUID

Do = Callable[..., None]


def add_shifts(do: Do, membership: UUID | None) -> None:
    """Let everybody but a membership be out, be their own contact, be late, and be opened every place of their own."""
    do(
        "shifts added",
        "INSERT INTO access.shift (id, plan_id, organisation_id, team, is_enforcement, buddy, second, manager, state,"
        " stop, home_minutes, started_at, next_due_at)"
        " SELECT gen_random_uuid(), gen_random_uuid(), m.organisation_id, 1, e.is_enforcement, m.id, m.id, m.id,"
        " 'on_site', 1, 20, access.clock(), access.clock() FROM access.membership AS m"
        " CROSS JOIN (VALUES (true), (false)) AS e (is_enforcement)"
        " WHERE m.person_id <> (SELECT k.person_id FROM access.membership AS k WHERE k.id = %s)",
        membership,
    )
    do("shifts gone on", "INSERT INTO access.shift_member SELECT h.id, h.buddy FROM access.shift AS h")
    do(
        "alarms raised",
        "INSERT INTO access.alarm (shift_id, kind, since, stop, step, step_at)"
        " SELECT h.id, 'late', access.clock() - n.n * interval '1 minute', 1, 3, access.clock()"
        " FROM access.shift AS h CROSS JOIN generate_series(1, 40) AS n (n)",
    )
    do(
        "notices sent",
        "INSERT INTO access.notice (reference, organisation_id, to_membership, kind, is_enforcement, about, desk_of,"
        " created_at, due_at) SELECT upper(concat_ws('-', left(r.hex, 4), substr(r.hex, 5, 4), substr(r.hex, 9, 4))),"
        " h.organisation_id, h.buddy, 'watchdog', h.is_enforcement, h.id, h.organisation_id, access.clock(),"
        " access.clock() FROM access.shift AS h"
        " CROSS JOIN LATERAL (SELECT replace(h.id::text, '-', '') AS hex) AS r",
    )
    do(
        "stops opened",
        "INSERT INTO access.opening SELECT a.id, h.manager, p.id, h.is_enforcement, access.clock(),"
        " access.clock() + interval '1 hour'"
        " FROM (SELECT k.*, row_number() OVER (PARTITION BY k.shift_id ORDER BY k.since) AS n"
        " FROM access.alarm AS k) AS a"
        " JOIN access.shift AS h ON h.id = a.shift_id"
        " JOIN (SELECT p.id, l.owner_id, row_number() OVER (PARTITION BY l.owner_id ORDER BY p.id) AS n"
        " FROM store.place AS p JOIN access.label AS l ON l.id = p.lock_id >> 5) AS p"
        " ON p.owner_id = h.organisation_id AND p.n = a.n",
    )
    do(
        "stops opened to who is excluded",
        "INSERT INTO access.opening SELECT a.id, m.id, p.id, a.n = 1, access.clock(),"
        " access.clock() + interval '1 hour'"
        " FROM access.membership AS m JOIN access.handling AS h ON m.id = ANY (h.excluded)"
        " JOIN access.label AS l ON l.handling_id = h.id AND l.owner_id = m.organisation_id"
        " CROSS JOIN LATERAL (SELECT k.id FROM store.place AS k WHERE k.lock_id >> 5 = l.id ORDER BY k.id LIMIT 1) AS p"
        " JOIN (SELECT k.id, row_number() OVER (ORDER BY k.id) AS n FROM access.alarm AS k) AS a ON a.n <= 2"
        " WHERE m.id = %s ON CONFLICT DO NOTHING",
        membership,
    )
