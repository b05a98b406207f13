-- demo_visits: synthetic visits from the staging table, each at the point of its place.
-- The bits of indicators are codes of the taxonomy, the first bit code 1.

INSERT INTO store.visit (
    id, place_id, lock_id, status, visited_on, outcome, people_met, indicators, changed_by, changed_at
)
SELECT
    v.id,
    v.place_id,
    access.lock_of(v.label_id, 1, 5) AS lock_id,
    (ARRAY['planned', 'done', 'abandoned'])[v.status + 1] AS status,
    date '2000-01-01' + v.visited_day AS visited_on,
    nullif(v.outcome, 0) AS outcome,
    nullif(v.people_met, -1) AS people_met,
    array(
        SELECT code::smallint
        FROM generate_series(1, 8) AS code
        WHERE v.indicators >> (code - 1) & 1 = 1
    ) AS indicators,
    v.changed_by,
    timestamptz '2000-01-01 22:00 UTC' + v.changed_day * interval '1 day' AS changed_at
FROM new_visit AS v;

INSERT INTO store.visit_point (
    visit_id, place_id, lock_id, shelf, key, x, y, outcome, visited_on,
    longitude, latitude, easting, northing
)
SELECT
    v.id,
    v.place_id,
    access.lock_of(v.label_id, 1, 4) AS lock_id,
    access.shelf_of(l.owner_id, l.sensitivity) AS shelf,
    p.key,
    p.x,
    p.y,
    v.outcome,
    date '2000-01-01' + v.visited_day AS visited_on,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing
FROM new_visit AS v
INNER JOIN access.label AS l ON v.label_id = l.id
INNER JOIN store.place_point AS p ON v.place_id = p.place_id
ORDER BY access.shelf_of(l.owner_id, l.sensitivity), p.key, v.id;

DROP TABLE new_visit;
