-- Features of plans: one's own next shift, and planned visits, at places that row-level security shows.

-- name: planned_points
SELECT
    p.key AS sort_key,
    s.id,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing,
    p.place_id AS place,
    'planned' AS outcome,
    s.planned_on AS visited_on
FROM access.planned_stops() AS s
INNER JOIN store.place_point AS p ON s.place_id = p.place_id
CROSS JOIN unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
WHERE
    p.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
    AND p.x BETWEEN %(west)s AND %(east)s
    AND p.y BETWEEN %(north)s AND %(south)s
    AND (p.key > %(after_key)s::bigint OR s.id > %(after_id)s::uuid)
ORDER BY p.key, s.id
LIMIT %(most)s;

-- name: planned_point
SELECT
    p.key AS sort_key,
    s.id,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing,
    p.place_id AS place,
    'planned' AS outcome,
    s.planned_on AS visited_on
FROM access.planned_stops() AS s
INNER JOIN store.place_point AS p ON s.place_id = p.place_id
WHERE s.id = %(id)s;

-- name: plan_points
SELECT
    p.key AS sort_key,
    p.place_id AS id,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing,
    s.number,
    s.team,
    s.begins_at
FROM access.my_plan_stops() AS s
INNER JOIN store.place_point AS p ON s.place_id = p.place_id
CROSS JOIN unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
WHERE
    p.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
    AND p.x BETWEEN %(west)s AND %(east)s
    AND p.y BETWEEN %(north)s AND %(south)s
    AND (p.key > %(after_key)s::bigint OR p.place_id > %(after_id)s::uuid)
ORDER BY p.key, p.place_id
LIMIT %(most)s;

-- name: plan_point
SELECT
    p.key AS sort_key,
    p.place_id AS id,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing,
    s.number,
    s.team,
    s.begins_at
FROM access.my_plan_stops() AS s
INNER JOIN store.place_point AS p ON s.place_id = p.place_id
WHERE p.place_id = %(id)s;
