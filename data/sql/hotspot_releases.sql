-- Hotspot maps for others: calls of the functions in migration 0061.

-- name: hotspot_sources
SELECT
    id,
    heading,
    epoch AS quarter,
    document
FROM access.hotspot_sources(%(audience)s, %(agreement)s, %(heading)s, %(quarter)s, %(quarters)s::int);

-- name: prepare_hotspots
SELECT access.prepare_hotspots(
    %(id)s, %(audience)s, %(agreement)s, %(heading)s, %(quarter)s, %(quarters)s::int, %(document)s,
    %(sources)s::uuid []
);

-- name: hotspots_with_sources
SELECT
    document,
    source,
    is_approved
FROM access.hotspots_with_sources(%(id)s);

-- name: hotspot_release_squares
SELECT
    0 AS step,
    s.easting,
    s.northing,
    5000 AS size,
    s.state,
    s.visited,
    s.noted
FROM layers.hotspot_release_squares(%(layer)s) AS s
WHERE
    (0, s.easting, s.northing) > (%(after_step)s::int, %(after_easting)s::int, %(after_northing)s::int)
    AND (%(near)s::int [] IS NULL OR s.easting / 5000 * 10000 + s.northing / 5000 = ANY (%(near)s::int []))
    AND (
        %(box)s::double precision [] IS NULL
        OR EXISTS (
            SELECT
            FROM layers.on_map(s.easting, s.northing, 5000) AS drawn
            WHERE layers.meets_box(drawn.shape, %(box)s::double precision [])
        )
    )
ORDER BY s.easting, s.northing
LIMIT %(most)s;
