-- A million risk notes and the visits they were written on, for the benchmark of hotspot maps: points alone.

-- name: make_points
CREATE TEMPORARY TABLE counting_point (
    easting double precision,
    northing double precision,
    day date,
    team smallint,
    category smallint,
    severity smallint,
    provenance smallint,
    noted boolean
);

-- name: copy_points
COPY counting_point FROM STDIN;

-- name: make_labels
CREATE TEMPORARY TABLE counting_label AS
SELECT
    a.area_id,
    s.sensitivity,
    access.intern_label(o.id, s.sensitivity, a.area_id, NULL, 'safeguarding', 0) AS label_id,
    access.shelf_of(o.id, s.sensitivity) AS shelf
FROM access.organisation AS o
CROSS JOIN (
    SELECT DISTINCT ca.area_id
    FROM counting_point AS p
    INNER JOIN
        reference.cell_area AS ca
        ON ca.cell = floor(p.easting / 5000)::int * 10000 + floor(p.northing / 5000)::int
) AS a
CROSS JOIN generate_series(0, 3) AS s (sensitivity)
WHERE o.name = %(organisation)s;

-- name: fill_visits
INSERT INTO store.visit_point (
    visit_id, place_id, lock_id, shelf, key, x, y, outcome, visited_on, longitude, latitude, easting, northing, team
)
SELECT
    gen_random_uuid(),
    gen_random_uuid(),
    access.lock_of(l.label_id, 1, 4),
    l.shelf,
    0,
    0,
    0,
    1,
    p.day,
    0,
    0,
    p.easting,
    p.northing,
    p.team
FROM counting_point AS p
INNER JOIN
    reference.cell_area AS ca
    ON ca.cell = floor(p.easting / 5000)::int * 10000 + floor(p.northing / 5000)::int
INNER JOIN counting_label AS l ON ca.area_id = l.area_id AND mod(p.category, 4::smallint) = l.sensitivity;

-- name: fill_notes
INSERT INTO store.risk_point (
    note_id, place_id, lock_id, shelf, key, x, y, category, severity, recorded_on, longitude, latitude, easting,
    northing, provenance, team
)
SELECT
    gen_random_uuid(),
    gen_random_uuid(),
    access.lock_of(l.label_id, 2, 4),
    l.shelf,
    0,
    0,
    0,
    p.category,
    p.severity,
    p.day,
    0,
    0,
    p.easting,
    p.northing,
    p.provenance,
    p.team
FROM counting_point AS p
INNER JOIN
    reference.cell_area AS ca
    ON ca.cell = floor(p.easting / 5000)::int * 10000 + floor(p.northing / 5000)::int
INNER JOIN counting_label AS l ON ca.area_id = l.area_id AND mod(p.category, 4::smallint) = l.sensitivity
WHERE p.noted;

-- name: counted_rows
SELECT
    (SELECT sum(n.notes) FROM store.note_count AS n WHERE n.step = 2) AS notes,
    (SELECT count(*) FROM store.note_count AS n WHERE n.step = 2) AS note_rows,
    (SELECT count(*) FROM store.visit_count AS v WHERE v.step = 2) AS visit_rows;
