-- Counts as layers: hotspots (visits and notes of the last twelve months) and coverage (the latest visit), in squares,
-- for the analysts of the organisation that owns them.

SET ROLE waymark_gate;

-- The squares that the session may count, down to a finest step: each record in the finest square of it that the
-- session knows. Read with the caller's rights, under the policies of the tables.
CREATE FUNCTION layers.counted_squares(finest int, near int [])
RETURNS TABLE (step int, easting int, northing int, visits int, notes int, last_month date)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    ring CONSTANT bit varying := access.keyring();
    first_shelf CONSTANT int := access.counted_shelf();
    since_month CONSTANT date := date_trunc('month', access.clock())::date - interval '11 months';
BEGIN
    RETURN QUERY
    SELECT
        c.step, c.easting, c.northing, sum(c.visits)::int, sum(c.notes)::int, max(c.visited_month)
    FROM (
        SELECT
            vc.step, vc.easting, vc.northing, vc.lock_id, vc.visited_month, 0 AS notes,
            CASE WHEN vc.visited_month >= since_month THEN vc.visits ELSE 0 END AS visits
        FROM generate_series(first_shelf, first_shelf + 3) AS own (shelf)
        CROSS JOIN generate_series(0, finest) AS wanted (step)
        CROSS JOIN LATERAL (
            SELECT one.* FROM store.visit_cell AS one
            WHERE one.shelf = own.shelf AND one.step = wanted.step AND (near IS NULL OR one.cell = ANY (near))
        ) AS vc
        UNION ALL
        SELECT nc.step, nc.easting, nc.northing, nc.lock_id, NULL, nc.notes, 0
        FROM generate_series(first_shelf, first_shelf + 3) AS own (shelf)
        CROSS JOIN generate_series(0, finest) AS wanted (step)
        CROSS JOIN LATERAL (
            SELECT one.* FROM store.note_count AS one
            WHERE
                one.shelf = own.shelf AND one.step = wanted.step AND one.noted_month >= since_month
                AND (near IS NULL OR one.cell = ANY (near))
        ) AS nc
        UNION ALL
        SELECT pc.step, pc.easting, pc.northing, pc.lock_id, NULL, 0, 0
        FROM generate_series(first_shelf, first_shelf + 3) AS own (shelf)
        CROSS JOIN generate_series(0, finest) AS wanted (step)
        CROSS JOIN LATERAL (
            SELECT one.* FROM store.place_cell AS one
            WHERE one.shelf = own.shelf AND one.step = wanted.step AND (near IS NULL OR one.cell = ANY (near))
        ) AS pc
    ) AS c
    WHERE c.step = finest OR get_bit(ring, c.lock_id + 1) = 0
    GROUP BY c.step, c.easting, c.northing
    ORDER BY c.step, c.easting, c.northing;
END
$$;

-- Days since the end of the month of a visit: squares tell no day.
CREATE FUNCTION layers.days_since(last_month date) RETURNS int
LANGUAGE sql STABLE
AS $$
    SELECT greatest(access.clock()::date - ((last_month + interval '1 month')::date - 1), 0)
$$;

-- Nothing is kept of these tiles: the months go on, and no key tells that they did.
CREATE FUNCTION layers.hotspots_tile(
    token text, z int, x int, y int, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, 'hotspots', -1, looks, NULL);
    frame CONSTANT geometry := st_tileenvelope(z, x, y);
    sizes CONSTANT int [] := ARRAY[5000, 1000, 500];
    body bytea;
BEGIN
    IF pass.outcome = 'made' THEN
        SELECT st_asmvt(tile, 'hotspots_cells', 4096, 'geom') INTO body
        FROM (
            SELECT
                sizes[s.step + 1] AS size, s.visits, s.notes,
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
            FROM layers.counted_squares(CASE WHEN z >= 11 THEN 2 WHEN z >= 9 THEN 1 ELSE 0 END, cells) AS s
            CROSS JOIN LATERAL layers.on_map(s.easting, s.northing, sizes[s.step + 1]) AS drawn
            WHERE s.visits + s.notes > 0
        ) AS tile
        WHERE tile.geom IS NOT NULL;
    END IF;
    RETURN (pass.outcome, NULL, body)::layers.answer;
END
$$;

CREATE FUNCTION layers.coverage_tile(
    token text, z int, x int, y int, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, 'coverage', -1, looks, NULL);
    frame CONSTANT geometry := st_tileenvelope(z, x, y);
    sizes CONSTANT int [] := ARRAY[5000, 1000, 500];
    body bytea;
BEGIN
    IF pass.outcome = 'made' THEN
        SELECT st_asmvt(tile, 'coverage_cells', 4096, 'geom') INTO body
        FROM (
            SELECT
                sizes[s.step + 1] AS size, to_char(s.last_month, 'YYYY-MM') AS visited_month,
                layers.days_since(s.last_month) AS days_since,
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
            FROM layers.counted_squares(CASE WHEN z >= 11 THEN 2 WHEN z >= 9 THEN 1 ELSE 0 END, cells) AS s
            CROSS JOIN LATERAL layers.on_map(s.easting, s.northing, sizes[s.step + 1]) AS drawn
        ) AS tile
        WHERE tile.geom IS NOT NULL;
    END IF;
    RETURN (pass.outcome, NULL, body)::layers.answer;
END
$$;

GRANT EXECUTE ON FUNCTION layers.counted_squares(int, int []), layers.days_since(date),
layers.hotspots_tile(text, int, int, int, int [], int []),
layers.coverage_tile(text, int, int, int, int [], int []) TO waymark_app;
RESET ROLE;
