-- What an alarm opens is opened under the rules by which joint visits open: nobody whom a record excludes is shown it,
-- and another organisation's place is shown as far as an agreement shares it with that person. And shifts that set out,
-- climb or are acknowledged at the same moment wait for one another in one order, which nobody else can hold up.

SET ROLE waymark_owner;
ALTER TABLE access.alarm ADD COLUMN held_at timestamptz;
COMMENT ON COLUMN access.alarm.held_at IS
'When somebody first took it since its last step. It is held for 15 minutes from then on, whoever takes it again.';
RESET ROLE;

SET ROLE waymark_gate;
UPDATE access.alarm SET held_at = taken_at;

-- May an alarm open a place behind a label to a membership? One of its own organisation's, unless its person is
-- excluded from it; another's where an agreement shares it with them now, for one of these purposes.
CREATE FUNCTION access.may_be_opened(of_label int, to_membership uuid, for_purposes text []) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM access.label AS l
        JOIN access.handling AS h ON h.id = l.handling_id
        JOIN access.membership AS m ON m.id = to_membership
        WHERE
            l.id = of_label
            AND CASE
                WHEN l.owner_id = m.organisation_id THEN NOT EXISTS (
                    SELECT FROM access.membership AS same
                    WHERE same.person_id = m.person_id AND same.id = ANY (h.excluded)
                )
                ELSE EXISTS (
                    SELECT
                    FROM unnest(for_purposes) AS purpose (name)
                    CROSS JOIN LATERAL access.shares(m.id, purpose.name, access.clock(), ARRAY[of_label]) AS shared
                    WHERE shared.kind = 0 AND shared.owner_id = l.owner_id
                )
            END
    );
END
$$;

-- To whom the stop of an alarm opens: the duty manager or, where they are gone or may not be shown it, those of the
-- desk who may.
CREATE FUNCTION access.opened_to(h access.shift, of_label int) RETURNS uuid []
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH may AS MATERIALIZED (
        SELECT one.id, one.is_manager
        FROM (
            SELECT access.still_there(h.manager), true
            UNION ALL
            SELECT d.membership_id, false FROM access.duty_desk_member AS d WHERE d.organisation_id = h.organisation_id
        ) AS one (id, is_manager)
        WHERE access.may_be_opened(
            of_label, one.id,
            CASE WHEN h.is_enforcement THEN '{enforcement}' ELSE '{visit,safeguarding}' END::text []
        )
    )
    SELECT array_agg(DISTINCT m.id ORDER BY m.id)
    FROM may AS m
    WHERE m.is_manager = (SELECT bool_or(k.is_manager) FROM may AS k)
$$;

-- Open the stop of an alarm. It stands in the chains of the shift's organisation and of the place's owner first.
CREATE OR REPLACE FUNCTION access.open_stop(h access.shift, a access.alarm) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    t record;
    told uuid [];
BEGIN
    SELECT k.place_id, k.record, l.id AS label_id, l.owner_id INTO t
    FROM access.shift_stop AS k
    JOIN store.place AS p ON p.id = k.place_id
    JOIN access.label AS l ON l.id = p.lock_id >> 5
    WHERE
        k.shift_id = h.id
        AND k.number = a.stop
        AND (l.owner_id = h.organisation_id OR access.is_on_joint_visit(p.id, h.organisation_id))
        AND NOT (h.is_enforcement AND l.collected_for = 'welfare');
    told := access.opened_to(h, t.label_id);
    IF told IS NULL THEN
        RETURN;
    END IF;
    PERFORM audit.lock_chains(ARRAY[t.owner_id, h.organisation_id]);
    IF t.owner_id <> h.organisation_id THEN
        PERFORM audit.append_to(t.owner_id, 'disclosure', jsonb_build_object(
            'what', 'opened a stop to a duty manager', 'record', t.record, 'precision', 'exact',
            'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = h.organisation_id)
        ));
    END IF;
    PERFORM audit.append_to(h.organisation_id, 'consultation', jsonb_build_object(
        'what', 'opened a stop to the duty manager', 'record', t.record, 'precision', 'exact',
        'member', CASE WHEN told = ARRAY[h.manager] THEN h.manager END
    ));
    INSERT INTO access.opening
    SELECT a.id, one.id, t.place_id, h.is_enforcement, at, at + interval '24 hours'
    FROM unnest(told) AS one (id)
    ON CONFLICT DO NOTHING;
END
$$;

-- The chains that what is done about a shift may write to: its organisation's, and those of its stops' owners.
CREATE FUNCTION access.lock_chains_of_shifts(shifts uuid []) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    SELECT audit.lock_chains(array_agg(DISTINCT chain.id))
    FROM (
        SELECT h.organisation_id FROM access.shift AS h WHERE h.id = ANY (shifts)
        UNION
        SELECT l.owner_id
        FROM access.shift_stop AS t
        JOIN store.place AS p ON p.id = t.place_id
        JOIN access.label AS l ON l.id = p.lock_id >> 5
        WHERE t.shift_id = ANY (shifts)
    ) AS chain (id)
    HAVING count(*) > 0
$$;

DO $$
DECLARE
    part record;
    found text;
BEGIN
    FOR part IN
        SELECT * FROM (
            VALUES
            (
                'access.opened', 'OR access.is_on_joint_visit(p.id, s.organisation_id))',
                'OR access.is_on_joint_visit(p.id, s.organisation_id))
            AND access.may_be_opened(l.id, s.membership_id, ARRAY[s.purpose])'
            ),
            -- All chains at once and in order, before any of them is waited for.
            (
                'access.check_in', 'PERFORM audit.append(''alteration'',',
                'PERFORM access.lock_chains_of_shifts(ARRAY[h.id]);
    PERFORM audit.append(''alteration'','
            ),
            (
                'access.escalate', 'SET at = excluded.at;',
                'SET at = excluded.at;
    PERFORM access.lock_chains_of_shifts(ARRAY(
        SELECT k.id FROM access.shift AS k
        WHERE
            k.next_due_at <= at
            OR EXISTS (SELECT FROM access.alarm AS a WHERE a.shift_id = k.id AND a.closed_at IS NULL)
            OR EXISTS (SELECT FROM access.word_said AS w WHERE w.shift_id = k.id)
            OR EXISTS (
                SELECT FROM access.shift_member AS sm
                JOIN access.attempt AS f ON f.who = access.word_key(k.id, sm.membership_id)
                WHERE sm.shift_id = k.id
            )
    ));'
            ),
            (
                'access.call_for_help', 'INSERT INTO access.check_in',
                'PERFORM access.lock_chains_of_shifts(ARRAY[h.id]);
    INSERT INTO access.check_in'
            ),
            (
                'access.watch', 'PERFORM access.hear_words();',
                'PERFORM access.lock_chains_of_shifts(ARRAY(SELECT w.shift_id FROM access.word_said AS w));
    PERFORM access.hear_words();'
            ),
            -- Who acknowledges a notice just now holds up no ladder, and is not reminded of it in that moment.
            (
                'access.remind', 'WHERE n.about = a.id AND a.id = of_alarm AND (',
                'WHERE n.id IN (
        SELECT k.id FROM access.notice AS k WHERE k.about = of_alarm ORDER BY k.id FOR UPDATE SKIP LOCKED
    )
    AND n.about = a.id AND a.id = of_alarm AND ('
            ),
            -- Nobody waits for a notice that is not for them.
            (
                'access.acknowledge_notice', 'WHERE o.id = which FOR UPDATE;',
                'WHERE o.id = which AND access.is_for(o, s) FOR UPDATE;'
            ),
            -- What closes moves the policy epoch, as what opens does: both after the chains.
            (
                'access.close_alarm', 'UPDATE access.opening SET closes_at = at WHERE alarm_id = a.id AND closes_at > at;',
                ''
            ),
            (
                'access.close_alarm', '''closed an alarm'', ''kind'', a.kind, ''how'', how));',
                '''closed an alarm'', ''kind'', a.kind, ''how'', how));
    UPDATE access.opening SET closes_at = at WHERE alarm_id = a.id AND closes_at > at;'
            ),
            -- Who takes an alarm again and again holds up its ladder no longer than who takes it once.
            (
                'access.take_alarm', 'taken_at = access.clock() WHERE',
                'taken_at = access.clock(),
        held_at = CASE WHEN a.held_at >= a.step_at THEN a.held_at ELSE access.clock() END
    WHERE'
            ),
            -- Teams set out one after the other, so that nobody is out twice; and as the team that was planned.
            (
                'access.start_shift', 'IF NOT access.is_watched() THEN',
                'PERFORM pg_advisory_xact_lock(hashtext(''waymark shifts''), s.organisation_id);
    IF EXISTS (
        SELECT FROM unnest(members) AS one (id)
        WHERE one.id NOT IN (SELECT n.membership_id FROM store.nameable_members(s) AS n)
    ) THEN
        RAISE EXCEPTION ''Somebody of this team does no outreach for your organisation now: plan again before you go.'';
    ELSIF NOT access.is_watched() THEN'
            )
        ) AS t (function_name, was, becomes)
    LOOP
        found := pg_get_functiondef(to_regproc(part.function_name));
        IF length(found) - length(replace(found, part.was, '')) <> length(part.was) THEN
            RAISE EXCEPTION '% is not as it was expected', part.function_name;
        END IF;
        EXECUTE replace(found, part.was, part.becomes);
    END LOOP;
    EXECUTE replace(pg_get_functiondef('access.climb'::regproc), 'a.taken_at', 'a.held_at');
END
$$;
RESET ROLE;

-- Locks that have a number instead of a row are the gate's alone: whoever can take one holds up the ladders, and the
-- watchdog with them, for as long as they like.
DO $$
DECLARE
    locking record;
BEGIN
    FOR locking IN
        SELECT p.oid::regprocedure AS signature
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^pg_(try_)?advisory_'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM public', locking.signature);
        EXECUTE format(
            'GRANT EXECUTE ON FUNCTION %s TO waymark_gate, waymark_owner, %I', locking.signature, current_user
        );
    END LOOP;
END
$$;
