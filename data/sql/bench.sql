-- Benchmarks: what the operator makes up for them, and the queries of both sides.

-- name: member
SELECT m.id
FROM access.membership AS m
JOIN access.person AS p ON p.id = m.person_id
WHERE p.email = %(email)s AND m.role IN ('outreach', 'analyst');

-- name: open_session
INSERT INTO access.session (token_hash, membership_id, purpose, created_at, last_seen_at, idle_limit, expires_at)
VALUES (
    %(token_hash)s, %(membership)s, %(purpose)s, now(), now(), interval '2 days', now() + interval '2 days'
)
RETURNING id;

-- name: refresh_ring
SELECT access.refresh_ring(%(membership)s, %(purpose)s, 'full');

-- name: open_everything
-- A ring with every bit set and every shelf, such as no policy gives.
UPDATE access.ring AS r
SET
    bits = repeat('1', (SELECT 32 * (max(l.id) + 1) FROM access.label AS l))::bit varying,
    shelves = (
        SELECT array_agg((s.shelves, s.shelves)::access.shelf_lists)
        FROM generate_series(0, 2) AS kind
        CROSS JOIN (
            SELECT array_agg(DISTINCT access.shelf_of(l.owner_id, l.sensitivity)) AS shelves
            FROM access.label AS l
        ) AS s
    ),
    fingerprint = '\x01',
    valid_until = 'infinity'
WHERE r.membership_id = %(membership)s AND r.purpose = %(purpose)s AND r.scope = 'full';

-- name: hold_keys
-- A ring with exactly these keys, on the shelves of these labels.
UPDATE access.ring AS r
SET
    bits = (
        SELECT string_agg(CASE WHEN k.lock_id IS NULL THEN '0' ELSE '1' END, '' ORDER BY n)::bit varying
        FROM generate_series(0, (SELECT 32 * (max(l.id) + 1) - 1 FROM access.label AS l)) AS n
        LEFT JOIN unnest(%(locks)s::int []) AS k (lock_id) ON k.lock_id = n
    ),
    shelves = (
        SELECT array_agg((s.shelves, s.shelves)::access.shelf_lists)
        FROM generate_series(0, 2) AS kind
        CROSS JOIN (
            SELECT array_agg(DISTINCT access.shelf_of(l.owner_id, l.sensitivity)) AS shelves
            FROM access.label AS l
            WHERE l.id IN (SELECT k.lock_id >> 5 FROM unnest(%(locks)s::int []) AS k (lock_id))
        ) AS s
    ),
    fingerprint = '\x02',
    valid_until = 'infinity'
WHERE r.membership_id = %(membership)s AND r.purpose = %(purpose)s AND r.scope = 'full';

-- name: crowd
-- Other people's sessions and consultations, so that the tables of the gate have the size of a working day.
WITH others AS (
    INSERT INTO access.session (
        token_hash, membership_id, purpose, created_at, last_seen_at, idle_limit, expires_at
    )
    SELECT
        sha256(convert_to('crowd ' || n, 'UTF8')),
        (SELECT m.id FROM access.membership AS m ORDER BY m.id LIMIT 1 OFFSET mod(n, 5)),
        'visit', now(), now(), interval '2 days', now() + interval '2 days'
    FROM generate_series(1, 1000) AS n
    RETURNING id
)
INSERT INTO audit.look (session_id, layer, cell, until)
SELECT o.id, 'places', cell, now() + interval '2 days'
FROM others AS o
CROSS JOIN generate_series(1, 20) AS cell;

-- name: forget_sessions
DELETE FROM access.session;

-- name: open_looks
INSERT INTO audit.look (session_id, layer, cell, until)
SELECT %(session)s, 'places', cell, now() + interval '2 days'
FROM unnest(%(cells)s::int []) AS cell
ON CONFLICT DO NOTHING;

-- name: make_visible
-- The rival's table: the rows that this session may see exactly, and no security. A point closer than
-- 1.5 m to the edge of a tile of zoom 16 stands 1.5 m from it, because rivals show what lies half a
-- pixel beyond the edge in both tiles: so both sides have the same features.
CREATE TABLE place AS
SELECT
    pp.place_id AS id,
    (SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind')[pp.kind] AS kind,
    (ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'])[pp.attend_rule + 1] AS attend_rule,
    public.st_setsrid(
        public.st_makepoint(
            ((pp.x >> 15) * 32768.0 + least(greatest(pp.x & 32767, 81), 32686) + 0.5)
            * (40075016.685578488 / 2147483648) - 20037508.342789244,
            20037508.342789244 - ((pp.y >> 15) * 32768.0 + least(greatest(pp.y & 32767, 81), 32686) + 0.5)
            * (40075016.685578488 / 2147483648)
        ),
        3857
    ) AS geom
FROM store.place_point AS pp
JOIN access.ring AS r ON get_bit(r.bits, pp.lock_id) = 1
WHERE r.membership_id = %(membership)s AND r.purpose = %(purpose)s AND r.scope = 'full';

-- name: type_visible
ALTER TABLE place ALTER COLUMN geom TYPE GEOMETRY (POINT, 3857);

-- name: index_visible
CREATE INDEX place_geom ON place USING gist (geom);

-- name: cluster_visible
CLUSTER place USING place_geom;

-- name: key_visible
ALTER TABLE place ADD PRIMARY KEY (id);

-- name: settle_visible
VACUUM (ANALYZE) place;

-- name: positions
SELECT
    longitude,
    latitude
FROM (
    SELECT pp.longitude, pp.latitude
    FROM store.place_point AS pp
    ORDER BY sha256(convert_to(%(seed)s || pp.place_id::text, 'UTF8'))
    LIMIT %(count)s
) AS drawn;

-- name: our_tile
SELECT
    outcome,
    ring_key,
    body
FROM layers.places_tile(
    %(token)s, NULL, %(z)s::int, %(x)s::int, %(y)s::int, %(first)s::bigint, %(last)s::bigint,
    %(cells)s::int [], %(looks)s::int []
);

-- name: canonical_tile
WITH e AS MATERIALIZED (SELECT st_tileenvelope(%(z)s, %(x)s, %(y)s) AS g)

SELECT st_asmvt(q, 'places', 4096, 'geom') AS body
FROM (
    SELECT
        id,
        kind,
        attend_rule,
        st_asmvtgeom(geom, (SELECT g FROM e)::box2d, 4096, 0, true) AS geom
    FROM place
    WHERE geom && (SELECT g FROM e)
) AS q;

-- name: served
-- What was served since the statistics began: sessions looked up by their token, and looks into the index
-- of exact places.
SELECT
    (
        SELECT i.idx_scan FROM pg_stat_user_indexes AS i WHERE i.indexrelname = 'session_token_hash_key'
    ) AS admitted,
    (
        SELECT i.idx_scan FROM pg_stat_user_indexes AS i WHERE i.indexrelname = 'place_point_tile'
    ) AS exact_scans,
    (SELECT sum(t.seq_scan)::bigint FROM pg_stat_user_tables AS t WHERE t.relname = 'place_point') AS full_scans;

-- name: largest_labels
SELECT p.lock_id >> 5 AS label_id
FROM store.place_point AS p
GROUP BY p.lock_id >> 5
ORDER BY count(*) DESC, p.lock_id >> 5
LIMIT %(count)s;

-- name: add_empty_labels
-- Labels that no record has, of the organisation that records least, each with a handling of its own.
WITH handlings AS (
    INSERT INTO access.handling (excluded)
    SELECT ARRAY[gen_random_uuid()] FROM generate_series(1, %(count)s)
    RETURNING id
)
INSERT INTO access.label (owner_id, sensitivity, area_id, collected_for, handling_id)
SELECT (SELECT max(o.id) FROM access.organisation AS o), 2, 0, 'safeguarding', h.id
FROM handlings AS h
RETURNING id;

-- name: forget_rivals_tables
DROP TABLE IF EXISTS rival_ogr, rival_geopandas, rival_raw, rival_points;

-- name: raw_table
CREATE UNLOGGED TABLE rival_raw (
    id text,
    name text,
    address text,
    postcode text,
    kind text,
    attend_rule text,
    longitude double precision,
    latitude double precision
);

-- name: raw_geometry
CREATE TABLE rival_points AS
SELECT
    r.*,
    st_transform(st_setsrid(st_makepoint(r.longitude, r.latitude), 4326), 27700) AS geom
FROM rival_raw AS r;

-- name: imported_places
SELECT count(*)
FROM store.place AS p
JOIN store.place_point AS pp ON pp.place_id = p.id
WHERE p.import_id IS NOT NULL;

-- name: tile_counts
-- How many places each tile of a zoom holds: the tile's number and the count.
SELECT
    p.key >> (62 - 2 * %(zoom)s::int) AS tile,
    count(*) AS places
FROM store.place_point AS p
GROUP BY p.key >> (62 - 2 * %(zoom)s::int)
ORDER BY p.key >> (62 - 2 * %(zoom)s::int);

-- name: admission
-- Only the admission of a tile, which says who is asking and where the session holds keys.
SELECT layers.admit(%(token)s, 'places', 0, %(looks)s::int [], NULL);

-- name: keyring
-- Only the keys of the session whose token the transaction carries.
SELECT length(access.keyring());

-- name: end_connections
-- A database can be copied only while nobody is connected to it.
SELECT pg_terminate_backend(a.pid, 5000)
FROM pg_stat_activity AS a
WHERE a.datname = %(database)s;
