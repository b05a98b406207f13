-- Tiles. One call carries the token and answers; the rows come from tables under row-level
-- security, read with the caller's rights, so these functions are never SECURITY DEFINER.

SET ROLE waymark_owner;
CREATE TABLE reference.slugs (
    list text PRIMARY KEY,
    words text [] NOT NULL
);
COMMENT ON TABLE reference.slugs IS
'The slugs of each coded list by code, so that a tile looks a word up in an array.';
INSERT INTO reference.slugs
SELECT list, array_agg(slug ORDER BY code) FROM reference.taxonomy GROUP BY list
UNION ALL
SELECT 'attend_rule', ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'];
GRANT SELECT ON reference.slugs TO waymark_app, waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- A square of the National Grid as it is drawn in a tile.
CREATE FUNCTION layers.square(easting int, northing int, metres int, frame geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE
AS $$
    SELECT public.st_asmvtgeom(
        public.st_transform(
            public.st_makeenvelope(easting, northing, easting + metres, northing + metres, 27700), 3857
        ),
        frame::public.box2d, 4096, 16, true
    )
$$;

-- True in the one tile that holds the middle of a square, where its words are written; NULL elsewhere.
CREATE FUNCTION layers.holds_middle(easting int, northing int, metres int, frame geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT true
    FROM public.st_transform(
        public.st_setsrid(public.st_makepoint(easting + metres / 2.0, northing + metres / 2.0), 27700), 3857
    ) AS middle
    WHERE
        public.st_x(middle) >= public.st_xmin(frame) AND public.st_x(middle) < public.st_xmax(frame)
        AND public.st_y(middle) > public.st_ymin(frame) AND public.st_y(middle) <= public.st_ymax(frame)
$$;

-- The places of a tile that a joint visit opened to the session, where it holds no exact key.
CREATE FUNCTION layers.opened_places(opened uuid [], exact_shelves int [], z int, first bigint, last bigint)
RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF opened IS NULL THEN
        RETURN '';
    END IF;
    RETURN (
        SELECT st_asmvt(tile, 'places', 4096, 'geom')
        FROM (
            SELECT
                p.place_id::text AS id,
                ((SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind'))[p.kind] AS kind,
                (ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'])[p.attend_rule + 1] AS attend_rule,
                st_makepoint((p.x >> (19 - z)) & 4095, (p.y >> (19 - z)) & 4095) AS geom
            FROM store.place_point AS p
            WHERE p.place_id = ANY (opened) AND p.shelf <> ALL (exact_shelves) AND p.key BETWEEN first AND last
            ORDER BY p.key, p.place_id
        ) AS tile
    );
END
$$;

-- The squares of a tile. From zoom 13 (known_exactly given) each label's finest square; below,
-- one size of square for all, counted where the session holds the exact places.
CREATE FUNCTION layers.place_cells(
    z int, x int, y int, cells int [], cell_shelves int [], known_exactly int []
) RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    ring bit varying := access.keyring();
    frame geometry := st_tileenvelope(z, x, y);
    finest int := CASE WHEN z >= 13 THEN 3 WHEN z >= 11 THEN 1 ELSE 0 END;
    sizes CONSTANT int [] := ARRAY[5000, 1000, 500, 100];
    rules CONSTANT text [] := ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'];
BEGIN
    RETURN (
        SELECT st_asmvt(tile, 'places_cells', 4096, 'geom')
        FROM (
            SELECT
                sizes[square.step + 1] AS size,
                rules[square.rule + 1] AS attend_rule,
                square.places,
                layers.holds_middle(square.easting, square.northing, sizes[square.step + 1], frame) AS is_middle,
                layers.square(square.easting, square.northing, sizes[square.step + 1], frame) AS geom
            FROM (
                SELECT
                    c.easting, c.northing, step.step,
                    max(CASE
                        WHEN c.do_not_attend > 0 THEN 3
                        WHEN c.contact_owner_first > 0 THEN 2
                        WHEN c.two_people > 0 THEN 1
                        ELSE 0
                    END) AS rule,
                    sum(c.ok + c.two_people + c.contact_owner_first + c.do_not_attend)
                        FILTER (WHERE z < 13 AND get_bit(ring, c.lock_id - step.step + 4) = 1)::int AS places
                FROM unnest(cell_shelves) AS shelf
                CROSS JOIN generate_series(0, finest) AS step (step)
                CROSS JOIN LATERAL (
                    SELECT pc.lock_id, pc.easting, pc.northing, pc.ok, pc.two_people, pc.contact_owner_first, pc.do_not_attend
                    FROM store.place_cell AS pc
                    WHERE
                        pc.shelf = shelf.shelf
                        AND (pc.lock_id & 7) = step.step
                        AND (cells IS NULL OR pc.cell = ANY (cells))
                ) AS c
                WHERE
                    (z < 13 OR shelf.shelf <> ALL (known_exactly))
                    AND (step.step = finest OR get_bit(ring, c.lock_id + 1) = 0)
                GROUP BY c.easting, c.northing, step.step
                ORDER BY step.step, c.easting, c.northing
            ) AS square
        ) AS tile
        WHERE tile.geom IS NOT NULL
    );
END
$$;

-- Places: exact points from zoom 13, and squares for what is known only as cells; below zoom 13
-- squares alone, counted where the session knows the places themselves.
--
-- The tile functions are single queries without settings of their own, so that PostgreSQL puts them
-- into the caller's query and plans both once; what few sessions need is left to functions. OFFSET 0
-- has the session admitted once, and before anything else is evaluated.
CREATE FUNCTION layers.places_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS SETOF layers.answer
LANGUAGE sql STABLE
AS $$
    SELECT
        (a.pass).outcome,
        (a.pass).ring_key,
        CASE
            WHEN (a.pass).outcome <> 'made' THEN NULL
            WHEN z < 13 THEN layers.place_cells(z, x, y, cells, (a.pass).cell_shelves, NULL)
            ELSE (
                SELECT
                    CASE
                        WHEN (a.pass).opened IS NULL AND cardinality((a.pass).cell_shelves) = cardinality((a.pass).exact_shelves)
                            THEN points.body
                        ELSE points.body
                            || layers.opened_places((a.pass).opened, (a.pass).exact_shelves, z, first, last)
                            || layers.place_cells(z, x, y, cells, (a.pass).cell_shelves, (a.pass).exact_shelves)
                    END
                FROM (
                    SELECT public.st_asmvt(tile, 'places', 4096, 'geom') AS body
                    FROM (
                        SELECT
                            p.place_id::text AS id,
                            ((SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind'))[p.kind] AS kind,
                            (ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'])[p.attend_rule + 1] AS attend_rule,
                            public.st_makepoint((p.x >> (19 - z)) & 4095, (p.y >> (19 - z)) & 4095) AS geom
                        FROM (SELECT unnest((a.pass).exact_shelves) AS shelf) AS s
                        CROSS JOIN LATERAL (
                            SELECT pp.place_id, pp.kind, pp.attend_rule, pp.x, pp.y
                            FROM store.place_point AS pp
                            WHERE pp.shelf = s.shelf AND pp.key BETWEEN first AND last
                            ORDER BY pp.key, pp.place_id
                        ) AS p
                    ) AS tile
                ) AS points
            )
        END
    FROM (SELECT layers.admit(token, 'places', 0, looks, known) AS pass OFFSET 0) AS a
$$;

-- Risk flags: category and severity at the place, or the strongest in a square.
CREATE FUNCTION layers.risks_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, 'risks', 2, looks, known);
    shift CONSTANT int := 19 - z;
    categories text [];
    exact_shelves CONSTANT int [] := CASE WHEN z >= 13 THEN pass.exact_shelves ELSE '{}' END;
    body bytea;
BEGIN
    IF pass.outcome <> 'made' THEN
        RETURN (pass.outcome, pass.ring_key, NULL)::layers.answer;
    END IF;
    SELECT s.words INTO categories FROM reference.slugs AS s WHERE s.list = 'exploitation';
    SELECT st_asmvt(tile, 'risks', 4096, 'geom') INTO body
    FROM (
        SELECT
            r.note_id::text AS id, r.place_id::text AS place, categories[r.category] AS category,
            r.severity::int AS severity,
            st_makepoint((r.x >> shift) & 4095, (r.y >> shift) & 4095) AS geom
        FROM unnest(exact_shelves) AS shelf
        CROSS JOIN LATERAL (
            SELECT rp.note_id, rp.place_id, rp.category, rp.severity, rp.x, rp.y
            FROM store.risk_point AS rp
            WHERE rp.shelf = shelf.shelf AND rp.key BETWEEN first AND last
            ORDER BY rp.key, rp.note_id
        ) AS r
    ) AS tile;
    IF z >= 13 AND pass.opened IS NOT NULL THEN
        SELECT body || st_asmvt(tile, 'risks', 4096, 'geom') INTO body
        FROM (
            SELECT
                r.note_id::text AS id, r.place_id::text AS place, categories[r.category] AS category,
                r.severity::int AS severity,
                st_makepoint((r.x >> shift) & 4095, (r.y >> shift) & 4095) AS geom
            FROM store.risk_point AS r
            WHERE
                r.place_id = ANY (pass.opened)
                AND r.shelf <> ALL (exact_shelves)
                AND r.key BETWEEN first AND last
            ORDER BY r.key, r.note_id
        ) AS tile;
    END IF;
    body := body || layers.risk_cells(z, x, y, cells, pass.cell_shelves, exact_shelves);
    RETURN ('made', pass.ring_key, body)::layers.answer;
END
$$;

CREATE FUNCTION layers.risk_cells(
    z int, x int, y int, cells int [], cell_shelves int [], known_exactly int []
) RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    ring bit varying := access.keyring();
    frame geometry := st_tileenvelope(z, x, y);
    finest int := CASE WHEN z >= 13 THEN 3 WHEN z >= 11 THEN 1 ELSE 0 END;
    sizes CONSTANT int [] := ARRAY[5000, 1000, 500, 100];
    categories text [];
BEGIN
    SELECT s.words INTO categories FROM reference.slugs AS s WHERE s.list = 'exploitation';
    RETURN (
        SELECT st_asmvt(tile, 'risks_cells', 4096, 'geom')
        FROM (
            SELECT
                sizes[square.step + 1] AS size, categories[square.category] AS category, square.severity,
                layers.holds_middle(square.easting, square.northing, sizes[square.step + 1], frame) AS is_middle,
                layers.square(square.easting, square.northing, sizes[square.step + 1], frame) AS geom
            FROM (
                SELECT c.easting, c.northing, step.step, c.category, max(c.severity)::int AS severity
                FROM unnest(cell_shelves) AS shelf
                CROSS JOIN generate_series(0, finest) AS step (step)
                CROSS JOIN LATERAL (
                    SELECT rc.lock_id, rc.easting, rc.northing, rc.category, rc.severity
                    FROM store.risk_cell AS rc
                    WHERE
                        rc.shelf = shelf.shelf
                        AND (rc.lock_id & 7) = step.step
                        AND (cells IS NULL OR rc.cell = ANY (cells))
                ) AS c
                WHERE
                    shelf.shelf <> ALL (known_exactly)
                    AND (step.step = finest OR get_bit(ring, c.lock_id + 1) = 0)
                GROUP BY c.easting, c.northing, step.step, c.category
                ORDER BY step.step, c.easting, c.northing, c.category
            ) AS square
        ) AS tile
        WHERE tile.geom IS NOT NULL
    );
END
$$;

-- Visits: outcome and day at the place, or the month of the latest in a square.
CREATE FUNCTION layers.visits_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, 'visits', 1, looks, known);
    shift CONSTANT int := 19 - z;
    outcomes text [];
    exact_shelves CONSTANT int [] := CASE WHEN z >= 13 THEN pass.exact_shelves ELSE '{}' END;
    body bytea;
BEGIN
    IF pass.outcome <> 'made' THEN
        RETURN (pass.outcome, pass.ring_key, NULL)::layers.answer;
    END IF;
    SELECT s.words INTO outcomes FROM reference.slugs AS s WHERE s.list = 'outcome';
    SELECT st_asmvt(tile, 'visits', 4096, 'geom') INTO body
    FROM (
        SELECT
            v.visit_id::text AS id, outcomes[v.outcome] AS outcome, v.visited_on::text AS visited_on,
            st_makepoint((v.x >> shift) & 4095, (v.y >> shift) & 4095) AS geom
        FROM unnest(exact_shelves) AS shelf
        CROSS JOIN LATERAL (
            SELECT vp.visit_id, vp.outcome, vp.visited_on, vp.x, vp.y
            FROM store.visit_point AS vp
            WHERE vp.shelf = shelf.shelf AND vp.key BETWEEN first AND last
            ORDER BY vp.key, vp.visit_id
        ) AS v
    ) AS tile;
    body := body || layers.visit_cells(z, x, y, cells, pass.cell_shelves, exact_shelves);
    RETURN ('made', pass.ring_key, body)::layers.answer;
END
$$;

CREATE FUNCTION layers.visit_cells(
    z int, x int, y int, cells int [], cell_shelves int [], known_exactly int []
) RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    ring bit varying := access.keyring();
    frame geometry := st_tileenvelope(z, x, y);
    finest int := CASE WHEN z >= 13 THEN 3 WHEN z >= 11 THEN 1 ELSE 0 END;
    sizes CONSTANT int [] := ARRAY[5000, 1000, 500, 100];
BEGIN
    RETURN (
        SELECT st_asmvt(tile, 'visits_cells', 4096, 'geom')
        FROM (
            SELECT
                sizes[square.step + 1] AS size, to_char(square.latest, 'YYYY-MM') AS visited_month,
                layers.holds_middle(square.easting, square.northing, sizes[square.step + 1], frame) AS is_middle,
                layers.square(square.easting, square.northing, sizes[square.step + 1], frame) AS geom
            FROM (
                SELECT c.easting, c.northing, step.step, max(c.visited_month) AS latest
                FROM unnest(cell_shelves) AS shelf
                CROSS JOIN generate_series(0, finest) AS step (step)
                CROSS JOIN LATERAL (
                    SELECT vc.lock_id, vc.easting, vc.northing, vc.visited_month
                    FROM store.visit_cell AS vc
                    WHERE
                        vc.shelf = shelf.shelf
                        AND (vc.lock_id & 7) = step.step
                        AND (cells IS NULL OR vc.cell = ANY (cells))
                ) AS c
                WHERE
                    shelf.shelf <> ALL (known_exactly)
                    AND (step.step = finest OR get_bit(ring, c.lock_id + 1) = 0)
                GROUP BY c.easting, c.northing, step.step
                ORDER BY step.step, c.easting, c.northing
            ) AS square
        ) AS tile
        WHERE tile.geom IS NOT NULL
    );
END
$$;

-- Does a released square meet a box of longitudes and latitudes? NULL is the whole world. The
-- envelope of a line is a point or a line where the box has no inside, and those meet squares too.
CREATE FUNCTION layers.square_meets_box(easting int, northing int, step int, box double precision [])
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT box IS NULL OR public.st_intersects(
        public.st_transform(
            public.st_makeenvelope(
                easting, northing,
                easting + (ARRAY[5000, 1000, 500, 100])[step + 1],
                northing + (ARRAY[5000, 1000, 500, 100])[step + 1],
                27700
            ),
            4326
        ),
        public.st_envelope(public.st_setsrid(
            public.st_makeline(public.st_makepoint(box[1], box[2]), public.st_makepoint(box[3], box[4])), 4326
        ))
    )
$$;

GRANT EXECUTE ON FUNCTION layers.square_meets_box(int, int, int, double precision []),
layers.square(int, int, int, geometry), layers.holds_middle(int, int, int, geometry),
layers.places_tile(text, text, int, int, int, bigint, bigint, int [], int []),
layers.place_cells(int, int, int, int [], int [], int []),
layers.opened_places(uuid [], int [], int, bigint, bigint),
layers.risks_tile(text, text, int, int, int, bigint, bigint, int [], int []),
layers.risk_cells(int, int, int, int [], int [], int []),
layers.visits_tile(text, text, int, int, int, bigint, bigint, int [], int []),
layers.visit_cells(int, int, int, int [], int [], int []) TO waymark_app;
RESET ROLE;
