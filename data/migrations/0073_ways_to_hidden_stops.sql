-- Hours tell how far apart stops lie: of a way on which a stop is hidden from the session, the map and the check-ins of
-- a shift tell no more than pages do.

SET ROLE waymark_gate;

-- Those among the stops of a plan or a shift that the session of somebody who plans sees exactly: its places, what was
-- opened to it, and joint visits, by their own ids and by their places'.
CREATE FUNCTION access.known_stops(among uuid []) RETURNS uuid []
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
    opened CONSTANT uuid [] := coalesce(access.opened(), '{}');
BEGIN
    RETURN ARRAY(
        SELECT p.id
        FROM store.place AS p
        JOIN store.place_point AS pp ON pp.place_id = p.id
        WHERE
            p.id = ANY (among)
            AND (p.id = ANY (opened) OR (get_bit(ring, p.lock_id) = 1 AND get_bit(ring, pp.lock_id) = 1))
        UNION ALL
        SELECT one.id
        FROM access.my_joint_stops() AS j
        CROSS JOIN LATERAL (VALUES (j.id), (j.place_id)) AS one (id)
        WHERE one.id = ANY (among)
    );
END
$$;

-- The stops of the plan that the session's membership made or goes by and that is over next, in order. No hour is told
-- from the first stop of a way on that is hidden, and nothing of another team's way on which one is.
CREATE OR REPLACE FUNCTION access.my_plan_stops()
RETURNS TABLE (place_id uuid, number int, team text, begins_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.drawing_session();
    next access.plan;
    known uuid [];
    own_team smallint;
BEGIN
    IF s.id IS NULL THEN
        RETURN;
    END IF;
    SELECT p.* INTO next
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
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    known := access.known_stops(ARRAY(
        SELECT (c.stop #>> '{}')::uuid
        FROM jsonb_path_query(next.document, '$.plan.routes[*].calls[*].stop') AS c (stop)
    ));
    own_team := (
        SELECT m.team FROM access.plan_member AS m
        WHERE m.plan_id = next.id AND m.membership_id = s.membership_id
    );
    RETURN QUERY
    WITH call AS (
        SELECT
            r.ordinality AS way,
            c.ordinality AS nth,
            r.value ->> 'team' AS goes,
            (c.value ->> 'stop')::uuid AS stop,
            (
                (next.starts_at AT TIME ZONE 'Europe/London')::date + make_interval(mins => (c.value ->> 'start')::int)
            ) AT TIME ZONE 'Europe/London' AS begins,
            (c.value ->> 'stop')::uuid = ANY (known) AS is_known
        FROM jsonb_array_elements(next.document #> '{plan,routes}') WITH ORDINALITY AS r
        CROSS JOIN LATERAL jsonb_array_elements(r.value -> 'calls') WITH ORDINALITY AS c
    ),
    told AS (
        SELECT
            k.*,
            bool_and(k.is_known) OVER (PARTITION BY k.way ORDER BY k.nth) AS is_timed,
            bool_and(k.is_known) OVER (PARTITION BY k.way) AS is_whole
        FROM call AS k
    )
    SELECT
        t.stop,
        (row_number() OVER (ORDER BY t.way, t.nth))::int,
        t.goes,
        CASE WHEN t.is_timed THEN t.begins END
    FROM told AS t
    WHERE next.made_by = s.membership_id OR t.goes = own_team::text OR t.is_whole;
END
$$;

-- The team leaves a stop, or does not go there: to the next one, or home. By when it is to be there: in a quarter of an
-- hour, as at a stop that is hidden, where the stop it leaves or the next one is.
CREATE OR REPLACE FUNCTION access.go_on(h access.shift) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    following access.shift_stop;
    ends_of_way uuid [];
    minutes int := h.home_minutes + 10;
BEGIN
    UPDATE access.shift_stop
    SET left_at = access.clock()
    WHERE shift_id = h.id AND number = h.stop AND arrived_at IS NOT NULL;
    SELECT * INTO following FROM access.shift_stop AS t WHERE t.shift_id = h.id AND t.number = h.stop + 1;
    IF FOUND THEN
        minutes := following.travel_minutes + 10;
    END IF;
    ends_of_way := ARRAY(
        SELECT t.place_id FROM access.shift_stop AS t
        WHERE t.shift_id = h.id AND t.number IN (h.stop, following.number)
    );
    IF NOT ends_of_way <@ access.known_stops(ends_of_way) THEN
        minutes := 15;
    END IF;
    UPDATE access.shift
    SET stop = following.number, state = CASE WHEN following.number IS NULL THEN 'home_bound' ELSE 'travelling' END
    WHERE id = h.id;
    RETURN access.clock() + make_interval(mins => minutes);
END
$$;
RESET ROLE;
