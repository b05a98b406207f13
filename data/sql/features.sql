-- Features of the layers, page by page, under row-level security of the caller's session. Boxes run on
-- the halves of the released key (x, y at zoom 31) and on released squares, never on anything finer.

-- name: places_points
SELECT
    page.key AS sort_key,
    page.place_id AS id,
    page.longitude,
    page.latitude,
    page.easting,
    page.northing,
    p.name,
    (SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind')[p.kind] AS kind,
    p.status,
    (SELECT s.words FROM reference.slugs AS s WHERE s.list = 'attend_rule')[p.attend_rule + 1] AS attend_rule,
    p.address,
    p.postcode,
    p.review_on
FROM (
    -- Ranges of keys are read one after another, in their order, until the page is full: to order them here once more
    -- would read them all.
    SELECT one.*
    FROM unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
    CROSS JOIN LATERAL (
        SELECT found.*
        FROM unnest(%(exact_shelves)s::int []) AS shelf (shelf)
        CROSS JOIN LATERAL (
            SELECT pp.*
            FROM store.place_point AS pp
            WHERE
                pp.shelf = shelf.shelf
                AND pp.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
                AND pp.x BETWEEN %(west)s AND %(east)s
                AND pp.y BETWEEN %(north)s AND %(south)s
                AND (pp.key > %(after_key)s::bigint OR pp.place_id > %(after_id)s::uuid)
            ORDER BY pp.key, pp.place_id
            LIMIT %(most)s
        ) AS found
        UNION ALL
        SELECT o.*
        FROM store.place_point AS o
        WHERE
            o.place_id = ANY((SELECT access.opened())::uuid [])
            AND o.shelf <> ALL (%(exact_shelves)s::int [])
            AND o.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
            AND o.x BETWEEN %(west)s AND %(east)s
            AND o.y BETWEEN %(north)s AND %(south)s
            AND (o.key > %(after_key)s::bigint OR o.place_id > %(after_id)s::uuid)
        ORDER BY key, place_id
        LIMIT %(most)s
    ) AS one
    WHERE span.last >= %(after_key)s::bigint
    LIMIT %(most)s -- noqa: AM09
) AS page
INNER JOIN store.place AS p ON page.place_id = p.id
ORDER BY page.key, page.place_id;

-- name: places_point
SELECT
    pp.key AS sort_key,
    pp.place_id AS id,
    pp.longitude,
    pp.latitude,
    pp.easting,
    pp.northing,
    p.name,
    (SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind')[p.kind] AS kind,
    p.status,
    (SELECT s.words FROM reference.slugs AS s WHERE s.list = 'attend_rule')[p.attend_rule + 1] AS attend_rule,
    p.address,
    p.postcode,
    p.review_on
FROM store.place_point AS pp
INNER JOIN store.place AS p ON pp.place_id = p.id
WHERE pp.place_id = %(id)s;

-- name: places_cells
SELECT
    square.step,
    square.easting,
    square.northing,
    (ARRAY[5000, 1000, 500, 100])[square.step + 1] AS size,
    (ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'])[square.rule + 1] AS attend_rule
FROM (
    SELECT
        step.step,
        c.easting,
        c.northing,
        max(CASE
            WHEN c.do_not_attend > 0 THEN 3
            WHEN c.contact_owner_first > 0 THEN 2
            WHEN c.two_people > 0 THEN 1
            ELSE 0
        END) AS rule
    FROM unnest(%(cell_shelves)s::int []) AS shelf (shelf)
    CROSS JOIN generate_series(0, 3) AS step (step)
    CROSS JOIN LATERAL (
        SELECT pc.*
        FROM store.place_cell AS pc
        WHERE
            pc.shelf = shelf.shelf
            AND pc.step = step.step
            AND (%(near)s::int [] IS NULL OR pc.cell = ANY (%(near)s::int []))
    ) AS c
    WHERE
        shelf.shelf <> ALL (%(exact_shelves)s::int [])
        AND (step.step = 3 OR get_bit((SELECT access.keyring()), c.lock_id + 1) = 0)
    GROUP BY step.step, c.easting, c.northing
) AS square
WHERE
    (square.step, square.easting, square.northing)
    > (%(after_step)s::int, %(after_easting)s::int, %(after_northing)s::int)
    AND (
        %(box)s::double precision [] IS NULL
        OR EXISTS (
            SELECT
            FROM layers.on_map(square.easting, square.northing, (ARRAY[5000, 1000, 500, 100])[square.step + 1]) AS drawn
            WHERE layers.meets_box(drawn.shape, %(box)s::double precision [])
        )
    )
ORDER BY square.step, square.easting, square.northing
LIMIT %(most)s;

-- name: risks_points
SELECT
    page.key AS sort_key,
    page.note_id AS id,
    page.longitude,
    page.latitude,
    page.easting,
    page.northing,
    page.place_id AS place,
    categories.words[page.category] AS category,
    page.severity,
    page.recorded_on
FROM (
    -- As in places_points.
    SELECT one.*
    FROM unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
    CROSS JOIN LATERAL (
        SELECT found.*
        FROM unnest(%(exact_shelves)s::int []) AS shelf (shelf)
        CROSS JOIN LATERAL (
            SELECT
                rp.key,
                rp.note_id,
                rp.longitude,
                rp.latitude,
                rp.easting,
                rp.northing,
                rp.place_id,
                rp.category,
                rp.severity,
                rp.recorded_on
            FROM store.risk_point AS rp
            WHERE
                rp.shelf = shelf.shelf
                AND rp.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
                AND rp.x BETWEEN %(west)s AND %(east)s
                AND rp.y BETWEEN %(north)s AND %(south)s
                AND (rp.key > %(after_key)s::bigint OR rp.note_id > %(after_id)s::uuid)
            ORDER BY rp.key, rp.note_id
            LIMIT %(most)s
        ) AS found
        UNION ALL
        SELECT
            o.key,
            o.note_id,
            o.longitude,
            o.latitude,
            o.easting,
            o.northing,
            o.place_id,
            o.category,
            o.severity,
            o.recorded_on
        FROM store.risk_point AS o
        WHERE
            o.place_id = ANY((SELECT access.opened())::uuid [])
            AND o.shelf <> ALL (%(exact_shelves)s::int [])
            AND o.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
            AND o.x BETWEEN %(west)s AND %(east)s
            AND o.y BETWEEN %(north)s AND %(south)s
            AND (o.key > %(after_key)s::bigint OR o.note_id > %(after_id)s::uuid)
        ORDER BY key, note_id
        LIMIT %(most)s
    ) AS one
    WHERE span.last >= %(after_key)s::bigint
    LIMIT %(most)s -- noqa: AM09
) AS page
INNER JOIN reference.slugs AS categories ON categories.list = 'exploitation'
ORDER BY page.key, page.note_id;

-- name: risks_point
SELECT
    r.key AS sort_key,
    r.note_id AS id,
    r.longitude,
    r.latitude,
    r.easting,
    r.northing,
    r.place_id AS place,
    categories.words[r.category] AS category,
    r.severity,
    r.recorded_on
FROM store.risk_point AS r
INNER JOIN reference.slugs AS categories ON categories.list = 'exploitation'
WHERE r.note_id = %(id)s;

-- name: risks_cells
SELECT
    square.step,
    square.easting,
    square.northing,
    (ARRAY[5000, 1000, 500, 100])[square.step + 1] AS size,
    square.category AS code,
    categories.words[square.category] AS category,
    square.severity
FROM (
    SELECT
        step.step,
        c.easting,
        c.northing,
        c.category,
        max(c.severity)::int AS severity
    FROM unnest(%(cell_shelves)s::int []) AS shelf (shelf)
    CROSS JOIN generate_series(0, 3) AS step (step)
    CROSS JOIN LATERAL (
        SELECT rc.*
        FROM store.risk_cell AS rc
        WHERE
            rc.shelf = shelf.shelf
            AND rc.step = step.step
            AND (%(near)s::int [] IS NULL OR rc.cell = ANY (%(near)s::int []))
    ) AS c
    WHERE
        shelf.shelf <> ALL (%(exact_shelves)s::int [])
        AND (step.step = 3 OR get_bit((SELECT access.keyring()), c.lock_id + 1) = 0)
    GROUP BY step.step, c.easting, c.northing, c.category
) AS square
INNER JOIN reference.slugs AS categories ON categories.list = 'exploitation'
WHERE
    (square.step, square.easting, square.northing, square.category)
    > (%(after_step)s::int, %(after_easting)s::int, %(after_northing)s::int, %(after_code)s::int)
    AND (
        %(box)s::double precision [] IS NULL
        OR EXISTS (
            SELECT
            FROM layers.on_map(square.easting, square.northing, (ARRAY[5000, 1000, 500, 100])[square.step + 1]) AS drawn
            WHERE layers.meets_box(drawn.shape, %(box)s::double precision [])
        )
    )
ORDER BY square.step, square.easting, square.northing, square.category
LIMIT %(most)s;

-- name: visits_points
SELECT
    page.key AS sort_key,
    page.visit_id AS id,
    page.longitude,
    page.latitude,
    page.easting,
    page.northing,
    page.place_id AS place,
    outcomes.words[page.outcome] AS outcome,
    page.visited_on
FROM (
    -- As in places_points.
    SELECT one.*
    FROM unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
    CROSS JOIN LATERAL (
        SELECT found.*
        FROM unnest(%(exact_shelves)s::int []) AS shelf (shelf)
        CROSS JOIN LATERAL (
            SELECT
                vp.key,
                vp.visit_id,
                vp.longitude,
                vp.latitude,
                vp.easting,
                vp.northing,
                vp.place_id,
                vp.outcome,
                vp.visited_on
            FROM store.visit_point AS vp
            WHERE
                vp.shelf = shelf.shelf
                AND vp.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
                AND vp.x BETWEEN %(west)s AND %(east)s
                AND vp.y BETWEEN %(north)s AND %(south)s
                AND (vp.key > %(after_key)s::bigint OR vp.visit_id > %(after_id)s::uuid)
            ORDER BY vp.key, vp.visit_id
            LIMIT %(most)s
        ) AS found
        ORDER BY found.key, found.visit_id
        LIMIT %(most)s
    ) AS one
    WHERE span.last >= %(after_key)s::bigint
    LIMIT %(most)s -- noqa: AM09
) AS page
INNER JOIN reference.slugs AS outcomes ON outcomes.list = 'outcome'
ORDER BY page.key, page.visit_id;

-- name: visits_point
SELECT
    p.key AS sort_key,
    p.visit_id AS id,
    p.longitude,
    p.latitude,
    p.easting,
    p.northing,
    p.place_id AS place,
    outcomes.words[p.outcome] AS outcome,
    p.visited_on
FROM store.visit_point AS p
INNER JOIN reference.slugs AS outcomes ON outcomes.list = 'outcome'
WHERE p.visit_id = %(id)s;

-- name: visits_cells
SELECT
    square.step,
    square.easting,
    square.northing,
    (ARRAY[5000, 1000, 500, 100])[square.step + 1] AS size,
    to_char(square.latest, 'YYYY-MM') AS visited_month
FROM (
    SELECT
        step.step,
        c.easting,
        c.northing,
        max(c.visited_month) AS latest
    FROM unnest(%(cell_shelves)s::int []) AS shelf (shelf)
    CROSS JOIN generate_series(0, 3) AS step (step)
    CROSS JOIN LATERAL (
        SELECT vc.*
        FROM store.visit_cell AS vc
        WHERE
            vc.shelf = shelf.shelf
            AND vc.step = step.step
            AND (%(near)s::int [] IS NULL OR vc.cell = ANY (%(near)s::int []))
    ) AS c
    WHERE
        shelf.shelf <> ALL (%(exact_shelves)s::int [])
        AND (step.step = 3 OR get_bit((SELECT access.keyring()), c.lock_id + 1) = 0)
    GROUP BY step.step, c.easting, c.northing
) AS square
WHERE
    (square.step, square.easting, square.northing)
    > (%(after_step)s::int, %(after_easting)s::int, %(after_northing)s::int)
    AND (
        %(box)s::double precision [] IS NULL
        OR EXISTS (
            SELECT
            FROM layers.on_map(square.easting, square.northing, (ARRAY[5000, 1000, 500, 100])[square.step + 1]) AS drawn
            WHERE layers.meets_box(drawn.shape, %(box)s::double precision [])
        )
    )
ORDER BY square.step, square.easting, square.northing
LIMIT %(most)s;
