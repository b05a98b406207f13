-- Counts of an analyst's own organisation by square and month, read from the roll-ups under row-level security.

-- name: counts
-- Twice in one answer, of the same rows: by square and month (team -1), and by square and team (month -1). In no order,
-- which would cost as much as the counting.
SELECT
    c.easting,
    c.northing,
    c.cell,
    coalesce(c.month, -1) AS month,
    coalesce(c.team, -1) AS team,
    sum(c.visits)::int AS visits,
    sum(c.notes)::int AS notes
FROM (
    SELECT
        vc.easting,
        vc.northing,
        vc.cell,
        (extract(YEAR FROM vc.visited_month) * 12 + extract(MONTH FROM vc.visited_month) - 1)::int AS month,
        vc.team,
        sum(vc.visits) AS visits,
        0 AS notes
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.visit_count AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND one.visited_month BETWEEN %(first)s AND %(last)s
            AND (%(cells)s::int [] IS NULL OR one.cell = ANY(%(cells)s::int []))
    ) AS vc
    GROUP BY vc.easting, vc.northing, vc.cell, vc.visited_month, vc.team
    UNION ALL
    SELECT
        nc.easting,
        nc.northing,
        nc.cell,
        (extract(YEAR FROM nc.noted_month) * 12 + extract(MONTH FROM nc.noted_month) - 1)::int AS month,
        nc.team,
        0 AS visits,
        sum(nc.notes) AS notes
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.note_count AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND one.noted_month BETWEEN %(first)s AND %(last)s
            AND (%(category)s::int IS NULL OR one.category = %(category)s)
            AND one.severity >= %(severity)s
            AND (%(provenances)s::int [] IS NULL OR one.provenance = ANY(%(provenances)s::int []))
            AND (%(cells)s::int [] IS NULL OR one.cell = ANY(%(cells)s::int []))
    ) AS nc
    GROUP BY nc.easting, nc.northing, nc.cell, nc.noted_month, nc.team
) AS c
GROUP BY GROUPING SETS ((c.easting, c.northing, c.cell, c.month), (c.easting, c.northing, c.cell, c.team));

-- name: areas_of_cells
-- The area that holds most of each 5 km cell, which is open data: asked apart, because a join would ask row by row.
SELECT
    ca.cell,
    ca.area_id
FROM reference.cell_area AS ca
INNER JOIN reference.area AS a ON ca.area_id = a.id
WHERE %(area)s::text IS NULL OR a.name = %(area)s
ORDER BY ca.cell;

-- name: covered
SELECT
    c.easting,
    c.northing,
    coalesce(
        max((extract(YEAR FROM c.visited_month) * 12 + extract(MONTH FROM c.visited_month) - 1)::int), -1
    ) AS last_month,
    sum(c.visits)::int AS visits,
    sum(c.notes)::int AS notes,
    sum(c.planned)::int AS planned
FROM (
    SELECT
        vc.easting,
        vc.northing,
        vc.visited_month,
        CASE WHEN vc.visited_month >= %(since)s THEN vc.visits ELSE 0 END AS visits,
        0 AS notes,
        0 AS planned
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.visit_cell AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND one.visited_month <= %(today)s
            AND (%(cells)s::int [] IS NULL OR one.cell = ANY(%(cells)s::int []))
    ) AS vc
    UNION ALL
    SELECT
        nc.easting,
        nc.northing,
        NULL AS visited_month,
        0 AS visits,
        nc.notes,
        0 AS planned
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.note_count AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND one.noted_month BETWEEN %(since)s AND %(today)s
            AND (%(cells)s::int [] IS NULL OR one.cell = ANY(%(cells)s::int []))
    ) AS nc
    UNION ALL
    SELECT
        pc.easting,
        pc.northing,
        NULL AS visited_month,
        0 AS visits,
        0 AS notes,
        0 AS planned
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.place_cell AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND (%(cells)s::int [] IS NULL OR one.cell = ANY(%(cells)s::int []))
    ) AS pc
    UNION ALL
    SELECT
        pv.easting,
        pv.northing,
        NULL AS visited_month,
        0 AS visits,
        0 AS notes,
        pv.visits AS planned
    FROM store.planned_visits(%(step)s, %(today)s, %(until)s) AS pv
    WHERE %(cells)s::int [] IS NULL OR pv.cell = ANY(%(cells)s::int [])
) AS c
GROUP BY c.easting, c.northing
ORDER BY c.easting, c.northing;

-- name: today
SELECT access.today();
