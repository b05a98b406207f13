-- Counts of one's own organisation as features of the layers hotspots and coverage.

-- name: hotspots_cells
SELECT
    s.step,
    s.easting,
    s.northing,
    (ARRAY[5000, 1000, 500])[s.step + 1] AS size,
    s.visits,
    s.notes
FROM layers.counted_squares(2, %(near)s::int []) AS s
WHERE
    s.visits + s.notes > 0
    AND (s.step, s.easting, s.northing) > (%(after_step)s::int, %(after_easting)s::int, %(after_northing)s::int)
    AND (
        %(box)s::double precision [] IS NULL
        OR EXISTS (
            SELECT
            FROM layers.on_map(s.easting, s.northing, (ARRAY[5000, 1000, 500])[s.step + 1]) AS drawn
            WHERE layers.meets_box(drawn.shape, %(box)s::double precision [])
        )
    )
ORDER BY s.step, s.easting, s.northing
LIMIT %(most)s;

-- name: coverage_cells
SELECT
    s.step,
    s.easting,
    s.northing,
    (ARRAY[5000, 1000, 500])[s.step + 1] AS size,
    to_char(s.last_month, 'YYYY-MM') AS visited_month,
    layers.days_since(s.last_month) AS days_since
FROM layers.counted_squares(2, %(near)s::int []) AS s
WHERE
    (s.step, s.easting, s.northing) > (%(after_step)s::int, %(after_easting)s::int, %(after_northing)s::int)
    AND (
        %(box)s::double precision [] IS NULL
        OR EXISTS (
            SELECT
            FROM layers.on_map(s.easting, s.northing, (ARRAY[5000, 1000, 500])[s.step + 1]) AS drawn
            WHERE layers.meets_box(drawn.shape, %(box)s::double precision [])
        )
    )
ORDER BY s.step, s.easting, s.northing
LIMIT %(most)s;
