-- Words that are tried: throttled as sign-ins are, counted before they are judged, and heard by the escalator, so that
-- an answer to the word of duress takes the work of any other. And a watchdog that counts from its own start.

SET ROLE waymark_owner;
INSERT INTO access.notice_kind VALUES
('wrong_words', 'A word was typed wrong several times for a team that is out. Today says which team: ask their buddy '
'before you call them.');
ALTER TABLE access.heartbeat ADD COLUMN since timestamptz;
COMMENT ON COLUMN access.heartbeat.since IS 'Since when the watchdog has looked without a gap of 90 seconds.';
COMMENT ON TABLE access.attempt IS
'Failed sign-ins and words of the last hour: keyed hashes of an e-mail address or of a network address, and hashes of '
'a shift and who goes on it.';

CREATE TABLE access.word_said (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    shift_id uuid NOT NULL REFERENCES access.shift,
    at timestamptz NOT NULL,
    is_duress boolean NOT NULL
);
COMMENT ON TABLE access.word_said IS
'Words that nobody has heard yet, the safe ones among them; gone with the next tick of the escalator.';
GRANT SELECT, INSERT, UPDATE, DELETE ON access.word_said TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- As before, and nor while a word that was said on it was not heard.
CREATE OR REPLACE FUNCTION access.over_since(h access.shift) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN
            h.next_due_at IS NULL
            AND NOT EXISTS (SELECT FROM access.alarm AS a WHERE a.shift_id = h.id AND a.closed_at IS NULL)
            AND NOT EXISTS (SELECT FROM access.word_said AS w WHERE w.shift_id = h.id)
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

-- Under what the words are counted that somebody tries on a shift.
CREATE FUNCTION access.word_key(of_shift uuid, member uuid) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT sha256(convert_to('word ' || of_shift::text || ' ' || member::text, 'UTF8')) $$;

-- Try a word: the hashes of one's own two words, and the seconds that must pass before one is taken; no row where none
-- were set. It counts as wrong until a check-in says that it was not, so that many at once are many.
CREATE FUNCTION access.try_word(which uuid) RETURNS TABLE (seconds int, safe_hash text, duress_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    h CONSTANT access.shift := access.my_own_shift(s, which);
    callers CONSTANT bytea [] := ARRAY[access.word_key(h.id, s.membership_id)];
    must_wait CONSTANT int := access.seconds_to_wait(callers);
BEGIN
    RETURN QUERY
    SELECT must_wait, w.safe_hash, w.duress_hash FROM access.safe_word AS w WHERE w.person_id = s.person_id;
    IF FOUND AND must_wait = 0 THEN
        PERFORM access.note_failure(callers);
    END IF;
END
$$;

-- Say a word while one must wait: nothing is answered to it, but whether it means danger is heard.
CREATE FUNCTION access.say_word(which uuid, is_duress boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    h CONSTANT access.shift := access.my_own_shift(s, which);
BEGIN
    INSERT INTO access.word_said (shift_id, at, is_duress) VALUES (h.id, access.clock(), say_word.is_duress);
END
$$;

-- Check in. The moment of the next check-in is set in this transaction. A word is put down for the escalator to hear,
-- whatever it means: the work of this function, and all that the team is shown, is the same for both.
CREATE OR REPLACE FUNCTION access.check_in(which uuid, of_kind text, is_duress boolean) RETURNS void
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
    IF of_kind IN ('fine', 'home_safe') THEN
        INSERT INTO access.word_said (shift_id, at, is_duress) VALUES (h.id, at, check_in.is_duress);
        DELETE FROM access.attempt AS f WHERE f.who = access.word_key(h.id, s.membership_id);
    END IF;
    IF of_kind <> 'help' THEN
        UPDATE access.shift
        SET next_due_at = due, more_times = CASE WHEN of_kind = 'more_time' THEN h.more_times + 1 ELSE 0 END
        WHERE id = h.id;
        PERFORM access.answer_alarms(h, s.membership_id);
    END IF;
    PERFORM audit.append('alteration', jsonb_build_object('what', 'checked in on a shift'));
    IF of_kind = 'help' THEN
        PERFORM access.raise_alarm(h, 'help');
    END IF;
END
$$;

-- Hear what was said since the last tick: a word of duress raises its alarm. One of a shift that somebody is writing to
-- waits for the next tick. How many could not be heard.
CREATE FUNCTION access.hear_words() RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    said access.word_said;
    h access.shift;
    failed int := 0;
BEGIN
    FOR said IN SELECT w.* FROM access.word_said AS w ORDER BY w.at, w.id FOR UPDATE SKIP LOCKED LOOP
        BEGIN
            SELECT k.* INTO h FROM access.shift AS k WHERE k.id = said.shift_id FOR UPDATE SKIP LOCKED;
            CONTINUE WHEN NOT FOUND;
            IF said.is_duress THEN
                PERFORM access.raise_alarm(h, 'duress');
            END IF;
            DELETE FROM access.word_said AS w WHERE w.id = said.id;
        EXCEPTION WHEN OTHERS THEN
            failed := failed + 1;
        END;
    END LOOP;
    RETURN failed;
END
$$;

-- Tell the desk, at most once an hour, that five words in 15 minutes were wrong for somebody who is out; where nobody
-- is at the desk, the duty manager.
CREATE FUNCTION access.tell_of_wrong_words() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    now_at CONSTANT timestamptz := access.clock();
    h access.shift;
BEGIN
    FOR h IN
        SELECT DISTINCT k.*
        FROM access.shift AS k
        JOIN access.shift_member AS sm ON sm.shift_id = k.id
        WHERE
            k.next_due_at IS NOT NULL
            AND (
                SELECT count(*) FROM access.attempt AS f
                WHERE f.who = access.word_key(k.id, sm.membership_id) AND f.at > now_at - interval '15 minutes'
            ) >= 5
            AND NOT EXISTS (
                SELECT FROM access.notice AS n
                WHERE n.about = k.id AND n.kind = 'wrong_words' AND n.created_at > now_at - interval '1 hour'
            )
    LOOP
        PERFORM access.notify(
            h.organisation_id,
            CASE
                WHEN NOT EXISTS (
                    SELECT FROM access.duty_desk AS d
                    LEFT JOIN access.duty_desk_member AS m ON m.organisation_id = d.organisation_id
                    WHERE
                        d.organisation_id = h.organisation_id
                        AND (d.email IS NOT NULL OR access.still_there(m.membership_id) IS NOT NULL)
                ) THEN access.still_there(h.manager)
            END,
            'wrong_words', h.id, h.organisation_id, h.is_enforcement, now_at
        );
        PERFORM audit.append_to(h.organisation_id, 'administration', jsonb_build_object(
            'what', 'told of words that were wrong'
        ));
    END LOOP;
END
$$;

-- One tick, as before; and what was said since the last is heard, and wrong words are told of.
CREATE OR REPLACE FUNCTION access.escalate() RETURNS int
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
    BEGIN
        failed := access.hear_words();
    EXCEPTION WHEN OTHERS THEN
        failed := 1;
    END;
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
    BEGIN
        PERFORM access.tell_of_wrong_words();
    EXCEPTION WHEN OTHERS THEN
        failed := failed + 1;
    END;
    RETURN failed;
END
$$;

-- The watchdog's own tick: when it has looked for 90 seconds and nobody has escalated for as long, it hears the words
-- itself, and every desk, buddy and duty manager of a team that is out is told, and told again every five minutes.
CREATE OR REPLACE FUNCTION access.watch() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    looks_since timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('waymark watchdog'));
    INSERT INTO access.heartbeat AS b VALUES ('watchdog', at, at)
    ON CONFLICT (process) DO UPDATE SET
        since = CASE WHEN b.at >= excluded.at - interval '90 seconds' THEN coalesce(b.since, b.at) ELSE excluded.at END,
        at = excluded.at
    RETURNING b.since INTO looks_since;
    IF access.is_watched() OR at < looks_since + interval '90 seconds' THEN
        RETURN true;
    END IF;
    PERFORM access.hear_words();
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

-- As before, and nobody reads at a desk that words were wrong on their own shift.
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
                SELECT FROM access.shift_member AS sm
                WHERE
                    sm.membership_id = s.membership_id
                    AND sm.shift_id IN (
                        SELECT a.shift_id FROM access.alarm AS a WHERE a.id = n.about
                        UNION ALL
                        SELECT n.about WHERE n.kind = 'wrong_words'
                    )
            )
        END
$$;

DO $$
DECLARE
    found text := pg_get_functiondef('access.my_shifts()'::regprocedure);
    was CONSTANT text := 'SELECT FROM access.alarm AS a WHERE a.shift_id = h.id AND a.step >= 2 AND a.closed_at IS NULL
            )';
    becomes CONSTANT text := was || '
            OR EXISTS (
                SELECT FROM access.notice AS n
                WHERE n.about = h.id AND n.kind = ''wrong_words'' AND n.acknowledged_at IS NULL
            )';
BEGIN
    IF length(found) - length(replace(found, was, '')) <> length(was) THEN
        RAISE EXCEPTION 'access.my_shifts is not as it was expected';
    END IF;
    EXECUTE replace(found, was, becomes);
END
$$;
GRANT EXECUTE ON FUNCTION access.try_word(uuid), access.say_word(uuid, boolean) TO waymark_app;
RESET ROLE;
