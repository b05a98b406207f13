-- The list beside the map and its search, under row-level security of the caller's session. Filters ask only
-- what the session may see: a visit or a risk note that is hidden from it is no visit and no note.

-- name: map_places
WITH looked_at AS (
    SELECT
        p.key,
        p.place_id
    FROM unnest(access.shelves(0, true)) AS shelf (shelf)
    CROSS JOIN unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
    CROSS JOIN LATERAL (
        SELECT
            pp.key,
            pp.place_id
        FROM store.place_point AS pp
        WHERE
            pp.shelf = shelf.shelf
            AND pp.key BETWEEN span.first AND span.last
            AND pp.x BETWEEN %(west)s AND %(east)s
            AND pp.y BETWEEN %(north)s AND %(south)s
            AND (pp.key, pp.place_id) > (%(after_key)s::bigint, %(after_id)s::uuid)
            AND (%(kind)s::int IS NULL OR pp.kind = %(kind)s::int)
            AND (%(rule)s::int IS NULL OR pp.attend_rule = %(rule)s::int)
        ORDER BY pp.key, pp.place_id
        LIMIT %(looked)s
    ) AS p
    WHERE span.last >= %(after_key)s::bigint
    UNION ALL
    SELECT
        o.key,
        o.place_id
    FROM store.place_point AS o
    WHERE
        o.place_id = ANY((SELECT access.opened())::uuid [])
        AND o.shelf <> ALL((SELECT access.shelves(0, true))::int [])
        AND o.x BETWEEN %(west)s AND %(east)s
        AND o.y BETWEEN %(north)s AND %(south)s
        AND (o.key, o.place_id) > (%(after_key)s::bigint, %(after_id)s::uuid)
        AND (%(kind)s::int IS NULL OR o.kind = %(kind)s::int)
        AND (%(rule)s::int IS NULL OR o.attend_rule = %(rule)s::int)
    ORDER BY key, place_id
    LIMIT %(looked)s
),
page AS (
    SELECT
        l.key,
        l.place_id
    FROM looked_at AS l
    WHERE
        (
            %(status)s::text IS NULL
            OR EXISTS (SELECT FROM store.place AS p WHERE p.id = l.place_id AND p.status = %(status)s::text)
        )
        AND (
            (%(category)s::int IS NULL AND %(severity)s::int IS NULL)
            OR EXISTS (
                SELECT FROM store.risk_point AS r
                WHERE
                    r.place_id = l.place_id
                    AND (%(category)s::int IS NULL OR r.category = %(category)s::int)
                    AND (%(severity)s::int IS NULL OR r.severity >= %(severity)s::int)
            )
        )
        AND (
            %(unvisited_since)s::date IS NULL
            OR NOT EXISTS (
                SELECT FROM store.visit_point AS v
                WHERE
                    v.place_id = l.place_id
                    AND v.visited_on >= %(unvisited_since)s::date
                    AND v.visited_on <= access.today()
            )
        )
    ORDER BY l.key, l.place_id
    LIMIT %(most)s
)
SELECT
    looked_at.places AS looked,
    found.*
FROM (SELECT count(*) AS places FROM looked_at) AS looked_at
LEFT JOIN (
    SELECT
        page.key AS sort_key,
        page.place_id AS id,
        pp.longitude,
        pp.latitude,
        pp.easting,
        pp.northing,
        p.name,
        kinds.words[p.kind] AS kind,
        p.status,
        rules.words[p.attend_rule + 1] AS attend_rule,
        p.address,
        p.postcode,
        p.review_on,
        (
            SELECT max(v.visited_on) FROM store.visit_point AS v
            WHERE v.place_id = page.place_id AND v.visited_on <= access.today()
        ) AS visited_on,
        (SELECT max(r.severity) FROM store.risk_point AS r WHERE r.place_id = page.place_id) AS severity
    FROM page
    INNER JOIN store.place_point AS pp ON page.place_id = pp.place_id
    INNER JOIN store.place AS p ON page.place_id = p.id
    INNER JOIN reference.slugs AS kinds ON kinds.list = 'site_kind'
    INNER JOIN reference.slugs AS rules ON rules.list = 'attend_rule'
) AS found ON TRUE
ORDER BY found.sort_key, found.id;

-- name: coded_words
SELECT
    list,
    words
FROM reference.slugs;

-- name: words_of
SELECT words FROM reference.slugs WHERE list = %(list)s;

-- name: postcode
SELECT
    easting,
    northing
FROM reference.postcode
WHERE postcode = %(postcode)s;

-- name: places_named
WITH found AS (
    SELECT
        p.id,
        p.name_folded
    FROM store.place AS p
    WHERE
        p.lock_id = ANY((SELECT access.held_locks(5))::int [])
        AND (p.name_folded LIKE ALL(%(parts)s::text []) OR p.postcode LIKE %(postcode)s)
    UNION ALL
    SELECT
        o.id,
        o.name_folded
    FROM store.place AS o
    WHERE
        o.id = ANY((SELECT access.opened())::uuid [])
        AND o.lock_id <> ALL((SELECT access.held_locks(5))::int [])
        AND (o.name_folded LIKE ALL(%(parts)s::text []) OR o.postcode LIKE %(postcode)s)
),
page AS (
    SELECT
        f.id,
        f.name_folded
    FROM found AS f
    ORDER BY f.name_folded NOT LIKE %(beginning)s, f.name_folded, f.id
    LIMIT %(most)s
)
SELECT
    pp.key AS sort_key,
    p.id,
    pp.longitude,
    pp.latitude,
    p.name,
    kinds.words[p.kind] AS kind,
    p.status,
    rules.words[p.attend_rule + 1] AS attend_rule,
    p.address,
    p.postcode,
    p.review_on,
    (
        SELECT max(v.visited_on) FROM store.visit_point AS v
        WHERE v.place_id = p.id AND v.visited_on <= access.today()
    ) AS visited_on,
    (SELECT max(r.severity) FROM store.risk_point AS r WHERE r.place_id = p.id) AS severity
FROM page
INNER JOIN store.place AS p ON page.id = p.id
INNER JOIN store.place_point AS pp ON page.id = pp.place_id
INNER JOIN reference.slugs AS kinds ON kinds.list = 'site_kind'
INNER JOIN reference.slugs AS rules ON rules.list = 'attend_rule'
ORDER BY page.name_folded NOT LIKE %(beginning)s, page.name_folded, p.id;
