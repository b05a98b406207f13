-- demo_places: synthetic places from the staging table, with names and addresses made of numbers.
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
