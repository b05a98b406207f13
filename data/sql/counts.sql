-- Counts of an analyst's own organisation by square and month, read from the roll-ups under row-level security.

-- name: counts
SELECT
    c.easting,
    c.northing,
    coalesce(ca.area_id, 0) AS area,
    c.month,
    sum(c.visits)::int AS visits,
    sum(c.notes)::int AS notes
FROM (
    SELECT
        vc.easting,
        vc.northing,
        vc.cell,
        (extract(YEAR FROM vc.visited_month) * 12 + extract(MONTH FROM vc.visited_month) - 1)::int AS month,
        vc.visits,
        0 AS notes
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.visit_cell AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND one.visited_month BETWEEN %(first)s AND %(last)s
    ) AS vc
    UNION ALL
    SELECT
        nc.easting,
        nc.northing,
        nc.cell,
        (extract(YEAR FROM nc.noted_month) * 12 + extract(MONTH FROM nc.noted_month) - 1)::int AS month,
        0 AS visits,
        nc.notes
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.note_count AS one
        WHERE
            one.shelf = shelf.shelf
            AND one.step = %(step)s
            AND one.noted_month BETWEEN %(first)s AND %(last)s
            AND (%(category)s::int IS NULL OR one.category = %(category)s)
    ) AS nc
) AS c
LEFT JOIN reference.cell_area AS ca ON c.cell = ca.cell
LEFT JOIN reference.area AS a ON ca.area_id = a.id
WHERE %(area)s::text IS NULL OR a.name = %(area)s
GROUP BY c.easting, c.northing, ca.area_id, c.month
ORDER BY c.easting, c.northing, c.month;

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
        vc.cell,
        vc.visited_month,
        CASE WHEN vc.visited_month >= %(since)s THEN vc.visits ELSE 0 END AS visits,
        0 AS notes,
        0 AS planned
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.visit_cell AS one
        WHERE one.shelf = shelf.shelf AND one.step = %(step)s AND one.visited_month <= %(today)s
    ) AS vc
    UNION ALL
    SELECT
        nc.easting,
        nc.northing,
        nc.cell,
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
    ) AS nc
    UNION ALL
    SELECT
        pc.easting,
        pc.northing,
        pc.cell,
        NULL AS visited_month,
        0 AS visits,
        0 AS notes,
        0 AS planned
    FROM generate_series(access.counted_shelf(), access.counted_shelf() + 3) AS shelf (shelf)
    CROSS JOIN LATERAL (
        SELECT one.*
        FROM store.place_cell AS one
        WHERE one.shelf = shelf.shelf AND one.step = %(step)s
    ) AS pc
    UNION ALL
    SELECT
        pv.easting,
        pv.northing,
        pv.cell,
        NULL AS visited_month,
        0 AS visits,
        0 AS notes,
        pv.visits AS planned
    FROM store.planned_visits(%(step)s, %(today)s, %(until)s) AS pv
) AS c
LEFT JOIN reference.cell_area AS ca ON c.cell = ca.cell
LEFT JOIN reference.area AS a ON ca.area_id = a.id
WHERE %(area)s::text IS NULL OR a.name = %(area)s
GROUP BY c.easting, c.northing
ORDER BY c.easting, c.northing;

-- name: today
SELECT access.clock()::date;
