-- The ladder: what a missed check-in, a call for help or a word of duress sets going, step by step, until a person
-- takes it and closes it. All state is rows: whoever calls escalate(), however often, nothing is lost or doubled.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waymark_escalator') THEN
        CREATE ROLE waymark_escalator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    ALTER ROLE waymark_escalator SET statement_timeout = '30s';
    ALTER ROLE waymark_escalator SET search_path = pg_catalog, pg_temp;
END
$$;
GRANT USAGE ON SCHEMA access TO waymark_escalator;

SET ROLE waymark_gate;

-- A contact as somebody who can still be told: their membership or, when it is not live, NULL, which is the desk.
CREATE FUNCTION access.still_there(contact uuid) RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id
    FROM access.membership AS m
    JOIN access.person AS p ON p.id = m.person_id
    WHERE
        m.id = contact
        AND m.role = 'outreach'
        AND m.suspended_at IS NULL
        AND m.valid_from <= access.clock()
        AND access.clock() < m.valid_until
        AND p.disabled_at IS NULL
$$;

-- Open the stop of an alarm, of the shift's own organisation, to its duty manager or, when they are gone, to the desk.
CREATE FUNCTION access.open_stop(h access.shift, a access.alarm) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    there CONSTANT uuid := access.still_there(h.manager);
    t access.shift_stop;
BEGIN
    SELECT k.* INTO t
    FROM access.shift_stop AS k
    JOIN store.place AS p ON p.id = k.place_id
    JOIN access.label AS l ON l.id = p.lock_id >> 5
    WHERE
        k.shift_id = h.id
        AND k.number = a.stop
        AND l.owner_id = h.organisation_id
        AND NOT (h.is_enforcement AND l.collected_for = 'welfare');
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO access.opening
    SELECT a.id, one.id, t.place_id, h.is_enforcement, at, at + interval '24 hours'
    FROM (
        SELECT there AS id WHERE there IS NOT NULL
        UNION ALL
        SELECT d.membership_id
        FROM access.duty_desk_member AS d
        WHERE there IS NULL AND d.organisation_id = h.organisation_id
    ) AS one
    ON CONFLICT DO NOTHING;
    PERFORM audit.append_to(h.organisation_id, 'consultation', jsonb_build_object(
        'what', 'opened a stop to the duty manager', 'record', t.record, 'precision', 'exact', 'member', there
    ));
END
$$;

-- Take one step of the ladder: tell whom it tells. Once: a second call finds the step's row, and does nothing.
CREATE FUNCTION access.take_step(h access.shift, a access.alarm, of_step int) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    said CONSTANT text := CASE
        WHEN a.kind <> 'late' THEN 'help'
        ELSE (ARRAY['team_late', 'buddy_call', 'second_contact', 'duty_manager'])[of_step + 1]
    END;
BEGIN
    INSERT INTO access.alarm_step VALUES (a.id, of_step, at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE access.alarm SET step = of_step, step_at = at WHERE id = a.id;
    PERFORM access.notify(h.organisation_id, told.id, said, a.id, h.organisation_id, h.is_enforcement, at)
    FROM (
        SELECT sm.membership_id AS id FROM access.shift_member AS sm WHERE of_step = 0 AND sm.shift_id = h.id
        UNION
        SELECT access.still_there(h.buddy) WHERE of_step = 1
        UNION
        SELECT access.still_there(h.second) WHERE of_step = 2
        UNION
        SELECT NULL::uuid WHERE of_step = 2
        UNION
        SELECT access.still_there(h.manager) WHERE of_step = 3
    ) AS told;
    IF of_step = 3 THEN
        PERFORM access.open_stop(h, a);
    END IF;
    PERFORM audit.append_to(h.organisation_id, 'administration', jsonb_build_object(
        'what', 'took a step of a check-in ladder', 'step', of_step, 'kind', a.kind
    ));
END
$$;

-- Tell everybody again who was told of an alarm that nobody has closed.
CREATE FUNCTION access.remind(of_alarm uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE access.alarm SET reminded_at = access.clock() WHERE id = of_alarm;
    UPDATE access.notice AS n
    SET sent_at = NULL, tried_at = NULL, acknowledged_at = NULL, acknowledged_by = NULL
    FROM access.alarm AS a
    WHERE n.about = a.id AND a.id = of_alarm AND (n.acknowledged_at IS NULL OR n.acknowledged_by = a.taken_by);
END
$$;

-- Which stop an alarm is about: where the team is or goes, or on the way home the last that it left.
CREATE FUNCTION access.stop_of(h access.shift) RETURNS smallint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(h.stop, (
        SELECT max(t.number) FROM access.shift_stop AS t WHERE t.shift_id = h.id AND t.arrived_at IS NOT NULL
    ), 1::smallint)
$$;

-- Take what steps an alarm is due. One that somebody took waits 15 minutes for its closing, and then goes on.
CREATE FUNCTION access.climb(h access.shift, which uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    a access.alarm;
    due timestamptz;
BEGIN
    LOOP
        SELECT * INTO a FROM access.alarm AS k WHERE k.id = which AND k.closed_at IS NULL FOR UPDATE;
        EXIT WHEN NOT FOUND OR a.step = 3 OR a.answered_at IS NOT NULL;
        due := greatest(
            a.since + (a.step + 1) * interval '5 minutes',
            a.taken_at + interval '15 minutes',
            CASE WHEN a.taken_at IS NOT NULL THEN a.step_at + interval '5 minutes' END
        );
        EXIT WHEN a.kind = 'late' AND at < due;
        PERFORM access.take_step(h, a, CASE WHEN a.kind = 'late' THEN a.step ELSE greatest(a.step, 0) END + 1);
    END LOOP;
    IF (a.step = 3 OR a.answered_at IS NOT NULL) AND at >= greatest(
        coalesce(a.reminded_at, a.step_at) + interval '5 minutes', a.taken_at + interval '15 minutes',
        CASE WHEN a.taken_at IS NOT NULL THEN a.reminded_at + interval '15 minutes' END
    ) THEN
        PERFORM access.remind(a.id);
    END IF;
END
$$;

-- Raise at once, for a team that asks for help or spoke the word of duress. A second call reminds.
CREATE FUNCTION access.raise_alarm(h access.shift, of_kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    raised uuid := (
        SELECT k.id FROM access.alarm AS k WHERE k.shift_id = h.id AND k.kind = of_kind AND k.closed_at IS NULL
    );
BEGIN
    IF raised IS NOT NULL THEN
        PERFORM access.remind(raised);
        RETURN;
    END IF;
    INSERT INTO access.alarm (shift_id, kind, since, stop)
    VALUES (h.id, of_kind, access.clock(), access.stop_of(h))
    ON CONFLICT (shift_id, kind, since) DO NOTHING
    RETURNING id INTO raised;
    PERFORM access.climb(h, raised);
END
$$;

-- The team has checked in: what nobody else was told of is over; of the rest somebody has still to say so.
CREATE FUNCTION access.answer_alarms(h access.shift, by_member uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
BEGIN
    UPDATE access.alarm AS a
    SET
        answered_at = at,
        closed_at = CASE WHEN a.step <= 0 THEN at END,
        closed_by = CASE WHEN a.step <= 0 THEN by_member END,
        closed_how = CASE WHEN a.step <= 0 THEN 'checked_in' END
    WHERE a.shift_id = h.id AND a.kind = 'late' AND a.closed_at IS NULL AND a.answered_at IS NULL;
    UPDATE access.notice AS n
    SET acknowledged_at = at, acknowledged_by = by_member
    FROM access.alarm AS a
    WHERE n.about = a.id AND a.shift_id = h.id AND n.kind = 'team_late' AND n.acknowledged_at IS NULL;
END
$$;

-- One tick, every 15 seconds at most: raise what is due, climb, and say that somebody watches. A shift that somebody
-- is writing to waits for the next tick; one that cannot be climbed for holds up no other. How many could not be.
CREATE FUNCTION access.escalate() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    h access.shift;
    one uuid;
    failed int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('waymark escalator'));
    INSERT INTO access.heartbeat VALUES ('escalator', at) ON CONFLICT (process) DO UPDATE SET at = excluded.at;
    FOR h IN
        SELECT k.* FROM access.shift AS k
        WHERE
            k.next_due_at <= at
            OR EXISTS (SELECT FROM access.alarm AS a WHERE a.shift_id = k.id AND a.closed_at IS NULL)
        ORDER BY k.id
        FOR UPDATE SKIP LOCKED
    LOOP
        BEGIN
            IF h.next_due_at <= at THEN
                INSERT INTO access.alarm (shift_id, kind, since, stop)
                VALUES (h.id, 'late', h.next_due_at, access.stop_of(h))
                ON CONFLICT DO NOTHING;
            END IF;
            FOR one IN
                SELECT a.id FROM access.alarm AS a
                WHERE a.shift_id = h.id AND a.closed_at IS NULL
                ORDER BY a.since, a.id
            LOOP
                PERFORM access.climb(h, one);
            END LOOP;
        EXCEPTION WHEN OTHERS THEN
            failed := failed + 1;
        END;
    END LOOP;
    RETURN failed;
END
$$;

-- The watchdog's own tick: when nobody has escalated for 90 seconds, every desk, buddy and duty manager of a team
-- that is out is told, and told again every five minutes.
CREATE FUNCTION access.watch() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('waymark watchdog'));
    INSERT INTO access.heartbeat VALUES ('watchdog', at) ON CONFLICT (process) DO UPDATE SET at = excluded.at;
    IF access.is_watched() THEN
        RETURN true;
    END IF;
    UPDATE access.notice
    SET sent_at = NULL, tried_at = NULL
    WHERE kind = 'watchdog' AND acknowledged_at IS NULL AND sent_at <= at - interval '5 minutes';
    PERFORM access.notify(h.organisation_id, told.id, 'watchdog', h.id, h.organisation_id, h.is_enforcement, at)
    FROM access.shift AS h
    CROSS JOIN LATERAL (
        SELECT access.still_there(h.buddy) AS id
        UNION
        SELECT access.still_there(h.manager)
        UNION
        SELECT NULL
    ) AS told
    WHERE
        h.next_due_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM access.notice AS n
            WHERE
                n.kind = 'watchdog'
                AND n.about = h.id
                AND n.to_membership IS NOT DISTINCT FROM told.id
                AND n.created_at > coalesce(
                    (SELECT b.at FROM access.heartbeat AS b WHERE b.process = 'escalator'), '-infinity'
                )
        );
    RETURN false;
END
$$;

-- What is to be sent now, each to one address; claimed for 30 seconds, so that two who send do not send twice.
CREATE FUNCTION access.claim_notices(at_most int) RETURNS TABLE (
    id uuid, address text, sentence text, reference text, telephone text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    now_at CONSTANT timestamptz := access.clock();
BEGIN
    RETURN QUERY
    WITH claimed AS (
        UPDATE access.notice AS n
        SET tried_at = now_at, tries = n.tries + 1
        WHERE n.id IN (
            SELECT k.id FROM access.notice AS k
            WHERE
                k.sent_at IS NULL
                AND k.acknowledged_at IS NULL
                AND k.due_at <= now_at
                AND coalesce(k.tried_at <= now_at - interval '30 seconds', true)
            ORDER BY k.due_at, k.id
            FOR UPDATE SKIP LOCKED
            LIMIT at_most
        )
        RETURNING n.*
    )
    SELECT c.id, coalesce(p.email, d.email), k.sentence, c.reference, called.telephone
    FROM claimed AS c
    JOIN access.notice_kind AS k ON k.slug = c.kind
    LEFT JOIN access.membership AS m ON m.id = c.to_membership
    LEFT JOIN access.person AS p ON p.id = m.person_id
    LEFT JOIN access.duty_desk AS d ON d.organisation_id = c.organisation_id AND c.to_membership IS NULL
    LEFT JOIN access.duty_desk AS called ON called.organisation_id = c.desk_of
    ORDER BY c.due_at, c.id;
END
$$;

-- A notice left by whatever way it goes.
CREATE FUNCTION access.notice_sent(which uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ UPDATE access.notice SET sent_at = access.clock() WHERE id = which AND sent_at IS NULL $$;

GRANT EXECUTE ON FUNCTION access.escalate(), access.watch(), access.claim_notices(int), access.notice_sent(uuid)
TO waymark_escalator;
RESET ROLE;
