"""Releases of a town: those that some of its sessions may read, and those that one session must not feel."""

from uuid import UUID

from psycopg import Connection

_DOCUMENT = (
    '{"agreement":null,"audience":"public","heading":"visited","kind":"counts","metres":5000,'
    '"quarter":"2025-10-01","squares":[[800056,NUMBER],[800057,null],[810056,null]]}'
)
_ADD = """
INSERT INTO access.release (
    id, organisation_id, audience, agreement_id, kind, heading, epoch, version, document, drawn, prepared_after, state,
    prepared_by, prepared_at, approved_by, approved_at, withdrawn_by, withdrawn_at, number, hash
)
SELECT
    gen_random_uuid(), o.id, r.audience, r.agreement_id, 'counts', 'visited', '2025-10-01',
    CASE WHEN r.state <> 'prepared' THEN 1 END, replace(%(document)s, 'NUMBER', %(number)s::text),
    '{"800056": "2025-10-01", "800057": "2025-10-01", "810056": "2025-10-01"}', 0, r.state,
    m.id, access.clock(),
    CASE WHEN r.state <> 'prepared' THEN m.id END, CASE WHEN r.state <> 'prepared' THEN access.clock() END,
    CASE WHEN r.state = 'withdrawn' THEN m.id END, CASE WHEN r.state = 'withdrawn' THEN access.clock() END,
    CASE WHEN r.state <> 'prepared' THEN %(number)s * 1000 + row_number() OVER (ORDER BY o.id, r.audience, r.state) END,
    CASE WHEN r.state <> 'prepared' THEN ''::bytea END
FROM access.organisation AS o
JOIN LATERAL (
    SELECT x.id FROM access.membership AS x
    WHERE x.organisation_id = o.id AND x.role IN ('outreach', 'analyst') AND x.id IS DISTINCT FROM %(but)s
    ORDER BY x.role, x.id
    LIMIT 1
) AS m ON true
CROSS JOIN LATERAL (
    SELECT 'public' AS audience, NULL::uuid AS agreement_id, NULL::int AS recipient_id, true AS is_live, s.state
    FROM unnest(ARRAY['prepared', 'approved', 'withdrawn']) AS s (state)
    UNION ALL
    SELECT 'commissioner', NULL, NULL, true, 'approved'
    UNION ALL
    SELECT 'agreement', a.id, a.recipient_id, access.is_live(a, access.clock()), 'approved'
    FROM access.agreement AS a WHERE a.provider_id = o.id
) AS r
"""


_MAP = (
    '{"agreement":null,"audience":"public","heading":"concern","kind":"hotspots","made_of":["0"],"method":1,'
    '"metres":5000,"quarter":"2025-10-01","quarters":1,"squares":[[800056,2,1,60,NUMBER,8],[800057,0,0,null,null,0]]}'
)
_MAPS = """
WITH made AS (
    INSERT INTO access.release (
        id, organisation_id, audience, agreement_id, kind, heading, epoch, version, document, drawn, prepared_after,
        state, prepared_by, prepared_at, approved_by, approved_at, number, hash
    )
    SELECT
        gen_random_uuid(), r.organisation_id, r.audience, r.agreement_id, 'hotspots', 'concern', r.epoch, 1,
        replace(%(document)s, 'NUMBER', %(number)s::text), '{}', 0, 'approved', r.prepared_by, access.clock(),
        r.prepared_by, access.clock(), r.number + 500, ''
    FROM access.release AS r
    WHERE r.kind = 'counts' AND r.number / 1000 = %(number)s
    RETURNING id, organisation_id, number
)
INSERT INTO access.release_source
SELECT m.id, r.id
FROM made AS m
JOIN access.release AS r ON (r.organisation_id, r.number) = (m.organisation_id, m.number - 500)
"""


def _add_maps(conn: Connection, number: int) -> None:
    """Have a map made of each of these releases of counts: of withdrawn ones too, which nobody else may read."""
    conn.execute(_MAPS.encode(), {"document": _MAP, "number": number})


def add_releases(conn: Connection) -> None:
    """Have every organisation of a town release counts, and maps made of them, to every audience there is."""
    conn.execute(_ADD.encode(), {"document": _DOCUMENT, "number": 10, "but": None})
    _add_maps(conn, 10)


def add_hidden_releases(conn: Connection, membership: UUID | None) -> int:
    """Add what a session's membership must not feel: prepared, withdrawn, and approved for others than it; how many.

    What is for commissioners nobody reads: the town's office has one agreement, which is suspended.
    """
    hidden = """
    CROSS JOIN (
        SELECT s.organisation_id AS id, s.role IN ('analyst', 'admin') AS releases
        FROM access.membership AS s WHERE s.id = %(but)s
    ) AS me
    WHERE
        NOT (o.id = me.id AND me.releases)
        AND CASE
            WHEN r.state <> 'approved' THEN true
            WHEN r.audience = 'public' THEN false
            WHEN r.audience = 'commissioner' THEN true
            ELSE r.recipient_id <> me.id OR NOT r.is_live
        END
    """
    values = {"document": _DOCUMENT, "number": 25, "but": membership}
    added = conn.execute((_ADD + hidden).encode(), values).rowcount
    _add_maps(conn, 25)
    return added
