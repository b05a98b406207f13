-- Operations, whose very existence is hidden from those who are not members, and handling: how a
-- record may travel. An admin looks after an operation by being a member of it.

SET ROLE waymark_gate;

CREATE FUNCTION access.my_operation(s access.live_session, which uuid) RETURNS access.operation
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_operation access.operation;
BEGIN
    SELECT o.* INTO found_operation
    FROM access.operation AS o
    JOIN access.operation_member AS om ON om.operation_id = o.id
    WHERE o.uid = which AND o.organisation_id = s.organisation_id AND om.membership_id = s.membership_id
    FOR UPDATE OF o;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'You look after no such operation.' USING errcode = 'no_data_found';
    END IF;
    RETURN found_operation;
END
$$;

-- Only the owner's own chain tells of an operation, by a hash; a partner's auditors never learn of it.
CREATE FUNCTION access.audit_operation(s access.live_session, which uuid, details jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    SELECT audit.append_to(s.organisation_id, 'administration', details || jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose,
        'operation', left(encode(sha256(convert_to(which::text, 'UTF8')), 'hex'), 32)
    ))
$$;

CREATE FUNCTION access.add_operation(with_name text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    added access.operation;
BEGIN
    IF EXISTS (
        SELECT FROM access.operation AS o
        JOIN access.operation_member AS om ON om.operation_id = o.id
        WHERE o.organisation_id = s.organisation_id AND o.name = with_name
            AND om.membership_id = s.membership_id
    ) THEN
        RAISE EXCEPTION 'You already look after an operation of this name.';
    END IF;
    INSERT INTO access.operation (organisation_id, name) VALUES (s.organisation_id, with_name)
    RETURNING * INTO added;
    INSERT INTO access.operation_member VALUES (added.id, s.membership_id);
    PERFORM access.audit_operation(s, added.uid, jsonb_build_object('what', 'added an operation'));
    RETURN added.uid;
END
$$;

-- Whoever was named to an operation and works there becomes its member.
CREATE FUNCTION access.join_named_members() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO access.operation_member
    SELECT n.operation_id, m.id
    FROM access.operation_named AS n
    JOIN access.person AS p ON p.email = n.email
    JOIN access.membership AS m
        ON m.person_id = p.id AND m.organisation_id = n.organisation_id AND m.role = n.role
    ON CONFLICT DO NOTHING;
END
$$;

-- A member of one's own organisation must exist; of a partner's, the answer is always the same.
CREATE FUNCTION access.add_operation_member(which uuid, of_organisation uuid, with_email text, with_role text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    o access.operation := access.my_operation(s, which);
    their_organisation int := (SELECT g.id FROM access.organisation AS g WHERE g.uid = of_organisation);
    joining uuid;
BEGIN
    IF their_organisation IS NULL THEN
        RAISE EXCEPTION 'There is no such organisation.';
    ELSIF their_organisation = s.organisation_id THEN
        SELECT m.id INTO joining
        FROM access.membership AS m
        JOIN access.person AS p ON p.id = m.person_id
        WHERE m.organisation_id = s.organisation_id AND m.role = with_role AND p.email = lower(with_email);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Your organisation has no member with this e-mail address and role.';
        END IF;
        INSERT INTO access.operation_member VALUES (o.id, joining) ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO access.operation_named VALUES (o.id, their_organisation, lower(with_email), with_role)
        ON CONFLICT DO NOTHING;
        PERFORM access.join_named_members();
    END IF;
    PERFORM access.audit_operation(s, o.uid, jsonb_build_object(
        'what', 'added a member to an operation', 'organisation', of_organisation, 'member', joining
    ));
END
$$;

CREATE FUNCTION access.remove_operation_member(
    which uuid, of_organisation uuid, with_email text, with_role text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    o access.operation := access.my_operation(s, which);
    leaving uuid := (
        SELECT m.id
        FROM access.membership AS m
        JOIN access.person AS p ON p.id = m.person_id
        JOIN access.organisation AS g ON g.id = m.organisation_id
        WHERE g.uid = of_organisation AND m.role = with_role AND p.email = lower(with_email)
    );
BEGIN
    IF leaving = s.membership_id THEN
        RAISE EXCEPTION 'You cannot leave the operation yourself: add another admin, who then removes you.';
    END IF;
    DELETE FROM access.operation_named AS n
    USING access.organisation AS g
    WHERE g.uid = of_organisation AND n.operation_id = o.id AND n.organisation_id = g.id
        AND n.email = lower(with_email) AND n.role = with_role;
    DELETE FROM access.operation_member WHERE operation_id = o.id AND membership_id = leaving;
    PERFORM access.audit_operation(s, o.uid, jsonb_build_object(
        'what', 'removed a member from an operation', 'organisation', of_organisation,
        'member', CASE WHEN of_organisation = (
            SELECT g.uid FROM access.organisation AS g WHERE g.id = s.organisation_id
        ) THEN leaving END
    ));
END
$$;

-- The operations that the admin looks after, a row per member: partners' as they were named.
CREATE FUNCTION access.list_operations()
RETURNS TABLE (uid uuid, name text, organisation text, email text, role text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    WITH mine AS (
        SELECT o.*
        FROM access.operation AS o
        JOIN access.operation_member AS om ON om.operation_id = o.id
        WHERE o.organisation_id = s.organisation_id AND om.membership_id = s.membership_id
    )
    SELECT o.uid, o.name, g.name, p.email, m.role
    FROM mine AS o
    JOIN access.operation_member AS om ON om.operation_id = o.id
    JOIN access.membership AS m ON m.id = om.membership_id AND m.organisation_id = o.organisation_id
    JOIN access.person AS p ON p.id = m.person_id
    JOIN access.organisation AS g ON g.id = m.organisation_id
    UNION ALL
    SELECT o.uid, o.name, g.name, n.email, n.role
    FROM mine AS o
    JOIN access.operation_named AS n ON n.operation_id = o.id
    JOIN access.organisation AS g ON g.id = n.organisation_id
    ORDER BY 2, 1, 3, 4, 5;
END
$$;

-- The operations under which the session may record: those that it is a member of.
CREATE FUNCTION access.my_operations() RETURNS TABLE (uid uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT o.uid, o.name
    FROM access.live_session AS s
    JOIN access.operation_member AS om ON om.membership_id = s.membership_id
    JOIN access.operation AS o ON o.id = om.operation_id
    WHERE s.token_hash = access.token_hash()
    ORDER BY o.name, o.uid
$$;

-- The handling of a record, interned when it is new; NULL for who may not record. Conditions come
-- typed, so that no stored one can fail when the gate reads it; an empty list of recipients is
-- nobody, none at all is no condition. An expiry is in whole hours: times do not make a label each.
CREATE FUNCTION access.handling_for(
    is_owner_only boolean, excluding uuid [], to_recipients uuid [], for_purposes text [],
    to_step int, until timestamptz
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    excluded_ids uuid [] := ARRAY(SELECT DISTINCT unnest(excluding) AS id ORDER BY id);
    wanted jsonb := jsonb_strip_nulls(jsonb_build_object(
        'recipients', CASE WHEN to_recipients IS NOT NULL THEN (
            SELECT coalesce(jsonb_agg(DISTINCT id ORDER BY id), '[]') FROM unnest(to_recipients) AS id
        ) END,
        'purposes', CASE WHEN for_purposes IS NOT NULL THEN (
            SELECT coalesce(jsonb_agg(DISTINCT purpose ORDER BY purpose), '[]') FROM unnest(for_purposes) AS purpose
        ) END,
        'finest_step', to_step,
        'expires', to_char(date_trunc('hour', until AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    ));
BEGIN
    IF cardinality(excluded_ids) > 50 OR to_step NOT BETWEEN 0 AND 4
    OR until NOT BETWEEN '2000-01-01' AND '3000-01-01' THEN
        RAISE EXCEPTION 'A handling excludes at most 50 people, its step is 0 to 4, its end a date of our time.';
    ELSIF NOT EXISTS (
        SELECT FROM access.live_session AS s
        WHERE s.token_hash = access.token_hash() AND s.scope = 'full' AND s.role IN ('outreach', 'admin')
    ) THEN
        RETURN NULL;
    END IF;
    RETURN access.intern_handling(is_owner_only, excluded_ids, wanted);
END
$$;

GRANT EXECUTE ON FUNCTION access.add_operation(text),
access.add_operation_member(uuid, uuid, text, text),
access.remove_operation_member(uuid, uuid, text, text), access.list_operations(),
access.my_operations(), access.handling_for(boolean, uuid [], uuid [], text [], int, timestamptz)
TO waymark_app;
RESET ROLE;
