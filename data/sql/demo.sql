-- name: load_places
-- Synthetic places from the staging table, with names and addresses made of numbers.
-- Points go in by shelf and key, so that the table stands in the order in which tiles read it.

INSERT INTO store.place (
    id, lock_id, name, kind, address, status, attend_rule, review_on, changed_by, changed_at
)
SELECT
    p.id,
    access.lock_of(p.label_id, 0, 5) AS lock_id,
    t.title || ' ' || lpad(p.number::text, greatest(4, length(p.number::text)), '0') AS name,
    p.kind,
    p.house || ' Example ' || (ARRAY['Road', 'Street', 'Lane', 'Way', 'Close', 'Avenue'])[p.street % 6 + 1] AS address,
    (ARRAY['active', 'unconfirmed', 'closed'])[p.status + 1] AS status,
    p.attend_rule,
    CASE WHEN p.review_day > -100000 THEN date '2000-01-01' + p.review_day END AS review_on,
    p.changed_by,
    timestamptz '2000-01-01 09:00 UTC' + p.changed_day * interval '1 day' AS changed_at
FROM new_place AS p
INNER JOIN reference.taxonomy AS t ON t.list = 'site_kind' AND t.version = 1 AND p.kind = t.code;

INSERT INTO store.place_point (
    place_id, lock_id, shelf, key, x, y, kind, attend_rule, longitude, latitude, easting, northing
)
SELECT
    p.id,
    access.lock_of(p.label_id, 0, 4) AS lock_id,
    access.shelf_of(l.owner_id, l.sensitivity) AS shelf,
    p.key,
    p.x,
    p.y,
    p.kind,
    p.attend_rule,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing
FROM new_place AS p
INNER JOIN access.label AS l ON p.label_id = l.id
ORDER BY access.shelf_of(l.owner_id, l.sensitivity), p.key, p.id;

DROP TABLE new_place;

-- name: load_visits
-- Synthetic visits from the staging table, each at the point of its place.
-- The bits of indicators are codes of the taxonomy, the first bit code 1.

INSERT INTO store.visit (
    id, place_id, lock_id, status, visited_on, outcome, people_met, indicators, team, changed_by, changed_at
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
    nullif(v.team, 0) AS team,
    v.changed_by,
    timestamptz '2000-01-01 22:00 UTC' + v.changed_day * interval '1 day' AS changed_at
FROM new_visit AS v;

INSERT INTO store.visit_point (
    visit_id, place_id, lock_id, shelf, key, x, y, outcome, visited_on,
    longitude, latitude, easting, northing, team
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
    p.northing,
    v.team
FROM new_visit AS v
INNER JOIN access.label AS l ON v.label_id = l.id
INNER JOIN store.place_point AS p ON v.place_id = p.place_id
ORDER BY access.shelf_of(l.owner_id, l.sensitivity), p.key, v.id;

DROP TABLE new_visit;

-- name: load_notes
-- Synthetic risk notes from the staging tables: what is known of each, and its sealed text.
-- Grades stand beside the notes that police members graded.

INSERT INTO store.note (
    id, place_id, visit_id, lock_id, category, severity, provenance, ciphertext,
    review_on, recorded_on, team, changed_by, changed_at
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
    nullif(n.team, 0) AS team,
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
    longitude, latitude, easting, northing, provenance, team
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
    p.northing,
    n.provenance + 1 AS provenance,
    n.team
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

-- name: purposes
-- The purposes that each membership may choose at sign-in, visit first.
SELECT
    m.id,
    array_agg(rp.purpose ORDER BY rp.purpose <> 'visit', rp.purpose DESC) AS purposes
FROM access.membership AS m
INNER JOIN access.organisation AS o ON m.organisation_id = o.id
INNER JOIN access.role_purpose AS rp
    ON m.role = rp.role AND o.kind = coalesce(rp.organisation_kind, o.kind)
GROUP BY m.id;

-- name: intern_labels
-- The label of each row of six lists, interned when it is new, in the order of the lists.
SELECT access.intern_label(w.owner, w.sensitivity, w.area, w.operation, w.collected_for, w.handling) AS label
FROM unnest(
    %(owners)s::int [],
    %(sensitivities)s::int [],
    %(areas)s::int [],
    %(operations)s::int [],
    %(collected_for)s::text [],
    %(handlings)s::int []
) WITH ORDINALITY AS w (owner, sensitivity, area, operation, collected_for, handling, place_in_line)
ORDER BY w.place_in_line;

-- name: sign_agreement
-- Sign an agreement for the sides that are given, after its areas are known: then its terms stay.
UPDATE access.agreement
SET
    provider_signed_by = %(provider)s,
    provider_signed_at = CASE WHEN %(provider)s::uuid IS NOT NULL THEN %(signed_at)s::timestamptz END,
    recipient_signed_by = %(recipient)s,
    recipient_signed_at = CASE WHEN %(recipient)s::uuid IS NOT NULL THEN %(signed_at)s::timestamptz END
WHERE id = %(agreement)s;

-- name: mark_as_demo
-- Say in the database and in the audit of every organisation that this is a demo.
INSERT INTO access.setting VALUES ('demo', 'yes')
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
SELECT audit.append_to(o.id, 'administration', '{"what": "loaded the demo"}') AS appended
FROM access.organisation AS o
ORDER BY o.id;

-- name: settle
-- Put points in the order in which tiles read them.
CLUSTER store.place_point USING place_point_tile;
