-- Sheets to be printed, and the positions that their maps show, under the caller's row-level security.

-- name: add_sheet
SELECT access.add_sheet(%(id)s, %(copy)s, %(places)s);

-- name: my_sheet
SELECT
    copy,
    places,
    made_at,
    until
FROM access.my_sheet(%(id)s);

-- name: add_pack
SELECT access.add_pack(%(id)s, %(copy)s, %(places)s, %(plan)s);

-- name: my_pack
SELECT
    id,
    copy,
    places,
    made_at,
    until
FROM access.my_pack(%(plan)s);

-- name: positions
SELECT
    p.place_id,
    p.longitude,
    p.latitude
FROM store.place_point AS p
WHERE p.place_id = any(%(places)s);
