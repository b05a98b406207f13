-- Plans on the map: the numbered stops of a session's own next plan, and the ready plans of its organisation as planned
-- visits. Both name places by id; which of them are drawn, row-level security decides where they are read.

SET ROLE waymark_gate;

-- The session of an outreach worker, or none: a layer token and every other role see no plans on the map.
CREATE FUNCTION access.drawing_session() RETURNS access.live_session
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l FROM access.live_session AS l
    WHERE l.token_hash = access.token_hash() AND l.role = 'outreach' AND l.scope = 'full'
$$;

-- The stops of the plan that the session's membership made or goes by and that is over next, in order.
CREATE FUNCTION access.my_plan_stops()
RETURNS TABLE (place_id uuid, number int, team text, begins_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.drawing_session();
BEGIN
    RETURN QUERY
    SELECT
        (c.value ->> 'stop')::uuid,
        (row_number() OVER (ORDER BY r.ordinality, c.ordinality))::int,
        r.value ->> 'team',
        (
            (next.starts_at AT TIME ZONE 'Europe/London')::date + make_interval(mins => (c.value ->> 'start')::int)
        ) AT TIME ZONE 'Europe/London'
    FROM (
        SELECT p.starts_at, p.document
        FROM access.plan AS p
        WHERE
            p.is_enforcement = (s.purpose = 'enforcement')
            AND access.clock() < p.ends_at
            AND (
                p.made_by = s.membership_id
                OR (
                    p.state <> 'draft'
                    AND EXISTS (
                        SELECT FROM access.plan_member AS m
                        WHERE m.plan_id = p.id AND m.membership_id = s.membership_id
                    )
                )
            )
        ORDER BY p.ends_at, p.id
        LIMIT 1
    ) AS next
    CROSS JOIN LATERAL jsonb_array_elements(next.document #> '{plan,routes}') WITH ORDINALITY AS r
    CROSS JOIN LATERAL jsonb_array_elements(r.value -> 'calls') WITH ORDINALITY AS c;
END
$$;

-- The stops of all ready plans of the session's own organisation that are not over, as planned visits.
CREATE FUNCTION access.planned_stops() RETURNS TABLE (id uuid, place_id uuid, planned_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.drawing_session();
BEGIN
    RETURN QUERY
    SELECT
        md5(p.id::text || (c.value ->> 'stop'))::uuid,
        (c.value ->> 'stop')::uuid,
        (p.starts_at AT TIME ZONE 'Europe/London')::date
    FROM access.membership AS maker
    JOIN access.plan AS p ON p.made_by = maker.id
    CROSS JOIN LATERAL jsonb_array_elements(p.document #> '{plan,routes}') AS r
    CROSS JOIN LATERAL jsonb_array_elements(r.value -> 'calls') AS c
    WHERE
        maker.organisation_id = s.organisation_id
        AND p.state = 'ready'
        AND access.clock() < p.ends_at
        AND p.is_enforcement = (s.purpose = 'enforcement');
END
$$;

GRANT EXECUTE ON FUNCTION access.my_plan_stops(), access.planned_stops() TO waymark_app;

-- The tile of the session's own next plan. It is not kept: a plan is nothing that a ring knows of.
CREATE FUNCTION layers.plan_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, 'plan', 0, looks, NULL);
    body bytea;
BEGIN
    IF pass.outcome <> 'made' THEN
        RETURN (pass.outcome, NULL, NULL)::layers.answer;
    END IF;
    SELECT coalesce(st_asmvt(tile, 'plan', 4096, 'geom'), '') INTO body
    FROM (
        SELECT
            p.place_id::text AS id, s.number, s.team, s.begins_at::text AS begins_at,
            st_makepoint((p.x >> (19 - z)) & 4095, (p.y >> (19 - z)) & 4095) AS geom
        FROM access.my_plan_stops() AS s
        JOIN store.place_point AS p ON p.place_id = s.place_id
        WHERE p.key BETWEEN first AND last
        ORDER BY s.number
    ) AS tile;
    RETURN ('made', NULL, body)::layers.answer;
END
$$;

-- As before, with the visits that are planned; a tile that could hold some is not kept.
CREATE OR REPLACE FUNCTION layers.visits_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass layers.admission := layers.admit(token, 'visits', 1, looks, known);
    shift CONSTANT int := 19 - z;
    outcomes text [];
    has_planned CONSTANT boolean := z >= 13 AND EXISTS (SELECT FROM access.planned_stops());
    exact_shelves int [];
    body bytea;
BEGIN
    IF pass.outcome = 'known' AND has_planned THEN
        pass := layers.admit(token, 'visits', 1, looks, NULL);
    END IF;
    IF pass.outcome <> 'made' THEN
        RETURN (pass.outcome, pass.ring_key, NULL)::layers.answer;
    END IF;
    exact_shelves := CASE WHEN z >= 13 THEN pass.exact_shelves ELSE '{}' END;
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
        UNION ALL
        SELECT
            s.id::text, 'planned', s.planned_on::text,
            st_makepoint((p.x >> shift) & 4095, (p.y >> shift) & 4095)
        FROM access.planned_stops() AS s
        JOIN store.place_point AS p ON p.place_id = s.place_id
        WHERE has_planned AND p.key BETWEEN first AND last
    ) AS tile;
    body := body || layers.visit_cells(z, x, y, cells, pass.cell_shelves, exact_shelves);
    RETURN ('made', CASE WHEN NOT has_planned THEN pass.ring_key END, body)::layers.answer;
END
$$;
GRANT EXECUTE ON FUNCTION layers.plan_tile(text, text, int, int, int, bigint, bigint, int [], int []) TO waymark_app;
RESET ROLE;
