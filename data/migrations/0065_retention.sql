-- How long shifts, plans and notices are kept. Periods are data: an organisation may make them shorter, never longer.
-- What an open alarm or an open follow-up needs stays, whatever the period says.

SET ROLE waymark_owner;
CREATE TABLE reference.retention (
    rule text PRIMARY KEY CHECK (rule ~ '^[a-z]{1,20}$'),
    longest int NOT NULL,
    shortest int NOT NULL CHECK (7 <= shortest AND shortest <= longest)
);
COMMENT ON TABLE reference.retention IS
'For how many days something is kept at most, and at least: details of a shift (check-ins, stops, briefings) from '
'its end; those of one on which somebody beside the team was told; that there was a shift; a plan with its packs from '
'its end; a notice from when somebody saw to it.';
INSERT INTO reference.retention VALUES
('details', 31, 7), ('alarms', 365, 31), ('shifts', 730, 31), ('plans', 90, 7), ('notices', 31, 7);

CREATE TABLE access.retention (
    organisation_id int NOT NULL REFERENCES access.organisation,
    rule text NOT NULL REFERENCES reference.retention,
    days int NOT NULL CHECK (days >= 7),
    changed_by uuid NOT NULL REFERENCES access.membership,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, rule)
);
COMMENT ON TABLE access.retention IS
'Where an organisation keeps something for fewer days than reference.retention says.';

CREATE INDEX plan_ends ON access.plan (ends_at);
CREATE INDEX shift_stop_follow_up ON access.shift_stop (place_id);
GRANT SELECT ON reference.retention TO waymark_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON access.retention TO waymark_gate;
GRANT DELETE ON access.check_in TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- For how long an organisation keeps what a rule is about: never longer than the rule, whatever its own row says.
CREATE FUNCTION access.kept_for(organisation int, of_rule text) RETURNS interval
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT make_interval(days => least(r.longest, coalesce(o.days, r.longest)))
    FROM reference.retention AS r
    LEFT JOIN access.retention AS o ON o.organisation_id = organisation AND o.rule = r.rule
    WHERE r.rule = of_rule
$$;

-- When a shift was over; NULL while its team is out, or an alarm of it is open. One that nobody closed is over with the
-- last that was said on it.
CREATE FUNCTION access.over_since(h access.shift) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN
            h.next_due_at IS NULL
            AND NOT EXISTS (SELECT FROM access.alarm AS a WHERE a.shift_id = h.id AND a.closed_at IS NULL)
            THEN greatest(
                coalesce(
                    h.closed_at,
                    (SELECT max(c.at) FROM access.check_in AS c WHERE c.shift_id = h.id),
                    h.started_at
                ),
                (SELECT max(a.closed_at) FROM access.alarm AS a WHERE a.shift_id = h.id)
            )
    END
$$;

-- Until when the details of a shift are kept: longer where anybody beside the team was told. NULL: without end yet.
CREATE FUNCTION access.details_until(h access.shift) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT access.over_since(h) + access.kept_for(
        h.organisation_id,
        CASE
            WHEN EXISTS (SELECT FROM access.alarm AS a WHERE a.shift_id = h.id AND a.step > 0) THEN 'alarms'
            ELSE 'details'
        END
    )
$$;

-- Does a stop wait for somebody to go again? Until a visit there is recorded, or a team went there, after its shift; or
-- the place is closed or gone.
CREATE FUNCTION access.is_waiting(t access.shift_stop, since timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        t.is_follow_up
        AND EXISTS (SELECT FROM store.place AS p WHERE p.id = t.place_id AND p.status <> 'closed')
        AND NOT EXISTS (
            SELECT FROM store.visit AS v
            WHERE
                v.place_id = t.place_id AND v.status = 'done'
                AND v.visited_on > (since AT TIME ZONE 'Europe/London')::date
        )
        AND NOT EXISTS (
            SELECT FROM access.shift_stop AS later
            WHERE later.place_id = t.place_id AND later.became = 'visited' AND later.arrived_at > since
        )
$$;

-- What was said on a shift is deleted once its time is over, by nobody before.
CREATE FUNCTION access.refuse_early_deletion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM access.shift AS h WHERE h.id = OLD.shift_id AND access.details_until(h) <= access.clock()
    ) THEN
        RAISE EXCEPTION 'a check-in is kept until its time is over' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END
$$;
GRANT EXECUTE ON FUNCTION access.refuse_early_deletion() TO waymark_owner;
RESET ROLE;

SET ROLE waymark_owner;
DROP TRIGGER never_changed ON access.check_in;
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON access.check_in
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('a check-in');
CREATE TRIGGER kept_long_enough BEFORE DELETE ON access.check_in
FOR EACH ROW EXECUTE FUNCTION access.refuse_early_deletion();
COMMENT ON TABLE access.check_in IS
'What a team said, in order: never changed, and deleted only when its time is over. Who withdrew is not kept: it '
'cannot be counted against anybody.';
RESET ROLE;

SET ROLE waymark_gate;

-- Let go of the details of these shifts, which are over; of the stops not those that wait. How many rows went.
CREATE FUNCTION access.forget_details(of_shifts uuid []) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    alarms CONSTANT uuid [] := ARRAY(SELECT a.id FROM access.alarm AS a WHERE a.shift_id = ANY (of_shifts));
    gone int;
BEGIN
    UPDATE access.shift AS h SET closed_at = access.over_since(h), state = 'closed'
    WHERE h.id = ANY (of_shifts) AND h.state = 'home';
    -- An opening moves the epoch for everybody: nothing is deleted where there is none.
    IF EXISTS (SELECT FROM access.opening AS o WHERE o.alarm_id = ANY (alarms)) THEN
        DELETE FROM access.opening WHERE alarm_id = ANY (alarms);
    END IF;
    WITH waiting AS MATERIALIZED (
        SELECT t.shift_id, t.number
        FROM access.shift_stop AS t
        JOIN access.shift AS h ON h.id = t.shift_id
        WHERE t.shift_id = ANY (of_shifts) AND access.is_waiting(t, access.over_since(h))
    ),
    briefings AS (DELETE FROM access.shift_briefing AS b WHERE b.shift_id = ANY (of_shifts) RETURNING 1),
    check_ins AS (DELETE FROM access.check_in AS c WHERE c.shift_id = ANY (of_shifts) RETURNING 1),
    steps AS (DELETE FROM access.alarm_step AS s WHERE s.alarm_id = ANY (alarms) RETURNING 1),
    stops AS (
        DELETE FROM access.shift_stop AS t
        WHERE
            t.shift_id = ANY (of_shifts)
            AND (t.shift_id, t.number) NOT IN (SELECT w.shift_id, w.number FROM waiting AS w)
        RETURNING 1
    )
    SELECT count(*) INTO gone FROM (
        SELECT FROM briefings UNION ALL SELECT FROM check_ins UNION ALL SELECT FROM steps UNION ALL SELECT FROM stops
    ) AS all_of_them;
    DELETE FROM access.alarm AS a WHERE a.id = ANY (alarms);
    RETURN gone + cardinality(alarms);
END
$$;

-- Let go of what an organisation kept long enough; how many of each. What somebody writes to just now waits.
CREATE FUNCTION access.forget_for(organisation int) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    ended CONSTANT uuid [] := ARRAY(
        SELECT h.id FROM access.shift AS h
        WHERE
            h.organisation_id = organisation
            AND access.details_until(h) <= at
            AND (
                EXISTS (SELECT FROM access.check_in AS c WHERE c.shift_id = h.id)
                OR EXISTS (
                    SELECT FROM access.shift_stop AS t
                    WHERE t.shift_id = h.id AND NOT access.is_waiting(t, access.over_since(h))
                )
            )
        FOR UPDATE SKIP LOCKED
    );
    found jsonb;
    gone int;
BEGIN
    -- Where somebody went again, that is said for good: whoever went may be forgotten sooner than who asked for it.
    UPDATE access.shift_stop AS t SET is_follow_up = false
    FROM access.shift AS h
    WHERE
        h.id = t.shift_id AND h.organisation_id = organisation AND t.is_follow_up
        AND NOT access.is_waiting(t, access.over_since(h));
    found := jsonb_build_object('details', access.forget_details(ended));
    WITH old AS MATERIALIZED (
        SELECT h.id FROM access.shift AS h
        WHERE
            h.organisation_id = organisation
            AND h.state = 'closed'
            AND access.over_since(h) + access.kept_for(organisation, 'shifts') <= at
            AND NOT EXISTS (SELECT FROM access.check_in AS c WHERE c.shift_id = h.id)
            AND NOT EXISTS (SELECT FROM access.shift_stop AS t WHERE t.shift_id = h.id)
        FOR UPDATE SKIP LOCKED
    ),
    members AS (DELETE FROM access.shift_member AS m WHERE m.shift_id IN (SELECT o.id FROM old AS o) RETURNING 1),
    shifts AS (DELETE FROM access.shift AS h WHERE h.id IN (SELECT o.id FROM old AS o) RETURNING 1)
    SELECT count(*) INTO gone FROM shifts;
    found := found || jsonb_build_object('shifts', gone);
    DELETE FROM access.plan WHERE id IN (
        SELECT p.id
        FROM access.plan AS p
        JOIN access.membership AS m ON m.id = p.made_by AND m.organisation_id = organisation
        WHERE
            p.ends_at + access.kept_for(organisation, 'plans') <= at
            AND NOT EXISTS (
                SELECT FROM access.shift AS h
                WHERE
                    h.plan_id = p.id
                    AND coalesce(access.over_since(h) + access.kept_for(organisation, 'plans') > at, true)
            )
        FOR UPDATE OF p SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    found := found || jsonb_build_object('plans', gone);
    DELETE FROM access.notice WHERE id IN (
        SELECT n.id FROM access.notice AS n
        WHERE
            n.organisation_id = organisation
            AND coalesce(n.acknowledged_at, n.due_at) + access.kept_for(organisation, 'notices') <= at
            AND NOT EXISTS (SELECT FROM access.alarm AS a WHERE a.id = n.about AND a.closed_at IS NULL)
            AND NOT EXISTS (SELECT FROM access.shift AS h WHERE h.id = n.about AND access.over_since(h) IS NULL)
        FOR UPDATE OF n SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    found := found || jsonb_build_object('notices', gone);
    DELETE FROM access.sheet AS k USING access.membership AS m
    WHERE m.id = k.membership_id AND m.organisation_id = organisation AND k.until < at;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN found || jsonb_build_object('sheets', gone);
END
$$;

-- Let go of all that was kept long enough, and say in each organisation's chain of how much: numbers, nothing of what
-- it said. For the escalator and the operator; how many records went.
CREATE FUNCTION access.forget() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone jsonb := '{}';
    one record;
    total int := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('waymark retention')) THEN
        RETURN 0;
    END IF;
    FOR one IN SELECT o.id FROM access.organisation AS o ORDER BY o.id LOOP
        gone := gone || jsonb_build_object(one.id::text, access.forget_for(one.id));
    END LOOP;
    -- The heads of the chains are taken last: nobody waits for them while rows are sought.
    FOR one IN
        SELECT e.key::int AS organisation_id, e.value AS counts, s.records
        FROM jsonb_each(gone) AS e
        CROSS JOIN LATERAL (SELECT sum(c.value::int)::int AS records FROM jsonb_each_text(e.value) AS c) AS s
        WHERE s.records > 0
        ORDER BY e.key::int
    LOOP
        PERFORM audit.append_to(one.organisation_id, 'erasure', jsonb_build_object(
            'what', 'deleted what was kept long enough', 'actor', 'retention', 'records', one.records,
            'counts', one.counts
        ));
        total := total + one.records;
    END LOOP;
    RETURN total;
END
$$;

-- For how long the admin's organisation keeps things: days of its own, and between which it may choose.
CREATE FUNCTION access.my_retention() RETURNS TABLE (rule text, days int, longest int, shortest int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT r.rule, least(r.longest, coalesce(o.days, r.longest)), r.longest, r.shortest
    FROM reference.retention AS r
    LEFT JOIN access.retention AS o ON o.organisation_id = s.organisation_id AND o.rule = r.rule
    ORDER BY r.rule;
END
$$;

-- Keep things for other days, if those that were read still hold; whether they did. In the order of my_retention().
CREATE FUNCTION access.set_retention(to_days int [], were int []) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    one record;
BEGIN
    PERFORM FROM access.organisation AS o WHERE o.id = s.organisation_id FOR NO KEY UPDATE;
    IF were IS DISTINCT FROM ARRAY(SELECT r.days FROM access.my_retention() AS r ORDER BY r.rule) THEN
        RETURN false;
    END IF;
    FOR one IN
        SELECT r.rule, r.longest, r.shortest, new.days
        FROM access.my_retention() WITH ORDINALITY AS r (rule, days, longest, shortest, n)
        LEFT JOIN unnest(to_days) WITH ORDINALITY AS new (days, n) ON new.n = r.n
    LOOP
        IF coalesce(one.days NOT BETWEEN one.shortest AND one.longest, true) THEN
            RAISE EXCEPTION 'Days can be made fewer, and not more: choose from % to %.', one.shortest, one.longest;
        END IF;
        DELETE FROM access.retention AS o WHERE o.organisation_id = s.organisation_id AND o.rule = one.rule;
        INSERT INTO access.retention
        SELECT s.organisation_id, one.rule, one.days, s.membership_id, access.clock()
        WHERE one.days < one.longest;
    END LOOP;
    PERFORM audit.append('administration', jsonb_build_object(
        'what', 'changed how long shifts are kept', 'days', to_days
    ));
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION access.my_retention(), access.set_retention(int [], int []) TO waymark_app;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'waymark_escalator') THEN
        GRANT EXECUTE ON FUNCTION access.forget() TO waymark_escalator;
    END IF;
END
$$;
RESET ROLE;
