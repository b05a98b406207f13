-- A day is the one in Britain, in every function and query: from midnight to one in summer UTC has the day before.

SET ROLE waymark_gate;

-- Neither pins a search path nor runs as its owner, so that both are inlined, as the clock is.
CREATE FUNCTION access.day_of(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (moment AT TIME ZONE 'Europe/London')::pg_catalog.date $$;
COMMENT ON FUNCTION access.day_of(timestamptz) IS 'The day in Britain on which a moment falls.';

CREATE FUNCTION access.today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT access.day_of(access.clock()) $$;
COMMENT ON FUNCTION access.today() IS 'The day in Britain by the clock of the gate.';
GRANT EXECUTE ON FUNCTION access.day_of(timestamptz), access.today() TO waymark_app;

-- What took UTC's day. A day asked of the audit lasts from its midnight in Britain; entries say when in UTC. A quarter
-- is released from the day on that pages offer it.
DO $$
DECLARE
    edit record;
    found text;
BEGIN
    FOR edit IN
        SELECT * FROM (VALUES
            ('store.review_numbers', 'access.clock()::date', 'access.today()'),
            ('access.minutes_at', 'access.clock()::date', 'access.today()'),
            ('layers.days_since', 'access.clock()::date', 'access.today()'),
            ('layers.counted_squares', '(''month'', access.clock())', '(''month'', access.today())'),
            ('audit.seen_by', '(seen.entry ->> ''at'')::timestamptz::date',
                'access.day_of((seen.entry ->> ''at'')::timestamptz)'),
            ('audit.find', 's access.live_session := audit.acting_auditor();',
                's access.live_session := audit.acting_auditor();'
                || E'\n    written CONSTANT text := ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'';'
                || E'\n    begins CONSTANT text := to_char('
                || E'from_day::timestamp AT TIME ZONE ''Europe/London'' AT TIME ZONE ''UTC'', written);'
                || E'\n    ends CONSTANT text := to_char('
                || E'(to_day + 1)::timestamp AT TIME ZONE ''Europe/London'' AT TIME ZONE ''UTC'', written);'),
            ('audit.find', 'to_char(from_day, ''YYYY-MM-DD'')', 'begins'),
            ('audit.find', 'to_char(to_day + 1, ''YYYY-MM-DD'')', 'ends'),
            ('access.release_ground', '''3 months 21 days'' > access.clock()', '''3 months 21 days'' > access.today()'),
            ('access.release_ground', 'of_epoch < access.clock() - interval',
                'of_epoch <= access.today() - interval')
        ) AS e (of, was, becomes)
    LOOP
        found := pg_get_functiondef(to_regproc(edit.of));
        IF length(found) - length(replace(found, edit.was, '')) IS DISTINCT FROM length(edit.was) THEN
            RAISE EXCEPTION '% is not as it was expected', edit.of;
        END IF;
        EXECUTE replace(found, edit.was, edit.becomes);
    END LOOP;
END
$$;

-- What said the day of Britain by hand says it in one way.
DO $$
DECLARE
    by_hand CONSTANT text := $by_hand$\((at|since|(?:next|p)\.starts_at) AT TIME ZONE 'Europe/London'\)::date$by_hand$;
    name text;
    found text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'access.count_intents', 'access.intents', 'access.is_waiting', 'access.my_plan_stops', 'access.planned_stops'
    ] LOOP
        found := pg_get_functiondef(to_regproc(name));
        IF found !~ by_hand IS NOT FALSE THEN
            RAISE EXCEPTION '% is not as it was expected', name;
        END IF;
        EXECUTE regexp_replace(found, by_hand, 'access.day_of(\1)', 'g');
    END LOOP;
    found := pg_get_functiondef(to_regproc('access.clashes'));
    IF strpos(found, '(greatest((n.a).starts_at, (n.b).starts_at) AT TIME ZONE ''Europe/London'')::date') = 0 THEN
        RAISE EXCEPTION 'access.clashes is not as it was expected';
    END IF;
    EXECUTE replace(
        found, '(greatest((n.a).starts_at, (n.b).starts_at) AT TIME ZONE ''Europe/London'')::date',
        'access.day_of(greatest((n.a).starts_at, (n.b).starts_at))'
    );
END
$$;
RESET ROLE;
