-- Who was told of an alarm reads it, takes it and closes it; and what an alarm opens is opened as joint visits open
-- places: through access.opened(), on every surface alike.

SET ROLE waymark_gate;

-- From which step of a ladder on a part is told.
CREATE FUNCTION access.told_from(part text) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE part WHEN 'buddy' THEN 1 WHEN 'second' THEN 2 WHEN 'desk' THEN 2 WHEN 'manager' THEN 3 ELSE 99 END $$;

-- Was the session told of an alarm? Nobody of the team ever is by this: what it says may be read over a shoulder.
CREATE FUNCTION access.is_told(s access.live_session, h access.shift, at_step int) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(bool_or(access.told_from(part.name) <= at_step) AND bool_and(part.name <> 'team'), false)
    FROM unnest(access.parts_in(s, h)) AS part (name)
$$;

-- The alarms that the session was told of: those still open, and those closed in the last day.
CREATE FUNCTION access.my_alarms()
RETURNS TABLE (
    id uuid, shift_id uuid, kind text, since timestamptz, step int, answered_at timestamptz, taken_by text,
    taken_at timestamptz, is_taken_by_me boolean, closed_at timestamptz, closed_how text, place_id uuid,
    place_opened_at timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    opened CONSTANT uuid [] := access.opened();
BEGIN
    RETURN QUERY
    SELECT
        a.id, a.shift_id, a.kind, a.since, a.step::int, a.answered_at, p.email, a.taken_at,
        coalesce(a.taken_by = s.membership_id, false), a.closed_at, a.closed_how, o.place_id, o.opened_at
    FROM access.alarm AS a
    JOIN access.shift AS h ON h.id = a.shift_id AND h.organisation_id = s.organisation_id
    LEFT JOIN access.membership AS m ON m.id = a.taken_by
    LEFT JOIN access.person AS p ON p.id = m.person_id
    LEFT JOIN access.opening AS o
        ON o.alarm_id = a.id AND o.membership_id = s.membership_id AND o.place_id = ANY (opened)
    WHERE
        access.is_told(s, h, a.step)
        AND (a.closed_at IS NULL OR access.clock() < a.closed_at + interval '24 hours')
    ORDER BY a.closed_at IS NOT NULL, a.since DESC, a.id
    LIMIT 100;
END
$$;

-- An alarm that the session was told of and that nobody has closed, its shift locked before it.
CREATE FUNCTION access.my_alarm(s access.live_session, which uuid) RETURNS access.alarm
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    h access.shift;
    a access.alarm;
BEGIN
    SELECT k.* INTO h
    FROM access.shift AS k
    WHERE k.id = (SELECT n.shift_id FROM access.alarm AS n WHERE n.id = which)
        AND k.organisation_id = s.organisation_id
    FOR UPDATE;
    SELECT k.* INTO a FROM access.alarm AS k WHERE k.id = which AND k.shift_id = h.id FOR UPDATE;
    IF a.id IS NULL OR NOT access.is_told(s, h, a.step) THEN
        RAISE EXCEPTION 'There is no such alarm.' USING errcode = 'no_data_found';
    ELSIF a.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'Somebody has closed this already.';
    END IF;
    RETURN a;
END
$$;

-- Take an alarm: from now on it is this person's to see to. If they do not close it, others are told after all.
CREATE FUNCTION access.take_alarm(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    a CONSTANT access.alarm := access.my_alarm(s, which);
BEGIN
    UPDATE access.alarm SET taken_by = s.membership_id, taken_at = access.clock() WHERE id = a.id;
    UPDATE access.notice AS n
    SET acknowledged_at = access.clock(), acknowledged_by = s.membership_id
    WHERE n.about = a.id AND n.acknowledged_at IS NULL AND access.is_for(n, s);
    PERFORM audit.append('alteration', jsonb_build_object('what', 'took an alarm', 'kind', a.kind));
END
$$;

-- Close an alarm that one took: one spoke to the team, they are home, or 999 was called. What it opened closes. A
-- team that is out and overdue has 15 minutes from now.
CREATE FUNCTION access.close_alarm(which uuid, how text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    a CONSTANT access.alarm := access.my_alarm(s, which);
    at CONSTANT timestamptz := access.clock();
BEGIN
    IF a.taken_by IS DISTINCT FROM s.membership_id THEN
        RAISE EXCEPTION 'Take it first: only who took it closes it.';
    ELSIF coalesce(how NOT IN ('spoke', 'home', 'called_999'), true) THEN
        RAISE EXCEPTION 'Say how it ended: you spoke to the team, they are home, or 999 was called.';
    END IF;
    UPDATE access.alarm SET closed_at = at, closed_by = s.membership_id, closed_how = how WHERE id = a.id;
    UPDATE access.opening SET closes_at = at WHERE alarm_id = a.id AND closes_at > at;
    UPDATE access.notice AS n
    SET acknowledged_at = at, acknowledged_by = s.membership_id
    WHERE n.about = a.id AND n.acknowledged_at IS NULL;
    UPDATE access.shift AS h
    SET
        state = CASE WHEN how = 'home' THEN 'home' ELSE h.state END,
        stop = CASE WHEN how <> 'home' THEN h.stop END,
        next_due_at = CASE WHEN how <> 'home' THEN greatest(h.next_due_at, at + interval '15 minutes') END
    WHERE h.id = a.shift_id AND h.next_due_at IS NOT NULL AND (how = 'home' OR h.next_due_at <= at);
    PERFORM audit.append('alteration', jsonb_build_object('what', 'closed an alarm', 'kind', a.kind, 'how', how));
END
$$;

GRANT EXECUTE ON FUNCTION access.my_alarms(), access.take_alarm(uuid), access.close_alarm(uuid, text) TO waymark_app;

-- As before, but that nobody reads at a desk what is told of their own team: it may be read over a shoulder.
CREATE OR REPLACE FUNCTION access.is_for(n access.notice, s access.live_session) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        n.organisation_id = s.organisation_id
        AND s.role = 'outreach'
        AND n.is_enforcement = (s.purpose = 'enforcement')
        AND n.due_at <= access.clock()
        AND CASE
            WHEN n.to_membership IS NOT NULL THEN n.to_membership = s.membership_id
            ELSE EXISTS (
                SELECT FROM access.duty_desk_member AS d
                WHERE d.organisation_id = n.organisation_id AND d.membership_id = s.membership_id
            ) AND NOT EXISTS (
                SELECT FROM access.alarm AS a
                JOIN access.shift_member AS sm ON sm.shift_id = a.shift_id
                WHERE a.id = n.about AND sm.membership_id = s.membership_id
            )
        END
$$;

-- What joint visits open is as before, under a name of its own.
DO $$
DECLARE
    part record;
    found text := replace(
        pg_get_functiondef('access.opened()'::regprocedure), 'FUNCTION access.opened()',
        'FUNCTION access.opened_by_joint_visits()'
    );
BEGIN
    EXECUTE found;
    -- Whoever has an opening keeps no answers, as who is on a joint visit does not.
    FOR part IN
        SELECT * FROM (
            VALUES
            ('access.refresh_ring', 'EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s_membership)', 's_membership'),
            ('layers.admit', 'EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s.membership_id)', 's.membership_id')
        ) AS t (function_name, was, who)
    LOOP
        found := replace(
            pg_get_functiondef(to_regproc(part.function_name)),
            part.was,
            format('(%s OR EXISTS (SELECT FROM access.opening AS o WHERE o.membership_id = %s))', part.was, part.who)
        );
        IF found !~ 'access.opening' THEN
            RAISE EXCEPTION '% is not as it was expected', part.function_name;
        END IF;
        EXECUTE found;
    END LOOP;
END
$$;

-- The places opened to this session now: by joint visits, and by alarms to a duty manager, each in sessions of the
-- purpose that the shift was of. One that was collected for welfare never opens in a session for enforcement.
CREATE OR REPLACE FUNCTION access.opened() RETURNS uuid []
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := access.clock();
    by_alarms uuid [];
BEGIN
    -- Most sessions have no opening, and learn it here.
    IF NOT EXISTS (
        SELECT
        FROM access.session AS k
        JOIN access.opening AS o ON o.membership_id = k.membership_id
        WHERE k.token_hash = access.token_hash()
    ) THEN
        RETURN access.opened_by_joint_visits();
    END IF;
    by_alarms := ARRAY(
        SELECT o.place_id
        FROM access.live_session AS s
        JOIN access.opening AS o ON o.membership_id = s.membership_id
        JOIN store.place AS p ON p.id = o.place_id
        JOIN access.label AS l ON l.id = p.lock_id >> 5 AND l.owner_id = s.organisation_id
        WHERE
            s.token_hash = access.token_hash()
            AND s.role = 'outreach'
            AND o.opened_at <= at
            AND at < o.closes_at
            AND o.is_enforcement = (s.purpose = 'enforcement')
            AND NOT (s.purpose = 'enforcement' AND l.collected_for = 'welfare')
    );
    IF cardinality(by_alarms) = 0 THEN
        RETURN access.opened_by_joint_visits();
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT one.id
        FROM unnest(by_alarms || access.opened_by_joint_visits()) AS one (id)
        ORDER BY one.id
    );
END
$$;
RESET ROLE;
