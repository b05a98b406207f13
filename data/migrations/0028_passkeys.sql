-- Passkeys (WebAuthn), and a person's own sessions: listed, and ended by themselves.

SET ROLE waymark_owner;
CREATE TABLE access.passkey (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    person_id uuid NOT NULL REFERENCES access.person ON DELETE CASCADE,
    relying_party text NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    added_at timestamptz NOT NULL,
    last_used_at timestamptz
);
COMMENT ON TABLE access.passkey IS
'Public keys by which people sign in, each good for one host name, relying_party. No secret is kept.';
CREATE INDEX passkey_person ON access.passkey (person_id);

CREATE TABLE access.used_challenge (
    challenge bytea PRIMARY KEY CHECK (length(challenge) = 32),
    until timestamptz NOT NULL
);
COMMENT ON TABLE access.used_challenge IS
'Hashes of challenges that were answered: none is good twice. Kept until they would be too old in any case.';

GRANT SELECT, INSERT, UPDATE, DELETE ON access.passkey, access.used_challenge TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The passkey of a credential for a host name, and whose it is; nothing for a disabled person.
CREATE FUNCTION access.passkey_of(of_credential bytea, for_party text)
RETURNS TABLE (id uuid, person_id uuid, public_key bytea, sign_count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.id, k.person_id, k.public_key, k.sign_count
    FROM access.passkey AS k
    JOIN access.person AS p ON p.id = k.person_id
    WHERE k.credential_id = of_credential AND k.relying_party = for_party AND p.disabled_at IS NULL
$$;

-- Use up a challenge: false when it was answered before.
CREATE FUNCTION access.use_challenge(answered bytea, good_until timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM access.used_challenge WHERE until < access.clock();
    WITH used AS (
        INSERT INTO access.used_challenge VALUES (answered, good_until) ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT EXISTS (SELECT FROM used)
$$;

CREATE FUNCTION access.note_passkey_use(which uuid, new_count bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ UPDATE access.passkey SET sign_count = new_count, last_used_at = access.clock() WHERE id = which $$;

-- The session of a person who manages their own ways in; a layer token manages nothing.
CREATE FUNCTION access.own_session() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s
    FROM access.live_session AS l
    WHERE l.token_hash = access.token_hash() AND l.scope = 'full';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This needs your own session.' USING errcode = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- Whoever finds a session open must not be able to add a way in for themselves: so only a quarter
-- of an hour after signing in.
CREATE FUNCTION access.add_passkey(
    with_credential bytea, for_party text, with_key bytea, with_count bigint, with_name text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
    added uuid;
BEGIN
    IF NOT EXISTS (
        SELECT FROM access.session AS n
        WHERE n.id = s.id AND n.created_at > access.clock() - interval '15 minutes'
    ) THEN
        RAISE EXCEPTION 'You signed in more than 15 minutes ago: sign out and in again, then add the passkey.';
    ELSIF (SELECT count(*) FROM access.passkey AS k WHERE k.person_id = s.person_id) >= 10 THEN
        RAISE EXCEPTION 'You have ten passkeys already: remove one first.';
    END IF;
    INSERT INTO access.passkey (
        credential_id, person_id, relying_party, public_key, sign_count, name, added_at
    ) VALUES (
        with_credential, s.person_id, for_party, with_key, with_count, with_name, access.clock()
    ) ON CONFLICT (credential_id) DO NOTHING
    RETURNING id INTO added;
    IF added IS NULL THEN
        RAISE EXCEPTION 'This passkey was added before.';
    END IF;
    PERFORM audit.append('authentication', jsonb_build_object('what', 'added a passkey'));
    RETURN added;
END
$$;

CREATE FUNCTION access.my_passkeys()
RETURNS TABLE (id uuid, name text, added_at timestamptz, last_used_at timestamptz, credential_id bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    RETURN QUERY
    SELECT k.id, k.name, k.added_at, k.last_used_at, k.credential_id
    FROM access.passkey AS k
    WHERE k.person_id = s.person_id
    ORDER BY k.added_at, k.id;
END
$$;

CREATE FUNCTION access.remove_passkey(which uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    DELETE FROM access.passkey AS k WHERE k.id = which AND k.person_id = s.person_id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM audit.append('authentication', jsonb_build_object('what', 'removed a passkey'));
    RETURN true;
END
$$;

-- The sessions of the person that may still be used, of every membership, and their layer tokens.
CREATE FUNCTION access.my_sessions()
RETURNS TABLE (
    id uuid, organisation text, purpose text, scope text, created_at timestamptz, last_seen_at timestamptz,
    is_this boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    RETURN QUERY
    SELECT l.id, o.name, l.purpose, l.scope, n.created_at, l.last_seen_at, l.id = s.id
    FROM access.live_session AS l
    JOIN access.session AS n ON n.id = l.id
    JOIN access.organisation AS o ON o.id = l.organisation_id
    WHERE l.person_id = s.person_id
    ORDER BY l.id <> s.id, n.created_at DESC, l.id;
END
$$;

-- End one of one's own sessions with its layer tokens, or with NULL all but this one; how many ended.
CREATE FUNCTION access.end_my_sessions(which uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
    ended int;
BEGIN
    UPDATE access.session AS n
    SET ended_at = access.clock()
    FROM access.membership AS m
    WHERE
        m.id = n.membership_id
        AND m.person_id = s.person_id
        AND n.ended_at IS NULL
        AND CASE WHEN which IS NULL THEN n.id <> s.id ELSE which IN (n.id, n.parent_id) END;
    GET DIAGNOSTICS ended = ROW_COUNT;
    IF ended > 0 THEN
        PERFORM audit.append('authentication', jsonb_build_object('what', 'ended own sessions', 'sessions', ended));
    END IF;
    RETURN ended;
END
$$;

GRANT EXECUTE ON FUNCTION access.passkey_of(bytea, text), access.use_challenge(bytea, timestamptz),
access.note_passkey_use(uuid, bigint), access.add_passkey(bytea, text, bytea, bigint, text),
access.my_passkeys(), access.remove_passkey(uuid), access.my_sessions(), access.end_my_sessions(uuid)
TO waymark_app;
RESET ROLE;
