-- What a briefing is made from, and briefings as the session may open them.

-- name: places_with_notes
SELECT
    area_id,
    quarter,
    places,
    records
FROM store.places_with_notes(%(from_day)s, %(to_day)s);

-- name: briefing_areas
SELECT access.briefing_areas();

-- name: published_before
SELECT
    area_id,
    quarter,
    value
FROM access.published_before();

-- name: borough_squares
SELECT
    ca.cell,
    ca.area_id
FROM reference.cell_area AS ca
INNER JOIN reference.area AS a ON ca.area_id = a.id
WHERE a.kind = 'borough';

-- name: estimates
SELECT DISTINCT ON (slug)
    slug,
    version,
    said,
    scope,
    source,
    year
FROM reference.estimate
ORDER BY slug, version DESC;

-- name: borough_shapes
SELECT
    a.id,
    a.code,
    a.name,
    st_asgeojson(st_simplify(st_transform(o.shape, 27700), 150), 0)::jsonb AS shape,
    st_x(st_pointonsurface(st_transform(o.shape, 27700)))::int AS easting,
    st_y(st_pointonsurface(st_transform(o.shape, 27700)))::int AS northing
FROM reference.outline AS o
INNER JOIN reference.area AS a ON o.area_id = a.id
WHERE o.layer = 'boroughs'
ORDER BY a.id;

-- name: moment
SELECT access.clock() AS moment;

-- name: organisation_name
SELECT organisation FROM access.my_session();

-- name: briefings
SELECT * FROM access.briefings();

-- name: open_briefing
SELECT access.open_briefing(%(id)s, %(form)s);

-- name: add_briefing
SELECT access.add_briefing(%(id)s, %(quarter)s, %(document)s, %(checksum)s);

-- name: waiting_briefing
SELECT access.waiting_briefing(%(id)s, %(checksum)s);

-- name: approve_briefing
SELECT access.approve_briefing(%(id)s, %(checksum)s);

-- name: withdraw_briefing
SELECT access.withdraw_briefing(%(id)s);

-- name: kept_checksum
SELECT count(*) > 0 AS is_kept FROM access.briefing
WHERE checksum = %(checksum)s;
