-- What a team says while it is out, and what it and its contacts are told of the shift.

SET ROLE waymark_gate;

-- A shift that the session's membership goes on, locked; anybody else's is a missing one.
CREATE FUNCTION access.my_own_shift(s access.live_session, which uuid) RETURNS access.shift
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    h access.shift;
BEGIN
    SELECT k.* INTO h
    FROM access.shift AS k
    JOIN access.shift_member AS sm ON sm.shift_id = k.id AND sm.membership_id = s.membership_id
    WHERE k.id = which AND k.is_enforcement = (s.purpose = 'enforcement') AND k.state <> 'closed'
    FOR UPDATE OF k;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such shift.' USING errcode = 'no_data_found';
    END IF;
    RETURN h;
END
$$;

-- Say that one has read the briefing of the stop that is next.
CREATE FUNCTION access.read_briefing(which uuid, of_stop int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    h CONSTANT access.shift := access.my_own_shift(s, which);
BEGIN
    IF h.stop IS DISTINCT FROM of_stop THEN
        RAISE EXCEPTION 'This is not the stop that you go to now.';
    END IF;
    INSERT INTO access.shift_briefing VALUES (h.id, h.stop, s.membership_id, access.clock()) ON CONFLICT DO NOTHING;
    PERFORM audit.append('consultation', jsonb_build_object(
        'what', 'read the briefing of a stop',
        'record', (SELECT t.record FROM access.shift_stop AS t WHERE t.shift_id = h.id AND t.number = h.stop)
    ));
END
$$;

-- After how many minutes at a place the team checks in: sooner where the session knows of danger, or of nothing.
CREATE FUNCTION access.minutes_at(of_place uuid) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
BEGIN
    RETURN CASE
        WHEN
            EXISTS (SELECT FROM store.place AS p WHERE p.id = of_place AND get_bit(ring, p.lock_id) = 1)
            AND NOT EXISTS (
                SELECT FROM store.place_flag AS f
                WHERE
                    f.place_id = of_place
                    AND f.list = 'danger_flag'
                    AND coalesce(f.ended_on > access.clock()::date, true)
                    AND get_bit(ring, f.lock_id) = 1
            ) THEN 30
        ELSE 15
    END;
END
$$;

-- The team leaves a stop, or does not go there: to the next one, or home. By when it is to be there.
CREATE FUNCTION access.go_on(h access.shift) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    following access.shift_stop;
    due timestamptz := access.clock() + make_interval(mins => h.home_minutes + 10);
BEGIN
    UPDATE access.shift_stop
    SET left_at = access.clock()
    WHERE shift_id = h.id AND number = h.stop AND arrived_at IS NOT NULL;
    SELECT * INTO following FROM access.shift_stop AS t WHERE t.shift_id = h.id AND t.number = h.stop + 1;
    IF FOUND THEN
        due := access.clock() + make_interval(mins => following.travel_minutes + 10);
    END IF;
    UPDATE access.shift
    SET stop = following.number, state = CASE WHEN following.number IS NULL THEN 'home_bound' ELSE 'travelling' END
    WHERE id = h.id;
    RETURN due;
END
$$;

-- Why a team cannot say this now; NULL when it can.
CREATE FUNCTION access.why_not(h access.shift, of_kind text, by_member uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN of_kind = 'arrived' AND h.state <> 'travelling' THEN 'You are not on the way to a stop.'
        WHEN of_kind = 'arrived' AND NOT EXISTS (
            SELECT FROM access.shift_briefing AS b
            WHERE b.shift_id = h.id AND b.number = h.stop AND b.membership_id = by_member
        ) THEN 'Read the briefing of this stop first.'
        WHEN of_kind = 'left' AND h.state <> 'on_site' THEN 'You are not at a stop.'
        WHEN of_kind = 'withdrew' AND h.stop IS NULL THEN 'There is no stop left to withdraw from.'
        WHEN of_kind = 'home_safe' AND h.state = 'on_site' THEN 'Say first that you have left the stop.'
        WHEN h.state = 'home' AND of_kind <> 'help' THEN 'Everybody is home already.'
        WHEN of_kind = 'more_time' AND h.more_times >= 2
            THEN 'You asked for more time twice already: say that all is well, or ask for help.'
        WHEN of_kind NOT IN ('arrived', 'fine', 'more_time', 'left', 'withdrew', 'help', 'home_safe')
            THEN 'This is no check-in.'
    END
$$;

-- Check in. The moment of the next check-in is set in this transaction. What is answered and what the team is shown
-- does not depend on whether the word that was spoken means danger.
CREATE FUNCTION access.check_in(which uuid, of_kind text, is_duress boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    at CONSTANT timestamptz := access.clock();
    h CONSTANT access.shift := access.my_own_shift(s, which);
    refusal CONSTANT text := access.why_not(h, of_kind, s.membership_id);
    place CONSTANT uuid := (
        SELECT t.place_id FROM access.shift_stop AS t WHERE t.shift_id = h.id AND t.number = h.stop
    );
    due timestamptz := h.next_due_at;
BEGIN
    IF refusal IS NOT NULL THEN
        RAISE EXCEPTION '%', refusal;
    END IF;
    INSERT INTO access.check_in (shift_id, kind, stop, at, by_membership)
    VALUES (h.id, of_kind, h.stop, at, CASE WHEN of_kind <> 'withdrew' THEN s.membership_id END);
    IF of_kind = 'arrived' THEN
        UPDATE access.shift SET state = 'on_site' WHERE id = h.id;
        UPDATE access.shift_stop SET arrived_at = at WHERE shift_id = h.id AND number = h.stop;
        due := at + make_interval(mins => access.minutes_at(place));
    ELSIF of_kind = 'fine' THEN
        due := at + make_interval(mins => CASE WHEN h.state = 'on_site' THEN access.minutes_at(place) ELSE 15 END);
    ELSIF of_kind = 'more_time' THEN
        due := greatest(h.next_due_at, at) + interval '10 minutes';
    ELSIF of_kind IN ('left', 'withdrew') THEN
        due := access.go_on(h);
    ELSIF of_kind = 'home_safe' THEN
        due := NULL;
        UPDATE access.shift SET state = 'home', stop = NULL, next_due_at = NULL WHERE id = h.id;
    END IF;
    IF of_kind <> 'help' THEN
        UPDATE access.shift
        SET next_due_at = due, more_times = CASE WHEN of_kind = 'more_time' THEN h.more_times + 1 ELSE 0 END
        WHERE id = h.id;
        PERFORM access.answer_alarms(h, s.membership_id);
    END IF;
    PERFORM audit.append('alteration', jsonb_build_object('what', 'checked in on a shift'));
    IF of_kind = 'help' OR is_duress THEN
        PERFORM access.raise_alarm(h, CASE WHEN of_kind = 'help' THEN 'help' ELSE 'duress' END);
    END IF;
END
$$;

-- What became of each stop, once everybody is home. Nothing says who withdrew.
CREATE FUNCTION access.close_shift(which uuid, became_of text [], follow_ups boolean []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    h CONSTANT access.shift := access.my_own_shift(s, which);
BEGIN
    IF h.state <> 'home' THEN
        RAISE EXCEPTION 'A shift is closed once everybody is home.';
    ELSIF
        cardinality(became_of) <> (SELECT count(*) FROM access.shift_stop AS t WHERE t.shift_id = h.id)
        OR cardinality(follow_ups) <> cardinality(became_of)
        OR array_position(became_of, NULL) IS NOT NULL
    THEN
        RAISE EXCEPTION 'Say of each stop what became of it.';
    END IF;
    UPDATE access.shift_stop AS t
    SET became = said.became, is_follow_up = coalesce(said.follow_up, false)
    FROM unnest(became_of, follow_ups) WITH ORDINALITY AS said (became, follow_up, n)
    WHERE t.shift_id = h.id AND t.number = said.n;
    UPDATE access.shift SET state = 'closed', closed_at = access.clock() WHERE id = h.id;
    PERFORM audit.append('alteration', jsonb_build_object('what', 'closed a shift'));
END
$$;

-- Which parts the session has in a shift: it goes, it is a contact, or it belongs to a desk that was told.
CREATE FUNCTION access.parts_in(s access.live_session, h access.shift) RETURNS text []
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(part.name ORDER BY part.n)
    FROM (
        SELECT 1, 'team' FROM access.shift_member AS sm
        WHERE sm.shift_id = h.id AND sm.membership_id = s.membership_id
        UNION ALL
        SELECT 2, 'buddy' WHERE h.buddy = s.membership_id
        UNION ALL
        SELECT 3, 'second' WHERE h.second = s.membership_id
        UNION ALL
        SELECT 4, 'manager' WHERE h.manager = s.membership_id
        UNION ALL
        SELECT 5, 'desk'
        FROM access.duty_desk_member AS d
        WHERE d.organisation_id = h.organisation_id AND d.membership_id = s.membership_id
    ) AS part (n, name)
    WHERE h.organisation_id = s.organisation_id AND h.is_enforcement = (s.purpose = 'enforcement')
$$;

-- The shifts of the last day that the session goes on or is a contact of; a desk is told once a ladder reached it. A
-- contact is told who is out and by when they check in, and nothing of where.
CREATE FUNCTION access.my_shifts()
RETURNS TABLE (
    id uuid, plan_id uuid, parts text [], team text [], contacts text [], state text, stop int, stops int,
    started_at timestamptz, last_check_in_at timestamptz, next_due_at timestamptz, is_late boolean, more_times int,
    are_others_told boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.planning_session();
BEGIN
    RETURN QUERY
    SELECT
        h.id,
        h.plan_id,
        parts.names,
        ARRAY(
            SELECT p.email
            FROM access.shift_member AS sm
            JOIN access.membership AS m ON m.id = sm.membership_id
            JOIN access.person AS p ON p.id = m.person_id
            WHERE sm.shift_id = h.id
            ORDER BY p.email
        ),
        ARRAY(
            SELECT p.email
            FROM unnest(ARRAY[h.buddy, h.second, h.manager]) WITH ORDINALITY AS one (id, n)
            JOIN access.membership AS m ON m.id = one.id
            JOIN access.person AS p ON p.id = m.person_id
            ORDER BY one.n
        ),
        h.state,
        CASE WHEN parts.names[1] = 'team' THEN h.stop::int END,
        (SELECT count(*)::int FROM access.shift_stop AS t WHERE t.shift_id = h.id AND parts.names[1] = 'team'),
        h.started_at,
        (SELECT max(c.at) FROM access.check_in AS c WHERE c.shift_id = h.id AND c.kind <> 'help'),
        h.next_due_at,
        coalesce(h.next_due_at <= access.clock(), false),
        h.more_times::int,
        EXISTS (
            SELECT FROM access.alarm AS a
            WHERE a.shift_id = h.id AND a.kind = 'late' AND a.closed_at IS NULL AND a.step > 0
        )
    FROM access.shift AS h
    CROSS JOIN LATERAL (SELECT access.parts_in(s, h) AS names) AS parts
    WHERE
        h.organisation_id = s.organisation_id
        AND cardinality(parts.names) > 0
        AND (h.state <> 'closed' OR access.clock() < h.closed_at + interval '24 hours')
        AND (
            parts.names <> '{desk}'
            OR EXISTS (
                SELECT FROM access.alarm AS a WHERE a.shift_id = h.id AND a.step >= 2 AND a.closed_at IS NULL
            )
        )
    ORDER BY h.started_at DESC, h.id
    LIMIT 50;
END
$$;

-- The stops of a shift that the session goes on, in order.
CREATE FUNCTION access.shift_stops(which uuid)
RETURNS TABLE (
    number int, place_id uuid, travel_minutes int, is_briefed boolean, arrived_at timestamptz, left_at timestamptz,
    became text, is_follow_up boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.planning_session();
BEGIN
    RETURN QUERY
    SELECT
        t.number::int,
        t.place_id,
        t.travel_minutes::int,
        EXISTS (
            SELECT FROM access.shift_briefing AS b
            WHERE b.shift_id = t.shift_id AND b.number = t.number AND b.membership_id = s.membership_id
        ),
        t.arrived_at,
        t.left_at,
        t.became,
        t.is_follow_up
    FROM access.shift AS h
    JOIN access.shift_member AS sm ON sm.shift_id = h.id AND sm.membership_id = s.membership_id
    JOIN access.shift_stop AS t ON t.shift_id = h.id
    WHERE h.id = which AND h.is_enforcement = (s.purpose = 'enforcement')
    ORDER BY t.number;
END
$$;

GRANT EXECUTE ON FUNCTION access.read_briefing(uuid, int), access.check_in(uuid, text, boolean),
access.close_shift(uuid, text [], boolean []), access.my_shifts(), access.shift_stops(uuid) TO waymark_app;
RESET ROLE;
