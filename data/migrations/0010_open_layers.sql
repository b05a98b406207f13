-- Tiles of open data: outlines and frontline sites, the same for anybody signed in.

SET ROLE waymark_gate;

-- Outlines and sites are open data: for anybody signed in, the same bytes.
CREATE FUNCTION layers.outline_tile(token text, known text, of_layer text, z int, x int, y int)
RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    answer layers.answer := layers.admit_anybody(token);
    frame geometry := st_tileenvelope(z, x, y);
BEGIN
    IF answer.outcome = 'made' THEN
        answer.ring_key := 'open';
        IF known = 'open' THEN
            answer.outcome := 'known';
        ELSE
            SELECT st_asmvt(tile, of_layer, 4096, 'geom') INTO answer.body
            FROM (
                SELECT o.code, o.name, st_asmvtgeom(o.shape_3857, frame::box2d, 4096, 64, true) AS geom
                FROM reference.outline AS o
                WHERE o.layer = of_layer AND o.shape_3857 && frame
                ORDER BY o.code
            ) AS tile
            WHERE tile.geom IS NOT NULL;
        END IF;
    END IF;
    RETURN answer;
END
$$;

CREATE FUNCTION layers.sites_tile(token text, known text, z int, first bigint, last bigint)
RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    answer layers.answer := layers.admit_anybody(token);
    frame geometry;
BEGIN
    IF answer.outcome = 'made' THEN
        SELECT st_asmvt(tile, 'sites', 4096, 'geom') INTO answer.body
        FROM (
            SELECT
                s.id::text AS id, s.name, s.sector,
                st_makepoint(
                    (layers.half(s.key) >> (19 - z)) & 4095, (layers.half(s.key >> 1) >> (19 - z)) & 4095
                ) AS geom
            FROM reference.site AS s
            WHERE s.key BETWEEN first AND last
            ORDER BY s.key, s.id
        ) AS tile;
        answer.ring_key := NULL;
    END IF;
    RETURN answer;
END
$$;

-- One half of a Z-order key: its even bits, brought together.
CREATE FUNCTION layers.half(key bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    key := key & x'5555555555555555'::bigint;
    key := (key | (key >> 1)) & x'3333333333333333'::bigint;
    key := (key | (key >> 2)) & x'0f0f0f0f0f0f0f0f'::bigint;
    key := (key | (key >> 4)) & x'00ff00ff00ff00ff'::bigint;
    key := (key | (key >> 8)) & x'0000ffff0000ffff'::bigint;
    RETURN (key | (key >> 16)) & x'00000000ffffffff'::bigint;
END
$$;

GRANT EXECUTE ON FUNCTION layers.half(bigint),
layers.outline_tile(text, text, text, int, int, int),
layers.sites_tile(text, text, int, bigint, bigint) TO waymark_app;
RESET ROLE;
