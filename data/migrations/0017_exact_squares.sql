-- Squares of the National Grid drawn exactly: from where the 1 km corners of each 5 km cell lie on
-- a web map, computed with OSTN15 when reference data are loaded.

SET ROLE waymark_owner;
CREATE TABLE reference.cell_lattice (
    cell int PRIMARY KEY,
    x double precision [] NOT NULL CHECK (cardinality(x) = 36),
    y double precision [] NOT NULL CHECK (cardinality(y) = 36)
);
COMMENT ON TABLE reference.cell_lattice IS
'Web Mercator (EPSG:3857) positions of the 6 by 6 corners of 1 km squares in a 5 km cell: row by row from '
'the south-west corner, each row from west to east. cell is easting/5000*10000 + northing/5000.';
GRANT SELECT ON reference.cell_lattice TO waymark_app, waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- A value between the four corners of a square: u of the way east, v of the way north.
CREATE FUNCTION layers.between(
    sw double precision, se double precision, nw double precision, ne double precision,
    u double precision, v double precision
) RETURNS double precision
LANGUAGE sql IMMUTABLE
AS $$ SELECT sw + (se - sw) * u + (nw - sw) * v + (sw - se - nw + ne) * u * v $$;

-- A square of the National Grid on a web map (EPSG:3857), and its middle. Squares of 5 km and 1 km
-- stand on corners of the lattice, smaller ones between them. Without a lattice: PostGIS's datum shift,
-- within 5 m.
--
-- PostgreSQL puts it into the caller's query, where it is one probe of an index for each square. OFFSET 0
-- has each square drawn once, however often it is named, and in the caller's order.
CREATE FUNCTION layers.on_map(easting int, northing int, metres int)
RETURNS TABLE (shape geometry, middle_x double precision, middle_y double precision)
LANGUAGE sql STABLE ROWS 1
AS $$
    SELECT
        CASE
            WHEN k.x1 IS NULL THEN public.st_transform(
                public.st_makeenvelope(easting, northing, easting + metres, northing + metres, 27700), 3857
            )
            ELSE public.st_setsrid(public.st_makepolygon(public.st_makeline(ARRAY[
                public.st_makepoint(
                    layers.between(k.x1, k.x2, k.x3, k.x4, k.west, k.south),
                    layers.between(k.y1, k.y2, k.y3, k.y4, k.west, k.south)
                ),
                public.st_makepoint(
                    layers.between(k.x1, k.x2, k.x3, k.x4, k.west, k.north),
                    layers.between(k.y1, k.y2, k.y3, k.y4, k.west, k.north)
                ),
                public.st_makepoint(
                    layers.between(k.x1, k.x2, k.x3, k.x4, k.east, k.north),
                    layers.between(k.y1, k.y2, k.y3, k.y4, k.east, k.north)
                ),
                public.st_makepoint(
                    layers.between(k.x1, k.x2, k.x3, k.x4, k.east, k.south),
                    layers.between(k.y1, k.y2, k.y3, k.y4, k.east, k.south)
                ),
                public.st_makepoint(
                    layers.between(k.x1, k.x2, k.x3, k.x4, k.west, k.south),
                    layers.between(k.y1, k.y2, k.y3, k.y4, k.west, k.south)
                )
            ])), 3857)
        END,
        CASE
            WHEN k.x1 IS NULL THEN public.st_x(public.st_transform(corner.middle, 3857))
            ELSE layers.between(k.x1, k.x2, k.x3, k.x4, (k.west + k.east) / 2, (k.south + k.north) / 2)
        END,
        CASE
            WHEN k.x1 IS NULL THEN public.st_y(public.st_transform(corner.middle, 3857))
            ELSE layers.between(k.y1, k.y2, k.y3, k.y4, (k.west + k.east) / 2, (k.south + k.north) / 2)
        END
    FROM (
        SELECT
            easting / 5000 * 10000 + northing / 5000 AS cell,
            easting % 5000 / 1000 + northing % 5000 / 1000 * 6 + 1 AS sw,
            CASE WHEN metres > 1000 THEN 5 ELSE 1 END AS far,
            public.st_setsrid(
                public.st_makepoint(easting + metres / 2.0, northing + metres / 2.0), 27700
            ) AS middle
    ) AS corner
    LEFT JOIN LATERAL (
        SELECT
            l.x[corner.sw] AS x1, l.x[corner.sw + corner.far] AS x2,
            l.x[corner.sw + 6 * corner.far] AS x3, l.x[corner.sw + 7 * corner.far] AS x4,
            l.y[corner.sw] AS y1, l.y[corner.sw + corner.far] AS y2,
            l.y[corner.sw + 6 * corner.far] AS y3, l.y[corner.sw + 7 * corner.far] AS y4,
            easting % 1000 / 1000.0::double precision AS west,
            northing % 1000 / 1000.0::double precision AS south,
            (easting % 1000 + least(metres, 1000)) / 1000.0::double precision AS east,
            (northing % 1000 + least(metres, 1000)) / 1000.0::double precision AS north
        FROM reference.cell_lattice AS l
        WHERE l.cell = corner.cell
        OFFSET 0
    ) AS k ON true
    OFFSET 0
$$;

-- A square as it is drawn in a tile.
CREATE FUNCTION layers.in_tile(shape geometry, frame geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE
AS $$ SELECT public.st_asmvtgeom(shape, frame::public.box2d, 4096, 16, true) $$;

-- True in the one tile that holds the middle of a square, where its words are written; NULL elsewhere.
CREATE FUNCTION layers.holds_middle(middle_x double precision, middle_y double precision, frame geometry)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN
            middle_x >= public.st_xmin(frame) AND middle_x < public.st_xmax(frame)
            AND middle_y > public.st_ymin(frame) AND middle_y <= public.st_ymax(frame)
            THEN true
    END
$$;

-- Does a square on the map meet a box of longitudes and latitudes? The box is
-- grown by a millionth of a degree, more than a corner can be out, so that no square that meets it is missed.
CREATE FUNCTION layers.meets_box(shape geometry, box double precision []) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT public.st_intersects(
        public.st_transform(shape, 4326),
        public.st_makeenvelope(box[1] - 1e-6, box[2] - 1e-6, box[3] + 1e-6, box[4] + 1e-6, 4326)
    )
$$;

CREATE OR REPLACE FUNCTION layers.place_cells(
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
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
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
            CROSS JOIN LATERAL layers.on_map(square.easting, square.northing, sizes[square.step + 1]) AS drawn
        ) AS tile
        WHERE tile.geom IS NOT NULL
    );
END
$$;

CREATE OR REPLACE FUNCTION layers.risk_cells(
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
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
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
            CROSS JOIN LATERAL layers.on_map(square.easting, square.northing, sizes[square.step + 1]) AS drawn
        ) AS tile
        WHERE tile.geom IS NOT NULL
    );
END
$$;

CREATE OR REPLACE FUNCTION layers.visit_cells(
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
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
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
            CROSS JOIN LATERAL layers.on_map(square.easting, square.northing, sizes[square.step + 1]) AS drawn
        ) AS tile
        WHERE tile.geom IS NOT NULL
    );
END
$$;

DROP FUNCTION layers.square(int, int, int, geometry), layers.holds_middle(int, int, int, geometry),
layers.square_meets_box(int, int, int, double precision []);

GRANT EXECUTE ON FUNCTION layers.on_map(int, int, int), layers.in_tile(geometry, geometry),
layers.holds_middle(double precision, double precision, geometry), layers.meets_box(geometry, double precision []),
layers.between(
    double precision, double precision, double precision, double precision, double precision, double precision
) TO waymark_app;
RESET ROLE;
