-- demo_notes: synthetic risk notes from the staging tables: what is known of each, and its sealed text.
-- Grades stand beside the notes that police members graded.

INSERT INTO store.note (
    id, place_id, visit_id, lock_id, category, severity, provenance, ciphertext,
    review_on, recorded_on, changed_by, changed_at
)
SELECT
    n.id,
    n.place_id,
    nullif(n.visit_id, '00000000-0000-0000-0000-000000000000') AS visit_id,
    access.lock_of(n.label_id, 2, 5) AS lock_id,
    n.category,
    n.severity,
    (
        ARRAY['saw myself', 'was told by the person', 'was told by someone else', 'unsure']
    )[n.provenance + 1] AS provenance,
    s.ciphertext,
    date '2000-01-01' + n.review_day AS review_on,
    date '2000-01-01' + n.recorded_day AS recorded_on,
    n.changed_by,
    timestamptz '2000-01-01 22:30 UTC' + n.recorded_day * interval '1 day' AS changed_at
FROM new_note AS n
INNER JOIN new_seal AS s ON n.id = s.note_id;

INSERT INTO store.note_key (note_id, lock_id, wrapped)
SELECT
    n.id,
    access.lock_of(n.label_id, 2, 5) AS lock_id,
    s.wrapped
FROM new_note AS n
INNER JOIN new_seal AS s ON n.id = s.note_id;

INSERT INTO store.risk_point (
    note_id, place_id, lock_id, shelf, key, x, y, category, severity, recorded_on,
    longitude, latitude, easting, northing
)
SELECT
    n.id,
    n.place_id,
    access.lock_of(n.label_id, 2, 4) AS lock_id,
    access.shelf_of(l.owner_id, l.sensitivity) AS shelf,
    p.key,
    p.x,
    p.y,
    n.category,
    n.severity,
    date '2000-01-01' + n.recorded_day AS recorded_on,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing
FROM new_note AS n
INNER JOIN access.label AS l ON n.label_id = l.id
INNER JOIN store.place_point AS p ON n.place_id = p.place_id
ORDER BY access.shelf_of(l.owner_id, l.sensitivity), p.key, n.id;

INSERT INTO store.note_grade (note_id, lock_id, source, intelligence, handling, graded_by, graded_at)
SELECT
    n.id,
    access.lock_of(n.label_id, 2, 5) AS lock_id,
    n.grade_source,
    (ARRAY['A', 'B', 'C', 'D', 'E'])[n.grade_intelligence] AS intelligence,
    (ARRAY['P', 'C'])[n.grade_handling] AS handling,
    n.changed_by,
    timestamptz '2000-01-01 10:00 UTC' + (n.recorded_day + 1) * interval '1 day' AS graded_at
FROM new_note AS n
WHERE n.grade_source > 0;

DROP TABLE new_note, new_seal;
