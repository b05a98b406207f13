-- Releases: calls of the functions in migrations 0048 to 0050 and 0061, and what an operator verifies.

-- name: release_recipients
SELECT
    agreement_id,
    recipient,
    title,
    valid_until,
    kinds
FROM access.release_recipients();

-- name: release_ground
SELECT access.release_ground(%(audience)s, %(agreement)s, %(heading)s, %(quarter)s);

-- name: release_counts
SELECT
    epoch AS quarter,
    cell AS square,
    places,
    records
FROM access.release_counts(%(heading)s, %(quarters)s::date []);

-- name: published_releases
SELECT
    id,
    heading,
    epoch AS quarter,
    document,
    drawn,
    number
FROM access.published_releases();

-- name: waiting_release
SELECT
    id,
    heading,
    epoch AS quarter,
    document,
    drawn,
    prepared_after AS number
FROM access.waiting_release(%(id)s);

-- name: prepare_release
SELECT access.prepare_release(
    %(id)s, %(audience)s, %(agreement)s, %(heading)s, %(quarter)s, %(document)s, %(drawn)s, %(after)s
);

-- name: approve_release
SELECT access.approve_release(%(id)s);

-- name: withdraw_release
SELECT access.withdraw_release(%(id)s);

-- name: my_releases
SELECT
    id,
    organisation,
    is_ours,
    is_mine,
    audience,
    recipient,
    kind,
    heading,
    epoch AS quarter,
    quarters,
    version,
    state,
    prepared_at,
    approved_at,
    withdrawn_at
FROM access.my_releases();

-- name: release_document
SELECT access.release_document(%(id)s);

-- name: square_areas
SELECT
    c.cell,
    a.name
FROM reference.cell_area AS c
INNER JOIN reference.area AS a ON c.area_id = a.id
WHERE c.cell = ANY(%(squares)s::int []);

-- name: approved_releases
-- For the operator alone: the service may not read the table.
SELECT
    r.organisation_id,
    o.name AS organisation,
    r.number,
    r.id,
    r.kind,
    r.heading,
    r.epoch AS quarter,
    r.quarters,
    r.document,
    r.hash
FROM access.release AS r
INNER JOIN access.organisation AS o ON r.organisation_id = o.id
WHERE r.number IS NOT NULL
ORDER BY r.organisation_id, r.number;

-- name: audited_approvals
-- As above. What a partner's chain says of releases it was given is not an approval of its own.
SELECT
    e.organisation_id,
    e.body::jsonb ->> 'release' AS mark
FROM audit.entry AS e
INNER JOIN access.organisation AS o ON e.organisation_id = o.id
WHERE
    e.body::jsonb ->> 'what' = 'approved a release'
    AND e.body::jsonb ->> 'recipient' IS DISTINCT FROM o.uid::text
ORDER BY e.organisation_id, e.seq;

-- name: release_squares
SELECT
    0 AS step,
    s.easting,
    s.northing,
    5000 AS size,
    s.places,
    s.number
FROM layers.release_squares(%(layer)s) AS s
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
