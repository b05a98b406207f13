-- Features of layers of open data, page by page: the same for everybody.

-- name: sites_points
SELECT
    s.key AS sort_key,
    s.id,
    s.longitude,
    s.latitude,
    s.name,
    s.sector,
    s.source
FROM reference.site AS s
CROSS JOIN unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
WHERE
    s.key BETWEEN greatest(span.first, %(after_key)s::bigint) AND span.last
    AND layers.half(s.key) BETWEEN %(west)s AND %(east)s
    AND layers.half(s.key >> 1) BETWEEN %(north)s AND %(south)s
    AND (s.key > %(after_key)s::bigint OR s.id > %(after_id)s::uuid)
ORDER BY s.key, s.id
LIMIT %(most)s;

-- name: sites_point
SELECT
    s.key AS sort_key,
    s.id,
    s.longitude,
    s.latitude,
    s.name,
    s.sector,
    s.source
FROM reference.site AS s
WHERE s.id = %(id)s;

-- name: outlines
SELECT
    o.code AS id,
    o.code,
    o.name,
    st_asgeojson(o.shape, 6) AS geometry
FROM reference.outline AS o
WHERE
    o.layer = %(layer)s
    AND o.code > %(after_code)s
    AND (
        %(box)s::double precision [] IS NULL
        OR st_intersects(
            o.shape,
            st_envelope(st_setsrid(
                st_makeline(
                    st_makepoint((%(box)s::double precision [])[1], (%(box)s::double precision [])[2]),
                    st_makepoint((%(box)s::double precision [])[3], (%(box)s::double precision [])[4])
                ), 4326
            ))
        )
    )
ORDER BY o.code
LIMIT %(most)s;

-- name: outline
SELECT
    o.code AS id,
    o.code,
    o.name,
    st_asgeojson(o.shape, 6) AS geometry
FROM reference.outline AS o
WHERE o.layer = %(layer)s AND o.code = %(code)s;
