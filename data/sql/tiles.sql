-- Tiles: calls of the functions in migration 0009, which carry the token and answer in one round trip.

-- name: places_tile
SELECT outcome, ring_key, body FROM layers.places_tile(
    %(token)s, %(known)s, %(z)s::int, %(x)s::int, %(y)s::int,
    %(first)s::bigint, %(last)s::bigint, %(cells)s::int [], %(looks)s::int []
);

-- name: risks_tile
SELECT outcome, ring_key, body FROM layers.risks_tile(
    %(token)s, %(known)s, %(z)s::int, %(x)s::int, %(y)s::int,
    %(first)s::bigint, %(last)s::bigint, %(cells)s::int [], %(looks)s::int []
);

-- name: visits_tile
SELECT outcome, ring_key, body FROM layers.visits_tile(
    %(token)s, %(known)s, %(z)s::int, %(x)s::int, %(y)s::int,
    %(first)s::bigint, %(last)s::bigint, %(cells)s::int [], %(looks)s::int []
);

-- name: plan_tile
SELECT outcome, ring_key, body FROM layers.plan_tile(
    %(token)s, %(known)s, %(z)s::int, %(x)s::int, %(y)s::int,
    %(first)s::bigint, %(last)s::bigint, %(cells)s::int [], %(looks)s::int []
);

-- name: outline_tile
SELECT outcome, ring_key, body FROM layers.outline_tile(
    %(token)s, %(known)s, %(layer)s, %(z)s::int, %(x)s::int, %(y)s::int
);

-- name: sites_tile
SELECT outcome, ring_key, body FROM layers.sites_tile(
    %(token)s, %(known)s, %(z)s::int, %(first)s::bigint, %(last)s::bigint
);

-- name: hotspots_tile
SELECT outcome, ring_key, body FROM layers.hotspots_tile(
    %(token)s, %(z)s::int, %(x)s::int, %(y)s::int, %(cells)s::int [], %(looks)s::int []
);

-- name: coverage_tile
SELECT outcome, ring_key, body FROM layers.coverage_tile(
    %(token)s, %(z)s::int, %(x)s::int, %(y)s::int, %(cells)s::int [], %(looks)s::int []
);

-- name: admit
SELECT
    access.carried_purpose() AS purpose,
    admission.outcome,
    admission.ring_key,
    admission.exact_shelves,
    admission.cell_shelves
FROM layers.admit(%(token)s, %(layer)s, %(kind)s::int, %(looks)s::int [], NULL) AS admission;

-- name: open_looks
SELECT audit.open_looks(%(layer)s, %(kind)s, %(cells)s::int [], %(cell_hashes)s::text []);

-- name: receipt
SELECT
    agreement_id,
    valid_until
FROM audit.receipt(%(layer)s, %(kind)s, %(details)s, %(records)s);

-- name: release_tile
SELECT outcome, ring_key, body FROM layers.release_tile(%(token)s, %(layer)s, %(z)s::int, %(x)s::int, %(y)s::int);

-- name: hotspot_release_tile
SELECT outcome, ring_key, body
FROM layers.hotspot_release_tile(%(token)s, %(layer)s, %(z)s::int, %(x)s::int, %(y)s::int);
