-- The duty desk as an admin's page sets it, who is on duty, and that no team sets out while nobody is. And a way in
-- that keeps no session awake, for pages that ask by themselves.

SET ROLE waymark_gate;

-- A desk as one text, so that nobody overwrites what they have not read; NULL where none was set.
CREATE FUNCTION access.desk_facts(organisation int) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT md5(concat_ws('|', d.telephone, d.email, (
        SELECT string_agg(m.membership_id::text, ',' ORDER BY m.membership_id)
        FROM access.duty_desk_member AS m
        WHERE m.organisation_id = d.organisation_id
    ), d.changed_at))
    FROM access.duty_desk AS d
    WHERE d.organisation_id = organisation
$$;

-- Is anybody at an organisation's desk who is not one of these? Members whose membership has ended are nobody.
CREATE FUNCTION access.is_desk_staffed(organisation int, besides uuid []) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM access.duty_desk_member AS m
        WHERE
            m.organisation_id = organisation
            AND access.still_there(m.membership_id) IS NOT NULL
            AND m.membership_id <> ALL (besides)
    )
$$;

DROP FUNCTION access.my_duty_desk();

-- How the session's own organisation is reached. Its outreach workers are told who is on duty: those who are at the
-- desk and do outreach now; its admins who was named, and what they have read of it.
CREATE FUNCTION access.my_duty_desk()
RETURNS TABLE (telephone text, email text, members text [], facts_hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.own_session();
BEGIN
    RETURN QUERY
    SELECT
        d.telephone,
        d.email,
        ARRAY(
            SELECT p.email
            FROM access.duty_desk_member AS dm
            JOIN access.membership AS m ON m.id = dm.membership_id
            JOIN access.person AS p ON p.id = m.person_id
            WHERE
                dm.organisation_id = d.organisation_id
                AND (s.role = 'admin' OR (s.role = 'outreach' AND access.still_there(m.id) IS NOT NULL))
            ORDER BY p.email
        ),
        CASE WHEN s.role = 'admin' THEN access.desk_facts(d.organisation_id) END
    FROM access.duty_desk AS d
    WHERE d.organisation_id = s.organisation_id;
END
$$;

DROP FUNCTION access.set_duty_desk(text, text, uuid []);

-- Set how the admin's own organisation is reached, and who of its outreach workers reads what is sent to the desk; if
-- it is still as it was read, or whatever it is where that is not asked. Whether it was set.
CREATE FUNCTION access.set_duty_desk(
    with_telephone text, with_email text, members uuid [], is_as_read boolean, facts_read text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    named CONSTANT uuid [] := ARRAY(SELECT DISTINCT one.id FROM unnest(members) AS one (id) ORDER BY one.id);
BEGIN
    PERFORM FROM access.organisation AS o WHERE o.id = s.organisation_id FOR NO KEY UPDATE;
    IF is_as_read AND access.desk_facts(s.organisation_id) IS DISTINCT FROM facts_read THEN
        RETURN false;
    ELSIF EXISTS (
        SELECT FROM unnest(named) AS one (id)
        WHERE coalesce(one.id NOT IN (SELECT n.membership_id FROM store.nameable_members(s) AS n), true)
    ) OR cardinality(named) > 50 THEN
        RAISE EXCEPTION 'Name at most 50 outreach workers of your own organisation whose membership is live.';
    END IF;
    INSERT INTO access.duty_desk VALUES (s.organisation_id, with_telephone, with_email, access.clock())
    ON CONFLICT (organisation_id) DO UPDATE SET
        telephone = excluded.telephone,
        email = excluded.email,
        changed_at = excluded.changed_at;
    DELETE FROM access.duty_desk_member WHERE organisation_id = s.organisation_id;
    INSERT INTO access.duty_desk_member SELECT s.organisation_id, one.id FROM unnest(named) AS one (id);
    PERFORM audit.append('administration', jsonb_build_object('what', 'set the duty desk', 'members', named::text []));
    RETURN true;
END
$$;

DO $$
DECLARE
    found text := pg_get_functiondef(to_regproc('access.start_shift'));
    was CONSTANT text := 'ELSIF at NOT BETWEEN p.starts_at';
BEGIN
    IF length(found) - length(replace(found, was, '')) <> length(was) THEN
        RAISE EXCEPTION 'access.start_shift is not as it was expected';
    END IF;
    EXECUTE replace(
        found, was,
        'ELSIF NOT access.is_desk_staffed(s.organisation_id, members) THEN
        RAISE EXCEPTION ''Nobody who stays is at your duty desk, so no team can set out. Your admin says who is.'';
    ' || was
    );
END
$$;

DROP FUNCTION access.enter(text);

-- The one way in: carry the token in this transaction, and learn who is asking. NULL for nobody.
-- Keeps the session awake at most once a minute, but for what a page asks by itself (quietly); on a replica it only
-- reads. Stamps do not follow opened places, so a session that has one keeps no answers.
CREATE FUNCTION access.enter(token text, quietly boolean DEFAULT false) RETURNS access.pass
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s record;
BEGIN
    PERFORM set_config('waymark.token', token, true);
    SELECT
        l.id, l.membership_id, l.person_id, l.organisation_id, l.role, l.purpose, l.scope,
        l.expires_at, l.is_fresh, l.last_seen_at, l.fingerprint, l.stamp
    INTO s
    FROM access.live_session AS l
    WHERE l.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NOT quietly AND s.last_seen_at < access.clock() - interval '1 minute' AND NOT pg_is_in_recovery() THEN
        -- Requests of one session come side by side: one of them says so, none waits for another.
        UPDATE access.session SET last_seen_at = access.clock()
        WHERE id = (SELECT k.id FROM access.session AS k WHERE k.id = s.id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    RETURN (
        s.id, s.membership_id, s.person_id, s.organisation_id, s.role, s.purpose, s.scope,
        CASE
            WHEN s.is_fresh AND access.opened() IS NULL
                THEN encode(s.fingerprint, 'hex') || '.' || s.stamp
        END,
        s.expires_at
    )::access.pass;
END
$$;

-- Call for help with a session that fell asleep and was neither ended nor is over: whoever goes on a shift must always
-- be able to. It opens nothing and answers nothing, whether or not there was such a shift.
CREATE FUNCTION access.call_for_help(token text, which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller record;
    h access.shift;
BEGIN
    SELECT k.id, k.membership_id, k.purpose INTO caller
    FROM access.session AS k
    WHERE
        k.token_hash = sha256(convert_to(nullif(token, ''), 'UTF8'))
        AND k.scope = 'full'
        AND k.ended_at IS NULL
        AND access.clock() < k.expires_at
        AND access.still_there(k.membership_id) IS NOT NULL;
    SELECT s.* INTO h
    FROM access.shift AS s
    JOIN access.shift_member AS sm ON sm.shift_id = s.id AND sm.membership_id = caller.membership_id
    WHERE s.id = which AND s.is_enforcement = (caller.purpose = 'enforcement') AND s.state <> 'closed'
    FOR UPDATE OF s;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO access.check_in (shift_id, kind, stop, at, by_membership)
    VALUES (h.id, 'help', h.stop, access.clock(), caller.membership_id);
    PERFORM audit.append_to(h.organisation_id, 'alteration', jsonb_build_object(
        'what', 'checked in on a shift', 'actor', caller.membership_id, 'session', caller.id, 'purpose', caller.purpose
    ));
    PERFORM access.raise_alarm(h, 'help');
END
$$;

GRANT EXECUTE ON FUNCTION access.call_for_help(text, uuid), access.my_duty_desk(),
access.set_duty_desk(text, text, uuid [], boolean, text), access.enter(text, boolean) TO waymark_app;
RESET ROLE;
