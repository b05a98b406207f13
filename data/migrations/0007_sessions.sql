-- Signing in and out. Passwords are judged in Python (Argon2id); what a session may do is not.

SET ROLE waymark_owner;
CREATE TABLE access.attempt (
    who bytea NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE access.attempt IS
'Failed sign-ins of the last hour: keyed hashes of an e-mail address or of a network address.';
CREATE INDEX attempt_who ON access.attempt (who, at);
GRANT SELECT, INSERT, DELETE ON access.attempt TO waymark_gate;
GRANT SELECT ON access.setting TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Seconds that these callers must still wait: none for four failures in 15 minutes, then twice
-- as long for each further one, at most a minute. Nobody is ever locked out.
CREATE FUNCTION access.seconds_to_wait(callers bytea []) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(max(greatest(0, ceil(extract(epoch FROM (
        w.latest + least(60, 2 ^ least(6, w.failures - 4)) * interval '1 second' - access.clock()
    ))))), 0)::int
    FROM (
        SELECT count(*) AS failures, max(a.at) AS latest
        FROM access.attempt AS a
        WHERE a.who = ANY (callers) AND a.at > access.clock() - interval '15 minutes'
        GROUP BY a.who
    ) AS w
    WHERE w.failures > 4
$$;

CREATE FUNCTION access.note_failure(callers bytea []) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM access.attempt WHERE at < access.clock() - interval '1 hour';
    INSERT INTO access.attempt SELECT caller, access.clock() FROM unnest(callers) AS caller;
$$;

CREATE FUNCTION access.credential_of(for_email text)
RETURNS TABLE (person_id uuid, password_hash text, totp_secret bytea, totp_last_step bigint, is_demo boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        p.id, c.password_hash, c.totp_secret, c.totp_last_step,
        EXISTS (SELECT FROM access.setting AS s WHERE s.name = 'demo' AND s.value = 'yes')
    FROM access.person AS p
    JOIN access.credential AS c ON c.person_id = p.id
    WHERE p.email = lower(for_email) AND p.disabled_at IS NULL
$$;

-- Use up a one-time code: false when this step, or a later one, was used before.
CREATE FUNCTION access.use_totp_step(of_person uuid, step bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH used AS (
        UPDATE access.credential SET totp_last_step = step
        WHERE person_id = of_person AND totp_last_step < step
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM used)
$$;

-- The memberships a person may enter with under a purpose.
CREATE FUNCTION access.memberships_for(of_person uuid, for_purpose text)
RETURNS TABLE (membership_id uuid, organisation text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id, o.name, m.role
    FROM access.membership AS m
    JOIN access.organisation AS o ON o.id = m.organisation_id
    JOIN access.role_purpose AS rp
        ON rp.role = m.role AND rp.purpose = for_purpose
        AND coalesce(rp.organisation_kind, o.kind) = o.kind
    WHERE
        m.person_id = of_person
        AND m.suspended_at IS NULL
        AND m.valid_from <= access.clock()
        AND access.clock() < m.valid_until
    ORDER BY o.name, m.role
$$;

-- Open a session of ten hours at most, fifteen minutes idle, and put it in the audit. NULL, and
-- no session, for a membership that may not enter now under this purpose.
CREATE FUNCTION access.open_session(for_membership uuid, for_purpose text, with_token_hash bytea)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := access.clock();
    new_session uuid := gen_random_uuid();
    until timestamptz := at + interval '10 hours';
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM access.membership AS m
        JOIN access.person AS p ON p.id = m.person_id AND p.disabled_at IS NULL
        CROSS JOIN LATERAL access.memberships_for(m.person_id, for_purpose) AS may
        WHERE m.id = for_membership AND may.membership_id = m.id
    ) THEN
        RETURN NULL;
    END IF;
    DELETE FROM access.session WHERE expires_at < at - interval '1 day';
    INSERT INTO access.session (
        id, token_hash, membership_id, purpose, created_at, last_seen_at, idle_limit, expires_at
    ) VALUES (
        new_session, with_token_hash, for_membership, for_purpose, at, at,
        interval '15 minutes', until
    );
    PERFORM audit.append_to(m.organisation_id, 'authentication', jsonb_build_object(
        'actor', m.id, 'session', new_session, 'purpose', for_purpose, 'what', 'signed in'
    ))
    FROM access.membership AS m
    WHERE m.id = for_membership;
    PERFORM access.refresh_ring(for_membership, for_purpose, 'full');
    RETURN until;
END
$$;

-- A token for a GIS client: layers only, no visits' or notes' content, gone with its session.
CREATE FUNCTION access.open_layer_token(with_token_hash bytea, minutes int) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    until timestamptz;
BEGIN
    SELECT * INTO s FROM access.live_session AS l
    WHERE l.token_hash = access.token_hash() AND l.scope = 'full';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    until := least(s.expires_at, access.clock() + make_interval(mins => least(minutes, 600)));
    INSERT INTO access.session (
        token_hash, membership_id, purpose, scope, parent_id, created_at, last_seen_at,
        idle_limit, expires_at
    ) VALUES (
        with_token_hash, s.membership_id, s.purpose, 'layers', s.id, access.clock(),
        access.clock(), interval '10 hours', until
    );
    PERFORM audit.append('authentication', jsonb_build_object('what', 'opened a layer token'));
    RETURN until;
END
$$;

CREATE FUNCTION access.end_session() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ending uuid;
BEGIN
    SELECT s.id INTO ending FROM access.live_session AS s WHERE s.token_hash = access.token_hash();
    IF FOUND THEN
        PERFORM audit.append('authentication', jsonb_build_object('what', 'signed out'));
        UPDATE access.session SET ended_at = access.clock() WHERE ending IN (id, parent_id);
    END IF;
END
$$;

-- Store the session's ring when it is no longer fresh. To be called in a statement of its own,
-- before the transaction that enters, so that nobody waits for what that transaction does.
CREATE FUNCTION access.freshen(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s record;
BEGIN
    SELECT l.membership_id, l.purpose, l.scope, l.is_fresh
    INTO s
    FROM access.live_session AS l
    WHERE l.token_hash = sha256(convert_to(nullif(token, ''), 'UTF8'));
    IF FOUND AND NOT s.is_fresh THEN
        PERFORM access.refresh_ring(s.membership_id, s.purpose, s.scope);
    END IF;
END
$$;

-- The one way in: carry the token in this transaction, and learn who is asking. NULL for nobody.
-- Keeps the session awake at most once a minute; on a replica it only reads.
-- Stamps do not follow opened places, so a session that has one keeps no answers.
CREATE FUNCTION access.enter(token text) RETURNS access.pass
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
    IF s.last_seen_at < access.clock() - interval '1 minute' AND NOT pg_is_in_recovery() THEN
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

-- What the person is told about their own session.
CREATE FUNCTION access.my_session()
RETURNS TABLE (
    email text, organisation text, organisation_kind text, role text, purpose text, scope text,
    clearance int, areas text [], expires_at timestamptz, is_demo boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        p.email, o.name, o.kind, s.role, s.purpose, s.scope, m.clearance::int,
        ARRAY(
            SELECT a.name
            FROM access.membership_area AS ma
            JOIN reference.area AS a ON a.id = ma.area_id
            WHERE ma.membership_id = m.id
            ORDER BY a.name
        ),
        s.expires_at,
        EXISTS (SELECT FROM access.setting AS t WHERE t.name = 'demo' AND t.value = 'yes')
    FROM access.live_session AS s
    JOIN access.membership AS m ON m.id = s.membership_id
    JOIN access.person AS p ON p.id = m.person_id
    JOIN access.organisation AS o ON o.id = m.organisation_id
    WHERE s.token_hash = access.token_hash()
$$;

CREATE FUNCTION access.is_demo() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM access.setting AS t WHERE t.name = 'demo' AND t.value = 'yes') $$;

-- The label of a record of the session's own organisation, interned when it is new.
CREATE FUNCTION access.label_for(
    with_sensitivity int, in_cell int, with_operation uuid, was_collected_for text, with_handling int
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    in_area int;
    for_operation int;
BEGIN
    SELECT * INTO s FROM access.live_session AS l
    WHERE l.token_hash = access.token_hash() AND l.scope = 'full';
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT c.area_id INTO in_area FROM reference.cell_area AS c WHERE c.cell = in_cell;
    IF with_operation IS NOT NULL THEN
        SELECT o.id INTO for_operation
        FROM access.operation AS o
        JOIN access.operation_member AS om ON om.operation_id = o.id
        WHERE o.uid = with_operation AND om.membership_id = s.membership_id;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    RETURN access.intern_label(
        s.organisation_id, with_sensitivity, coalesce(in_area, 0), for_operation,
        was_collected_for, with_handling
    );
END
$$;

CREATE FUNCTION access.intern_label(
    owner int, with_sensitivity int, in_area int, for_operation int, was_collected_for text,
    with_handling int
) RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
    found_label int;
BEGIN
    LOOP
        SELECT l.id INTO found_label
        FROM access.label AS l
        WHERE
            l.owner_id = owner
            AND l.sensitivity = with_sensitivity
            AND l.area_id = in_area
            AND l.operation_id IS NOT DISTINCT FROM for_operation
            AND l.collected_for = was_collected_for
            AND l.handling_id = with_handling;
        IF FOUND THEN
            RETURN found_label;
        END IF;
        INSERT INTO access.label (
            owner_id, sensitivity, area_id, operation_id, collected_for, handling_id
        ) VALUES (
            owner, with_sensitivity, in_area, for_operation, was_collected_for, with_handling
        ) ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

GRANT EXECUTE ON FUNCTION access.seconds_to_wait(bytea []), access.note_failure(bytea []),
access.credential_of(text), access.use_totp_step(uuid, bigint), access.memberships_for(uuid, text),
access.open_session(uuid, text, bytea), access.open_layer_token(bytea, int), access.end_session(),
access.freshen(text), access.enter(text), access.my_session(), access.is_demo(),
access.label_for(int, int, uuid, text, int) TO waymark_app;
RESET ROLE;
